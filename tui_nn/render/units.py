"""What each hidden unit looks for: its incoming weights as a picture of the input."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render.canvas import boxed, fitting
from tui_nn.render.drawing import Drawing
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, accent, negative
from tui_nn.render.tiles import Tiling, aside, spread, tiles, tiling

Array = np.ndarray[Any, np.dtype[Any]]

MOST = 70  # per cent of the units that are to be seen at once before each of them gets more room
NUMBER = 5  # cells for the number of a unit, and the brackets of the cursor


def units(
    theta: Array,
    picture: tuple[int, int],
    width: int,
    height: int,
    look: Look | None = None,
    pieces: int = 1,
    order: Sequence[int] | None = None,
    words: Mapping[int, Sequence[str]] | None = None,
    at: int | None = None,
) -> Drawing:
    """theta (s_1 x pieces, rows x columns + 1), bias left out: numbered tiles, each to its own largest |weight|.

    The pieces of a unit (maxout) stand side by side in one tile, on one scale. Pixels are as large as lets most
    units in, pooled as far as a picture still says something; where few have room, their numbers stand at the left of
    them if that lets more in, and what has none is on other pages. order: of the units, from 0. words: unit -> what is
    said beside its number, where there is room. at: the unit with the cursor, whose page is shown. Spots: (1, unit
    from 1).
    """
    look = look or Look()
    count = len(theta) // pieces
    order = range(count) if order is None else order
    pictures = theta[:, 1:].reshape(count, pieces, *picture)
    most = -(-count * MOST // 100)
    drawn = tiling(
        picture, most, most, width, max(1, height - 1), look, narrowest=NUMBER, pieces=pieces, is_signed=True
    )
    if drawn.room < most:
        spoken = itertools.chain.from_iterable((words or {}).values())
        drawn = aside(drawn, max(map(len, [f"[{count}] ", *spoken])), width, max(1, height - 1))
    drawn = spread(drawn, count, width, max(1, height - 1))
    page = drawn.page(count, 0 if at is None else list(order).index(at))
    shown = [order[place] for place in page]
    captions = [_caption(unit, drawn, look, (words or {}).get(unit, ()), unit == at) for unit in shown]
    lines, places = tiles([pictures[unit] for unit in shown], captions, drawn, look, is_above=True)
    spots = {(1, unit + 1): spot for unit, spot in zip(shown, places, strict=True)}
    signs = f"blue +, {negative(look)} -"
    if look.is_plain:
        signs = "+ #, - =" if look.ascii else "+ shaded, - ="
    said = f"{len(shown)} of {plural(count, 'unit')}" if len(shown) < count else plural(count, "unit")
    if pieces > 1:
        said += f" of {pieces} pieces"
    pages = -(-count // drawn.room)
    of_pages = [f"page {-(-page.start // drawn.room) + 1} of {pages}"] if pages > 1 else []
    lines.append(Text(fitting(width, said, *of_pages, signs, "each to its own scale"), accent(DIM, look)))
    return Drawing(boxed(lines, width, height), spots, is_marked=True)


def _caption(unit: int, drawn: Tiling, look: Look, words: Sequence[str], is_marked: bool) -> Text:
    """Its number, and as many of the words as have room; one below the other at the left of its picture."""
    number = str(unit + 1)
    said = number if drawn.aside else fitting(drawn.width - 1, number, *words, gap=" ")
    if is_marked and look.is_plain:
        said = f"[{said}]"
    if drawn.aside:
        said = "\n".join([said, *words][: drawn.height])
    return Text(said, accent(DIM, look) + (Style(reverse=True) if is_marked else Style.null()))
