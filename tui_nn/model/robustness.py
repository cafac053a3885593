"""How many answers stay right when every picture is turned or shifted."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.data import Part, spread_rows
from tui_nn.model.moving import Move, moved, picture_of, reach_of
from tui_nn.model.net import Net

Array = np.ndarray[Any, np.dtype[Any]]

ANGLES = tuple(range(-90, 91, 15))  # degrees
REACH = 4  # pixels, at most a half of the shorter side


@dataclass(frozen=True)
class Robustness:
    """Shares of pictures that are classified correctly.

    angles (a,) in degrees, counter-clockwise, and turned (a,); shifts (s,) in pixels and shifted (s, s): row by how
    far down, column by how far right. count: how many pictures were asked.
    """

    angles: Array
    turned: Array
    shifts: Array
    shifted: Array
    count: int


def robustness_of(net: Net, part: Part, most: int) -> Generator[float, None, Robustness]:
    """Of at most so many pictures of a part, spread over it. Raises DataError for what are no pictures.

    It takes seconds for thousands of them, and yields the share that is done after each move.
    """
    preparation = net.preparation
    picture, reach = picture_of(preparation), reach_of(preparation)
    chosen = spread_rows(len(part), most)
    rows = part.source[chosen if part.rows is None else part.rows[chosen]]
    labels = part.y[chosen]

    side = max(1, min(REACH, min(picture) // 2))
    shifts = np.arange(-side, side + 1)
    turns = [Move(angle=angle) for angle in ANGLES]
    moves = [*turns, *(Move(right, down) for down in shifts.tolist() for right in shifts.tolist())]
    shares: list[float] = []
    for move in moves:
        prepared = Part(moved(rows, picture, move, reach), labels, None, part.offset, part.factor, part.dtype)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            shares.append(float((net.head.targets.decode(net.network.predict(prepared)) == labels).mean()))
        yield len(shares) / len(moves)
    turned, shifted = np.split(np.array(shares), [len(turns)])
    return Robustness(np.array(ANGLES), turned, shifts, shifted.reshape(len(shifts), -1), len(labels))
