"""Arrays of an .npz archive that nobody trusts: sizes are checked before anything is allocated, nothing is pickled."""

from __future__ import annotations

import math
import struct
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal

import numpy as np
from numpy.lib import format as npy

from tui_nn.datasets.limits import ANY, LARGEST, opened
from tui_nn.errors import DataError
from tui_nn.memory import lacking

Array = np.ndarray[Any, np.dtype[Any]]

RATIO = 200  # an archive may not expand to more than this many times its size
MOST_ARRAYS = 4096
LARGEST_DIRECTORY = 2**22  # bytes in which an archive lists its arrays
MAPPED = 2**20  # bytes of an array that is not copied where it need not be
BLOCK = 2**20  # bytes that are read together
LONGEST_HEADER = 10_000  # characters


def read_npz(path: Path, choose: Callable[[Sequence[str]], Iterable[str]], *, mapped: bool = False) -> dict[str, Array]:
    """The arrays whose names `choose` picks of all names, which raises DataError where it misses one.

    mapped: whether arrays that are not compressed may stay in the file, which may be larger than the memory then.
    Raises DataError for what is no archive, is damaged, holds objects, expands suspiciously or finds no room.
    """
    with opened(path, ANY if mapped else LARGEST) as file:
        try:
            return _read(path, file, choose, mapped=mapped)
        except DataError:
            raise
        except Exception as error:  # zipfile, zlib and numpy have a dozen kinds for a damaged archive
            raise DataError(f"{path}: not a readable .npz archive: {' '.join(str(error).split())}") from None


def _read(
    path: Path, file: BinaryIO, choose: Callable[[Sequence[str]], Iterable[str]], *, mapped: bool
) -> dict[str, Array]:
    size = file.seek(0, 2)
    _check_directory(path, file, size)
    with zipfile.ZipFile(file) as archive:
        entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
        if len(archive.infolist()) > MOST_ARRAYS:
            raise DataError(f"{path}: holds {len(archive.infolist())} arrays; at most {MOST_ARRAYS} are read.")
        expanded = sum(entry.file_size for entry in archive.infolist())
        if expanded > RATIO * max(size, 1):
            raise DataError(f"{path}: would expand to {expanded} bytes, more than {RATIO} times its size.")
        chosen = [(name, entries[name]) for name in choose(list(entries))]
        held = [entry for _, entry in chosen if not (mapped and _lies_there(entry))]
        short = lacking(3 * sum(entry.file_size for entry in held))  # as they are, unpacked, and copied once
        if short:
            raise DataError(f"{path}: to hold its arrays {short}.")
        for _, entry in chosen:
            _check_header(path, archive, entry)
        arrays = {}
        for name, entry in chosen:
            with archive.open(entry) as member:
                if entry in held:
                    arrays[name] = npy.read_array(member, allow_pickle=False)
                else:
                    arrays[name] = _mapped(file, entry, member)
        return arrays


def _lies_there(entry: zipfile.ZipInfo) -> bool:
    """Whether its bytes are in the file as they are, and worth a map of their own."""
    return entry.compress_type == zipfile.ZIP_STORED and entry.file_size >= MAPPED


def _mapped(file: BinaryIO, entry: zipfile.ZipInfo, member: IO[bytes]) -> Array:
    """The array of an entry whose header is sound. Raises BadZipFile if its checksum says that it is damaged."""
    version = npy.read_magic(member)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, by_columns, dtype = read(member, LONGEST_HEADER)
    start = member.tell()
    while member.read(BLOCK):  # the checksum is looked at on the way
        pass
    file.seek(entry.header_offset)
    name, extra = struct.unpack("<26xHH", file.read(30))
    order: Literal["C", "F"] = "F" if by_columns else "C"
    at = entry.header_offset + 30 + name + extra + start
    return np.memmap(file, dtype, "r", at, shape, order)


def _check_directory(path: Path, file: BinaryIO, size: int) -> None:
    """That the list of what is in the archive is of a sensible size: the library reads it as a whole."""
    file.seek(max(0, size - (1 << 16) - 22))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at >= 0 and len(tail) >= at + 22:
        (listed,) = struct.unpack("<I", tail[at + 12 : at + 16])
        if listed > LARGEST_DIRECTORY or tail[max(0, at - 20) : at].startswith(b"PK\6\7"):
            raise DataError(f"{path}: lists more than the {MOST_ARRAYS} arrays that are read.")
    file.seek(0)


def _check_header(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """That a header promises exactly the bytes that follow it: numpy allocates what it promises."""
    with archive.open(entry) as file:
        version = npy.read_magic(file)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
        if read is None:
            raise DataError(f"{path}: {entry.filename} is of format {version}; expected 1.0 or 2.0.")
        shape, _, dtype = read(file, LONGEST_HEADER)
        promised, found = math.prod(shape) * dtype.itemsize, entry.file_size - file.tell()
    if dtype.hasobject:
        raise DataError(f"{path}: not a readable .npz archive: {entry.filename} holds pickled objects.")
    if promised != found or any(size < 0 for size in shape):
        raise DataError(f"{path}: {entry.filename} declares {promised} bytes of shape {shape}; found {found}.")
