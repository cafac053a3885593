"""Putting lines into a box: cut to its width and height, with a word where there is no room."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from textwrap import wrap

from rich.style import Style
from rich.text import Text


def boxed(lines: Sequence[Text], width: int, height: int) -> Text:
    """At most `height` lines of at most `width` cells, joined."""
    return Text("\n", no_wrap=True, end="").join(_cut(line, width) for line in lines[:height])


def _cut(line: Text, width: int) -> Text:
    if line.cell_len > width:
        line = line.copy()
        line.truncate(width)
    return line


def line_of(cells: Iterable[tuple[str, Style]]) -> Text:
    """A line of cells, each a glyph and its style, as one span for each run of a style: a terminal is slow in changing
    colours.
    """
    line = Text(no_wrap=True)
    for style, run in itertools.groupby(cells, lambda cell: cell[1]):
        line.append("".join(glyph for glyph, _ in run), style)
    return line


def fitting(width: int, *phrases: str, gap: str = "; ") -> str:
    """As many of the phrases, from the first, as fit whole: half a word tells nobody anything, half a number lies.

    Of a first one that does not fit its first words, without a number whose unit they lack.
    """
    text = phrases[0]
    if len(text) > width:
        cut = text[: width + 1].rpartition(" ")[0]
        clause = cut.rpartition(", ")[0] if cut[-1:].isdigit() else ""
        return clause or cut or text
    for phrase in phrases[1:]:
        if len(text) + len(gap) + len(phrase) > width:
            break
        text += gap + phrase
    return text


def wording(width: int, *ways: str) -> str:
    """The first of the ways to say something that has room, else the last."""
    return next((one for one in ways if len(one) <= width), ways[-1])


def spaced(lines: Sequence[Text], room: int, most: int = 2) -> list[Text]:
    """The lines with blank ones between them, up to `most` and as many as all have room for."""
    blank = max(0, min(most, (room - len(lines)) // max(1, len(lines) - 1)))
    return [one for line in lines for one in (line, *(Text(no_wrap=True) for _ in range(blank)))][: room or None]


def paragraph(text: str, width: int) -> str:
    """The text as lines of whole words, where they have room."""
    return "\n".join(wrap(text, max(1, width)))


def filled(width: int, lines: int, phrases: Sequence[str], gap: str) -> list[str]:
    """So many lines, filled with whole phrases from the first on; the last ones are left out where there is no room."""
    found, rest = [], list(phrases)
    for _ in range(lines):
        line = fitting(width, *rest, gap=gap) if rest else ""
        found.append(line)
        rest = rest[len(line.split(gap)) :] if line else []
    return found


def too_small(width: int, height: int, wanted: str = "") -> Text:
    """What a view says where it has no room."""
    return boxed([Text("too small"), Text(wanted)][: 2 if wanted else 1], width, height)


def beside(left: Sequence[Text], right: Sequence[Text], column: int) -> list[Text]:
    """Lines of two pictures side by side, the right one from this column on."""
    lines = []
    for number in range(max(len(left), len(right))):
        line = left[number].copy() if number < len(left) else Text(no_wrap=True)
        line.truncate(column)
        if number < len(right):
            line.pad_right(column - line.cell_len)
            line.append_text(right[number])
        lines.append(line)
    return lines


def window(many: int, room: int, must: int) -> range:
    """So many numbers from 0 on as have room, `must` in their middle."""
    first = max(0, min(must - room // 2, many - room))
    return range(first, min(first + room, many))
