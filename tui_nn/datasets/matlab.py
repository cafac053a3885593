"""Matrices of a .mat file of level 5, as MATLAB and Octave save them (`save -v7`, `save -v6`), read and written.

Only matrices of real numbers are looked into, whoever made the file: every size is checked before anything is taken. A
reader that crashes on a damaged file would take the workbench along.

Reference: MAT-File Format, The MathWorks.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets.archive import MOST_ARRAYS, RATIO
from tui_nn.datasets.limits import opened
from tui_nn.errors import DataError
from tui_nn.memory import lacking

Array = np.ndarray[Any, np.dtype[Any]]

HEADER = struct.Struct("<116s8xH2s")
WORDS = b"MATLAB 5.0 MAT-file, written by tui-nn"
LEVEL = 0x0100
COMPLEX = 0x0800  # a flag of a matrix
MATRIX, COMPRESSED = 14, 15  # types of an element
TEXT, DOUBLE = 4, 6  # classes of a matrix
# Types of numbers in the file, and classes of a matrix of them, which may be stored in a smaller type.
STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
CLASSES = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}


class _Damaged(ValueError):
    pass


@dataclass(frozen=True)
class _Matrix:
    """name, shape, and the numbers as they are stored."""

    name: str
    shape: tuple[int, ...]
    stored: Array
    dtype: str

    def array(self) -> Array:
        return self.stored.astype(self.dtype).reshape(self.shape, order="F")


def read_mat(path: Path, choose: Callable[[Sequence[str]], Iterable[str]]) -> dict[str, Array]:
    """The matrices whose names `choose` picks of all that hold numbers, in the file's order. Raises DataError."""
    with opened(path) as file:
        size = file.seek(0, 2)
        file.seek(0)
        short = lacking(2 * size)
        if short:
            raise DataError(f"{path}: to hold its matrices {short}.")
        content = file.read()
    try:
        _, level, order = HEADER.unpack_from(content)
        if level not in (LEVEL, LEVEL >> 8) or order not in (b"IM", b"MI"):
            raise DataError(f"{path}: is no .mat file of level 5; expected what `save -v7` writes.")
        ending = "<" if order == b"IM" else ">"
        held = {matrix.name: matrix for matrix in _matrices(content, ending)}
    except (_Damaged, zlib.error, struct.error) as error:
        raise DataError(f"{path}: not a readable .mat file: {error}.") from None
    names = set(choose(list(held)))
    return {name: matrix.array() for name, matrix in held.items() if name in names}


def _matrices(content: bytes, ending: str) -> Iterator[_Matrix]:
    at, count, budget = HEADER.size, 0, RATIO * len(content)
    while at < len(content):
        count += 1
        if count > MOST_ARRAYS:
            raise _Damaged(f"it holds more than the {MOST_ARRAYS} matrices that are read")
        kind, length = struct.unpack_from(f"{ending}II", content, at)
        if length > len(content) - at - 8:
            raise _Damaged(f"an element of {length} bytes goes beyond its end")
        body = memoryview(content)[at + 8 : at + 8 + length]
        at += 8 + length
        if kind == COMPRESSED:
            unpacked = _unpacked(body, ending, budget)
            budget -= len(unpacked)
            kind, length = struct.unpack_from(f"{ending}II", unpacked)
            body = memoryview(unpacked)[8 : 8 + length]
        if kind == MATRIX:
            found = _matrix(body, ending)
            if found is not None:
                yield found


def _unpacked(body: memoryview, ending: str, budget: int) -> bytes:
    """One element, as large as it says itself."""
    head = zlib.decompressobj().decompress(body, 8)
    _, length = struct.unpack(f"{ending}II", head)
    if 8 + length > budget:
        raise _Damaged(f"it would expand to {length} bytes and more, {RATIO} times its size")
    short = lacking(2 * length)
    if short:
        raise _Damaged(f"to hold its matrices {short}")
    stream = zlib.decompressobj()
    whole = stream.decompress(body, 8 + length)
    if len(whole) != 8 + length or stream.decompress(stream.unconsumed_tail, 1) or not stream.eof:
        raise _Damaged(f"a compressed element is not of the {length} bytes that it declares")
    return whole


def _matrix(body: memoryview, ending: str) -> _Matrix | None:
    """None for texts, structures and whatever else holds no real numbers."""
    parts = _parts(body, ending)
    try:
        (_, flags), (_, sizes), (_, letters) = next(parts), next(parts), next(parts)
    except StopIteration:
        raise _Damaged("a matrix has no name") from None
    if len(flags) != 8 or len(sizes) % 4:
        raise _Damaged("a matrix has no kind or no size")
    flag = struct.unpack_from(f"{ending}I", flags)[0]
    shape = struct.unpack(f"{ending}{len(sizes) // 4}i", sizes)
    if flag & 0xFF not in CLASSES or flag & COMPLEX:
        return None
    name = bytes(letters).decode("ascii", "replace")
    kind, numbers = next(parts, (9, memoryview(b"")))
    if kind not in STORED:
        raise _Damaged(f"the numbers of {name!r} are of the unknown type {kind}")
    dtype = np.dtype(f"{ending}{STORED[kind]}")
    if not 2 <= len(shape) <= 32 or min(shape) < 0 or math.prod(shape) * dtype.itemsize != len(numbers):
        raise _Damaged(f"{name!r} declares the shape {shape}; found {len(numbers)} bytes")
    return _Matrix(name, shape, np.frombuffer(numbers, dtype), CLASSES[flag & 0xFF])


def _parts(body: memoryview, ending: str) -> Iterator[tuple[int, memoryview]]:
    """Type and bytes of each part of an element; up to four bytes may stand in the place of their length."""
    at = 0
    while at + 8 <= len(body):
        kind, length = struct.unpack_from(f"{ending}II", body, at)
        if kind >> 16:
            kind, length, begin, end = kind & 0xFFFF, kind >> 16, at + 4, at + 8
        else:
            begin, end = at + 8, at + 8 + length + -length % 8
        if begin + length > len(body) or (end == at + 8 and length > 4):
            raise _Damaged(f"a part of {length} bytes goes beyond its element")
        yield kind, body[begin : begin + length]
        at = end


def mat_bytes(arrays: Mapping[str, Array | str]) -> bytes:
    """A .mat file of these matrices, in double precision, and texts; a row of numbers is a matrix of one row."""
    content = HEADER.pack(WORDS.ljust(116), LEVEL, b"IM")
    for name, value in arrays.items():
        if isinstance(value, str):
            kind, stored, data = TEXT, 4, value.encode("utf-16-le")
            shape: tuple[int, ...] = (1, len(data) // 2)
        else:
            matrix = np.atleast_2d(np.asarray(value, "<f8"))
            kind, stored, data, shape = DOUBLE, 9, matrix.tobytes("F"), matrix.shape
        body = b"".join((
            _part(6, struct.pack("<II", kind, 0)), _part(5, struct.pack(f"<{len(shape)}i", *shape)),
            _part(1, name.encode("ascii")), _part(stored, data),
        ))  # fmt: skip
        content += struct.pack("<II", MATRIX, len(body)) + body
    return content


def _part(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def by_columns(theta: Array, rows: int, columns: int) -> Array:
    """Theta (s, rows x columns + 1) of pictures that are read row by row, from one of pictures column by column."""
    pixels = theta[:, 1:].reshape(len(theta), columns, rows).transpose(0, 2, 1).reshape(len(theta), -1)
    return np.hstack([theta[:, :1], pixels])
