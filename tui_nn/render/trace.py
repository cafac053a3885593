"""One sample on its way through a network: the stages, the numbers of one of them, and the terms of one number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.bars import BARS, Term, bar, terms_and_rest
from tui_nn.render.canvas import fitting, too_small, wording
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, GOOD, accent, activation_scale, pixels, shrunk

Array = np.ndarray[Any, np.dtype[Any]]

NARROWEST, LOWEST = 24, 4
WHOLE = 1 << 30  # cells in which every row has room
COARSE = 14  # pixels from top to bottom with which a picture is still one
TALL = 9  # lines from which the stages have two of them, and the terms have any


@dataclass(frozen=True)
class TraceRow:
    """A number of the stage: its name, its value if there is one, and how it comes about in at most a width."""

    name: str
    value: float | None
    text: Callable[[int], str]


@dataclass(frozen=True)
class TraceStage:
    """The stage that is shown, and the place in it.

    head: phrases about the sample; verdict: whether it is right, None where that is not known. forward, backward: the
    names of the stages on the way there and back, backward[k] below forward[k] (the last ones stand by themselves);
    at: (0 or 1, which) is shown. rows: of the stage, by number from 0; count: how many; chosen: the one looked at.
    span: the ends of a bounded activation, on which bars are drawn; else bars are drawn about 0, up to `largest`.
    symbols: the sum behind the chosen number, and shorter; terms: its largest; rest: of how many others, and their sum.
    notes: what else is said of it. picture: of the sample or of dJ/dx, beside the terms; where `is_of_inputs` says that
    the rows are its pixels, beside those.
    """

    head: Sequence[str]
    verdict: bool | None
    forward: Sequence[str]
    backward: Sequence[str]
    at: tuple[int, int]
    rows: Callable[[int], TraceRow]
    count: int
    chosen: int
    span: tuple[float, float]
    largest: float
    symbols: Sequence[str] = ()
    terms: Sequence[Term] = ()
    rest: tuple[int, float] = (0, 0.0)
    notes: Sequence[str] = ()
    picture: Array | None = None
    is_of_inputs: bool = False


def trace(stage: TraceStage, width: int, height: int, look: Look | None = None) -> Drawing:
    """Spots are the numbers of the rows that are seen."""
    look = look or Look()
    if width < NARROWEST or height < LOWEST:
        return Drawing(too_small(width, height))
    bold = Style(bold=look.depth != "none")
    verdict = {None: Style.null(), True: accent(GOOD, look), False: accent(BAD, look)}[stage.verdict]
    lines = [Text(fitting(width, *stage.head), verdict + bold, no_wrap=True)]
    lines += _pipeline(stage, width, look) if height >= TALL else []
    room = height - len(lines)
    dim = accent(DIM, look)
    terms = len(stage.terms) + bool(stage.rest[0])
    block = min(bool(terms) + terms + len(stage.notes), max(0, room - min(stage.count, max(3, room // 2))))
    block = block if height >= TALL else 0
    told = [Text(wording(width, *stage.symbols), dim, no_wrap=True)] if terms else []
    told += terms_and_rest(stage.terms, stage.rest, min(terms, block - 1), width, look)
    told += [Text(f"  {_noted(note, width - 2)}", dim, no_wrap=True) for note in stage.notes]
    listed = min(stage.count, room - block)
    first = max(0, min(stage.chosen - listed // 2, stage.count - listed))
    seen = range(first, first + listed)
    rows = [stage.rows(number) for number in seen]
    picture = _picture(stage, width // 3, room - block, look) if stage.is_of_inputs else []
    across = width - (picture[0].cell_len + 2 if picture else 0)
    body, names = _rows(rows, stage, across, look)
    if picture and any(name not in _ways(row.name) for name, row in zip(names, rows, strict=True)):
        picture, across = [], width  # which number it is comes before what is looked at
        body, names = _rows(rows, stage, across, look)
    used = max((line.cell_len for line in body), default=0) + 2
    if 2 * used < width:  # a large picture where numbers leave the half of a box empty
        picture, across = _picture(stage, width - used - 2, room - block, look), used
    spots = {
        number: Spot(1, len(lines) + place, max(1, min(across - 1, len(name))))
        for place, (number, name) in enumerate(zip(seen, names, strict=True))
    }
    body += [Text() for _ in range((room - block if picture else listed) - listed)]
    for line, beside in zip(body, picture, strict=False):
        line.pad_right(across + 2 - line.cell_len)
        line.append_text(beside)
    lines += body
    lines += told[:block] if picture else _beside(told[:block], stage, width, look)
    for line in lines:
        line.truncate(width)
    return Drawing(Text("\n", no_wrap=True, end="").join(lines[:height]), spots)


def _pipeline(stage: TraceStage, width: int, look: Look) -> list[Text]:
    """The way there over the way back; where not all have room, what is around the stage that is shown."""
    right, left = (" -> ", " <- ") if look.ascii else (" → ", " ← ")
    count = max(len(stage.forward), len(stage.backward))
    rows = [
        [*stage.forward, *[""] * (count - len(stage.forward))],
        [*stage.backward, *[""] * (count - len(stage.backward))],
    ]
    wide = [max(len(rows[0][column]), len(rows[1][column])) for column in range(count)]
    first, last = 0, count
    while last - first > 1 and sum(wide[first:last]) + len(right) * (last - first) > width:
        if stage.at[1] - first > last - 1 - stage.at[1]:
            first += 1
        else:
            last -= 1
    shown = []
    for number, (names, arrow) in enumerate(zip(rows, (right, left), strict=True)):
        line = Text(no_wrap=True)
        for column in range(first, last):
            here = stage.at == (number, column)
            label = names[column]
            if here and look.depth == "none":
                label = f"[{label}]"
            style = Style(bold=True, reverse=True) if here and look.depth != "none" else accent(DIM, look)
            line.append(label, style)
            line.append(" " * (wide[column] - len(label)))
            joined = column + 1 < last and names[column] and names[column + 1]
            if number == 1 and column + 1 >= len(stage.forward) - 1:
                joined = False  # what follows the way back stands by itself
            line.append(arrow if joined else " " * len(arrow), accent(DIM, look))
        line.rstrip()
        shown.append(line)
    return shown if any(stage.backward) else shown[:1]


def _rows(rows: Sequence[TraceRow], stage: TraceStage, width: int, look: Look) -> tuple[list[Text], list[str]]:
    """Name, bar and how it comes about, or where some have no room for that the numbers alone, with bars alike; and
    the names as they stand there.
    """
    names = [row.name for row in rows]
    name = max(map(len, names), default=0)
    room = max(1, width - name - 4)
    is_whole = [" = " in row.text(WHOLE) for row in rows]
    for across in BARS:
        texts = [row.text(max(1, room - across - bool(across))) for row in rows]
        if [" = " in text for text in texts] == is_whole and max(map(len, texts), default=0) + across < room:
            break
    else:
        texts = [row.text(1) for row in rows]
        longest = max(map(len, texts), default=0)
        across = next(cells for cells in BARS if not cells or longest + cells < room)
        if longest > room:
            names = _shorter(names, max(1, width - 4 - longest))  # a number is worth more than the whole of a name
            name = max(map(len, names))
    lines = []
    for row, short, text in zip(rows, names, texts, strict=True):
        line = Text(f" {short:<{name}} ", no_wrap=True)
        if across:
            size = Text(" " * across) if row.value is None else bar(row.value, stage.span, stage.largest, look, across)
            line.append_text(size).append(" ")
        lines.append(line.append(f"= {text}"))
    return lines, names


def _ways(name: str) -> tuple[str, str, str]:
    """Whole, and without what the stage says of all of them: `dJ/d`, and the layer."""
    bare = name.removeprefix("dJ/d")
    return name, bare, bare.rpartition("^(")[0] or bare


def _shorter(names: Sequence[str], width: int) -> list[str]:
    """Alike, and cut only where not even the shortest have room."""
    whole, bare, indices = ([*ways] for ways in zip(*map(_ways, names), strict=True))
    found = next((ways for ways in (whole, bare) if max(map(len, ways)) <= width), indices)
    return [name[:width] for name in found]


def _noted(note: str, width: int) -> str:
    """In whole words; a number at its end is what it is about."""
    words = note.split(" ")
    while len(words) > 1 and len(" ".join(words)) > width:
        words.pop(0 if words[-1][-1:].isdigit() else -1)
    return " ".join(words)


def _beside(told: list[Text], stage: TraceStage, width: int, look: Look) -> list[Text]:
    """The terms, and what the network looks at where there is room for it."""
    used = max((line.cell_len for line in told), default=0) + 4
    picture = [] if stage.is_of_inputs else _picture(stage, width - used, len(told), look)
    for line, row in zip(told, picture, strict=False):
        line.pad_right(used - line.cell_len)
        line.append_text(row)
    return told


def _picture(stage: TraceStage, width: int, height: int, look: Look) -> list[Text]:
    """As large as the room allows in whole pixels; none where there is too little."""
    if stage.picture is None or width < 6:
        return []
    rows, columns = stage.picture.shape
    if height < 3 or 2 * height < min(rows, COARSE):
        return []
    factor = max(1, min(width // columns, 2 * height // rows))
    grown = np.kron(stage.picture.astype(float), np.ones((factor, factor)))
    values = shrunk(grown, 2 * height, width)
    middle, scale = activation_scale(values, (-math.inf, math.inf))
    return pixels(values - middle, scale, look)
