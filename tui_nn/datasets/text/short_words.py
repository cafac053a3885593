"""Finds texts that are known already, very many at once, by numpy."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.datasets.text.cells import LAST, WORD, CellGrid

Array = np.ndarray[Any, np.dtype[Any]]

MOST_WORDS = 4096
LONGEST = 2 * WORD  # bytes of a text that is found as two numbers
MIX = tuple(np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64))  # large odd numbers


class ShortWords:
    """Finds texts that are known by their bytes: the last eight and those before are a number each."""

    def __init__(self) -> None:
        self._learnt = 0
        # Sorted by the keys, each mixed of a text's two numbers and its length. Replaced as a whole: threads read it.
        self._known = np.empty(0, np.uint64), np.empty((3, 0), np.uint64), np.empty(0, np.int32)

    def learn(self, words: list[str]) -> None:
        """The texts that are known next, as far as there is room."""
        words = words[: MOST_WORDS - self._learnt]
        if not words:
            return
        codes = np.arange(self._learnt, self._learnt + len(words), dtype=np.int32)
        self._learnt += len(words)
        raw = [word.encode() for word in words]
        numbers = [
            [int.from_bytes(one[-WORD:].rjust(WORD, b"\0"), "little") for one in raw],
            [int.from_bytes(one[:-WORD][-WORD:].rjust(WORD, b"\0"), "little") for one in raw],
            [len(one) for one in raw],
        ]
        short = np.array(numbers[2]) <= LONGEST
        _, known, known_codes = self._known
        found = np.concatenate([known, np.array(numbers, np.uint64)[:, short]], axis=1)
        keys = _mixed(*found)
        order = keys.argsort(kind="stable")
        self._known = keys[order], found[:, order], np.concatenate([known_codes, codes[short]])[order]

    def codes(self, cells: CellGrid, column: int) -> Array:
        """(rows,) int32 the number of each text, -1 where it is not known."""
        known_keys, numbers, codes = self._known
        if not len(known_keys):
            return np.full(len(cells), -1, np.int32)
        ends = cells.ends[:, column]
        lengths = ends - cells.starts[:, column]
        last = cells.words[ends - WORD] & LAST[np.minimum(lengths, WORD)]
        before = cells.words[ends - LONGEST] & LAST[np.clip(lengths - WORD, 0, WORD)]
        keys = _mixed(last, before, lengths.astype(np.uint64))
        at = np.searchsorted(known_keys, keys)
        at[at == len(known_keys)] = 0
        known = (numbers[0][at] == last) & (numbers[1][at] == before) & (numbers[2][at] == lengths)
        return np.where(known, codes[at], np.int32(-1))


def _mixed(last: Array, before: Array, lengths: Array) -> Array:
    """A key that is most likely a text's own."""
    mixed: Array = (last * MIX[0]) ^ (before * MIX[1]) ^ (lengths * MIX[2])
    return mixed
