"""Samples of a data set with their labels, and how many there are of each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render.canvas import beside, boxed, filled, fitting, wording
from tui_nn.render.cloud import cloud
from tui_nn.render.curve import curve
from tui_nn.render.drawing import Drawing, Spot, row_spot
from tui_nn.render.inputs import InputColumns, input_columns, input_names
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, GOOD, TRAIN, accent
from tui_nn.render.short_names import short_names
from tui_nn.render.tiles import MANY, sheet, spread, tiles

Array = np.ndarray[Any, np.dtype[Any]]

BARS = 26  # cells for the classes at the right
TABLE = 20  # samples of two inputs that are shown as numbers
NUMBERS = 44  # cells for a sample of two inputs as numbers, where its point stands beside them
LOWEST = 8  # lines of their points below them
WIDE = 70  # cells from which on they have them
NAME = 10  # cells


@dataclass(frozen=True)
class LabelledSample:
    """number: in its part, from 1. label: the class, or the targets as text. inputs (n,)."""

    number: int
    label: str
    inputs: Array


@dataclass(frozen=True)
class DataSheet:
    """head: phrases. samples: in the order in which they are shown. counts: of each class, none of a regression.

    target: what the labels are called. is_part: whether there are more samples than these. heights (m,): the only
    target of samples with a single input.
    """

    head: Sequence[str]
    samples: Sequence[LabelledSample]
    counts: Sequence[tuple[str, int]]
    picture: tuple[int, int] | None
    features: Sequence[str]
    target: str
    is_part: bool = False
    heights: Array | None = None


def data_sheet(data: DataSheet, width: int, height: int, look: Look | None = None, at: int = -1) -> Drawing:
    """Pictures with their labels, or rows of numbers; the classes beside them, or beneath. at: which has the cursor.
    Few samples in a plane have their points beside their numbers too, or where there is no room, below.

    Many samples of two inputs, or of one and a number, are points, until the cursor goes along them. Spots: (number of
    the sample,).
    """
    look = look or Look()
    is_plane = data.picture is None and (
        data.heights is not None or (bool(data.counts) and len(data.samples[0].inputs) == 2)
    )
    if at < 0 and is_plane and len(data.samples) > TABLE:
        return Drawing(_points(data, width, height, look))
    head = list(data.head)
    bars = _bars(data.counts, BARS, look) if width >= WIDE and len(data.counts) < height - 1 else []
    if bars and data.picture is None and _cut(data, width - BARS - 2) > _cut(data, width):
        bars = []  # names of inputs say more than bars
    told = [] if bars else _told(data.counts, width, height, look)
    across, room = width - (BARS + 2 if bars else 0), height - 1 - len(told)
    has_plane = is_plane and across >= 2 * NUMBERS and room >= 12
    if data.picture is not None:
        lines, spots = _tiles(data, data.picture, across, room, look, at)
    else:
        lines, spots = _rows(data, NUMBERS if has_plane else across, room, look, at)
        count = len(data.samples[0].inputs)
        if seen := _columns(data, NUMBERS if has_plane else across).told(count):
            head = [head[0], seen, *(one for one in head[1:] if one != plural(count, "input"))]
        if has_plane:
            lines = beside(
                lines, list(_cloud(data, across - NUMBERS, room, look).split("\n", allow_blank=True)), NUMBERS
            )
    lines = beside(lines[:room], bars, across + 2) if bars else lines[:room]
    if is_plane and not has_plane and (below := room - len(lines) - 1) >= LOWEST:
        lines += [Text(), *_cloud(data, width, below, look).split("\n", allow_blank=True)]
    lines += [Text(no_wrap=True)] * (room - len(lines) if told else 0)
    moved = {key: replace(spot, line=spot.line + 1) for key, spot in spots.items()}
    said = Text(fitting(width, *head, gap=", "), no_wrap=True)
    return Drawing(boxed([said, *lines, *told], width, height), moved, is_marked=data.picture is not None)


def _tiles(
    data: DataSheet, picture: tuple[int, int], width: int, height: int, look: Look, at: int
) -> tuple[list[Text], dict[tuple[int], Spot]]:
    wanted = min(max(MANY, len(data.counts)), 2 * MANY)  # one of each class, as they take turns
    drawn = sheet(picture, len(data.samples), width, max(1, height), look, narrowest=3, wanted=wanted)
    drawn = spread(drawn, len(data.samples), width, max(1, height))
    page = drawn.page(len(data.samples), at)
    shown = [data.samples[number] for number in page]
    words = []
    labels = short_names([one.label for one in data.samples], drawn.width - 1)
    for number in page:
        said, style = labels[number], accent(GOOD, look)
        if number == at:
            said = f"[{said}]" if look.is_plain else said
            style += Style(reverse=True)
        words.append(Text(said, style))
    lines, spots = tiles([one.inputs.reshape(1, *picture) for one in shown], words, drawn, look)
    return lines, {(one.number,): spot for one, spot in zip(shown, spots, strict=True)}


def _points(data: DataSheet, width: int, height: int, look: Look) -> Text:
    head = [*data.head[:1], *([f"the first {len(data.samples):,} drawn"] * data.is_part), *data.head[1:]]
    drawn = _cloud(data, width, height - 1, look)
    return boxed([Text(fitting(width, *head, gap=", ")), *drawn.split("\n", allow_blank=True)], width, height)


def _cloud(data: DataSheet, width: int, height: int, look: Look) -> Text:
    """The samples in their plane."""
    if data.heights is not None:
        line = np.column_stack([[float(one.inputs[0]) for one in data.samples], data.heights])
        series = cloud(line, np.zeros(len(line)), (), look)
        first = (*data.features, "x1")[0]
        return curve(
            series, width, height, look, first, f"{data.target} upwards" if width >= WIDE else "", has_values=False
        )
    places = {name: number for number, (name, _) in enumerate(data.counts)}
    times = "x" if look.ascii else "×"
    points = np.array([one.inputs for one in data.samples], np.float64)
    classes = np.array([places[one.label] for one in data.samples])
    series = cloud(points, classes, [f"{name} {times}{count:,}" for name, count in data.counts], look)
    first, second = list(data.features) or ["x1", "x2"]
    return curve(series, width, height, look, first, f"{second} upwards" if width >= WIDE else "", has_values=False)


def _cut(data: DataSheet, width: int) -> int:
    """How many letters of the inputs' names have no room in a table of so many cells."""
    columns = _columns(data, width)
    names = input_names(data.features, len(data.samples[0].inputs))
    return sum(map(len, names)) - sum(map(len, columns.names))


def _label_cells(data: DataSheet) -> int:
    return min(max(map(len, (data.target, *(one.label for one in data.samples)))), 16)


def _columns(data: DataSheet, width: int) -> InputColumns:
    return input_columns(data.features, [one.inputs for one in data.samples], width - 8 - _label_cells(data))


def _rows(data: DataSheet, width: int, height: int, look: Look, at: int) -> tuple[list[Text], dict[tuple[int], Spot]]:
    first = max(0, at + 2 - height)
    shown = data.samples[first : first + max(0, height - 1)]
    wide, columns = _label_cells(data), _columns(data, width)
    labels = short_names([one.label for one in shown], wide)
    side = "<" if data.counts else ">"  # numbers have their points below each other
    lines = [Text(f"sample  {data.target[:wide]:{side}{wide}}", accent(DIM, look)).append_text(columns.head(look))]
    for one, label in zip(shown, labels, strict=True):
        line = Text(f"{one.number:>6}  ", no_wrap=True).append(f"{label:{side}{wide}}", accent(GOOD, look))
        lines.append(line.append_text(columns.line(one.inputs, look)))
    return lines, {(one.number,): row_spot(1 + line, width, look) for line, one in enumerate(shown)}


def _bars(counts: Sequence[tuple[str, int]], width: int, look: Look) -> list[Text]:
    """A line a class."""
    if not counts:
        return []
    names = short_names([name for name, _ in counts], NAME)
    label, digits = max(map(len, names)), max(len(f"{count:,}") for _, count in counts)
    room, most = width - label - digits - 2, max(count for _, count in counts) or 1
    lines = []
    for name, (_, count) in zip(names, counts, strict=True):
        bar = ("#" if look.ascii else "━") * max(bool(count), round(room * count / most))
        line = Text(f"{name:>{label}} ", no_wrap=True).append(bar.ljust(room), accent(TRAIN, look))
        lines.append(line.append(f" {count:>{digits},}", accent(DIM, look)))
    return lines


def _told(counts: Sequence[tuple[str, int]], width: int, height: int, look: Look) -> list[Text]:
    """All counts where they have room in two lines, else the ends."""
    if not counts or height < 5:
        return []
    phrases = [f"{name} x{count:,}" if look.ascii else f"{name} ×{count:,}" for name, count in counts]
    lines = [line for line in filled(width, 2 if height >= 12 else 1, phrases, "  ") if line]
    if sum(len(line.split("  ")) for line in lines) < len(counts) or max(map(len, lines)) > width:
        fewest, most = min(counts, key=lambda one: one[1]), max(counts, key=lambda one: one[1])
        named = f"most {most[0]}: {most[1]:,}, fewest {fewest[0]}: {fewest[1]:,}"
        lines = [
            wording(width, named, f"{fewest[1]:,} to {most[1]:,} of each class", f"{fewest[1]:,} to {most[1]:,} each")
        ]
        if fewest[1] == most[1]:
            lines = [f"{most[1]:,} of each class"]
    return [Text(line, accent(DIM, look)) for line in lines]
