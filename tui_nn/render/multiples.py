"""Small multiples: many pictures of one kind side by side, a line above each that says which it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from tui_nn.render.canvas import boxed, fitting
from tui_nn.render.look import Look
from tui_nn.render.pages import page
from tui_nn.render.palette import DIM, accent

GAP = 2  # cells between two tiles
SMALLEST, LARGEST = (28, 10), (60, 24)  # cells of a tile with its caption
WIDEST = 3  # times its height: what is wider flattens the picture


@dataclass(frozen=True)
class Tile:
    """words: of the caption, the most telling first. picture: at most as large as there is room. chosen: stands out."""

    words: Sequence[str]
    picture: Text
    chosen: bool = False


@dataclass(frozen=True)
class Arrangement:
    """So many tiles beside and below each other, each `width` x `height` cells with its caption."""

    across: int
    down: int
    width: int
    height: int

    @property
    def picture(self) -> tuple[int, int]:
        """Cells of a picture."""
        return self.width, self.height - 1

    def page(self, count: int, chosen: int) -> range:
        """Of so many tiles, those that are seen with the chosen one."""
        return page(count, self.across * self.down, chosen)


def arranged(count: int, width: int, height: int | None) -> Arrangement:
    """Room for `count` tiles, as large as they can be and not flat, or for fewer in a low box.

    No height: as much as it takes.
    """
    most = max(1, min(count, (width + GAP) // (SMALLEST[0] + GAP)))
    ways = [_in_columns(across, count, width, height) for across in range(1, most + 1)]
    if height is None:
        return ways[-1]
    whole = [way for way in ways if way.across * way.down >= count]
    return max(whole or ways[-1:], key=lambda way: min(way.width, WIDEST * way.height) * way.height)


def _in_columns(across: int, count: int, width: int, height: int | None) -> Arrangement:
    wide = min(LARGEST[0], (width - GAP * (across - 1)) // across)
    down = -(-count // across)
    if height is None:
        return Arrangement(across, down, wide, max(SMALLEST[1], min(LARGEST[1], wide // WIDEST + 1)))
    down = max(1, min(down, height // SMALLEST[1]))
    return Arrangement(across, down, wide, min(LARGEST[1], height // down))


def multiples(pictures: Sequence[Tile], of: Arrangement, look: Look) -> Text:
    """The tiles in rows, none larger than the grid says."""
    lines: list[Text] = []
    for start in range(0, len(pictures), of.across):
        row = pictures[start : start + of.across]
        columns = [_lines(tile, of, look) for tile in row]
        for number in range(max(len(column) for column in columns)):
            line = Text(no_wrap=True)
            for place, column in enumerate(columns):
                line.pad_right(place * (of.width + GAP) - line.cell_len)
                if number < len(column):
                    line.append_text(column[number])
            lines.append(line)
    return Text("\n", no_wrap=True, end="").join(lines)


def _lines(tile: Tile, of: Arrangement, look: Look) -> list[Text]:
    mark = ("> " if look.ascii else "► ") if tile.chosen else ""
    style = Style(bold=True) if tile.chosen else accent(DIM, look)
    caption = Text(fitting(of.width - len(mark), *tile.words, gap="  "), no_wrap=True)
    caption.truncate(of.width - len(mark))
    return [Text(f"{mark}{caption.plain}", style, no_wrap=True), *_cut(tile.picture, of)]


def _cut(picture: Text, of: Arrangement) -> list[Text]:
    cut = boxed(list(picture.split("\n", allow_blank=True)), *of.picture)
    return list(cut.split("\n", allow_blank=True))
