"""A served process reaches its own folder, what it was given to read, and nothing and nobody else."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tui_nn.confined import REFUSED, UNREACHED, UNSTARTED, VARIABLE, WATCHED, Bounds

# Tries each expression in its own folder, and prints what became of it.
TRIES = """
import json, os, pathlib, shutil, socket, subprocess, sys, tempfile
from tui_nn.confined import confine
confine()
out = []
for text in json.loads(sys.argv[1]):
    try:
        eval(text)
        out.append("")
    except OSError as error:
        out.append(error.strerror or str(error))
print(json.dumps(out))
"""


class Tried:
    """A folder of a visitor, beside another that is not theirs."""

    def __init__(self, root) -> None:
        self.own, self.given, self.other = (root / name for name in ("own", "given", "other"))
        for folder in (self.own, self.given, self.other):
            folder.mkdir()
            (folder / "file").write_text("x")
        (self.own / "link").symlink_to(self.other / "file")
        (self.own / "folder-link").symlink_to(self.other)
        (root / "own-too").mkdir()
        (root / "own-too" / "file").write_text("x")

    def tried(self, *texts, watches=False):
        """What became of each expression: empty, or why it was refused."""
        bounds = Bounds((str(self.own),), (str(self.given),), watches)
        environment = {**os.environ, VARIABLE: bounds.as_variable(), "TMPDIR": str(self.own)}
        child = subprocess.run(
            [sys.executable, "-P", "-c", TRIES, json.dumps(texts)],
            cwd=self.own,
            env=environment,
            input="",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert child.returncode == 0, child.stderr
        return dict(zip(texts, json.loads(child.stdout), strict=True))


@pytest.fixture
def place(tmp_path):
    return Tried(tmp_path)


def test_its_own_folder_is_its_own(place):
    tries = [
        "open('file').read()",
        "open('new', 'w').close()",
        "pathlib.Path('made').mkdir()",
        "os.listdir('.')",
        "os.rename('new', 'made/new')",
        "os.remove('made/new')",
        "os.rmdir('made')",
        f"open({str(place.own / 'file')!r}, 'a').close()",
        "os.scandir()",
        "tempfile.TemporaryDirectory().cleanup()",
        "shutil.rmtree(tempfile.mkdtemp())",
        "os.symlink('file', 'l')",
        "os.chmod('file', 0o600)",
        "socket.socket(socket.AF_UNIX).bind('s')",
        "open(os.devnull, 'w').close()",
        "open('/proc/self/maps').close()",
    ]
    assert place.tried(*tries) == dict.fromkeys(tries, "")


def test_what_it_was_given_is_read_and_not_written(place):
    given = str(place.given / "file")
    read = [f"open({given!r}).read()", f"os.listdir({str(place.given)!r})", f"pathlib.Path({given!r}).read_bytes()"]
    write = [
        f"open({given!r}, 'r+')",
        f"open({given!r}, 'a')",
        f"os.open({given!r}, os.O_RDWR)",
        f"os.remove({given!r})",
        f"os.rename({given!r}, 'x')",
        f"os.truncate({given!r}, 0)",
        f"os.utime({given!r})",
    ]
    assert place.tried(*read, *write) == {**dict.fromkeys(read, ""), **dict.fromkeys(write, REFUSED)}
    assert (place.given / "file").read_text() == "x"


OUTSIDE = (
    "../other/file", "link", "folder-link/file", "../own-too/file", "/etc/passwd", "/proc/self/environ", "/proc/1/maps",
    "/proc/1/environ", "{other}/file", "./x/../../other/file", "//etc/passwd", "/proc/self/root/etc/passwd",
    "/proc/self/cwd/../other/file", "/dev/tty", "/dev/stdin",
)  # fmt: skip


def openings(place, name):
    """Each way to open it."""
    named = name.format(other=place.other)
    return [
        f"open({named!r})",
        f"open({named!r}, 'w')",
        f"open({os.fsencode(named)!r}, 'rb')",
        f"os.open({named!r}, os.O_RDONLY)",
        f"os.open({named!r}, os.O_WRONLY | os.O_CREAT)",
    ]


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """The place, and what became of opening each of these names: one process tries them all."""
    place = Tried(tmp_path_factory.mktemp("outside"))
    return place, place.tried(*(text for name in OUTSIDE for text in openings(place, name)))


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_name_leads_out_of_it(outside, name):
    place, became = outside
    tries = openings(place, name)
    assert {text: became[text] for text in tries} == dict.fromkeys(tries, REFUSED)
    assert (place.other / "file").read_text() == "x"


def test_nothing_outside_of_it_is_listed_made_or_removed(place):
    other = str(place.other)
    tries = [
        f"os.listdir({other!r})",
        "os.listdir('folder-link')",
        "os.scandir('..')",
        f"os.mkdir({other + '/x'!r})",
        f"os.rmdir({other!r})",
        f"os.remove({other + '/file'!r})",
        "os.remove('folder-link/file')",
        f"os.rename('file', {other + '/y'!r})",
        f"os.link({other + '/file'!r}, 'hard')",
        f"os.symlink('/x', {other + '/s'!r})",
        f"shutil.rmtree({other!r})",
        f"os.chmod({other!r}, 0o777)",
        f"os.chdir({other!r})",
        "os.listdir('/')",
        f"open({sys.executable + 'x'!r}, 'w')",
    ]
    assert place.tried(*tries) == dict.fromkeys(tries, REFUSED)
    assert [path.name for path in place.other.iterdir()] == ["file"]


def test_it_reaches_no_network_and_starts_no_program(place):
    reach = [
        "socket.create_connection(('127.0.0.1', 9), 1)",
        "socket.socket().bind(('127.0.0.1', 0))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
    ]
    start = [
        "subprocess.run(['true'])",
        "subprocess.run('true', shell=True)",
        "os.system('true')",
        "os.execv('/bin/true', ['true'])",
        "os.fork()",
        "os.posix_spawn('/bin/true', ['true'], {})",
    ]
    own = ["subprocess.run([sys.executable, '-c', ''], check=True)"]
    other = [f"socket.socket(socket.AF_UNIX).connect({str(place.other / 'socket')!r})"]
    expected = {
        **dict.fromkeys(reach, UNREACHED),
        **dict.fromkeys(start, UNSTARTED),
        **dict.fromkeys(own, ""),
        **dict.fromkeys(other, REFUSED),
    }
    assert place.tried(*reach, *start, *own, *other) == expected


def test_a_child_is_as_confined(place):
    begins = "from tui_nn.confined import confine; confine()"
    tries = [
        f"subprocess.run([sys.executable, '-P', '-c', {f'{begins}; open({name!r}); open({made!r}, {mode!r})'!r}])"
        for name, made, mode in (("file", "its-own", "w"), ("../other/file", "another's", "w"))
    ]
    place.tried(*tries)
    assert (place.own / "its-own").exists()
    assert not (place.own / "another's").exists()


def test_who_only_watches_starts_and_tells_nobody(place):
    tries = ["subprocess.run([sys.executable, '-c', ''])", "socket.socket(socket.AF_UNIX).connect('socket')"]
    (place.given / "control").write_text("tui-nn 1 8000 word")
    tries = [*tries, f"open({str(place.given / 'control')!r})"]
    assert place.tried(*tries, watches=True) == dict.fromkeys(tries, WATCHED)


def test_a_process_of_its_user_is_not_confined():
    text = "import os\nfrom tui_nn.confined import bounds, confine\nconfine()\nassert bounds() is None\nos.listdir('/')"
    assert subprocess.run([sys.executable, "-P", "-c", text], timeout=60, check=False).returncode == 0
