"""Tables as text: CSV and its relatives, cell by cell, or by numpy where every cell is a plain number.

A number is what people write as one; what float() alone takes (nan, 1_000, digits of other scripts) is none. Both ways
give the same columns, and what the quick one does not take it leaves to the other.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from tui_nn.csvtext import plain
from tui_nn.datasets.choice import USUAL_TARGETS
from tui_nn.datasets.limits import check_size
from tui_nn.datasets.reader import reader
from tui_nn.datasets.source import Source
from tui_nn.datasets.table import Column, Table
from tui_nn.datasets.text.charset import Charset, charset_of, text_of
from tui_nn.datasets.text.dialect import TextSettings, layout_of
from tui_nn.datasets.text.footer import footer_of
from tui_nn.datasets.text.foreign import check_text
from tui_nn.datasets.text.layout import TextLayout
from tui_nn.datasets.text.numbers import LARGEST_FLOAT, floats, is_missing
from tui_nn.datasets.text.rows import rows_of
from tui_nn.datasets.text.wrong import wrong

Array = np.ndarray[Any, np.dtype[Any]]

BLOCK = 4096  # rows
HEAD = 4096  # bytes that tell what a file is
COPIES = 2  # of the numbers of a table, while it is read
EXACT = 2.0**53  # from here on float64 loses digits of whole numbers


@reader(
    ".csv",
    ".tsv",
    ".txt",
    ".data",
    ".dat",
    ".tab",
    ".asc",
    sample=b"height,width,kind\n1.5,2,rose\n2.5,?,'lily'\n,1,rose\n",
)
def delimited(
    source: Source,
    delimiter: str | None = None,
    quote: str | None = None,
    header: bool | None = None,
    comment: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    encoding: str | None = None,
) -> Table:
    """A table as text: cells between commas, tabs, semicolons, bars or blanks."""
    check_text(source.name, source.head(HEAD))
    charset = charset_of(source, encoding)
    layout = layout_of(source, charset, TextSettings(delimiter, quote, header, comment, decimal, thousands))
    names = layout.names
    if len(names) < 2:
        raise wrong(source.name, 1, 1, "has one column; expected inputs and a target.")
    cells = min(charset.lines * len(names), charset.size // 2 + 1)  # a cell takes two bytes at least
    check_size(source.path, charset.lines, len(names) - 1, COPIES * 8 * cells)
    reading = Reading(source, layout, _kept(layout))
    if not reading.quick(charset):
        reading.strict()
    table = Table(
        source.name, reading.columns(), reading.lines, layout.notes, as_written=reading.as_written,
        has_names=bool(layout.header) or any(not name.startswith("column ") for name in names),
        numbers=layout.numbers,
    )  # fmt: skip
    footer = footer_of(table)
    return replace(table, notes=(*table.notes, footer)) if footer else table


def reading_of(source: Source, layout: TextLayout, texts: set[int]) -> Reading:
    """A table of a known layout, read cell by cell."""
    reading = Reading(source, layout, texts)
    reading.strict()
    return reading


def _kept(layout: TextLayout) -> set[int]:
    """The columns whose cells are kept as texts from the first row on: those of words, and likely targets."""
    body = [row for row in layout.sample[1 if layout.header else 0 :] if len(row) >= len(layout.names)]
    kept = {len(layout.names) - 1} | {at for at, name in enumerate(layout.names) if name.lower() in USUAL_TARGETS}
    for at in range(len(layout.names)):
        if any(not layout.numbers.is_number(row[at]) and not is_missing(row[at]) for row in body):
            kept.add(at)
    return kept


class Reading:
    """One reading of a table. `texts` are the columns whose cells are kept as texts."""

    def __init__(self, source: Source, layout: TextLayout, texts: set[int]) -> None:
        self._source, self._layout = source, layout
        self._codes: dict[int, array[int]] = {at: array("i") for at in sorted(texts)}
        self._words: dict[int, dict[str, int]] = {at: {} for at in sorted(texts)}
        self._numbers: dict[int, Array] = {}
        self.lines: Array = np.empty(0, np.int64)
        self._again: dict[int, Column] = {}

    def quick(self, charset: Charset) -> bool:
        """Read it by numpy; False if anything at all is not plain, and then nothing is kept.

        All columns are read, for with a selection of them numpy accepts short rows.
        """
        layout = self._layout
        odd = not layout.numbers.is_plain or layout.trailing or layout.comment or not layout.delimiter or layout.skipped
        if odd or charset.has_quotes or layout.quote == "'":
            return False
        words: dict[int, dict[str, int]] = {at: {} for at in self._words}
        try:
            with text_of(self._source, layout.encoding) as file:
                for _ in range(layout.header):
                    file.readline()
                table = np.loadtxt(
                    file, np.float64, comments=None, delimiter=layout.delimiter, ndmin=2,
                    converters={at: _numbering(known) for at, known in words.items()},
                )  # fmt: skip
        except (ValueError, OSError):
            return False
        rows = charset.lines - layout.header
        if table.shape[1] != len(layout.names) or len(table) not in (rows, rows - 1):
            return False
        if layout.header and any(layout.names[at] in known for at, known in words.items()):
            return False  # perhaps the header once more
        if not (np.abs(table) <= LARGEST_FLOAT).all() or any(
            len(cell) > 100_000 for known in words.values() for cell in known
        ):
            return False
        for at, known in words.items():
            self._words[at] = known
            self._codes[at] = array("i", table[:, at].astype(np.int32).tobytes())
        self._numbers = {at: table[:, at] for at in range(len(layout.names)) if at not in words}
        self.lines = np.arange(layout.header + 1, layout.header + 1 + len(table))
        return True

    def strict(self) -> None:
        """Read it cell by cell. Raises DataError with the places of rows that cannot be read."""
        layout = self._layout
        blocks: dict[int, list[Array]] = {at: [] for at in range(len(layout.names)) if at not in self._words}
        late: set[int] = set()
        lines = array("q")
        rows = rows_of(self._source, layout)
        while block := list(itertools.islice(rows, BLOCK)):
            lines.extend(line for line, _ in block)
            columns = list(zip(*(row for _, row in block), strict=True))
            for at in self._words:
                self._keep(at, columns[at])
            for at in blocks.keys() - late:
                values, are_numbers = floats(columns[at], layout.numbers)
                if are_numbers:
                    blocks[at].append(values)
                else:
                    late.add(at)
                    blocks[at] = []
        if not lines:
            raise wrong(self._source.name, layout.header + 1, 1, "has no rows.")
        self.lines = np.array(lines, np.int64)
        self._numbers = {at: np.concatenate(found) for at, found in blocks.items() if at not in late}
        if late:
            self._read_texts(late)

    def _keep(self, at: int, cells: Iterable[str]) -> None:
        known = self._words[at]
        self._codes[at].extend([known.setdefault(cell, len(known)) for cell in cells])

    def _read_texts(self, wanted: set[int]) -> None:
        """Read some columns once more, as texts."""
        for at in sorted(wanted):
            self._words[at], self._codes[at] = {}, array("i")
        rows = rows_of(self._source, self._layout)
        while block := list(itertools.islice(rows, BLOCK)):
            for at in wanted:
                self._keep(at, [row[at] for _, row in block])

    def columns(self) -> tuple[Column, ...]:
        """All columns: numbers where every cell is one or missing, else texts."""
        return tuple(self._column(at) for at in range(len(self._layout.names)))

    def _column(self, at: int) -> Column:
        name, form = self._layout.names[at], self._layout.numbers
        if at in self._numbers:
            values = self._numbers[at]
            gone = np.isnan(values)
            if np.abs(values[~gone] if gone.any() else values).max(initial=0) >= EXACT:
                self._read_texts({at})
                return self._exact(at, Column(name, "number", values, missing=gone if gone.any() else None))
            return Column(name, "number", values, missing=gone if gone.any() else None)
        words = list(self._words[at])
        values, are_numbers = floats(words, form)
        if not are_numbers:
            return self.as_written(at)
        codes = np.frombuffer(self._codes[at], np.int32)
        values = values[codes]
        gone = np.isnan(values)
        column = Column(name, "number", values, missing=gone if gone.any() else None)
        return self._exact(at, column) if np.abs(values[~gone]).max(initial=0) >= EXACT else column

    def _exact(self, at: int, column: Column) -> Column:
        """Whole numbers with all their digits, where int64 has room for them."""
        form, codes = self._layout.numbers, np.frombuffer(self._codes[at], np.int32)
        whole = [0 if is_missing(word) else form.whole(word) for word in self._words[at]]
        if any(one is None or not -(2**63) <= one < 2**63 for one in whole):
            return column
        return Column(column.name, "number", np.array(whole, np.int64)[codes], missing=column.missing)

    def as_written(self, at: int) -> Column:
        """A column as its texts; an empty cell is missing."""
        if at not in self._again:
            if at not in self._words:
                self._read_texts({at})
            self._again[at] = _texts(self._layout.names[at], self._words[at], np.frombuffer(self._codes[at], np.int32))
        return self._again[at]


def _numbering(known: dict[str, int]) -> Any:
    return lambda cell: known.setdefault(cell, len(known))


def _texts(name: str, words: dict[str, int], codes: Array) -> Column:
    """A column of texts, blanks around them taken off."""
    places: dict[str, int] = {}
    own = np.array(
        [-1 if not (text := plain(word.strip())) else places.setdefault(text, len(places)) for word in words], np.int32
    )
    found = own[codes]
    gone = found < 0
    return Column(name, "text", found, tuple(places), gone if gone.any() else None)
