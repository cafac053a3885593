"""Each neuron's response all over the plane, as in TensorFlow Playground: layers left to right, a picture a unit.

Where pictures of all layers would be too small to show a shape, one layer is drawn at a time, a page of its units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render.amount import amount, within
from tui_nn.render.canvas import boxed, fitting, too_small, wording
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.pages import page
from tui_nn.render.palette import DIM, accent, activation_scale, negative, pixels, sides

Array = np.ndarray[Any, np.dtype[Any]]
Shape = tuple[int, int]

# Pixels across and down, largest first.
SQUARE = (*range(160, 32, -8), 32, 24, 20, 16, 14, 12)
SHAPES = (*((side, side) for side in SQUARE), (12, 8), (10, 8), (8, 6), (6, 4), (4, 4))
SEEN, SEEN_PLAIN = (10, 8), (12, 8)  # the smallest in which a shape is seen, and without colours
PAGES = (6, 4, 1)  # units that are to be on a page, where not all of a layer have room


@dataclass(frozen=True)
class Plates:
    """The pictures of a layer. number: of the layer, 0 for the inputs. limits: the open interval of its responses."""

    number: int
    name: str
    responses: Array  # (units, rows, columns)
    limits: tuple[float, float]


def neurons(
    layers: Sequence[Array],
    ranges: Sequence[tuple[float, float]],
    names: Sequence[str],
    width: int,
    height: int,
    look: Look | None = None,
    sharp: bool = False,
    layer: int = 1,
    chosen: int | None = None,
) -> Drawing:
    """layers: one array (units, rows, columns) of responses for each layer, the inputs first; names: of the layers.

    ranges: the open interval of each layer's responses. Pictures are as large as lets every unit be seen; where that is
    too small only those of `layer` are drawn, page by page, which is said. chosen: its unit that has the cursor, from
    0. Each is painted on its layer's range; `sharp` shows only on which side of the middle the response is. Spots:
    (layer, unit), both from 1.
    """
    look = look or Look()
    if width < 16 or height < 6:
        return Drawing(too_small(width, height))
    plates = [Plates(*one) for one in zip(range(len(layers)), names, layers, ranges, strict=True)]
    picture = _Picture(width, height, look, sharp, (layer, chosen))
    for shown in (plates, plates[1:]):  # inputs can be done without
        for shape in picture.readable:
            if shown and picture.width_of(shown, shape) <= width:
                return picture.side_by_side(shown, shape, len(plates) - len(shown))
    return picture.page(plates[min(layer, len(plates) - 1)], len(plates) - 1)


@dataclass(frozen=True)
class _Picture:
    width: int
    height: int
    look: Look
    sharp: bool
    cursor: tuple[int, int | None]

    @property
    def readable(self) -> Sequence[Shape]:
        """Shapes of pictures that show something, and of which one has room."""
        least = SEEN_PLAIN if self.look.is_plain else SEEN
        return [one for one in SHAPES if one >= least and one[0] <= self.width and self._rows(one) > 0]

    def _rows(self, shape: Shape) -> int:
        """Pictures that fit below each other, each with its caption."""
        return (self.height - 2) // (shape[1] // 2 + 1)

    def _columns(self, plates: Plates, shape: Shape) -> int:
        return -(-len(plates.responses) // self._rows(shape))

    def width_of(self, shown: Sequence[Plates], shape: Shape) -> int:
        """Cells that all layers take, each in as many columns as its units need."""
        columns = [self._columns(plates, shape) for plates in shown]
        return sum(count * (shape[0] + 1) - 1 for count in columns) + 2 * (len(shown) - 1)

    def side_by_side(self, shown: Sequence[Plates], shape: Shape, left_out: int) -> Drawing:
        """All units of these layers, under the names of the layers."""
        head, lines = Text(no_wrap=True), [Text(no_wrap=True) for _ in range(self.height - 2)]
        spots: dict[tuple[int, int], Spot] = {}
        for plates in shown:
            across = self._columns(plates, shape)
            wide = across * (shape[0] + 1) - 1
            words = plates.name if len(plates.name) <= wide else plates.name.split(" ")[0]
            column = head.cell_len
            head.append(words[:wide].ljust(wide) + "  ", accent(DIM, self.look))
            spots |= self._put(lines, column, plates, range(len(plates.responses)), across, shape)
        used = max(spot.line + spot.height for spot in spots.values())
        hidden = [f"{left_out} more on the left"] if left_out else []
        caption = fitting(self.width, self._signs, *hidden, "data flows to the right")
        return self._drawing([head, *lines[: used - 1]], caption, spots)

    def page(self, plates: Plates, of: int) -> Drawing:
        """As many units of this layer as are seen well, those beside the cursor."""
        count = len(plates.responses)
        shape = next(self._paged(count), SHAPES[-1])
        across, down = self._across(shape), max(1, self._rows(shape))
        units = page(count, across * down, self.cursor[1] or 0)
        across = min(across, -(-len(units) // down)) if len(units) == count else across
        lines = [Text(no_wrap=True) for _ in range(self.height - 2)]
        spots = self._put(lines, 0, plates, units, across, shape)
        used = max(spot.line + spot.height for spot in spots.values())
        layer = f"layer {plates.number} of {of}"
        few = f"{units[0] + 1}-{units[-1] + 1}" if len(units) > 1 else f"unit {units[0] + 1}"
        part = few if len(units) == 1 else f"units {few.replace('-', ' to ')}"
        said = f"{part} of {count}" if len(units) < count else plural(count, "unit")
        activation = plates.name.partition(" ")[2]
        ways = (f"{layer}, {activation}: {said}", f"{layer}: {said}", f"{layer}: {few} of {count}")
        head = Text(wording(self.width, *ways), accent(DIM, self.look))
        return self._drawing([head, *lines[: used - 1]], fitting(self.width, self._signs), spots)

    def _across(self, shape: Shape) -> int:
        return max(1, (self.width + 1) // (shape[0] + 1))

    def _paged(self, count: int) -> Iterator[Shape]:
        """Shapes for a page of so many units, the best first."""
        for least in (count, *PAGES):
            for shape in self.readable:
                if self._across(shape) * self._rows(shape) >= min(count, least):
                    yield shape
        yield from (one for one in SHAPES if one[0] <= self.width and self._rows(one) > 0)

    def _put(
        self, lines: list[Text], column: int, plates: Plates, units: range, across: int, shape: Shape
    ) -> dict[tuple[int, int], Spot]:
        """Draw these units row by row, from this column on; where each stands, below one line of words."""
        tall, spots = shape[1] // 2 + 1, {}
        for place, unit in enumerate(units):
            row, at = divmod(place, across)
            left = column + at * (shape[0] + 1)
            for line, piece in zip(lines[row * tall :], self._tile(plates, unit, shape), strict=False):
                line.append(" " * (left - line.cell_len)).append_text(piece)
            spots[plates.number, unit + 1] = Spot(left, row * tall + 1, shape[0], tall)
        return spots

    def _tile(self, plates: Plates, unit: int, shape: Shape) -> list[Text]:
        response, (across, down) = plates.responses[unit], shape
        middle, scale = activation_scale(response, plates.limits)
        rows, columns = np.arange(down) * len(response) // down, np.arange(across) * response.shape[1] // across
        centred = response[rows[:, None], columns] - middle
        centred = np.sign(centred) * scale if self.sharp else centred
        picture = (
            _plain(centred / scale, bool(np.isfinite(plates.limits).all()), self.look)
            if self.look.is_plain
            else pixels(centred, scale, self.look)
        )
        is_chosen = self.cursor == (plates.number, unit)
        caption = _caption(unit + 1, float(response.min()), float(response.max()), across - 2 * is_chosen)
        if is_chosen and self.look.is_plain:
            caption = f"[{caption}]"
        return [*picture, Text(caption, accent(DIM, self.look) + Style(reverse=is_chosen), no_wrap=True)]

    @property
    def _signs(self) -> str:
        if self.look.is_plain:
            return f"{'#+' if self.look.ascii else 'shaded'} high, blank low"
        return f"blue +, {negative(self.look)} -"

    def _drawing(self, lines: Sequence[Text], foot: str, spots: dict[tuple[int, int], Spot]) -> Drawing:
        text = boxed([*lines[: self.height - 1], Text(foot, accent(DIM, self.look))], self.width, self.height)
        return Drawing(text, {at: spot for at, spot in spots.items() if at[0]}, is_marked=True)


def _plain(values: Array, is_bounded: bool, look: Look) -> list[Text]:
    """Responses (rows, columns) from -1 to 1 as lines of glyphs, blank where they are low: of a rectifier, at 0."""
    lines = (values[::2] + values[1::2]) / 2
    return [Text(sides(line if is_bounded or values.min() < 0 else 2 * line - 1, look)) for line in lines]


def _caption(number: int, low: float, high: float, width: int) -> str:
    """The unit and its range, as exactly as there is room for: half a number would be another one, and 0.96 is no 1."""
    least = 0.005 * max(abs(low), abs(high))
    for digits in (2, 1):
        ends = [within(end, 5, 0) if abs(end) >= 1000 else amount(end, digits) for end in (low, high)]
        ends = [text if abs(end) >= least else "0" for text, end in zip(ends, (low, high), strict=True)]
        grown = any(abs(end) < 0.995 and text in ("1", "-1") for text, end in zip(ends, (low, high), strict=True))
        caption = f"{number}: {ends[0]}..{ends[1]}"
        if len(caption) <= width and not grown:
            return caption
    return f"{number}"[: max(1, width)]
