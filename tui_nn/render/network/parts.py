"""What a picture of a network is made of: columns of units, the links between them, and a place in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class UnitColumn:
    """A layer as it is drawn, n units.

    title: its heading, and shorter ones for less room. names (n,): of the units. a (n,): what they say
    of the sample, None while that is unknown; limits: the open interval that it lies in. pictures (n, rows, columns),
    or None: each is painted on its own largest value, or if is_plane, being fields that can be sampled anywhere, on
    `limits` like a. strength (n,): the units
    with the largest are shown where there is no room for all. has_bias: a constant 1 goes with them into the next
    layer. answer, wanted: of the output, the unit that it says and the one that is true, from 0. lines: a node of words
    that stands for all of its units. is_named: its names are what is asked for, before large pictures.
    """

    title: Sequence[str]
    names: Sequence[str]
    strength: Array
    a: Array | None = None
    limits: tuple[float, float] = (-math.inf, math.inf)
    pictures: Array | None = None
    is_plane: bool = False
    has_bias: bool = False
    answer: int | None = None
    wanted: int | None = None
    lines: Sequence[str] = ()
    is_named: bool = False


@dataclass(frozen=True)
class Links:
    """What lies between two columns of m and n units: (n, m + 1), the bias in column 0; nan is no line.

    is_signed: False where a line stands for many weights and is their length: it is grey.
    """

    values: Array
    is_signed: bool = True


@dataclass(frozen=True)
class Place:
    """Where a cursor stands: at a unit of a column, from 0 (-1 is the constant 1), or on the edge into it from
    `source`: 0 is the bias, 1 the first unit of the column before.
    """

    column: int
    unit: int
    source: int | None = None
