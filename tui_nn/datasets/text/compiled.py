"""The compiled reader of plain blocks, where the package tui-nn-fast is installed. It says what numpy says, sooner."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from tui_nn.datasets.text.layout import TextLayout

Array = np.ndarray[Any, np.dtype[Any]]

OF_NUMBERS = "0123456789+-eE.,"  # that have no other meaning in what it reads, but for the comma


class CompiledWords(Protocol):
    """Texts of a column. codes: (rows,) int32, of each its number; texts: all, in the order in which they come."""

    codes: Array
    texts: Sequence[bytes]


class CompiledBlock(Protocol):
    """Rows that are a line each. values: (rows, numbers) float64, NaN where a cell is empty. words: by column.

    rows, places: of the cells that are still to be looked at, (left,) each; left: what is written in them. is_whole:
    whether no number is missing, or too large for float64 to have all digits of it; False where nobody knows.
    """

    values: Array
    rows: Array
    places: Array
    left: Sequence[bytes]
    words: Mapping[int, CompiledWords]
    is_whole: bool

    def __len__(self) -> int: ...


def is_compiled() -> bool:
    """Whether tables as text are read by compiled code."""
    return _tables() is not None


def facts_of(text: bytes) -> tuple[int, bool, bool]:
    """How many lines end in it, whether it is of ASCII alone and without 0, and whether it has quotation marks."""
    tables = _tables()
    if tables is not None:
        lines, is_plain, has_quotes = tables.facts(text)
        return lines, is_plain, has_quotes
    return text.count(b"\n"), text.isascii() and b"\0" not in text, b'"' in text


class CompiledReader(Protocol):
    """Reads so many whole lines, their columns of numbers and of words; None if they are not plain.

    room: (rows, numbers) float64 where the values go, None for an array of their own.
    """

    def __call__(
        self, text: bytes | memoryview, numbers: Sequence[int], words: Sequence[int], rows: int,
        room: Array | None = None,
    ) -> CompiledBlock | None: ...  # fmt: skip


def compiled_reader(layout: TextLayout) -> CompiledReader | None:
    """None where it is not installed, or the marks of this layout are no marks for it."""
    tables = _tables()
    marks = layout.delimiter + layout.quote
    if tables is None or any(mark in OF_NUMBERS for mark in marks.replace(",", "", layout.delimiter == ",")):
        return None
    point = layout.numbers.decimal if layout.numbers.decimal != layout.delimiter else "\0"
    names = [name.encode() for name in layout.names] if layout.header else []
    form = tables.TableForm(
        len(layout.names), layout.delimiter.encode(), layout.quote.encode(), point.encode(), layout.comment.encode(),
        names, layout.trailing, csv.field_size_limit(),
    )  # fmt: skip
    found: CompiledReader = partial(tables.read_block, form)
    return found


def _tables() -> Any | None:
    try:
        from tui_nn_fast import tables
    except ImportError:
        return None
    return tables if tables.is_used() else None
