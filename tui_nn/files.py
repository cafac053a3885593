"""The one way to open a file that somebody else may have put there: a run, an experiment, data.

What lies under the name is looked at before anything is read or written. Only regular files are taken, so that no pipe
keeps its reader waiting and no device is endless, and none that is larger than its reader said. Within a run nothing is
reached through a link, for a link in a run that came by mail names a file of yours. All errors are OSError: UnfitFile
says in `strerror` what was found and what is expected.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
from pathlib import Path
from typing import BinaryIO

from tui_nn import system

KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link",
}


class UnfitFile(OSError):
    """Something lies under the name, and it is not what is read or written here. `strerror` has no full stop."""

    def __init__(self, path: str | Path, found: str) -> None:
        super().__init__(errno.EINVAL, found, str(path))


def is_there(path: str | Path) -> bool:
    """Whether something has this name, of whatever kind: what it is, and that it may not be read, its reader says."""
    try:
        return Path(path).exists()
    except ValueError:  # a NUL in a name
        return False
    except OSError as error:
        return error.errno != errno.ENAMETOOLONG


def open_to_read(path: str | Path, most: int, *, links: bool = False) -> io.BufferedReader:
    """A regular file of at most so many bytes, to be read. `links`: whether it may be reached through one.

    Raises UnfitFile, and OSError as open() does.
    """
    descriptor = _open(path, os.O_RDONLY, links)
    try:
        size = os.fstat(descriptor).st_size
        if size > most:
            raise UnfitFile(path, f"has {size:,} bytes; at most {most:,} are read")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_bytes(path: str | Path, most: int, *, links: bool = False) -> bytes:
    """All bytes that a regular file has when it is opened. Raises as `open_to_read` does."""
    with open_to_read(path, most, links=links) as file:
        return file.read(os.fstat(file.fileno()).st_size)


def open_new(path: str | Path, *, private: bool = False) -> BinaryIO:
    """A new, empty file of this name, to be written and read again. What had the name is removed, and not followed.

    private: nobody but its owner can read it.
    """
    system.remove(path, missing_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | system.OPEN
    file: BinaryIO = os.fdopen(os.open(path, flags, 0o600 if private else 0o666), "w+b")
    if private:
        try:
            system.keep_private(Path(path))
        except BaseException:
            file.close()
            raise
    return file


def open_to_change(path: str | Path) -> BinaryIO:
    """A file that is there, to be read and written in place. Raises UnfitFile for a link of either kind."""
    return _own(path, os.O_RDWR, "r+b")


def open_to_append(path: str | Path, buffering: int = -1) -> BinaryIO:
    """A file to be written at its end, made if there is none. Raises UnfitFile for a link of either kind."""
    return _own(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, "ab", buffering)


def check_own(path: str | Path) -> None:
    """Raise UnfitFile for what is no regular file, or a link of either kind: nobody writes there in place."""
    found = Path(path).lstat()
    _check(path, found.st_mode)
    _check_alone(path, found)


def _own(path: str | Path, flags: int, mode: str, buffering: int = -1) -> BinaryIO:
    descriptor = _open(path, flags, links=False)
    try:
        _check_alone(path, os.fstat(descriptor))
        return os.fdopen(descriptor, mode, buffering)  # type: ignore[return-value]
    except BaseException:
        os.close(descriptor)
        raise


def _open(path: str | Path, flags: int, links: bool) -> int:
    """A descriptor of a regular file. It is looked at twice: opening some devices does something already."""
    with contextlib.suppress(FileNotFoundError):  # which opening it says, or makes it
        _check(path, Path(path).stat(follow_symlinks=links).st_mode)
    descriptor = os.open(path, flags | system.OPEN | (0 if links else system.NO_LINK), 0o666)
    try:
        _check(path, os.fstat(descriptor).st_mode)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check_alone(path: str | Path, found: os.stat_result) -> None:
    if found.st_nlink > 1:
        raise UnfitFile(path, "is the same file as another (a hard link); put a copy of its own in its place")


def _check(path: str | Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise UnfitFile(path, f"is {KINDS.get(stat.S_IFMT(mode), 'no file')}; expected a regular file")
