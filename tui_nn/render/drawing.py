"""A picture that knows where its parts stand, so that a cursor can be shown in it and a click finds what it hit."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.style import Style
from rich.text import Text

from tui_nn.render.look import Look

HALVES = "▀▄▌▐"


@dataclass(frozen=True)
class Spot:
    """A rectangle of cells: column and line of its upper left corner, counted from 0."""

    column: int
    line: int
    width: int = 1
    height: int = 1

    def holds(self, column: int, line: int) -> bool:
        """Whether this cell is in it."""
        return 0 <= column - self.column < self.width and 0 <= line - self.line < self.height


def row_spot(line: int, width: int, look: Look) -> Spot:
    """A line of a list; without colours the bracket behind it has a cell of its own."""
    return Spot(0, line, max(1, width - (look.depth == "none")))


@dataclass(frozen=True)
class Lattice(Mapping[tuple[int, int], Spot]):
    """The spots of a matrix, (row, column) -> spot, made when they are asked for.

    lines: first line and height of each row; columns: first column and width of each.
    """

    lines: Sequence[tuple[int, int]]
    columns: Sequence[tuple[int, int]]

    def __getitem__(self, at: tuple[int, int]) -> Spot:
        try:
            (line, height), (column, width) = self.lines[at[0]], self.columns[at[1]]
        except (IndexError, TypeError):
            raise KeyError(at) from None
        return Spot(column, line, width, height)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return ((row, column) for row in range(len(self.lines)) for column in range(len(self.columns)))

    def __len__(self) -> int:
        return len(self.lines) * len(self.columns)


@dataclass(frozen=True)
class Drawing:
    """text, and the place of each part in it: whatever names the part -> its spot.

    is_marked: the text shows by itself where the cursor is.
    """

    text: Text
    spots: Mapping[Any, Spot] = field(default_factory=dict)
    is_marked: bool = False

    def at(self, column: int, line: int) -> Any:
        """What is drawn in this cell, None if nothing that has a name; of parts that overlap, the smallest."""
        hit = [(spot.width * spot.height, at) for at, spot in self.spots.items() if spot.holds(column, line)]
        return min(hit, key=lambda one: one[0])[1] if hit else None

    def marked(self, at: Hashable, look: Look) -> Text:
        """The text with this part in reverse; where there are no colours, in brackets if there is room for them."""
        spot = self.spots.get(at)
        if spot is None or self.is_marked:
            return self.text
        lines = []
        for number, line in enumerate(self.text.split("\n", allow_blank=True)):
            if 0 <= number - spot.line < spot.height:
                line = _marked(line, spot.column, spot.column + spot.width, look)
            lines.append(line)
        return Text("\n", no_wrap=True, end="").join(lines)


def _marked(line: Text, start: int, end: int, look: Look) -> Text:
    line = line.copy()
    line.pad_right(max(0, end - len(line.plain)))
    line.stylize(Style(reverse=True), start, end)
    if look.depth != "none":
        # Half a block has no colours of its own in reverse: half of its cell would not be marked.
        plain = line.plain
        line.plain = plain[:start] + "".join(" " if one in HALVES else one for one in plain[start:end]) + plain[end:]
    else:
        # Plain text keeps no style. A blank beside the spot, or at its edge, gives its cell; at the right, where the
        # box may end, one at the edge rather.
        letters = [*line.plain, " "]
        for bracket, beside, places in (("[", start - 1, (start - 1, start)), ("]", end, (end - 1, end))):
            place = next((one for one in places if 0 <= one < len(letters) and letters[one] == " "), None)
            if place is not None and (place != beside or not (place and letters[place - 1] in "[]")):
                letters[place] = bracket
        line.plain = "".join(letters).rstrip()
    return line
