"""A picture that was moved, drawn on or pushed along a gradient, and what a network makes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.amount import aligned, amount
from tui_nn.render.bars import bar
from tui_nn.render.canvas import beside, boxed, filled, too_small
from tui_nn.render.drawing import Drawing, Lattice
from tui_nn.render.look import Look
from tui_nn.render.palette import (
    BAD,
    DIM,
    DISTINCT,
    GOOD,
    accent,
    colour,
    dotted,
    largest_size,
    levels,
    pixels,
    pool,
    row_scale,
)
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]

CURSOR = DISTINCT[2]
BARS, NARROW_BARS, MIN_BARS = 15, 11, 5  # cells for the classes, also in a narrow box, and lines, at least
MOST_STRIPS = 3  # hidden layers that are shown
GAP = 2
LISTED = 6  # votes that are listed, at least, else they are told in the last lines; and cells of a bar, at most
LONGEST = 40


@dataclass(frozen=True)
class Strip:
    """Activations (units,) of a layer, in the open interval `range`."""

    name: str
    a: Array
    range: tuple[float, float]


@dataclass(frozen=True)
class Votes:
    """What units add to something, the largest first; told: the first of them, as phrases."""

    title: str
    units: Sequence[tuple[str, float]]
    told: Sequence[str]


@dataclass(frozen=True)
class Perturbed:
    """head: phrases of the first line; change: of the last ones, what the gradient did. pictures: names, and
    (rows, columns) each.

    The first that has room is seen in full, the cursor is on the one called `canvas`. classes with sure (q,) and
    before (q,), what was said of the picture as it is; truth, answer: which of them, the truth
    None where nobody knows it. strips: the hidden layers. votes: of the layer before the output, if there are any.
    """

    head: Sequence[str]
    pictures: Sequence[tuple[str, Array]]
    canvas: str
    classes: Sequence[str]
    sure: Array
    before: Array
    truth: int | None
    answer: int
    strips: Sequence[Strip]
    change: Sequence[str] = ()
    votes: Votes | None = None


def perturbed(
    shown: Perturbed, width: int, height: int, look: Look | None = None, at: tuple[int, int] | None = None
) -> Drawing:
    """Pictures, beside them the classes; below them the votes where they have no room there, and the hidden layers.

    Spots: (row, column) of the canvas.
    """
    look = look or Look()
    if width < 24 or height < 5:
        return Drawing(too_small(width, height))
    drawn, are_listed = _laid_out(shown, shown.change, width, height, look, at)
    if shown.votes is not None and not are_listed:
        drawn, _ = _laid_out(replace(shown, votes=None), [*shown.change, *shown.votes.told], width, height, look, at)
    return drawn


def _laid_out(
    shown: Perturbed, foot_phrases: Sequence[str], width: int, height: int, look: Look, at: tuple[int, int] | None
) -> tuple[Drawing, bool]:
    """With these phrases below, and whether the votes are listed."""
    rows, columns = shown.pictures[0][1].shape
    strips, foot = list(shown.strips[:MOST_STRIPS]), [one for one in filled(width, 2, foot_phrases, "   ") if one]
    # A picture with all its pixels comes first, where it has room; then what was done to it, and the layers.
    spare = height - 1 - max(-(-rows // 2), MIN_BARS)
    if spare < 0 or columns + GAP + _bars_width(width) > width:
        spare = height - 1 - MIN_BARS
    foot = foot[: max(0, spare if shown.change else spare - len(strips))]
    strips = strips[: max(0, spare - len(foot))]
    room = height - 1 - len(strips) - len(foot)
    lines, spots, are_listed = _upper(shown, width, room, look, at)
    bold = Style(bold=look.depth != "none")
    drawn = [Text(filled(width, 1, shown.head, "   ")[0], bold), *lines[:room]]
    drawn += [Text(no_wrap=True) for _ in range(1 + room - len(drawn))]
    drawn += [Text(line, accent(DIM, look)) for line in foot]  # between cells of a picture and those of a layer
    drawn += [_strip(strip, strips, width, look) for strip in strips]
    return Drawing(boxed(drawn, width, height), spots, is_marked=True), are_listed


def _bars_width(width: int) -> int:
    return min(BARS, max(NARROW_BARS, width // 3))


def _upper(
    shown: Perturbed, width: int, room: int, look: Look, at: tuple[int, int] | None
) -> tuple[list[Text], Lattice | dict[tuple[int, int], Any], bool]:
    """The pictures and the classes: side by side, or a large picture with the others below the classes.

    Whether the votes are listed there too.
    """
    rows, columns = shown.pictures[0][1].shape
    across = width - _bars_width(width) - GAP
    scale = max(1, min(across // columns, 2 * room // rows))
    count = 1
    if scale == 1 and room > -(-rows // 2):
        count = max(1, min(len(shown.pictures), (across + GAP) // (columns + GAP)))
    lines: list[Text] = []
    spots: Lattice | dict[tuple[int, int], Any] = {}
    left = 0
    for name, values in shown.pictures[:count]:
        title = name if count > 1 or name != shown.canvas else ""
        mark = at if name == shown.canvas else None
        picture, lattice = _picture(title, values, across, room, scale, look, mark)
        if name == shown.canvas:
            spots = Lattice(
                [(line + 1, tall) for line, tall in lattice.lines],
                [(column + left, cells) for column, cells in lattice.columns],
            )
        lines = beside(lines, picture, left) if left else picture
        left += max(line.cell_len for line in picture) + GAP
    right = _bars(shown, width - left, room, look)
    right += _others(shown.pictures[count:], width - left, room - len(right), look)
    votes = [] if shown.votes is None else _listed(shown.votes, width - left, room - len(right) - 1, look)
    right += [*[Text(no_wrap=True)] * bool(votes), *votes]
    return beside(lines, right, left), spots, bool(votes)


def _listed(votes: Votes, width: int, room: int, look: Look) -> list[Text]:
    """A bar for each unit, and how many more there are with their sum; none where few have room."""
    if room - 1 < min(LISTED, len(votes.units)):
        return []
    units = votes.units if len(votes.units) < room else votes.units[: room - 2]
    name = max(len(one) for one, _ in units)
    numbers = aligned([value for _, value in units], 2, sign="+")
    number = max(map(len, numbers))
    across = min(LONGEST, width - name - number - 4)
    if across < LISTED:
        return []
    largest = max(abs(value) for _, value in units)
    lines = [Text(votes.title, accent(DIM, look), no_wrap=True)]
    for (one, value), said in zip(units, numbers, strict=True):
        line = Text(f"{one:<{name}} ", no_wrap=True)
        lines.append(
            line.append_text(bar(value, (-math.inf, math.inf), largest, look, across)).append(f" {said:>{number}}")
        )
    if len(units) < len(votes.units):
        rest = [value for _, value in votes.units[len(units) :]]
        lines.append(Text(f"{len(rest)} more: {amount(math.fsum(rest), 2)}", accent(DIM, look), no_wrap=True))
    return lines


def _others(pictures: Sequence[tuple[str, Array]], width: int, room: int, look: Look) -> list[Text]:
    """Further pictures side by side, as many as have room with all their pixels."""
    lines: list[Text] = []
    left = 0
    for name, values in pictures:
        rows, columns = values.shape
        scale = min(((width + GAP) // len(pictures) - GAP) // columns, 2 * (room - 1) // rows) or 1
        across = max(columns * scale, len(name))
        if left + across > width or -(-rows // 2) + 1 > room:
            break
        picture, _ = _picture(name, values, across, room, scale, look, None)
        lines = beside(lines, picture, left) if left else picture
        left += across + GAP
    return [*[Text(no_wrap=True)] * (0 < len(lines) < room), *lines]


def _picture(
    name: str, values: Array, across: int, room: int, scale: int, look: Look, at: tuple[int, int] | None
) -> tuple[list[Text], Lattice]:
    """Its name above it, if it has one; enlarged by a whole number, or pooled where there is no room."""
    size, top = values.shape, 1 if name else 0
    room -= top
    largest = largest_size(values) or 1.0
    factor = max(1, -(-size[0] // (2 * room)), -(-size[1] // across))
    found = pool(np.nan_to_num(values), -(-size[0] // factor), -(-size[1] // factor))
    if scale > 1:
        found = found.repeat(scale, axis=0).repeat(scale, axis=1)
    lines = pixels(found, largest, look)
    if at is not None:
        _mark(lines, found, largest, (at[0] // factor * scale, at[1] // factor * scale), scale, look)
    firsts = [row // factor * scale for row in range(size[0])]
    lattice = Lattice(
        [(top + first // 2, 1 + (first % 2 + scale - 1) // 2) for first in firsts],
        [(column // factor * scale, scale) for column in range(size[1])],
    )
    if name:
        lines.insert(0, Text(name[:across], accent(DIM, look), no_wrap=True))
    return lines, lattice


def _mark(lines: list[Text], values: Array, largest: float, corner: tuple[int, int], scale: int, look: Look) -> None:
    """The pixel of the cursor: in a colour of its own, or as an X."""
    top, left = corner
    for number in range(top // 2, (top + scale - 1) // 2 + 1):
        halves = [top <= 2 * number + half < top + scale for half in (0, 1)]
        if look.is_plain:
            letters, style = "X" * scale, accent(CURSOR, look)
        elif all(halves):
            letters, style = "█" * scale, accent(CURSOR, look)
        else:
            letters = ("▀" if halves[0] else "▄") * scale
            other = 2 * number + (1 if halves[0] else 0)
            level = int(levels(values[other, left], largest, look)) if other < len(values) else 0
            style = accent(CURSOR, look) + Style.parse(f"on {colour(level, look.depth, look.light)}")
        line = lines[number]
        lines[number] = line[:left].append(letters, style).append_text(line[left + scale :])


def _bars(shown: Perturbed, width: int, room: int, look: Look) -> list[Text]:
    """A bar for each class, the answer marked; what was said before, where there is room and it was something else."""
    dim, changed = accent(DIM, look), bool(np.abs(shown.sure - shown.before).max(initial=0) > 0.005)
    label = min(max(map(len, shown.classes)), max(3, width // 3))
    names = short_names(list(shown.classes), label)
    order = list(range(len(shown.classes)))
    if len(order) > room - 1:
        first = sorted(order, key=lambda one: (one not in (shown.answer, shown.truth), -shown.sure[one]))
        order = sorted(first[: max(1, room - 2)])
    with_before = changed and width >= label + 24
    bar = max(1, width - label - 8 - (8 if with_before else 0))
    head = Text("answer", dim, no_wrap=True)
    if with_before:
        head.pad_right(width - 5 - head.cell_len)
        head.append("was", dim)
    lines = [head]
    solid = "#" if look.is_plain else "█"
    for number in order:
        right = number == (shown.answer if shown.truth is None else shown.truth)
        share = float(np.clip(np.nan_to_num(shown.sure[number]), 0, 1))
        line = Text(names[number].rjust(label), no_wrap=True)
        marker = (">" if look.ascii else "►") if number == shown.answer else " "
        style = accent(GOOD if right else BAD if number == shown.answer else DIM, look)
        line.append(f"{marker}", style).append((solid * round(share * bar)).ljust(bar), style)
        line.append(f" {100 * share:3.0f} %")
        if with_before:
            line.append(f"{100 * shown.before[number]:5.0f} %", dim)
        lines.append(line)
    if len(order) < len(shown.classes):
        lines.append(Text(f"{len(shown.classes) - len(order)} more", dim))
    return lines


def _strip(strip: Strip, strips: Sequence[Strip], width: int, look: Look) -> Text:
    """Name, and the activations as one row of cells, pooled where there are more."""
    label = max(len(one.name) for one in strips)
    line = Text(no_wrap=True).append(f"{strip.name:<{label}} ", accent(DIM, look))
    cells = pool(np.nan_to_num(strip.a[None, :].astype(float)), 1, max(4, width - line.cell_len))
    wide = max(1, min(3, (width - line.cell_len) // cells.shape[1]))
    middle, scale = row_scale(cells, strip.range)
    painted = (cells[0] - middle).repeat(wide)
    return line.append_text(dotted(pixels(np.vstack([painted, painted]), scale, look), painted, scale, look)[0])
