"""One reading of a table as text: numbers into one array, one row a sample; other columns as words.

A number is what people write as one; what float() alone takes (nan, 1_000, digits of other scripts) is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from tui_nn.csvtext import plain
from tui_nn.datasets.source import Source
from tui_nn.datasets.table import Column
from tui_nn.datasets.text.charset import Charset
from tui_nn.datasets.text.cursor import Declined
from tui_nn.datasets.text.layout import TextLayout
from tui_nn.datasets.text.numbers import is_missing
from tui_nn.datasets.text.parts import parts_of
from tui_nn.datasets.text.table_part import EXACT, TablePart, Wanted, are_whole
from tui_nn.datasets.text.words import Words
from tui_nn.datasets.text.wrong import wrong
from tui_nn.errors import DataError
from tui_nn.waiting import tell

Array = np.ndarray[Any, np.dtype[Any]]

FEW = 1000  # words of a column of numbers that are kept: those of classes, whose names are texts


class Reading:
    """A table of a known layout. texts: columns of words. likely: columns of numbers that may be classes."""

    def __init__(
        self, source: Source, layout: TextLayout, charset: Charset, texts: Iterable[int], likely: Iterable[int] = ()
    ) -> None:
        self._source, self._layout = source, layout
        self._most_rows, self._pieces = charset.lines, charset.pieces
        self._texts = sorted(texts)
        self._likely = sorted(set(likely) - set(self._texts))
        self._quick = True
        self.lines: Array = np.empty(0, np.int64)
        self._start()

    def _start(self) -> None:
        """Nothing is read yet."""
        wide = len(self._layout.names)
        self._at = {at: place for place, at in enumerate(at for at in range(wide) if at not in self._texts)}
        self._values = np.empty((self._most_rows, len(self._at)))
        self._gaps, self._large = np.zeros((2, len(self._at)), bool)
        self._words = {at: Words() for at in (*self._texts, *self._likely)}

    def read(self) -> None:
        """Read it. Raises DataError with the places of rows that cannot be read."""
        if not self.quick():
            self.strict()

    def quick(self) -> bool:
        """Read many rows at once where they are plain; False if a row is wrong, and then nothing is kept."""
        try:
            self._read()
        except Declined:
            return False
        return True

    def strict(self) -> None:
        """Read row by row. Raises DataError with the places of rows that cannot be read."""
        self._quick = False
        self._start()
        self._read()

    def _parts(self, words: Mapping[int, Words], *, with_numbers: bool) -> Iterator[TablePart]:
        def wanted() -> Wanted:
            return Wanted(tuple(self._at) if with_numbers else (), dict(words), self._room)

        return parts_of(self._source, self._layout, self._pieces, wanted, quick=self._quick)

    def _room(self, row: int, rows: int) -> Array | None:
        """Where the numbers of these rows go, while all columns that began as ones of numbers still are."""
        fits = row + rows <= self._most_rows and len(self._at) == self._values.shape[1]
        return self._values[row : row + rows] if fits else None

    def _read(self) -> None:
        try:
            self._read_parts()
        finally:
            tell(self._source.name, 1.0)

    def _read_parts(self) -> None:
        rows, lines = 0, []
        for part in self._parts(self._words, with_numbers=True):
            tell(self._source.name, rows / (self._most_rows + 1))
            if rows + len(part) > self._most_rows:
                raise _changed(self._source)
            self._put_numbers(part, rows)
            for at in list(self._words):
                self._words[at].add(part.codes(at, self._words[at]))
                if at in self._at and len(self._words[at].places) > FEW:
                    del self._words[at]
            rows += len(part)
            lines.append(part.lines)
        if not rows:
            raise wrong(self._source.name, self._layout.header + 1, 1, "has no rows.")
        self.lines = np.concatenate(lines)
        self._values.resize((rows, self._values.shape[1]), refcheck=False)
        if late := [at for at in range(len(self._layout.names)) if at not in self._at and at not in self._words]:
            self._read_texts(late)

    def _put_numbers(self, part: TablePart, row: int) -> None:
        """Its numbers; a column that holds other things is one of texts from here on."""
        columns = tuple(self._at)
        values, odd = part.numbers(columns)
        whole = part.is_whole
        if odd.any():
            for place in np.flatnonzero(odd).tolist():
                del self._at[columns[place]]
            values, whole = values[:, ~odd], False
        if not self._at or not len(part):
            return
        places = list(self._at.values())
        if values.base is not self._values:  # else they were put there at once
            every = len(places) == self._values.shape[1]
            self._values[row : row + len(part), slice(None) if every else places] = values
        if not whole and not are_whole(values):
            self._gaps[places] |= np.isnan(values).any(axis=0)
            self._large[places] |= (np.abs(values) >= EXACT).any(axis=0)

    def _read_texts(self, wanted: Iterable[int]) -> None:
        """Read some columns once more, as texts."""
        found = {at: Words() for at in wanted}
        for part in self._parts(found, with_numbers=False):
            for at, words in found.items():
                words.add(part.codes(at, words))
        if any(len(words.codes) != len(self.lines) for words in found.values()):
            raise _changed(self._source)
        self._words |= found

    @property
    def written(self) -> tuple[int, ...]:
        """The columns of numbers whose texts were kept, too."""
        return tuple(at for at in self._at if at in self._words)

    def columns(self) -> tuple[Column, ...]:
        """All columns: numbers where every cell is one or missing, else texts."""
        return tuple(self._column(at) for at in range(len(self._layout.names)))

    def _column(self, at: int) -> Column:
        name = self._layout.names[at]
        if at not in self._at:
            return self.as_written(at)
        place = self._at[at]
        values = self._values[:, place]
        gone = np.isnan(values) if self._gaps[place] else None
        column = Column(name, "number", values, missing=gone)
        return self._exact(at, column) if self._large[place] else column

    def _exact(self, at: int, column: Column) -> Column:
        """Whole numbers with all their digits, where int64 has room for them."""
        if at not in self._words:
            self._read_texts([at])
        words = self._words[at]
        whole = [0 if is_missing(word) else self._layout.numbers.whole(word) for word in words.places]
        if any(one is None or not -(2**63) <= one < 2**63 for one in whole):
            return column
        return Column(column.name, "number", np.array(whole, np.int64)[words.codes], missing=column.missing)

    def as_written(self, at: int) -> Column:
        """A column as its texts; an empty cell is missing."""
        if at not in self._words:
            self._read_texts([at])
        return _texts(self._layout.names[at], self._words[at])


def _texts(name: str, words: Words) -> Column:
    """A column of texts, blanks around them taken off."""
    places: dict[str, int] = {}
    own = np.array(
        [-1 if not (text := plain(word.strip())) else places.setdefault(text, len(places)) for word in words.places],
        np.int32,
    )
    found = own[words.codes]
    gone = found < 0
    return Column(name, "text", found, tuple(places), gone if gone.any() else None)


def _changed(source: Source) -> DataError:
    return DataError(f"{source.name}: changed while it was read. Try again.")
