"""The texts of a column, each kept once, and a number of it for each row."""

from __future__ import annotations

import itertools
from array import array
from typing import Any

import numpy as np

from tui_nn.datasets.text.parts import TablePart
from tui_nn.datasets.text.short_words import ShortWords

Array = np.ndarray[Any, np.dtype[Any]]


class Words:
    """What a column holds so far, in the order in which it was found."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.short = ShortWords()
        self._codes = array("i")

    @property
    def codes(self) -> Array:
        """(m,) int32, the place of each row's text in `places`."""
        return np.frombuffer(self._codes, np.int32)

    def add(self, part: TablePart, column: int) -> None:
        """Take in what a part of the table has in this column."""
        places = self.places
        codes = part.codes(column, self.short)
        rows = np.flatnonzero(codes < 0).tolist()
        if rows:
            known = len(places)
            codes[rows] = [places.setdefault(cell, len(places)) for cell in part.texts(column, rows)]
            self.short.learn(list(itertools.islice(places, known, None)))
        self._codes.frombytes(codes.tobytes())
