"""Columns of numbers that may be very long: eight bytes a number, where a list needs forty, and numpy reads them as
they lie. Otherwise they are like lists: slices are lists, and they equal lists of the same numbers.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any, Self


class _Column(array):  # type: ignore[type-arg]
    __slots__ = ()

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        return found.tolist() if isinstance(at, slice) else found

    def __eq__(self, other: object) -> bool:
        return self.tolist() == other if isinstance(other, list) else super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __deepcopy__(self, seen: dict[int, Any]) -> Self:
        return type(self)(self)  # type: ignore[call-overload, no-any-return]

    __hash__ = None


class Ints(_Column):
    """Integers of at most 63 bits."""

    def __new__(cls, numbers: Iterable[int] = ()) -> Self:
        return super().__new__(cls, "q", numbers)  # type: ignore[return-value]


class Floats(_Column):
    """Floats, as precise as Python's."""

    def __new__(cls, numbers: Iterable[float] = ()) -> Self:
        return super().__new__(cls, "d", numbers)  # type: ignore[return-value]
