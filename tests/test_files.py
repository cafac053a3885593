"""The opener of files: what lies under a name is looked at before it is read, written or followed."""

from __future__ import annotations

import ast
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui_nn.files import UnfitFile, open_new, open_to_append, open_to_change, open_to_read, read_bytes

MOST = 100
OPENERS: dict[str, Callable[[Path], object]] = {
    "read": lambda path: open_to_read(path, MOST),
    "read data": lambda path: open_to_read(path, MOST, links=True),
    "read bytes": lambda path: read_bytes(path, MOST),
    "append": open_to_append,
    "change": open_to_change,
}


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
        one.bind(str(path))


KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (lambda path: os.mkfifo(path), "is a named pipe; expected a regular file"),
    "folder": (Path.mkdir, "is a folder; expected a regular file"),
    "socket": (_socket, "is a socket; expected a regular file"),
}


@pytest.mark.posix("has no pipes and sockets that are files")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("opener", OPENERS)
def test_only_regular_files_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opener: str, kind: str) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    make, found = KINDS[kind]
    make(Path("it"))
    with pytest.raises(UnfitFile) as error:
        OPENERS[opener](Path("it"))
    assert error.value.strerror == found
    assert error.value.filename == "it"


@pytest.mark.posix("has no devices that are files")
@pytest.mark.parametrize("opener", OPENERS)
def test_an_endless_device_is_no_file(opener: str) -> None:
    with pytest.raises(UnfitFile, match="is a device; expected a regular file"):
        OPENERS[opener](Path("/dev/zero"))


@pytest.mark.parametrize("there", [True, False], ids=["there", "dangling"])
@pytest.mark.parametrize("opener", sorted(set(OPENERS) - {"read data"}))
def test_no_link_of_a_run_is_followed(tmp_path: Path, opener: str, there: bool) -> None:
    if there:
        (tmp_path / "mine").write_bytes(b"precious")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    with pytest.raises(UnfitFile, match="is a link; expected a regular file"):
        OPENERS[opener](tmp_path / "link")
    assert (tmp_path / "mine").exists() == there
    assert not there or (tmp_path / "mine").read_bytes() == b"precious"


def test_data_may_be_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"1,2")
    (tmp_path / "link").symlink_to("there")
    assert read_bytes(tmp_path / "link", MOST, links=True) == b"1,2"


def test_what_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1 << 40)  # a hole: takes no room
    with pytest.raises(UnfitFile, match="has 1,099,511,627,776 bytes; at most 100 are read"):
        read_bytes(tmp_path / "large", MOST)
    (tmp_path / "full").write_bytes(bytes(MOST))
    assert read_bytes(tmp_path / "full", MOST) == bytes(MOST)


def test_absent_is_absent(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_to_read(tmp_path / "none", MOST)
    with pytest.raises(FileNotFoundError):
        open_to_change(tmp_path / "none")
    with open_to_append(tmp_path / "none") as file:
        file.write(b"new")
    assert (tmp_path / "none").read_bytes() == b"new"


@pytest.mark.posix("has no pipes that are files")
def test_a_new_file_takes_the_place_of_a_link_and_leaves_its_target(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"precious")
    for plant in (os.symlink, os.link):
        plant(tmp_path / "mine", tmp_path / "new")
        with open_new(tmp_path / "new") as file:
            file.write(b"own")
            file.seek(0)
            assert file.read() == b"own"
        assert (tmp_path / "mine").read_bytes() == b"precious"
        assert not (tmp_path / "new").is_symlink()
        (tmp_path / "new").unlink()
    os.mkfifo(tmp_path / "new")
    open_new(tmp_path / "new").close()
    assert (tmp_path / "new").is_file()


@pytest.mark.parametrize("opener", ["append", "change"])
def test_no_file_that_has_another_name_is_written_in_place(tmp_path: Path, opener: str) -> None:
    (tmp_path / "mine").write_bytes(b"precious")
    os.link(tmp_path / "mine", tmp_path / "its")
    with pytest.raises(UnfitFile, match="a hard link"):
        OPENERS[opener](tmp_path / "its")


CORE = Path(__file__).parents[1] / "tui_nn"
# Methods and functions that open what has a name.
OPENING = {
    *("open", "read_bytes", "read_text", "write_bytes", "write_text", "touch", "mmap", "ZipFile", "NamedTemporaryFile"),
    *("fromfile", "genfromtxt", "loadtxt", "memmap", "savetxt", "save_file", "load_file", "safe_open"),
}
# Files of tui-nn's own, of its user, or that somebody named to be written.
OTHERWISE = {
    "files.py": "the opener",
    "api/picture.py": "a picture that was asked for by its name",
    "cli/circuit_text.py": "a picture that was asked for by its name",
    "cli/examples.py": "an example that was asked for by its name, never over another file",
    "cli/output.py": "/dev/null",
    "cli/predict.py": "predictions that were asked for by the name of their file",
    "cli/show.py": "a picture that was asked for by its name",
    "cli/streams.py": "/dev/null",
    "cli/sweep.py": "a table that was asked for by its name",
    "datasets/archive.py": "members of an archive that is open",
    "datasets/fetch.py": "a file of the user's cache, by its sha256",
    "datasets/formats/npy.py": "an array of the user's own, mapped where it lies: it may be larger than the memory",
    "experiment/examples_list.py": "the package's own examples",
    "lesson/coverage.py": "the package's own list of slides",
    "plugin/starting.py": "the package's own templates",
    "userfiles.py": "the lock of the user's own state",
    "report/github.py": "the file that GitHub names",
    "report/write.py": "an artefact that was asked for by its name",
    "system/posix.py": "/proc, /sys, and a folder to be synced",
    "testing/listeners.py": "a temporary folder of its own",
    "testing/small_runs.py": "a temporary folder of its own",
    "testing/readers.py": "a temporary folder of its own",
    "training/for_data.py": "an experiment that was asked for by its name, never over another file",
    "tui/screens/saving.py": "numbers that are saved",
    "web/pages.py": "the package's own pages",
    "tui/pictures.py": "a picture that is saved",
}


def _openings(path: Path) -> Iterator[int]:
    """Lines of a file that open something by its name, and not by the opener."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "open":
            yield node.lineno
        if isinstance(node.func, ast.Attribute):
            of = ast.unparse(node.func.value)
            of_numpy = of == "np" and node.func.attr == "load"
            is_open = bool(node.args) and ast.unparse(node.args[0]) in ("file", "text")  # given as an object
            is_ours = node.func.attr == "open" and of in ("self", "self.bench", "source")
            if (node.func.attr in OPENING or of_numpy) and not is_open and not is_ours:
                yield node.lineno


@pytest.mark.slow
def test_every_file_of_a_run_goes_through_the_opener() -> None:
    found = [
        f"{place}:{line}"
        for path in sorted(CORE.rglob("*.py"))
        if not any(
            (place := path.relative_to(CORE).as_posix()) == one or place.startswith(f"{one}/") for one in OTHERWISE
        )
        for line in _openings(path)
    ]
    assert found == []


@pytest.mark.parametrize("place", OTHERWISE)
def test_no_exception_outlives_its_reason(place: str) -> None:
    path = CORE / place
    assert any(any(_openings(file)) for file in ([path] if path.is_file() else path.rglob("*.py")))
