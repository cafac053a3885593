"""Data sets that are too large to travel with the package: fetched once, checked, and kept in the user's cache.

Nothing is fetched unasked: only `tui-nn data fetch` comes here.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_nn.errors import DataError, StorageError, did_you_mean
from tui_nn.home import user_folder

HOME = "TUI_NN_CACHE"  # a folder to use instead of the platform's
TIMEOUT = 30.0  # seconds without a byte


@dataclass(frozen=True)
class Remote:
    """files: name -> (bytes, sha256). Each of the mirrors, which end in a slash, has all of them."""

    name: str
    about: str
    mirrors: Sequence[str]
    files: Mapping[str, tuple[int, str]]

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(size for size, _ in self.files.values())


REMOTES = {
    remote.name: remote
    for remote in (
        Remote(
            "mnist",
            "70,000 handwritten digits of 28 x 28 pixels (LeCun, Cortes, Burges)",
            ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
            {
                "train-images-idx3-ubyte.gz": (
                    9_912_422,
                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                ),
                "train-labels-idx1-ubyte.gz": (
                    28_881,
                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                ),
                "t10k-images-idx3-ubyte.gz": (
                    1_648_877,
                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                ),
                "t10k-labels-idx1-ubyte.gz": (
                    4_542,
                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                ),
            },
        ),
    )
}


def cache_of(remote: Remote) -> Path:
    """The folder where its files are, or would be. Raises StorageError where there is no home for it."""
    return user_folder("cache", HOME) / "data" / remote.name


def is_here(remote: Remote) -> bool:
    """Whether all of it was fetched; that each file is the right one was seen then."""
    with contextlib.suppress(OSError, StorageError):
        folder = cache_of(remote)
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


def fetch(remote: Remote, say: Callable[[str], None], mirrors: Sequence[str] = ()) -> Path:
    """Fetch what is not here yet, from the first mirror that has the very file, and return the folder.

    A file gets its name only when its size and sha256 are right, so a break leaves nothing half done. Raises DataError
    if no mirror has it, OSError if the cache cannot be written.
    """
    folder = cache_of(remote)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (size, digest) in remote.files.items():
        if _is_right(folder / name, size, digest):
            continue
        problems = []
        for mirror in mirrors or remote.mirrors:
            say(f"fetching {mirror}{name} ({size / 1e3:,.0f} kB)")
            problem = _fetch_one(mirror + name, folder / name, size, digest)
            if not problem:
                break
            problems.append(f"{mirror}{name}: {problem}")
        else:
            raise DataError(f"{remote.name}: could not be fetched. " + "; ".join(problems) + ".")
    return folder


def _fetch_one(address: str, path: Path, size: int, digest: str) -> str:
    """Fetch one file to `path`. Returns what was wrong with the mirror, or nothing."""
    import urllib.request  # with all of TLS and HTTP behind it, which nobody else waits for
    from http.client import HTTPException

    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT) as answer:
            content: bytes = answer.read(size + 1)
    except (OSError, HTTPException, ValueError) as error:
        return f"{error}" or type(error).__name__
    if len(content) != size:
        return f"{'more than ' if len(content) > size else ''}{min(len(content), size)} bytes; expected {size}"
    if hashlib.sha256(content).hexdigest() != digest:
        return "not the expected file: its sha256 differs"
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    return ""


def _is_right(path: Path, size: int, digest: str) -> bool:
    try:
        return path.stat().st_size == size and hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except OSError:
        return False
