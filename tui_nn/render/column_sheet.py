"""One column of a data set: what is done with it, its numbers, and how often its values are found, by class too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from rich.style import Style
from rich.text import Text

from tui_nn.render.canvas import boxed, filled, spaced
from tui_nn.render.histogram import spark, tall
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, DISTINCT, GOOD, TRAIN, accent
from tui_nn.render.short_names import short_names

LABEL, COUNT = 20, 9  # cells at most of a value's name, and of a number of rows
BAR = 24  # cells at most of a bar, or half of the width
MOST_CLASSES = 12  # that have a line, or a column, of their own
TALLEST, WIDEST = 24, 8  # lines of a histogram, and cells of one of its columns


@dataclass(frozen=True)
class ColumnSheet:
    """use: what is done with it and why, sentences. facts: phrases about its numbers.

    names: the values that are counted one by one; () for bins from `low` to `high`, which are written out. counts:
    rows with each value, or in each bin; by_class: the same of each of `classes`. means: what stands beside a class.
    more: how many values are not counted here.
    """

    name: str
    kind: str
    use: Sequence[str]
    facts: Sequence[str]
    names: Sequence[str]
    counts: Sequence[int]
    low: str
    high: str
    classes: Sequence[str]
    by_class: Sequence[Sequence[int]]
    means: Sequence[str] = ()
    more: int = 0


def column_sheet(column: ColumnSheet, width: int, height: int, look: Look | None = None) -> Text:
    """Words first, then as much of the numbers as has room."""
    look = look or Look()
    dim = accent(DIM, look)
    lines = [Text(column.name, Style(bold=True), no_wrap=True).append(f"  {column.kind}", dim + Style(bold=False))]
    for number, sentence in enumerate(column.use):
        style = accent(GOOD, look) if number == 0 else Style.null()
        lines += [Text(one, style, no_wrap=True) for one in wrap(sentence, max(10, width))[:3]]
    facts = [line for line in filled(width, 3, column.facts, "   ") if line] if column.facts else []
    lines += [Text(one, dim, no_wrap=True) for one in facts]
    needed = len(column.names) + bool(column.classes) if column.names else 3
    is_low = height - len(lines) - 1 < needed  # a blank line is worth less than a number
    room = height - len(lines) - (not is_low)
    if column.counts and room >= 2:
        lines += [] if is_low else [Text(no_wrap=True)]
        lines += _values(column, width, room, look) if column.names else _bins(column, width, room, look)
    return boxed(lines, width, height)


def _bins(column: ColumnSheet, width: int, room: int, look: Look) -> list[Text]:
    """Columns from the smallest to the largest value, over those of each class on a scale of its own."""
    classes = list(column.classes[:MOST_CLASSES]) if len(column.classes) <= MOST_CLASSES else []
    own = len(classes) + 1 if classes and room >= len(classes) + 5 else 0
    label = min(LABEL, max((len(name) for name in classes), default=0)) if own else 0
    margin = " " * (label + 1 if own else 0)
    free = width - len(margin)
    beside = COUNT * bool(own)
    means = max((len(mean) + 2 for mean in column.means), default=0) if own else 0
    beside += means if free - beside - means >= len(column.counts) else 0
    merged = -(-len(column.counts) // max(1, free - beside))
    times = max(1, min(WIDEST, (free - beside) // len(column.counts)))
    high = max(1, min(TALLEST, room - 2 - own))

    def stretched(counts: Sequence[int]) -> list[int]:
        """A count a cell: each bin as many times as it has room, or neighbours together where not each has a cell."""
        bins = [sum(counts[at : at + merged]) for at in range(0, len(counts), merged)]
        return [count for count in bins for _ in range(times)]

    whole = stretched(column.counts)
    lines = [
        Text(margin + line, accent(TRAIN, look), no_wrap=True) for line in tall(whole, high, ascii_only=look.ascii)
    ]
    gap = max(1, len(whole) - len(column.low) - len(column.high))
    ends = f"{column.low}{' ' * gap}{column.high}"
    lines.append(Text(margin + ends if len(ends) <= free else "", accent(DIM, look), no_wrap=True))
    if not own:
        return lines
    names = short_names(classes, label)
    for number, name in enumerate(names):
        counts = column.by_class[number]
        line = Text(f"{name:>{label}} ", no_wrap=True)
        bars = spark(stretched(counts), ascii_only=look.ascii)
        line.append(bars, accent(DISTINCT[number % len(DISTINCT)], look)).append(f" {sum(counts):>{COUNT - 2},}")
        lines.append(line.append(f"  {column.means[number]}" if beside > COUNT else "", accent(DIM, look)))
    return lines


def _values(column: ColumnSheet, width: int, room: int, look: Look) -> list[Text]:
    """A line each with its bar, and how many rows of each class have it."""
    shown = min(len(column.names), room - bool(column.classes))
    left = len(column.names) - shown + column.more
    if left and shown > 1:
        shown -= 1
        left = len(column.names) - shown + column.more
    names = short_names(list(column.names[:shown]), LABEL)
    label = max(map(len, names))
    most = max(column.counts[:shown]) or 1
    count = max(len("rows"), *(len(f"{one:,}") for one in column.counts[:shown]))
    room_for_classes = width - label - count - 2
    cell = max((len(f"{one:,}") for row in column.by_class for one in row[:shown]), default=0)
    heads = short_names(list(column.classes), max(cell, 6)) if column.classes else []
    cells = [max(cell, len(name)) + 2 for name in heads]
    has_classes = 0 < len(cells) <= MOST_CLASSES and sum(cells) + 6 <= room_for_classes
    bar = min(max(BAR, width // 2), room_for_classes - (sum(cells) if has_classes else 0) - 1)
    lines, heads_of = [], []
    if has_classes:
        head = Text(f"{'':<{label}} {'rows':>{count}} {'':<{max(0, bar)}}", accent(DIM, look), no_wrap=True)
        for number, (name, cell_width) in enumerate(zip(heads, cells, strict=True)):
            head.append(f"{name:>{cell_width}}", accent(DISTINCT[number % len(DISTINCT)], look))
        heads_of.append(head)
    for number, name in enumerate(names):
        one = column.counts[number]
        line = Text(f"{name:<{label}} {one:>{count},} ", no_wrap=True)
        if bar >= 4:
            filled_cells = max(bool(one), math.floor(bar * one / most))
            line.append((("#" if look.ascii else "━") * filled_cells).ljust(bar), accent(TRAIN, look))
        if has_classes:
            for row, cell_width in zip(column.by_class, cells, strict=True):
                line.append(f"{row[number]:>{cell_width},}")
        lines.append(line)
    if left:
        lines.append(Text(f"and {left:,} more", accent(DIM, look), no_wrap=True))
    return [*heads_of, *spaced(lines, room - len(heads_of))]
