"""The inputs that excite a unit most, and least, as pictures, or as rows of a table where they are none."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.amount import amount, common_decimals, fixed, within
from tui_nn.render.canvas import beside, boxed, fitting, too_small
from tui_nn.render.drawing import Drawing, Spot, row_spot
from tui_nn.render.inputs import NARROW, InputColumns, input_columns
from tui_nn.render.look import Look
from tui_nn.render.pages import page
from tui_nn.render.palette import DIM, accent
from tui_nn.render.short_names import short_names
from tui_nn.render.tiles import HANDFUL, SHAPELY, Tiling, spread, tiling
from tui_nn.render.tiles import tiles as sheet_of

Array = np.ndarray[Any, np.dtype[Any]]

SEVERAL, CELLS = 4, 80  # tiles that are to be seen at once; more of them where each has so many cells
NARROWEST = 7  # cells of a tile, for its words
APART = 3  # cells between groups beside each other
ACTIVATION, LABEL = 9, 14  # cells in a table; of a label at most
WIDE = 60  # cells of a table from which on labels have all of theirs


@dataclass(frozen=True)
class ExcitedTile:
    """at: its place. words: activation and label, the most telling first. values: (rows, columns), or (n,) of a row."""

    at: Any
    words: Sequence[str]
    values: Array


@dataclass(frozen=True)
class ExcitedGroup:
    """name: what its tiles have in common."""

    name: str
    tiles: Sequence[ExcitedTile]


def excited(
    head: Sequence[str],
    groups: Sequence[ExcitedGroup],
    picture: tuple[int, int] | None,
    features: Sequence[str],
    width: int,
    height: int,
    look: Look | None = None,
    at: Any = None,
    label: str = "label",
) -> Drawing:
    """head: phrases about the unit. label: what the second words of the tiles are, in a table. Each group has an equal
    share of the lines, or of the columns where pictures are larger then, and shows the page that has `at`.
    """
    look = look or Look()
    room = (height - 1) // max(1, len(groups)) - 1
    if width < NARROWEST or room < 1 or (picture is not None and room < 2):
        return Drawing(too_small(width, height))
    lines = [Text(fitting(width, *head, gap="   "), no_wrap=True)]
    spots: dict[Any, Spot] = {}
    half, high = (width - APART) // max(1, len(groups)), height - 2
    if picture is not None:
        are_beside = _area(groups, picture, half, high, look) > _area(groups, picture, width, room, look)
        box = (half, high) if are_beside else (width, room)
        close = _close(head, groups, picture, box, width, height, look)
        if close is not None:
            head, groups, room = close
            lines = [Text(fitting(width, *head, gap="   "), no_wrap=True)] if head else []
        elif are_beside:
            columns: list[Text] = []
            for number, group in enumerate(groups):
                drawn, places = _pictures(group.tiles, picture, half, high, look, at)
                left = number * (half + APART)
                spots |= {
                    one: replace(spot, column=spot.column + left, line=spot.line + 2) for one, spot in places.items()
                }
                columns = beside(columns, [Text(group.name, accent(DIM, look)), *drawn], left)
            return Drawing(boxed([*lines, *columns], width, height), spots, is_marked=True)
    every = [tile for group in groups for tile in group.tiles] if picture is None else []
    for group in groups:
        if group.name:
            seen = _columns(every, features, width, label)[1].told(len(every[0].values)) if every else ""
            lines.append(
                Text(fitting(width, group.name, *[seen] * bool(seen), gap=", "), accent(DIM, look), no_wrap=True)
            )
        if picture is None:
            drawn, places = _table(group.tiles, every, features, width, room, look, at, label)
        else:
            drawn, places = _pictures(group.tiles, picture, width, room, look, at)
        spots |= {one: replace(spot, line=spot.line + len(lines)) for one, spot in places.items()}
        lines += drawn
    return Drawing(boxed(lines, width, height), spots, is_marked=picture is not None)


def _close(
    head: Sequence[str],
    groups: Sequence[ExcitedGroup],
    picture: tuple[int, int],
    box: tuple[int, int],
    width: int,
    height: int,
    look: Look,
) -> tuple[Sequence[str], Sequence[ExcitedGroup], int] | None:
    """Head, groups without a line for their names, and the lines of each; None where they gain nothing.

    box: of a group that has such a line. Where pictures show no shape in it, those that lie below each other are named
    by the head, or if that is not enough in the captions, without a head.
    """
    several = len(groups)
    most = _tiling(groups[0].tiles, picture, *box, look).pooled[1]
    if several < 2 or most >= min(SHAPELY, picture[1]):
        return None
    where = ", ".join([f"{groups[0].name} above", *(f"{group.name} below" for group in groups[1:])])
    named = [
        ExcitedGroup("", [replace(tile, words=_named(group.name, tile.words)) for tile in group.tiles])
        for group in groups
    ]
    best = None
    for first, shown, lines in (
        ((where, *head), [ExcitedGroup("", group.tiles) for group in groups], height - 1),
        ((), named, height),
    ):
        drawn = _tiling(shown[0].tiles, picture, width, lines // several, look)
        if drawn.pooled[1] > most and drawn.room >= HANDFUL and drawn.height <= lines // several:
            best, most = (first, shown, lines // several), drawn.pooled[1]
    return best


def _named(name: str, words: Sequence[str]) -> Sequence[str]:
    """The name with the first of several words."""
    return (f"{name} {words[0]}", *words[1:]) if len(words) > 1 else words


def _area(groups: Sequence[ExcitedGroup], picture: tuple[int, int], width: int, room: int, look: Look) -> int:
    """Cells that the pictures of the first group take in such a box."""
    if width < NARROWEST or room < 2:
        return 0
    drawn = _tiling(groups[0].tiles, picture, width, room, look)
    return min(drawn.room, len(groups[0].tiles)) * drawn.width * drawn.height


def _shown(tiles: Sequence[ExcitedTile], room: int, at: Any) -> Sequence[ExcitedTile]:
    """The page with the cursor, else the first."""
    place = next((number for number, tile in enumerate(tiles) if tile.at == at), 0)
    return [tiles[number] for number in page(len(tiles), room, place)]


def _tiling(tiles: Sequence[ExcitedTile], picture: tuple[int, int], width: int, room: int, look: Look) -> Tiling:
    few = min(HANDFUL if look.is_plain else SEVERAL, len(tiles))  # of glyphs fewer, in which a shape is seen
    many = min(max(SEVERAL, width * room // CELLS), len(tiles))
    return tiling(picture, many, few, width, room, look, narrowest=NARROWEST)


def _pictures(
    tiles: Sequence[ExcitedTile], picture: tuple[int, int], width: int, room: int, look: Look, at: Any
) -> tuple[list[Text], dict[Any, Spot]]:
    drawn = spread(_tiling(tiles, picture, width, room, look), len(tiles), width, room)
    shown = _shown(tiles, drawn.room, at)
    captions = []
    for tile in shown:
        said = fitting(drawn.width - 1, *tile.words, gap=" ")
        if tile.at == at and look.is_plain:
            said = f"[{said}]"
        captions.append(Text(said[: drawn.width - 1], Style(reverse=True) if tile.at == at else Style.null()))
    lines, spots = sheet_of([tile.values.reshape(1, *picture) for tile in shown], captions, drawn, look)
    return lines, {tile.at: spot for tile, spot in zip(shown, spots, strict=False)}


def _is_number(label: str) -> bool:
    with contextlib.suppress(ValueError):
        return math.isfinite(float(label))
    return False


def _labels(named: Sequence[str], width: int) -> list[str]:
    """Names are cut, numbers rounded: the beginning of a number is another one."""
    short, few = short_names(named, width), None
    if all(map(_is_number, named)):
        few = common_decimals(np.array(list(map(float, named))))
    for place, name in enumerate(named):
        with contextlib.suppress(ValueError):
            value = float(name)
            ways = [
                name if few is None else fixed(value, few),
                *(amount(value, digits) for digits in (3, 2, 1)),
                within(value, width, 0),
            ]
            short[place] = next((way for way in ways if len(way) <= width), "")
    return short


def _called(tiles: Sequence[ExcitedTile]) -> list[str]:
    return [tile.words[1] if len(tile.words) > 1 else "" for tile in tiles]


def _columns(every: Sequence[ExcitedTile], features: Sequence[str], width: int, label: str) -> tuple[int, InputColumns]:
    """Cells of the labels, and the inputs that have room beside them."""
    values = [tile.values for tile in every]
    narrow = min(LABEL, max(map(len, (label, *_called(every)))) + 1)
    narrow = min(narrow, max(len("label") + 1, width - ACTIVATION - NARROW))  # one input at least is seen
    columns = input_columns(features, values, width - ACTIVATION - narrow)
    roomy = input_columns(features, values, width - ACTIVATION - LABEL)
    is_roomy = width >= WIDE and len(roomy.names) == len(columns.names)
    return (LABEL, roomy) if is_roomy else (narrow, columns)


def _table(
    tiles: Sequence[ExcitedTile],
    every: Sequence[ExcitedTile],
    features: Sequence[str],
    width: int,
    room: int,
    look: Look,
    at: Any,
    label: str,
) -> tuple[list[Text], dict[Any, Spot]]:
    """every: those of all groups, whose columns are alike, and their bars on one scale."""
    wide, columns = _columns(every, features, width, label)
    named = _called(every)
    labels = dict(zip(named, _labels(named, wide - 1), strict=True))
    side = ">" if all(map(_is_number, labels)) else "<"  # numbers have their points below each other
    head = Text(f"{'a':<{ACTIVATION}}{label[: wide - 1]:{side}{wide - 1}} ", accent(DIM, look), no_wrap=True)
    head.append_text(columns.head(look)).truncate(width)
    lines = [head]
    spots = {}
    for tile in _shown(tiles, max(1, room - 1), at):
        spots[tile.at] = row_spot(len(lines), width, look)
        named_so = labels[tile.words[1] if len(tile.words) > 1 else ""]
        said = f"{tile.words[0]:<{ACTIVATION}}{named_so:{side}{wide - 1}} "
        lines.append(Text(said, no_wrap=True).append_text(columns.line(tile.values, look)))
    return lines[:room], {one: spot for one, spot in spots.items() if spot.line < room}
