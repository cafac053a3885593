"""Each neuron's response all over the plane, as in TensorFlow Playground: layers left to right, a picture a unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.canvas import boxed, fitting, too_small
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, accent, activation_scale, negative, pixels

Array = np.ndarray[Any, np.dtype[Any]]

# Pixels across and down, largest first.
SHAPES = (*((side, side) for side in (*range(160, 32, -8), 32, 24, 16, 12)), (10, 8), (8, 6), (6, 4), (4, 4))


def neurons(
    layers: Sequence[Array],
    ranges: Sequence[tuple[float, float]],
    names: Sequence[str],
    width: int,
    height: int,
    look: Look | None = None,
    sharp: bool = False,
) -> Text:
    """layers: one array (units, rows, columns) of responses for each layer, the inputs first; names: of the layers.

    ranges: the open interval of each layer's responses. Pictures are as large as lets every unit be seen, else as many
    units are shown as fit, and that is said. Each is painted on its layer's range; `sharp` shows only on which side of
    the middle the response is.
    """
    look = look or Look()
    if width < 16 or height < 6:
        return too_small(width, height)
    shown = list(layers)
    while len(shown) > 1 and not _fits(shown, SHAPES[-1], width, height):
        shown.pop(0)
    across, down = next((shape for shape in SHAPES if _fits(shown, shape, width, height)), SHAPES[-1])
    titles = list(names)[-len(shown) :]
    blocks = [
        _block(layer, limits, across, down, height, look, sharp)
        for layer, limits in zip(shown, list(ranges)[-len(shown) :], strict=True)
    ]
    lines = [Text(no_wrap=True)]
    for (_, wide), title in zip(blocks, titles, strict=True):
        words = title if len(title) <= wide else title.split(" ")[0]
        lines[0].append(words[:wide].ljust(wide) + "  ", accent(DIM, look))
    for row in range(max(len(block) for block, _ in blocks)):
        line = Text(no_wrap=True)
        for block, wide in blocks:
            line.append_text(block[row] if row < len(block) else Text(" " * wide)).append("  ")
        lines.append(line)
    left_out = len(layers) - len(shown)
    signs = f"blue +, {negative(look)} -"
    if look.depth == "none" or look.ascii:
        signs = "#+ high, -= low" if look.ascii else "shaded high, -= low"
    hidden = [f"{left_out} more on the left"] if left_out else []
    caption = fitting(width, signs, *hidden, "data flows to the right")
    return boxed([*lines[: height - 1], Text(caption, accent(DIM, look))], width, height)


def _rows(down: int, height: int) -> int:
    """Pictures that fit below each other."""
    return max(1, (height - 2) // (down // 2 + 1))


def _fits(layers: Sequence[Array], shape: tuple[int, int], width: int, height: int) -> bool:
    return shape[1] // 2 + 3 <= height and _width(layers, shape, height) <= width


def _width(layers: Sequence[Array], shape: tuple[int, int], height: int) -> int:
    """Cells that all layers take, each in as many columns as its units need."""
    columns = [-(-len(layer) // _rows(shape[1], height)) for layer in layers]
    return sum(count * (shape[0] + 1) - 1 for count in columns) + 2 * (len(layers) - 1)


def _block(
    layer: Array, limits: tuple[float, float], across: int, down: int, height: int, look: Look, sharp: bool
) -> tuple[list[Text], int]:
    """The pictures of a layer, column by column, and their width."""
    room = _rows(down, height)
    columns = -(-len(layer) // room)
    lines = [Text(no_wrap=True) for _ in range(min(room, len(layer)) * (down // 2 + 1))]
    for column in range(columns):
        tiles: list[Text] = []
        for unit in range(column * room, min((column + 1) * room, len(layer))):
            tiles += _tile(layer[unit], limits, unit, across, down, look, sharp)
        for index, line in enumerate(lines):
            line.append(" " if column else "")
            line.append_text(tiles[index] if index < len(tiles) else Text(" " * across))
    return lines, columns * (across + 1) - 1


def _tile(
    response: Array, limits: tuple[float, float], unit: int, across: int, down: int, look: Look, sharp: bool
) -> list[Text]:
    low, high = float(response.min()), float(response.max())
    middle, scale = activation_scale(response, limits)
    rows, columns = np.arange(down) * len(response) // down, np.arange(across) * response.shape[1] // across
    centred = response[rows[:, None], columns] - middle
    words = Text(_caption(unit + 1, low, high, across).ljust(across), accent(DIM, look), no_wrap=True)
    return [*pixels(np.sign(centred) * scale if sharp else centred, scale, look), words]


def _caption(number: int, low: float, high: float, width: int) -> str:
    """The unit and its range, as exactly as there is room for: half a number would be another one."""
    for digits in (2, 1):
        ends = [f"{end:.{digits}g}" if abs(end) >= 0.005 * max(abs(low), abs(high)) else "0" for end in (low, high)]
        caption = f"{number}: {ends[0]}..{ends[1]}"
        if len(caption) <= width:
            return caption
    return f"{number}"[:width]
