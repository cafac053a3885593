"""Data sets that are too large to travel with the package: fetched once, checked, and kept in the user's cache.

Nothing is fetched unasked: only `tui-nn data fetch` comes here. A file that was cut off is gone on with, by whichever
mirror has the rest; it gets its name when its size and sha256 are right.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tui_nn.datasets.remotes import REMOTES, Remote
from tui_nn.errors import DataError, StorageError, did_you_mean
from tui_nn.files import open_new, open_to_append
from tui_nn.home import user_folder
from tui_nn.system import lock, rename

HOME = "TUI_NN_CACHE"  # a folder to use instead of the platform's
TIMEOUT = 30.0  # seconds without a byte
BLOCK = 1 << 16  # bytes
PART = ".part"  # of the name of a file that is not whole yet

Say = Callable[[str], None]
Progress = Callable[[int, int], None]  # bytes that are here, of how many


def cache_of(remote: Remote) -> Path:
    """The folder where its files are, or would be. Raises StorageError where there is no home for it."""
    return user_folder("cache", HOME) / "data" / remote.name


def is_here(remote: Remote) -> bool:
    """Whether all of it was fetched; that each file is the right one was seen then."""
    with contextlib.suppress(OSError, StorageError):
        folder = cache_of(remote)
        if remote.members:
            return all((folder / name).is_file() for name in remote.members)
        return all((folder / name).stat().st_size == size for name, (size, _) in remote.files.items())
    return False


def fetched(name: str) -> Path:
    """The folder of a data set that was fetched. Raises DataError if it was not, with what to do."""
    remote = REMOTES[name]
    if not is_here(remote):
        raise DataError(
            f"'{name}' is not on this machine yet: `tui-nn data fetch {name}` fetches it "
            f"({remote.size / 1e6:.1f} MB), once. A folder that has its files is given with --set data.source=FOLDER."
        )
    return cache_of(remote)


def remote_of(name: str) -> Remote:
    """Raises DataError for a name that cannot be fetched."""
    if name not in REMOTES:
        raise DataError(f"'{name}' cannot be fetched.{did_you_mean(name, list(REMOTES))}")
    return REMOTES[name]


def fetch(remote: Remote, say: Say, mirrors: Sequence[str] = (), progress: Progress = lambda done, size: None) -> Path:
    """Fetch what is not here yet, from the first mirror that has the very file, and return the folder.

    Raises DataError if no mirror has it, OSError if the cache cannot be written.
    """
    folder = cache_of(remote)
    folder.mkdir(parents=True, exist_ok=True)
    if remote.members and is_here(remote):
        return folder
    for name, (size, digest) in remote.files.items():
        if _is_right(folder / name, size, digest):
            continue
        problems = []
        for mirror in mirrors or remote.mirrors:
            problem = _from(mirror + name, folder / name, size, digest, say, progress)
            if not problem:
                break
            problems.append(f"{mirror}{name}: {problem}")
        else:
            raise DataError(f"{remote.name}: could not be fetched. " + "; ".join(problems) + ".")
    if remote.members:
        for name in remote.files:
            _take_out(folder / name, remote.members)
        if not is_here(remote):
            raise DataError(f"{remote.name}: its archives lack a file of {', '.join(remote.members)}.")
        for name in remote.files:
            (folder / name).unlink()
    return folder


def _from(address: str, path: Path, size: int, digest: str, say: Say, progress: Progress) -> str:
    """Fetch one file to `path`, going on where it was cut off for as long as that leads on.

    Returns what was wrong with the mirror, or nothing.
    """
    part = path.with_name(f".{path.name}{PART}")
    while True:
        begun = _size(part)
        where = f", from {begun / 1e6:,.1f} MB on" if begun else ""
        say(f"fetching {address} ({size / 1e3:,.0f} kB{where})")
        problem = _receive(address, part, size, progress) if begun < size else ""
        if not problem and _is_right(part, size, digest):
            rename(part, path)
            return ""
        if not problem:  # whole, and wrong: what it began with may be of another mirror
            part.unlink(missing_ok=True)
            problem = "not the expected file: its sha256 differs"
            if begun:
                continue
        if _size(part) <= begun:
            return problem


def _receive(address: str, part: Path, size: int, progress: Progress) -> str:
    """Append to `part` what it lacks. Returns why it is not whole, or nothing. Raises OSError for the disk alone."""
    import urllib.request  # with all of TLS and HTTP behind it, which nobody else waits for
    from http.client import HTTPException

    begun = _size(part)
    try:
        request = urllib.request.Request(address, headers={"Range": f"bytes={begun}-"} if begun else {})
        answer = urllib.request.urlopen(request, timeout=TIMEOUT)
    except (OSError, HTTPException, ValueError) as error:
        return f"{error}" or type(error).__name__
    with answer:
        goes_on = (answer.headers.get("Content-Range") or "").startswith(f"bytes {begun}-")
        done = begun if goes_on else 0
        promised = done + int(answer.headers.get("Content-Length") or size - done)
        if promised != size:
            return f"{'more than ' if promised > size else ''}{min(promised, size)} bytes; expected {size}"
        with open_to_append(part) as file:
            if not _lock(file.fileno()) or os.fstat(file.fileno()).st_size != begun:
                return "another fetch of this file is under way"
            if not goes_on:
                file.truncate(0)
            while done < size:
                try:
                    block = answer.read(min(BLOCK, size - done))
                except (OSError, HTTPException) as error:
                    return f"cut off after {done} of {size} bytes: {error or type(error).__name__}"
                if not block:
                    return f"cut off after {done} of {size} bytes"
                file.write(block)
                done += len(block)
                progress(done, size)
    return ""


def _lock(descriptor: int) -> bool:
    """Whether nobody else writes the file; the lock ends with it."""
    try:
        return lock(descriptor)
    except OSError:
        return False


def _take_out(archive: Path, members: Sequence[str]) -> None:
    """The files of these last names out of a tar archive whose sha256 was right, each whole or not at all."""
    with tarfile.open(archive) as tar:
        for entry in tar:
            name = entry.name.rsplit("/", 1)[-1]
            if name not in members or not entry.isfile():
                continue
            source, temporary = tar.extractfile(entry), archive.with_name(f".{name}{PART}")
            temporary.unlink(missing_ok=True)
            assert source is not None
            with source, open_new(temporary) as file:
                shutil.copyfileobj(source, file)
            rename(temporary, archive.with_name(name))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_right(path: Path, size: int, digest: str) -> bool:
    try:
        if path.stat().st_size != size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False
