"""A network as a picture: layers from left to right, a node a unit, and between them the weights.

A node is the picture of its unit where it has one, and a bar as long as its activation. An edge is as thick as its
weight is large, among those of its matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rich.text import Text

from tui_nn.render.canvas import boxed, too_small
from tui_nn.render.cells import Cells
from tui_nn.render.look import Look
from tui_nn.render.network.gap import draw_edges
from tui_nn.render.network.layout import arranged
from tui_nn.render.network.nodes import draw_column
from tui_nn.render.network.parts import Column, Links, Place
from tui_nn.render.palette import DIM, accent

__all__ = ["Column", "Links", "Place", "network"]

NARROWEST, LOWEST = 16, 4


def network(
    columns: Sequence[Column],
    links: Sequence[Links],
    foot: Sequence[str],
    width: int,
    height: int,
    look: Look | None = None,
    cursor: Place | None = None,
) -> Text:
    """The picture, which fills the box. links: one less than columns. foot: lines beneath, the first first.

    cursor: the place that is lit up.
    """
    look = look or Look()
    if width < NARROWEST or height < LOWEST:
        return too_small(width, height)
    feet = list(foot)[: 1 if height < 8 else 2 if height < 12 else len(foot)]
    sheet = Cells(width, height - len(feet))
    placed = arranged(columns, width, height - len(feet) - 1, cursor)
    dim = accent(DIM, look)
    for left, right in pairwise(placed):
        if right.index - left.index == 1:
            draw_edges(sheet, left, right, links[left.index], look, cursor)
        else:
            between = right.index - left.index - 1
            sheet.centre(sheet.height // 2, left.end, right.x, (f"{between} more", f"+{between}", ".."), dim)
    for one, following in zip(placed, [*(other.x - 1 for other in placed[1:]), width], strict=True):
        draw_column(sheet, one, following - one.x, columns[one.index], look, cursor)
    lines = [Text(line, dim if number else "", no_wrap=True) for number, line in enumerate(feet)]
    return boxed([*sheet.lines(), *lines], width, height)
