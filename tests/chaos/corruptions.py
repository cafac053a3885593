"""What may be wrong with a file: each is done to a sound one, and takes (path, a source of chance, files of others)."""

from __future__ import annotations

import contextlib
import os
import random
import re
import socket
from collections.abc import Callable
from pathlib import Path

Corruption = Callable[[Path, random.Random, Path], None]
CORRUPTIONS: dict[str, Corruption] = {}
DEEP = 100_000
WORDS = (
    "[]", "{}", "[1]", "null", "true", "-1", "0", "1.5", "1e308", "-1e308", "1e999", "nan", "NaN", "inf", "9" * 40,
    "9" * 5000, str(2**31), str(2**63), str(2**64), '""', '"x"', '"\\u001b]0;owned\\u0007"', '"\\ud800"', '"[/]"',
    "[[[[[[[[[[1]]]]]]]]]]", '{"a": {"b": []}}', "[1, [2, 3]]", '"' + "x" * 10_000 + '"', '"../outside/folder"',
    '"/dev/zero"', "[" * 2000 + "]" * 2000,
)  # fmt: skip
VALUE = re.compile(rb'("(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|\[[^\[\]\n]*\])(?=\s*[,}\]\n]|$)')


def corruption(function: Corruption) -> Corruption:
    """Known by its name from now on."""
    CORRUPTIONS[function.__name__.replace("_", " ")] = function
    return function


def put(path: Path, content: bytes) -> None:
    """A new file in the place of what was there."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


# Its bytes


@corruption
def empty(path: Path, _: random.Random, __: Path) -> None:
    put(path, b"")


@corruption
def cut(path: Path, chance: random.Random, _: Path) -> None:
    content = path.read_bytes()
    put(path, content[: chance.randrange(len(content) or 1)])


@corruption
def one_byte_changed(path: Path, chance: random.Random, _: Path) -> None:
    content = bytearray(path.read_bytes() or b"\0")
    content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
    put(path, bytes(content))


@corruption
def many_bytes_changed(path: Path, chance: random.Random, _: Path) -> None:
    content = bytearray(path.read_bytes() or b"\0")
    for _place in range(40):
        content[chance.randrange(len(content))] = chance.randrange(256)
    put(path, bytes(content))


@corruption
def bad_utf8(path: Path, chance: random.Random, _: Path) -> None:
    content = path.read_bytes()
    at = chance.randrange(len(content) + 1)
    put(path, content[:at] + b"\xff\xfe\xc0\x80\xed\xa0\x80" + content[at:])


@corruption
def zeros(path: Path, _: random.Random, __: Path) -> None:
    put(path, bytes(len(path.read_bytes()) or 1000))


@corruption
def noise(path: Path, chance: random.Random, _: Path) -> None:
    put(path, chance.randbytes(chance.randrange(1, 5000)))


@corruption
def twice(path: Path, _: random.Random, __: Path) -> None:
    put(path, path.read_bytes() * 2)


@corruption
def more_at_its_end(path: Path, chance: random.Random, _: Path) -> None:
    put(path, path.read_bytes() + chance.choice([b"\0", b"x", b"\n\n", b"[1]\n", b"{}\n", b"\xff" * 64]))


# Its text


@corruption
def nested_without_end(path: Path, chance: random.Random, _: Path) -> None:
    put(path, chance.choice([b"[", b'{"a":', b'{"event":"started","classes":[[', b"a = [", b"["]) * DEEP + b"\n")


@corruption
def a_list(path: Path, _: random.Random, __: Path) -> None:
    put(path, b"[1]\n")


@corruption
def a_value_alone(path: Path, chance: random.Random, _: Path) -> None:
    put(path, chance.choice(WORDS).encode() + b"\n")


@corruption
def one_value_replaced(path: Path, chance: random.Random, _: Path) -> None:
    """By one of another kind or size: wrong types, huge numbers, shapes that do not fit."""
    content = path.read_bytes()
    spans = [found.span() for found in VALUE.finditer(content)] or [(0, 0)]
    begin, end = chance.choice(spans)
    put(path, content[:begin] + chance.choice(WORDS).encode() + content[end:])


@corruption
def several_values_replaced(path: Path, chance: random.Random, others: Path) -> None:
    for _ in range(4):
        one_value_replaced(path, chance, others)


@corruption
def a_line_without_its_neighbour(path: Path, chance: random.Random, _: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    del lines[chance.randrange(len(lines) or 1) :][:1]
    put(path, b"".join(lines[:-1] if chance.random() < 0.3 else lines[1:]))


@corruption
def lines_in_another_order(path: Path, chance: random.Random, _: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    chance.shuffle(lines)
    put(path, b"".join(lines))


@corruption
def a_million_lines(path: Path, chance: random.Random, _: Path) -> None:
    """At most 64 MiB of them."""
    lines = path.read_bytes().splitlines(keepends=True) or [b"x\n"]
    line = chance.choice([line for line in lines if len(line) < 2000] or [b"{}\n"])
    put(path, b"".join(lines)[: 1 << 20] + line * min(1_000_000, (64 << 20) // len(line)))


@corruption
def one_very_long_line(path: Path, chance: random.Random, _: Path) -> None:
    put(path, chance.choice([b"x", b"1,", b'"', b"\\", b" "]) * (16 << 20))


# What stands in its place


@corruption
def missing(path: Path, _: random.Random, __: Path) -> None:
    path.unlink()


@corruption
def a_directory(path: Path, _: random.Random, __: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "file").write_text("x")


@corruption
def a_pipe(path: Path, _: random.Random, __: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@corruption
def a_socket(path: Path, _: random.Random, __: Path) -> None:
    """One that nobody listens at."""
    path.unlink()
    with socket.socket(socket.AF_UNIX) as made, contextlib.chdir(path.parent):
        made.bind(path.name)


@corruption
def a_device(path: Path, chance: random.Random, _: Path) -> None:
    """Endless, where it may be made; else a link to it."""
    path.unlink()
    try:
        os.mknod(path, 0o20666, os.makedev(1, chance.choice([3, 5, 7])))  # null, zero, full
    except OSError:
        path.symlink_to("/dev/zero")


@corruption
def a_link_to_a_device(path: Path, chance: random.Random, _: Path) -> None:
    path.unlink()
    path.symlink_to(chance.choice(["/dev/zero", "/dev/full", "/dev/tty", "/proc/self/mem", "/proc/self/fd/0"]))


@corruption
def a_link_to_a_copy_outside(path: Path, _: random.Random, others: Path) -> None:
    """What is behind it would do."""
    target = others / f"copy of {path.name}"
    path.rename(target)
    path.symlink_to(target)


@corruption
def a_link_to_something_else(path: Path, chance: random.Random, others: Path) -> None:
    path.unlink()
    path.symlink_to(others / chance.choice(["precious.json", "precious.bin", "folder"]))


@corruption
def a_link_to_nothing(path: Path, _: random.Random, others: Path) -> None:
    path.unlink()
    path.symlink_to(others / "not there yet")


@corruption
def a_link_to_itself(path: Path, _: random.Random, __: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


@corruption
def a_second_name_of_a_file_outside(path: Path, _: random.Random, others: Path) -> None:
    path.unlink()
    path.hardlink_to(others / "precious.bin")


@corruption
def a_second_name_of_its_copy_outside(path: Path, _: random.Random, others: Path) -> None:
    (others / f"copy of {path.name}").hardlink_to(path)


@corruption
def without_permission(path: Path, chance: random.Random, _: Path) -> None:
    path.chmod(chance.choice([0o000, 0o200, 0o400]))


# When it was written


@corruption
def at_another_time(path: Path, chance: random.Random, _: Path) -> None:
    moment = chance.choice([0, 1, -1, 2**31, 2**32, 4_000_000_000, 253_402_300_800, -(2**31)])
    os.utime(path, (moment, moment))


def corrupt(path: Path, name: str, chance: random.Random, others: Path) -> None:
    """Do it."""
    CORRUPTIONS[name](path, chance, others)
