"""The texts of a column, each kept once, and a number of it for each row."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np

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

    def known(self, texts: Iterable[str]) -> list[int]:
        """The places of these texts; those that are new come next."""
        places, before = self.places, len(self.places)
        found = [places.setdefault(text, len(places)) for text in texts]
        self.short.learn(list(itertools.islice(places, before, None)))
        return found

    def add(self, codes: Array) -> None:
        """Take in further rows: the place of each one's text."""
        self._codes.frombytes(np.ascontiguousarray(codes).view(np.uint8).data)
