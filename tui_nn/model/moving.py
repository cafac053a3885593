"""Pictures moved as a whole: turned and scaled about their centre, shifted, with noise. In the data's own units.

A pixel of the moved picture is where the movement took it from, read off the picture by bilinear interpolation; outside
of a picture is 0. Nothing is rounded: a picture of whole numbers may have others between them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn.engine.data import Part
from tui_nn.engine.random import stream
from tui_nn.errors import DataError
from tui_nn.model.preparation import Preparation

Array = np.ndarray[Any, np.dtype[Any]]

CHUNK = 64  # pictures at a time: their pixels as rows still fit the cache
QUARTERS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))  # cosine and sine, exact


@dataclass(frozen=True)
class Move:
    """right, down: pixels. angle: degrees, counter-clockwise as seen. scale: 2 is twice as large.

    Turned and scaled first, then shifted, then noise: `noise` is the standard deviation of normal noise as a share of
    the data's range, drawn from `seed`.
    """

    right: float = 0.0
    down: float = 0.0
    angle: float = 0.0
    scale: float = 1.0
    noise: float = 0.0
    seed: int = 0

    @property
    def is_rest(self) -> bool:
        """Whether it changes nothing."""
        return self.stays and not self.noise

    @property
    def stays(self) -> bool:
        """Whether every pixel stays in its place."""
        return not (self.right or self.down or self.angle % 360) and self.scale == 1

    @property
    def words(self) -> str:
        """What is done, such as `turned by 15, shifted by 2,0`."""
        said = [
            f"turned by {self.angle:g}" if self.angle % 360 else "",
            f"scaled by {self.scale:g}" if self.scale != 1 else "",
            f"shifted by {self.right:g},{self.down:g}" if self.right or self.down else "",
            f"noise {self.noise:g}" if self.noise else "",
        ]
        return ", ".join(one for one in said if one) or "as it is"

    def sources(self, picture: tuple[int, int]) -> tuple[Array, Array]:
        """From which row and which column each pixel of the moved picture comes, (rows x columns,) each."""
        middle, centre = (picture[0] - 1) / 2, (picture[1] - 1) / 2
        row, column = (one.ravel().astype(np.float64) for one in np.indices(picture))
        y, x = row - middle - self.down, column - centre - self.right
        cosine, sine = _turn(self.angle)
        return (
            (cosine * y + sine * x) / self.scale + middle,
            (cosine * x - sine * y) / self.scale + centre,
        )


REST = Move()


def _turn(angle: float) -> tuple[float, float]:
    quarter, rest = divmod(angle, 90)
    if not rest:
        return QUARTERS[int(quarter) % 4]
    return math.cos(math.radians(angle)), math.sin(math.radians(angle))


def moved(rows: Array, picture: tuple[int, int], move: Move, reach: float = 1.0) -> Array:
    """Pictures (m, rows x columns) moved: a new array of floats. reach: the range of the data, for the noise.

    Of a picture that only stays in its place the values are the same to the last bit.
    """
    dtype = np.result_type(rows.dtype, np.float32)
    found = rows.astype(dtype) if move.stays else _interpolated(rows, picture, move, dtype)
    if move.noise:
        drawn = stream(move.seed, "noise").standard_normal(found.shape)
        found += np.multiply(drawn, move.noise * reach).astype(dtype)
    return found


def _interpolated(rows: Array, picture: tuple[int, int], move: Move, dtype: np.dtype[Any]) -> Array:
    corners = _corners(picture, move, dtype)
    found = np.empty(rows.shape, dtype)
    for start in range(0, len(rows), CHUNK):
        # Pixels as rows: one that is moved is a whole row of memory, and the background is one more.
        chunk = rows[start : start + CHUNK]
        pixels = np.zeros((chunk.shape[1] + 1, len(chunk)), dtype)
        pixels[:-1] = chunk.T
        total: Array | None = None
        for place, weight in corners:
            read = pixels.take(place, axis=0)
            if weight is not None:
                read *= weight[:, None]
            total = read if total is None else np.add(total, read, out=total)
        found[start : start + CHUNK] = 0 if total is None else total.T
    return found


def _corners(picture: tuple[int, int], move: Move, dtype: np.dtype[Any]) -> list[tuple[Array, Array | None]]:
    """Pixels that are read for each one, and how much each counts; None where all count 1. -1 is the background."""
    row, column = move.sources(picture)
    top, left = np.floor(row), np.floor(column)
    found: list[tuple[Array, Array | None]] = []
    for down in (0, 1):
        for right in (0, 1):
            weight = np.abs(1 - down - (row - top)) * np.abs(1 - right - (column - left))
            at, across = top + down, left + right
            inside = (at >= 0) & (at < picture[0]) & (across >= 0) & (across < picture[1])
            place = np.where(inside, at * picture[1] + across, -1).astype(np.intp)
            if weight.any():
                found.append((place, None if (weight == 1).all() else weight.astype(dtype)))
    return found


def moved_part(part: Part, preparation: Preparation, move: Move) -> Part:
    """A part with its pictures moved, before they are prepared. Raises DataError for what are no pictures."""
    if move.is_rest:
        return part
    rows = part.source if part.rows is None else part.source[part.rows]
    picture = picture_of(preparation)
    return replace(part, source=moved(rows, picture, move, reach_of(preparation)), rows=None)


def picture_of(preparation: Preparation) -> tuple[int, int]:
    """Rows and columns of the pictures. Raises DataError where the inputs are none."""
    if preparation.picture is None:
        raise DataError(
            f"the {preparation.inputs} inputs of the network are not pictures: only a picture can be turned, shifted or"
            " scaled. Pictures are IDX files, and x of an .npz file with (samples, rows, columns)."
        )
    return preparation.picture


def reach_of(preparation: Preparation) -> float:
    """From the smallest to the largest value of the training part."""
    if preparation.low is None or preparation.high is None:
        return 1.0
    return float(preparation.high.max() - preparation.low.min())
