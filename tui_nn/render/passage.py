"""One sample on its way through the network and back: input, activations of each layer, answer, and its pull."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render.amount import aligned, amount, within
from tui_nn.render.bars import bar
from tui_nn.render.canvas import beside, boxed, fitting
from tui_nn.render.cell_block import cell_lines, ground_glyph
from tui_nn.render.inputs import input_names
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, GOOD, accent, dotted, ground, largest_size, pixels, pool, row_scale, shrunk
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]

NARROW = 34  # cells below which the gradients of the layers are left out
TALLEST, WIDEST = 48, 8  # lines and cells for an activation
UPRIGHT, APART = 6, 3  # lines from which on it is a bar, and cells of one that has a blank beside it
TOLD, BETWEEN = 8, 3  # lines that bars keep where lines of their units stand below them, and cells between two
SINGLE = 2  # lines of the only unit of a layer without bounds: a bar has nothing to be compared with
LEAST, LONGEST = 12, 60  # cells of a bar beside an input
WHOLE = 1 << 30  # cells in which every line has room
NUMBER, NUMBERED, LENGTH = 6, 64, 4  # cells for its number, and at most where it is high: so many times its lines
OUTPUTS = 4  # lines that the answer is given, at least, before the picture gets more


@dataclass(frozen=True)
class Stage:
    """A layer: its name, its activations (units,), and the length of the gradient of its Theta, if it has one.

    range: the open interval that the activations lie in. told: of a unit how its activation comes about, and what
    comes back to it, each in at most so many cells.
    """

    name: str
    a: Array
    gradient: float | None
    range: tuple[float, float] = (-math.inf, math.inf)
    told: Callable[[int], Sequence[Callable[[int], str]]] = lambda _: ()

    @property
    def is_alone(self) -> bool:
        """Whether there is nothing that its activation could be large or small beside."""
        return len(self.a) == 1 and not all(map(math.isfinite, self.range))


@dataclass(frozen=True)
class Passage:
    """head: phrases of the first line. inputs, backward (n,): x and dcost/dx; picture: (rows, columns) if they are one.

    stages: the layers, the last gives the answer. names, outputs, targets (q,) of the answer. cost of this sample;
    mean cost of its batch or part. along: the cosine between its gradient and the batch's. What is not known is None.
    taken (q,): which outputs the network answers with; None where an output is a number, and speaks for nothing.
    """

    head: Sequence[str]
    inputs: Array
    backward: Array | None
    picture: tuple[int, int] | None
    features: Sequence[str]
    stages: Sequence[Stage]
    names: Sequence[str]
    outputs: Array
    targets: Array | None
    cost: float | None
    mean_cost: float | None
    along: float | None
    taken: Sequence[bool] | None = None


def passage(walked: Passage, width: int, height: int, look: Look | None = None) -> Text:
    """Top to bottom as the numbers go: x beside dcost/dx, the layers, the outputs beside their targets, the cost."""
    look = look or Look()
    dim = accent(DIM, look)
    said = [] if walked.cost is None else [f"cost {amount(walked.cost)}"]
    said += [] if walked.mean_cost is None else [f"mean cost {amount(walked.mean_cost)}"]
    said += [] if walked.along is None else [f"cosine with the batch's gradient {walked.along:+.2f}"]
    stages = walked.stages[: max(1, height - 2 - min(OUTPUTS, len(walked.outputs)))]
    room = height - 2 - len(stages)  # for the input and the answer
    lines = [Text(fitting(width, *walked.head), Style(bold=look.depth != "none"))]
    least = room - min(len(walked.outputs), max(OUTPUTS, room // 2))
    if walked.picture is not None:  # more than half of the box only as long as the layers are bars
        least = min(least, max(height // 2, least - UPRIGHT * len(stages)))
    lines += _inputs(walked, width, least, look)
    if walked.picture is not None and len(walked.outputs) < height - 1 - len(lines) - len(stages):
        lines.append(Text())  # cells of a layer are no part of a picture
    answers = min(len(walked.outputs), height - 1 - len(lines) - len(stages))
    spare = height - 1 - len(lines) - len(stages) - answers
    alone = sum(stage.is_alone for stage in stages)
    others = max(1, len(stages) - alone)
    single = SINGLE if spare - SINGLE * alone >= 2 * others else 1  # where there is little, all of it is for the others
    tall = 1 + max(0, min(TALLEST - 1, (spare - SINGLE * alone * (single > 1)) // others - 1))
    name = min(16, width // 3, max(len(stage.name) for stage in walked.stages))
    for stage in stages:
        lines_of = min(tall, single) if stage.is_alone else tall
        lines += [*_stage(stage, name, width, lines_of, look), *[Text()] * (lines_of > 1)]
    seen = max(0, height - 1 - len(lines))
    if seen < len(walked.outputs):
        said.insert(1, plural(len(walked.outputs) - seen, "more output"))
    cost = fitting(width, *said) if said else ""
    lines += _answer(walked, width, seen, look)
    return boxed([*lines[: height - 1], Text(cost, dim)], width, height)


def _inputs(walked: Passage, width: int, room: int, look: Look) -> list[Text]:
    dim = accent(DIM, look)
    if walked.picture is None:
        return _columns(walked, width, room, look)
    if room < 3:
        return []
    rows, columns = walked.picture
    across = max(4, (width - 3) // 2)
    scale = max(1, min(2 * (room - 1) // rows, across // columns))
    shown = [walked.inputs] if walked.backward is None else [walked.inputs, walked.backward]
    pictures = [shrunk(one.reshape(rows, columns).astype(float), 2 * (room - 1), across) for one in shown]
    pictures = [one.repeat(scale, axis=0).repeat(scale, axis=1) for one in pictures]
    drawn = [pixels(one, largest_size(one) or 1.0, look) for one in pictures]
    wide = max(pictures[0].shape[1] + 3, len("input x") + 2)
    lines = [Text("input x" if walked.backward is None else "input x".ljust(wide) + "dcost/dx", dim, no_wrap=True)]
    for left, *others in zip(*drawn, strict=True):
        line = left.copy()
        for right in others:
            line.append(" " * (wide - line.cell_len)).append_text(right)
        lines.append(line)
    return lines


def _columns(walked: Passage, width: int, room: int, look: Look) -> list[Text]:
    """The inputs that the cost depends on most, as numbers; where that is not known, the largest."""
    if room < 2:
        return []
    dim = accent(DIM, look)
    name = min(max((len(one) for one in walked.features), default=2), max(4, width - 24))
    weight = walked.inputs if walked.backward is None else walked.backward
    order = np.argsort(-np.abs(np.nan_to_num(weight)), kind="stable")[: room - 1]
    title = "         x" + ("" if walked.backward is None else "  dcost/dx")
    lines = [Text("".ljust(name) + title, dim, no_wrap=True)]
    labels = short_names(input_names(walked.features, len(walked.inputs)), name)
    shown = np.sort(order)
    values = aligned(walked.inputs[shown].tolist(), 3)
    slopes = [] if walked.backward is None else aligned(walked.backward[shown].tolist(), 2)
    sizes = (walked.inputs if walked.backward is None else walked.backward)[shown].astype(float)
    across = min(LONGEST, width - name - 10 * (1 + bool(slopes)) - 2)
    for at, index in enumerate(shown.tolist()):
        backward = f"{slopes[at]:>10}" if slopes else ""
        line = Text(f"{labels[index]:<{name}}{values[at]:>10}{backward}", no_wrap=True)
        if across >= LEAST:
            line.append("  ").append_text(bar(sizes[at], (-math.inf, math.inf), largest_size(sizes), look, across))
        lines.append(line)
    return lines


def _stage(stage: Stage, name: int, width: int, tall: int, look: Look) -> list[Text]:
    """Name, length of the gradient, and the activations as one row of cells, pooled where there are more, and so told.

    tall: lines of an activation. Its number stands in it where it is wide enough. Where its name leaves less than half
    of the width it stands below it. Of units that leave room for it there is told how their numbers come about.
    """
    head = Text(no_wrap=True).append(f"{stage.name[:name]:<{name}} ", accent(DIM, look))
    if width >= NARROW:
        head.append(f"{'' if stage.gradient is None else f'grad {amount(stage.gradient, 2)}':<12} ", accent(DIM, look))
    room = max(4, width - head.cell_len)
    is_below = tall > 1 and 2 * room < width
    if is_below:  # what would be narrow beside its name has the lines below it
        room, tall = width, tall - 1
    told = [] if stage.is_alone else _told(stage, room, tall - TOLD)
    tall -= len(told)
    widest = max(WIDEST, min(NUMBERED, LENGTH * tall))
    cells = pool(stage.a[None, :].astype(float), 1, room)
    wide = min(widest, room // cells.shape[1])
    middle, scale = row_scale(cells, stage.range)
    painted = cells.repeat(wide, axis=1).repeat(2 * tall, axis=0) - middle
    drawn = dotted(pixels(painted, scale, look), painted[0], scale, look)
    has_numbers = wide >= NUMBER and cells.shape[1] == len(stage.a)
    if tall >= UPRIGHT:
        drawn = _upright(cells[0], stage.range, has_numbers, wide, tall, look)
    elif has_numbers:
        drawn = [Text(no_wrap=True) for _ in range(tall)]
        for value in stage.a.tolist():
            style, glyph = ground(value - middle, scale, look), ground_glyph(value - middle, scale, look)
            if look.depth == "none" and glyph == " ":
                glyph = "." if look.ascii else "·"  # a number that stands nowhere belongs to nothing
            for line, part in zip(drawn, cell_lines(_number(value), wide - 1, tall, style, glyph), strict=True):
                line.append_text(part).append(" ")  # two of one size side by side are two
    drawn += told
    if stage.is_alone and tall > 1:
        drawn = beside(drawn, _told(stage, room - WIDEST - BETWEEN, tall), WIDEST + BETWEEN)
    pooled = -(-len(stage.a) // cells.shape[1])
    means, dim = f"means of {pooled}" if pooled > 1 else "", accent(DIM, look)
    if is_below:
        return [head.append(means, dim), *drawn]
    left = head.cell_len
    words = [Text(f"{one:<{left}}"[:left], dim, no_wrap=True) for one in (means, *[""] * len(drawn))]
    return [head.append_text(drawn[0]), *(one.append_text(line) for one, line in zip(words, drawn[1:], strict=False))]


def _told(stage: Stage, width: int, height: int) -> list[Text]:
    """A line for each unit: the way there, and beside it the way back, or below, where both have room."""
    if len(stage.a) > height:
        return []
    ways = [list(way) for way in zip(*map(stage.told, range(len(stage.a))), strict=True)]
    whole = [[line(WHOLE) for line in way] for way in ways]
    cells = [max(map(len, way)) for way in whole]
    if sum(cells) + BETWEEN * (len(cells) - 1) > width:
        lines = [line(width) for way in ways[: max(1, height // len(stage.a))] for line in way]
    else:
        gap = " " * BETWEEN
        rows = [[f"{one:<{wide}}" for one, wide in zip(row, cells, strict=True)] for row in zip(*whole, strict=True)]
        lines = [gap.join(row).rstrip() for row in rows]
    return [Text(line, no_wrap=True) for line in lines if line.count(" = ") > 1]  # the result alone is seen already


def _upright(a: Array, limits: tuple[float, float], has_numbers: bool, wide: int, tall: int, look: Look) -> list[Text]:
    """Activations (n,) as bars from a line at 0 on, in which each has its number where that has room.

    Lines stand at the ends of a bounded activation: what is near 0 is seen to be little, and not to be nothing.
    """
    known = np.nan_to_num(a)
    low, high = (
        end if math.isfinite(end) else float(found)
        for end, found in zip(limits, (known.min(), known.max()), strict=True)
    )
    low, high = min(low, 0.0), max(high, 0.0)
    above, below = high > 0 and math.isfinite(limits[1]), low < 0 and math.isfinite(limits[0])
    rows = 2 * (tall - 1 - above - below)
    unit = rows / ((high - low) or 1.0)
    zero, size = 2 * round(high * unit / 2), np.rint(np.abs(known) * unit).astype(int)  # it parts two lines
    bar = wide - (wide >= APART)
    has_ground = not look.is_plain and look.depth != "16"  # of a 0, which is black among 16 colours
    dot = " " if wide < APART else "." if look.ascii else "·"  # among bars of a cell or two those of what is negative
    dots = Text(dot * bar, accent(DIM, look))
    lines = [Text(no_wrap=True) for _ in range(rows // 2)]
    for value, length in zip(known.tolist(), size.tolist(), strict=True):
        painted = np.zeros((rows, bar))
        painted[slice(max(0, zero - length), zero) if value > 0 else slice(zero, zero + length)] = np.sign(value)
        for number, (line, part) in enumerate(zip(lines, pixels(painted, 1.0, look), strict=True)):
            is_inked = painted[2 * number : 2 * number + 2].any()
            line.append_text(part if is_inked or has_ground else dots).append(" " * (wide - bar))

    def rule(said: Sequence[str]) -> Text:
        # Without a blank at either side the line would be read as a sign.
        words = [(f" {number} " if len(number) + 2 <= bar else number.center(bar)) * has_numbers for number in said]
        parts = "".join(one.center(bar, "-" if look.ascii else "─").ljust(wide) for one in words)
        return Text(parts.rstrip(), accent(DIM, look), no_wrap=True)

    ceiling, bottom = ([rule([amount(end)] * len(a))] * there for end, there in ((high, above), (low, below)))
    return [*ceiling, *lines[: zero // 2], rule([_number(value) for value in a.tolist()]), *lines[zero // 2 :], *bottom]


def _number(value: float) -> str:
    return within(value, NUMBER - 1, 2)


def _answer(walked: Passage, width: int, most: int, look: Look) -> list[Text]:
    """The outputs with their targets; where not all have room, those furthest from them."""
    if walked.targets is None:
        off = np.nan_to_num(walked.outputs, nan=-np.inf)
    else:
        off = np.abs(np.nan_to_num(walked.outputs - walked.targets, nan=np.inf))
    chosen = sorted(np.argsort(-off, kind="stable")[:most].tolist())
    label = min(12, width // 4, max(len(str(name)) for name in walked.names))
    names = short_names([str(one) for one in walked.names], label)
    lines, outputs = [], walked.outputs[chosen]
    wants = None if walked.targets is None else walked.targets[chosen]
    said = aligned(outputs.tolist() if wants is None else [*outputs.tolist(), *wants.tolist()])
    marks = said[len(chosen) :] if wants is None or (wants % 1).any() else [f"{target:.0f}" for target in wants]
    away = [] if wants is None else [
        aligned([float(output - want), *outputs, *wants], sign="+")[0]
        for output, want in zip(outputs, wants, strict=True)
    ]  # fmt: skip
    far = max(map(len, away), default=0)
    for at, index in enumerate(chosen):
        output = float(walked.outputs[index])
        words = f"  {names[index]:>{label}}  {said[at]:>7}"
        wanted = False
        if wants is not None:
            words = fitting(width, words, f"target {marks[at]}", f"off {away[at]:>{far}}", gap="  ")
            wanted = wants[at] > 0.5
        if walked.taken is None or (wants is None and walked.taken[index]):
            style = Style.null()  # neither right nor wrong
        else:
            style = accent(GOOD if wanted else BAD if walked.taken[index] else DIM, look)
        line = Text(words, style, no_wrap=True)
        bar = max(0, width - len(words) - 2)
        if np.isfinite(output) and bar > 3 and walked.taken is not None:
            line.append("  " + ("#" if look.ascii else "━") * round(bar * min(1.0, max(0.0, output))), style)
        lines.append(line)
    return lines
