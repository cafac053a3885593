"""A network as a picture: layers from left to right, a node a unit, and between them the weights.

A node is the picture of its unit where it has one, and a bar as long as its activation. An edge is as thick as its
weight is large, among those of its matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rich.style import Style

from tui_nn.plurals import plural
from tui_nn.render.canvas import too_small
from tui_nn.render.cells import Cells
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.network.gap import draw_edges
from tui_nn.render.network.layout import arranged
from tui_nn.render.network.nodes import draw_column
from tui_nn.render.network.parts import Links, Place, UnitColumn
from tui_nn.render.palette import DIM, accent

__all__ = ["Links", "Place", "UnitColumn", "network"]

NARROWEST, LOWEST = 16, 4


def network(
    columns: Sequence[UnitColumn],
    links: Sequence[Links],
    foot: Sequence[str],
    width: int,
    height: int,
    look: Look | None = None,
    cursor: Place | None = None,
) -> Drawing:
    """The picture, which fills the box. links: one less than columns. foot: lines beneath, the first first.

    cursor: the place that is lit up. Of each unit that is shown the spot is given: (column, unit), or -1 for a 1.
    """
    look = look or Look()
    if width < NARROWEST or height < LOWEST:
        return Drawing(too_small(width, height))
    feet = list(foot)[: 1 if height < 8 else 2 if height < 15 else len(foot)]
    sheet = Cells(width, height, look)
    rows = height - len(feet) - 1  # below the headings
    placed = arranged(columns, width, rows, look, cursor)
    dim = accent(DIM, look)
    spots: dict[tuple[int, int], Spot] = {}
    for left, right in pairwise(placed):
        if right.index - left.index == 1:
            draw_edges(sheet, left, right, rows, links[left.index], cursor)
        else:
            between = right.index - left.index - 1
            words = (f"{plural(between, 'layer')} more", f"{between} more", f"+{between}", "..")
            sheet.centre(rows // 2, left.end, right.x, words, dim)
    for one, following in zip(placed, [*(other.x - 1 for other in placed[1:]), width], strict=True):
        drawn = draw_column(sheet, one, following - one.x, columns[one.index], cursor)
        spots |= {(one.index, unit): spot for unit, spot in drawn.items()}
    for number, line in enumerate(feet):
        sheet.put(rows + 1 + number, 0, line, dim if number else Style.null())
    return Drawing(sheet.text(), spots, is_marked=True)
