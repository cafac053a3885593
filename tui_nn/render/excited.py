"""The inputs that excite a unit most, and least, as pictures, or as rows of a table where they are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.canvas import boxed, fitting, too_small
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, accent, largest_size, pixels, pool
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]

LARGEST = 4  # cells a pixel
SEVERAL = 4  # tiles beside each other that matter more than large pixels
NARROWEST = 7  # cells of a tile, for its words


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
) -> Drawing:
    """head: phrases about the unit. Each group has an equal share of the lines, and shows the page that has `at`."""
    look = look or Look()
    room = (height - 1) // max(1, len(groups)) - 1
    if width < NARROWEST or room < 1 or (picture is not None and room < 2):
        return Drawing(too_small(width, height))
    lines = [Text(fitting(width, *head, gap="   "), no_wrap=True)]
    spots: dict[Any, Spot] = {}
    for group in groups:
        lines.append(Text(group.name, accent(DIM, look), no_wrap=True))
        if picture is None:
            drawn, places = _table(group.tiles, features, width, room, look, at)
        else:
            drawn, places = _pictures(group.tiles, picture, width, room, look, at)
        spots |= {
            one: Spot(spot.column, spot.line + len(lines), spot.width, spot.height) for one, spot in places.items()
        }
        lines += drawn
    return Drawing(boxed(lines, width, height), spots, is_marked=picture is not None)


def _shown(tiles: Sequence[ExcitedTile], page: int, at: Any) -> Sequence[ExcitedTile]:
    """The page with the cursor, else the first."""
    place = next((number for number, tile in enumerate(tiles) if tile.at == at), 0)
    first = place // page * page
    return tiles[first : first + page]


def _pictures(
    tiles: Sequence[ExcitedTile], picture: tuple[int, int], width: int, room: int, look: Look, at: Any
) -> tuple[list[Text], dict[Any, Spot]]:
    rows, columns = picture
    block = max(1, -(-rows // (2 * (room - 1))), -(-columns // width))
    tall, wide = -(-rows // block), -(-columns // block)
    zoom = next(
        size for size in range(LARGEST if block == 1 else 1, 0, -1)
        if size == 1 or (-(-tall * size // 2) < room and (width + 1) // (wide * size + 1) >= SEVERAL)
    )  # fmt: skip
    step = max(wide * zoom, NARROWEST) + 1
    band = -(-tall * zoom // 2)
    across, down = max(1, (width + 1) // step), max(1, room // (band + 1))
    shown = _shown(tiles, across * down, at)
    lines: list[Text] = []
    spots = {}
    for start in range(0, len(shown), across):
        bands, words = [Text(no_wrap=True) for _ in range(band)], Text(no_wrap=True)
        for number, tile in enumerate(shown[start : start + across]):
            spots[tile.at] = Spot(number * step, len(lines), step - 1, band + 1)
            image = pool(tile.values.reshape(rows, columns).astype(float), tall, wide)
            scale = largest_size(image) or 1.0
            large = image.repeat(zoom, axis=0).repeat(zoom, axis=1)
            for line, drawn in zip(bands, pixels(large, scale, look), strict=True):
                drawn.pad_right(step - drawn.cell_len)
                line.append_text(drawn)
            said = fitting(step - 1, *tile.words, gap=" ")
            if tile.at == at and (look.depth == "none" or look.ascii):
                said = f"[{said}]"
            said = said[: step - 1]
            words.append(said, Style(reverse=True) if tile.at == at else Style.null())
            words.append(" " * (step - len(said)))
        lines += [*bands, words]
    return lines, spots


def _table(
    tiles: Sequence[ExcitedTile], features: Sequence[str], width: int, room: int, look: Look, at: Any
) -> tuple[list[Text], dict[Any, Spot]]:
    count = len(tiles[0].values) if tiles else 0
    names = [*features, *(f"x{number}" for number in range(len(features) + 1, count + 1))][:count]
    head = f"{'a':<10}{'label':<12}" + "".join(f"{name:>10}" for name in short_names(names, 9))
    lines = [Text(head, accent(DIM, look), no_wrap=True)]
    spots = {}
    for tile in _shown(tiles, max(1, room - 1), at):
        spots[tile.at] = Spot(0, len(lines), width - 1)
        label = tile.words[1] if len(tile.words) > 1 else ""
        lines.append(
            Text(f"{tile.words[0]:<10}{label:<11.11} " + "".join(f"{one:10.4g}" for one in tile.values), no_wrap=True)
        )
    return lines[:room], {one: spot for one, spot in spots.items() if spot.line < room}
