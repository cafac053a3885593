"""Data that is broken, or too much: tables, archives and arrays of numpy, IDX files."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

TABLE = b"a,b,kind\n" + b"".join(b"%d,%d,%s\n" % (n, n * n % 7, b"xyz"[n % 3 : n % 3 + 1]) for n in range(36))


def npy(shape: str, descr: str = "'<f8'", body: bytes = b"", order: str = "False") -> bytes:
    """A file of numpy with any header."""
    header = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body


def zipped(**members: bytes) -> bytes:
    """An archive of such files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def npz(**arrays: Any) -> bytes:
    """A sound archive of arrays, pickled where numpy must."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def idx(shape: tuple[int, ...], body: bytes, kind: int = 8) -> bytes:
    """A file of the kind that MNIST comes in."""
    return bytes([0, 0, kind, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + body


class Runs:
    """What a pickle would do if somebody loaded it."""

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path("pickle was loaded"),)


X, Y = np.arange(72.0).reshape(36, 2), np.arange(36) % 3
TABLES: dict[str, bytes] = {
    "sound": TABLE,
    "nothing": b"",
    "a head alone": b"a,b,kind\n",
    "one row": b"a,b,kind\n1,2,x\n",
    "one class": TABLE.replace(b"y", b"x").replace(b"z", b"x"),
    "a class a row": b"a,kind\n" + b"".join(b"%d,c%d\n" % (n, n) for n in range(3000)),
    "an unclosed quote": TABLE.replace(b"3,2,x", b'3,"2,x'),
    "an unclosed quote at once": b'"' + TABLE,
    "quotes alone": b'"' * 1001,
    "a quote over everything": b'"' + b"x" * (8 << 20),
    "columns of one name": TABLE.replace(b"a,b,kind", b"a,a,a"),
    "columns without names": TABLE.replace(b"a,b,kind", b",,"),
    "no end of a line": b"1," * (4 << 20),
    "very many columns": b",".join(b"c%d" % n for n in range(20_000)) + b"\n" + (b"1," * 19_999 + b"1\n") * 4,
    "ragged rows": TABLE + b"1\n1,2,3,4,5\n,\n",
    "huge numbers": TABLE.replace(b"4,2", b"1e308,-1e308").replace(b"5,4", b"1.7e308,1e-320"),
    "numbers beyond": TABLE.replace(b"4,2", b"1e999,-1e999"),
    "a number of very many digits": TABLE.replace(b"4,2", b"9" * 5000 + b",2"),
    "a name of very many letters": TABLE.replace(b"kind", b"k" * 1_000_000),
    "numbers with underscores": TABLE.replace(b"10,", b"1_0,"),
    "digits of another script": b"a,b,kind\n" + "١,٢,x\n٣,٤,y\n".encode() * 9,
    "not UTF-8": TABLE.replace(b"x", b"\xff\xfe"),
    "a mark of UTF-16": b"\xff\xfe" + TABLE.decode().encode("utf-16-le"),
    "zeros": TABLE.replace(b"4", b"\0"),
    "carriage returns alone": TABLE.replace(b"\n", b"\r"),
    "every end of a line": TABLE.replace(b"\n", b"\r\n", 9).replace(b"x\n", b"x\x0b").replace(b"y\n", b"y\x85"),
    "controls in a cell": TABLE.replace(b"x", b"\x1b]0;owned\x07").replace(b"y", b"\xc2\x9b31m"),
    "formulas": TABLE.replace(b"x", b"=1+1").replace(b"y", b"@SUM(A1)").replace(b"z", b"-x"),
    "a constant column": b"a,b,kind\n" + b"1,7,x\n2,7,y\n" * 18,
    "missing everywhere": b"a,b,kind\n" + b"?,NA,\n" * 40,
    "a million rows": b"a,kind\n" + b"1,x\n2,y\n" * 500_000,
}  # fmt: skip
ARCHIVES: dict[str, Callable[[], bytes]] = {
    "sound": lambda: npz(x=X, y=Y),
    "nothing": lambda: b"",
    "an empty archive": lambda: zipped(),
    "no y": lambda: npz(x=X),
    "other names": lambda: npz(a=X, b=Y),
    "lengths that differ": lambda: npz(x=X, y=Y[:-3]),
    "no numbers": lambda: npz(x=np.full((36, 2), "a"), y=Y),
    "objects": lambda: npz(x=np.array([[Runs()] * 2] * 36, object), y=Y),
    "complex numbers": lambda: npz(x=X * 1j, y=Y),
    "not finite": lambda: npz(x=np.where(X > 9, np.inf, np.nan), y=Y),
    "huge numbers": lambda: npz(x=X * 1e306, y=Y),
    "labels below zero": lambda: npz(x=X, y=Y - 5),
    "labels far apart": lambda: npz(x=X, y=np.where(Y > 1, 2**40, Y)),
    "labels of words that steer": lambda: npz(x=X, y=np.array(["\x1b]0;owned\x07", "[/]", "\x9b31m"])[Y]),
    "a class without a name": lambda: npz(x=X, y=Y, classes=np.array(["a"])),
    "names that are numbers": lambda: npz(x=X, y=Y, classes=np.arange(3.0), features=np.zeros((2, 2))),
    "no dimension": lambda: npz(x=np.float64(1), y=np.int64(1)),
    "eight dimensions": lambda: npz(x=np.zeros((36, 1, 1, 2, 1, 1, 1, 1)), y=Y),
    "no rows": lambda: npz(x=np.zeros((0, 2)), y=np.zeros(0)),
    "no columns": lambda: npz(x=np.zeros((36, 0)), y=Y),
    "a shape beyond memory": lambda: zipped(x=npy("(1000000, 100000)"), y=npy("(36,)", "'<i8'", Y.tobytes())),
    "a shape beyond numbers": lambda: zipped(x=npy("(2**62, 2**62)"), y=npy("(9999999999999999999999,)")),
    "a shape below zero": lambda: zipped(x=npy("(-1, 2)", body=X.tobytes()), y=npy("(36,)", "'<i8'", Y.tobytes())),
    "a shape of words": lambda: zipped(x=npy("('a', None)"), y=npy("[]")),
    "a type that is a program": lambda: zipped(x=npy("(36, 2)", "__import__('os')"), y=npy("(36,)", "'|O'")),
    "a type of records": lambda: zipped(x=npy("(36,)", "[('a','<f8'),('b','<f8')]", X.tobytes()), y=npy("()")),
    "a nested header": lambda: zipped(x=npy("(" * 3000), y=npy("(36,)")),
    "an archive that grows": lambda: npz(x=np.zeros((2_000_000, 20)), y=np.zeros(2_000_000, np.int8)),
    "a member of another kind": lambda: zipped(x=b"hello", y=b"\x93NUMPY"),
    "no compression that is known": lambda: npz(x=X, y=Y).replace(b"\x08\x00", b"\x63\x00"),
}  # fmt: skip
IDX: dict[str, Callable[[], bytes]] = {
    "sound": lambda: idx((30, 4, 4), bytes(range(240)) * 2),
    "nothing": lambda: b"",
    "more than there is": lambda: idx((2**32 - 1, 2**16, 2**16), b"\0" * 64),
    "another type": lambda: idx((30, 4, 4), bytes(480), kind=0x0D),
    "no dimension": lambda: idx((), b""),
    "255 dimensions": lambda: bytes([0, 0, 8, 255]) + b"\0\0\0\1" * 255 + b"\0",
    "no rows": lambda: idx((0, 4, 4), b""),
    "packed": lambda: gzip.compress(idx((30, 4, 4), bytes(480))),
    "packed and cut": lambda: gzip.compress(idx((30, 4, 4), bytes(480)))[:-9],
    "packed to nothing": lambda: gzip.compress(bytes(1 << 29)),
}


def data_of(chance: random.Random, number: int, folder: Path) -> tuple[str, Path]:
    """What is wrong with it, and the file or folder: each of the lists in turn, later with bytes changed."""
    makers: list[tuple[str, str, Callable[[], bytes]]] = [
        *(("table", name, lambda content=content: content) for name, content in TABLES.items()),
        *(("archive", name, make) for name, make in ARCHIVES.items()),
        *(("idx", name, make) for name, make in IDX.items()),
    ]
    kind, name, make = makers[number % len(makers)]
    content = make()
    if number >= len(makers):
        content = _changed(content, chance)
        name = f"{name}, bytes changed"
    if kind == "idx":
        path = folder / "images"
        path.mkdir()
        packed = ".gz" if content[:2] == b"\x1f\x8b" else ""
        (path / f"train-images-idx3-ubyte{packed}").write_bytes(content)
        (path / "train-labels-idx1-ubyte").write_bytes(idx((30,), bytes(n % 3 for n in range(30))))
        return f"IDX: {name}", path
    path = folder / ("data.csv" if kind == "table" else chance.choice(["data.npz", "data.npz", "data.npy"]))
    path.write_bytes(content)
    return f"{path.name}: {name}", path


def _changed(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content or b"\0")
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed))
        changed[at : at + chance.choice([0, 1, 1, 4])] = chance.randbytes(chance.randint(0, 4))
    return bytes(changed)
