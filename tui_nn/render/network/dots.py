"""Weighted lines between two columns of nodes: colour or dashes for the sign, thickness for the size.

Braille has two by four dots a cell, in one colour. Where lines cross, that is the stronger one's; where there are many
lines, or no colours, the dots are its own as well, so that it stays whole among them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.render.curve import DOTS
from tui_nn.render.look import Look
from tui_nn.render.palette import RAMPS, levels

Array = np.ndarray[Any, np.dtype[Any]]

THICK = (0.3, 0.6)  # of the largest: from there a line is two dots thick, and three
FEW = 12  # lines that may share the dots of a cell, where colours tell them apart
DASH, BLANK = 8, 4  # dots that are drawn and left out in turn: of shorter dashes one does not see where they lead


def edges(starts: Array, ends: Array, strengths: Array, width: int, height: int, look: Look) -> tuple[Array, Array]:
    """Characters (height, width), blank where there is no line, and the line that each belongs to, -1 for none.

    starts, ends (n,): the rows of cells, with fractions, at the left and at the right. strengths (n,): -1 to 1. Without
    colour a negative line is dashed, in ASCII it is drawn in the palette's glyphs.
    """
    cells = np.full((height, width), " ")
    if not len(starts) or width < 1 or height < 1:
        return cells, np.full((height, width), -1)
    down, across = (1, 1) if look.ascii else (4, 2)
    rank = np.argsort(np.argsort(np.abs(strengths), kind="stable"), kind="stable")
    top = _drawn(starts * down, ends * down, strengths, rank, width * across, height * down, look)
    by_cell = top.reshape(height, down, width, across)
    winner = by_cell.max(axis=(1, 3))
    by_rank = np.argsort(rank, kind="stable")
    owner = np.where(winner >= 0, by_rank[np.maximum(winner, 0)], -1)
    if look.ascii:
        ramp = np.array(list(RAMPS["negative"][::-1] + "." + RAMPS["positive"]))
        return np.where(owner >= 0, ramp[levels(strengths, 1.0, Look("none"))[owner] + 3], " "), owner
    own = by_cell >= 0 if len(starts) <= FEW and look.depth != "none" else by_cell == winner[:, None, :, None]
    bits = (own * DOTS[None, :, None, :]).sum(axis=(1, 3))
    braille = (0x2800 + bits).astype(np.uint32).view("<U1").reshape(height, width)
    return np.where(owner >= 0, braille, " "), owner


def _drawn(starts: Array, ends: Array, strengths: Array, rank: Array, columns: int, rows: int, look: Look) -> Array:
    """(rows, columns) of dots -> the highest rank of the lines that cover each, -1 for none."""
    order = np.argsort(rank, kind="stable")  # the last that is written stays
    along = np.linspace(0, 1, 2 * max(columns, rows))
    x = np.rint(along * (columns - 1)).astype(np.intp)
    y = np.rint(starts[order, None] + (ends - starts)[order, None] * along - 0.5).astype(np.intp)
    size, ranks = np.abs(strengths[order]), rank[order]
    seen = np.ones(y.shape, bool)
    if look.depth == "none" and not look.ascii:
        length = np.hypot(columns, ends - starts)[order, None] * along
        seen = (strengths[order, None] >= 0) | (length.astype(int) % (DASH + BLANK) < DASH)
    dots = np.full((rows, columns), -1)
    most = 1 if look.ascii else _thickest(starts, ends)
    for shift, least in ((0, -1.0), (1, THICK[0]), (-1, THICK[1]))[:most]:
        thick = size > least
        layer = np.full((rows, columns), -1)
        at = np.clip(y[thick] + shift, 0, rows - 1)
        kept = seen[thick]
        layer[at[kept], np.broadcast_to(x, at.shape)[kept]] = np.broadcast_to(ranks[thick, None], at.shape)[kept]
        np.maximum(dots, layer, out=dots)
    return dots


def _thickest(starts: Array, ends: Array) -> int:
    """Dots that a line is thick at most. In a fan nothing crosses: half of its way there is a blank between any two."""
    apart, joined = sorted((np.unique(starts), np.unique(ends)), key=len, reverse=True)
    if len(joined) > 1 or len(apart) < 2:
        return 3
    between = float(apart[-1] - apart[0]) / (len(apart) - 1)
    return int(np.clip(between / 2 - 1, 1, 3))
