"""The compiled reader of text tables: table.c in ctypes. It gives what tui_nn reads without it, but faster.

One library serves all processors of a system. A call lets other threads run.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from ctypes import POINTER, Structure, byref, c_char_p, c_int32, c_int64, c_uint8, c_void_p
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from tui_nn_fast.library import address, path

Array = np.ndarray[Any, np.dtype[Any]]

SWITCH = "TUI_NN_FAST_TABLES"  # "off"
NUMBER, WORD = 1, 2
VERSION = 2  # of the library: one that was not built anew since it changed is not used


class Form(Structure):
    _fields_ = (
        ("columns", c_int64),
        ("longest", c_int64),
        ("comment_size", c_int64),
        ("trailing", c_int32),
        ("header", c_int32),
        ("delimiter", c_uint8),
        ("quote", c_uint8),
        ("point", c_uint8),
        ("has_quote", c_uint8),
        ("asked", c_void_p),
        ("comment", c_char_p),
        ("names", c_char_p),
        ("name_ends", c_void_p),
    )


class Found(Structure):
    _fields_ = (
        ("most", c_int64),
        ("words", c_int64),
        ("values", c_void_p),
        ("codes", c_void_p),
        ("firsts", c_void_p),
        ("left", c_void_p),
        ("known", c_void_p),
        ("lefts", c_int64),
        ("whole", c_int64),
    )


SIGNATURES: dict[str, tuple[Any, ...]] = {
    "table_version": (),
    "table_facts": (c_void_p, c_int64, c_void_p),
    "table_rows": (POINTER(Form), c_void_p, c_int64, POINTER(Found)),
}


@cache
def library() -> Any | None:
    """The functions of table.c; None if the package has no library for this system."""
    try:
        loaded = ctypes.CDLL(str(path("table")))
        for name, arguments in SIGNATURES.items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = c_int64, arguments
    except (OSError, AttributeError):
        return None
    return loaded if loaded.table_version() == VERSION else None


def is_used() -> bool:
    """Whether it reads tables: it exists, and TUI_NN_FAST_TABLES does not switch it off."""
    return os.environ.get(SWITCH, "").lower() not in ("off", "0", "no") and library() is not None


@dataclass(frozen=True)
class TableForm:
    """The layout of a table. quote, comment: may be empty. names: those of its columns, if a header has them.

    trailing: whether a delimiter ends each row. longest: the largest number of bytes of a cell.
    """

    columns: int
    delimiter: bytes
    quote: bytes
    point: bytes
    comment: bytes
    names: Sequence[bytes]
    trailing: bool
    longest: int


@dataclass(frozen=True)
class Words:
    """The texts of a column. codes: (rows,) int32, the number of each; texts: all of them, in order of appearance."""

    codes: Array
    texts: list[bytes]


@dataclass(frozen=True)
class Block:
    """A block of rows. values: (rows, numbers) float64, NaN where a cell is empty. words: by column.

    rows, places: (left,) each, for the cells that are not plain numbers, and their text. is_whole: whether no number is
    missing, left, or too large for float64 to hold all of its digits.
    """

    values: Array
    rows: Array
    places: Array
    left: list[bytes]
    words: dict[int, Words]
    is_whole: bool

    def __len__(self) -> int:
        return len(self.values)


def facts(text: bytes) -> tuple[int, bool, bool]:
    """The number of lines that end in it, whether it is ASCII alone without 0, and whether it has quotation marks."""
    kernels = library()
    assert kernels is not None
    found = np.empty(3, np.int64)
    kernels.table_facts(text, len(text), address(found))
    lines, is_odd, has_quotes = found.tolist()
    return lines, not is_odd, bool(has_quotes)


def read_block(
    form: TableForm, text: bytes | memoryview, numbers: Sequence[int], words: Sequence[int], rows: int,
    room: Array | None = None,
) -> Block | None:  # fmt: skip
    """The contents of these columns of whole lines, in UTF-8, each a row; None if they are not plain.

    numbers, words: places of columns; the values come in the order of `numbers`. rows: the number of lines. room:
    (rows, numbers) float64 for the values, if it is known.
    """
    kernels = library()
    assert kernels is not None
    asked = np.zeros(form.columns + form.trailing, np.uint8)
    asked[list(numbers)] |= NUMBER
    asked[list(words)] |= WORD
    names, ends = b"".join(form.names), np.cumsum([len(name) for name in form.names], dtype=np.int64)
    given = Form(
        len(asked), form.longest, len(form.comment), form.trailing, bool(form.names), form.delimiter[0],
        form.quote[0] if form.quote else 0, form.point[0], bool(form.quote), address(asked), form.comment, names,
        address(ends),
    )  # fmt: skip
    values = np.empty((rows, len(numbers))) if room is None else room
    left, known = np.empty((values.size, 4), np.int32), np.empty(len(words), np.int64)
    codes, firsts = np.empty((len(words), rows), np.int32), np.empty((len(words), rows, 2), np.int32)
    found = Found(rows, len(words), address(values), address(codes), address(firsts), address(left), address(known))
    if kernels.table_rows(byref(given), address(np.frombuffer(text, np.uint8)), len(text), byref(found)) != rows:
        return None
    coded = {
        column: Words(codes[at], [bytes(text[start:end]) for start, end in firsts[at, : known[at]].tolist()])
        for at, column in enumerate(sorted(words))  # as they are met
    }
    left = left[: found.lefts]
    cells = [bytes(text[start:end]) for start, end in left[:, 2:].tolist()]
    return Block(values, left[:, 0].copy(), left[:, 1].copy(), cells, coded, bool(found.whole))
