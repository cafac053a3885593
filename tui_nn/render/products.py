"""A layer as a product of matrices, numbers in cells: Theta . X = z, g(z) = a, a row of ones for the next layer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render.canvas import boxed, fitting, too_small, window
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.matrix_block import GAP, MatrixBlock, cell_width, side_by_side
from tui_nn.render.palette import DIM, accent

Array = np.ndarray[Any, np.dtype[Any]]

ROWS = 40  # that are ever drawn of a matrix
AIRY = 3  # cells that columns may have more in a large box with colours
TALLEST, WIDER = 7, 4  # lines of a row with grounds, and cells that columns may have more for each of them
INPUTS = 8  # that X may have where its product has fewer rows
ENOUGH = (5, 3)  # inputs and samples, from which on more are no reason to lay a product out otherwise
LEAST = 6  # lines of a layer that is cut, below which it is only counted


@dataclass(frozen=True)
class Product:
    """One layer and m samples; whatever is None is not drawn.

    theta (s, n + 1), x (n + 1, m) with its row of ones, z (s, m), a (s, m). names: of theta, x, z and a. says: how a
    comes of z. ones: whether a gets a row of ones on top, as all but the last layer's. y (s, m): the targets; middle:
    what lies between their two values, None where they are other numbers.
    """

    theta: Array | None
    x: Array | None
    z: Array | None
    a: Array
    names: tuple[str, str, str, str]
    says: str
    ones: bool
    y: Array | None = None
    middle: float | None = None


def products(
    layers: Sequence[Product],
    width: int,
    height: int,
    look: Look | None = None,
    at: tuple[int, int] = (0, 0),
    layer: int = 0,
) -> Drawing:
    """From `layer` on as many as have room below each other. at: (unit, sample), the lit row and column of that layer.

    Spots are (layer, unit, sample) of z, or of a where there is no z. Matrices that have no room are cut: rows and
    columns are left out, and counted; of the inputs those with the largest terms for the lit unit are kept. In a narrow
    box z and a stand below Theta and X, if more of these have room so.
    """
    look = look or Look()
    found = _found(layers, width, height, look, at, layer, {})
    if not found:
        return Drawing(too_small(width, height))
    talls = _talls(found, height)
    if talls and (look.depth == "none" or not look.ascii):
        grown = _found(layers, width, height, look, at, layer, talls)
        if sum(len(one.lines) + 1 + one.rows * (talls.get(one.number, 1) - 1) for one in grown) <= height:
            return _below_each_other(grown, width, height, talls)
    return _below_each_other(found, width, height, {})


def _talls(found: Sequence[_DrawnLayer], height: int) -> dict[int, int]:
    """Lines that a row of numbers may have, by layer: the same for all, or if all have no room for two, for some.

    Layers of few rows come first. Nothing where each row has one line.
    """
    rows = sum(one.rows for one in found)
    spare = height - sum(len(one.lines) + 1 for one in found)
    tall = min(TALLEST, 1 + spare // max(1, rows))
    if tall > 1:
        return {one.number: tall for one in found}
    talls = {}
    of_layers = {one.number: sum(part.rows for part in found if part.number == one.number) for one in found}
    for number, rows in sorted(of_layers.items(), key=lambda layer: layer[1]):
        if 0 < rows <= spare:
            talls[number] = 2
            spare -= rows
    return talls


@dataclass(frozen=True)
class _DrawnLayer:
    """A layer, or one of the two parts that stand below each other: the heading, `rows` lines of its matrices, and what
    is left out. spots: (unit, sample) of its z.

    around: what stands above and below each of the lines where rows have several.
    """

    number: int
    lines: list[Text]
    rows: int
    spots: dict[tuple[int, int], Spot]
    around: list[Text] = field(default_factory=list)


def _found(
    layers: Sequence[Product], width: int, height: int, look: Look, at: tuple[int, int], layer: int,
    talls: Mapping[int, int],
) -> list[_DrawnLayer]:  # fmt: skip
    """As many layers as have room. talls: lines that rows of numbers will have, by layer; cells are the wider.

    Where a row has several lines, all numbers stand on grounds.
    """
    found: list[_DrawnLayer] = []
    room = height
    for number in range(layer, len(layers)):
        one, rest = layers[number], layers[number + 1 :]
        if found and room < min(_tall(one), LEAST):
            more = fitting(width, f"{len(rest) + 1} more layer{'s' * bool(rest)} below")
            found.append(_DrawnLayer(number, [Text(more, accent(DIM, look))][:room], 0, {}))
            break
        # The first gets what is left when the others have what they need, or else everything.
        needed = sum(_tall(other) for other in rest)
        given = max(room - needed, min(room, _tall(one)))
        lit = (at[0] if number == layer else -1, at[1])
        # Where there is no room for the product its result still has some.
        for what in (one, replace(one, theta=None, x=None), replace(one, theta=None, x=None, z=None)):
            parts = _drawn(number, what, width, given, look, lit, tall=talls.get(number, 1 if talls else 0))
            if parts:
                break
        else:
            break
        found += parts
        room -= sum(len(part.lines) for part in parts)
    return found


def _below_each_other(found: Sequence[_DrawnLayer], width: int, height: int, talls: Mapping[int, int]) -> Drawing:
    """The layers, with a blank line between them where there is room. talls: lines of a row of numbers, else 1."""
    gap = sum(len(one.lines) for one in found) + len(found) - 1 <= height
    lines: list[Text] = []
    spots: dict[tuple[int, int, int], Spot] = {}
    for one in found:
        lines += [Text()] * (gap and bool(lines))
        top, tall = len(lines) + 1, talls.get(one.number, 1)
        spots |= {
            (one.number, *place): Spot(spot.column, top + (spot.line - 1) * tall, spot.width, tall)
            for place, spot in one.spots.items()
        }
        for number, line in enumerate(one.lines):
            many = tall if 1 <= number <= one.rows else 1
            lines += [line if row == (many - 1) // 2 else one.around[number] for row in range(many)]
    return Drawing(boxed(lines, width, height), spots)


def _tall(one: Product) -> int:
    return 1 + max(len(one.a) + one.ones, 0 if one.x is None or one.theta is None else min(len(one.x), INPUTS))


def _drawn(
    number: int, one: Product, width: int, height: int, look: Look, at: tuple[int, int], below: int = 0, tall: int = 0
) -> list[_DrawnLayer]:
    """The layer of this number, or its two parts below each other; nothing without room.

    What is left out takes a line of its own where `below` is 1. tall: lines that a row will have, on grounds; 0 for one
    line without.
    """
    room = height - 1 - below
    if room < 1:
        return []
    unit, sample = at
    times = "." if look.ascii else "·"
    arrow = ">" if look.ascii else "→"
    top = 0 if unit < 0 else max(0, min(unit - room // 2, len(one.a) + one.ones - room))
    ones = one.ones and top == 0
    units = range(top, min(top + room - ones, len(one.a), top + ROWS))
    most = min(room, ROWS, max(INPUTS, len(units) + ones))
    inputs, samples, tight = _chosen(one, width, most, units, unit, sample)
    # Below the product its result takes a heading and a row for each unit once more.
    lower = room - 1 - len(units) - ones
    in_two = False
    if one.theta is not None and one.x is not None and lower >= len(units) == len(one.a):
        other = _chosen(one, width, min(lower, most), units, unit, sample, in_two=True)
        if in_two := _shown(*other[:2]) > _shown(inputs, samples):
            inputs, samples, tight = other
    if not samples:
        return []
    column = samples.index(sample)
    product: list[MatrixBlock] = []
    result: list[MatrixBlock] = []
    if one.theta is not None and one.x is not None:
        theta, x, lowered = one.theta[np.ix_(units, inputs)], one.x[np.ix_(inputs, samples)], ones and not in_two
        product.append(
            MatrixBlock(one.names[0], one.theta.shape, theta, times, bias=True, row=unit - top, lowered=lowered)
        )
        product.append(MatrixBlock(one.names[1], one.x.shape, x, "=", ones=True, column=column))
    if one.z is not None:
        z = one.z[np.ix_(units, samples)]
        result.append(
            MatrixBlock(
                _z_name(one, in_two),
                one.z.shape,
                z,
                arrow,
                row=unit - top,
                column=column,
                cell=True,
                lowered=ones,
            )
        )
    a, shape = one.a[np.ix_(units, samples)], one.a.shape
    if ones:
        a, shape = np.vstack([np.ones((1, len(samples))), a]), (shape[0] + 1, shape[1])
    result.append(MatrixBlock(f"{one.names[3]} = {one.says}", shape, a, "", ones=ones, column=column))
    if one.y is not None:
        y = one.y[np.ix_(units, samples)]
        right = None if one.middle is None else (y > one.middle) == (a > one.middle)
        result.append(MatrixBlock("Y", one.y.shape, y, "", column=column, right=right))
    lines_of_blocks = [product, result] if in_two else [[*product, *result]]
    for block in (*product, *result):
        block.head(tight)
    airy = WIDER * tall if tall > 1 else AIRY
    grows = look.depth != "none" or tall > 1  # without colours a row of one line has no ground, and keeps together
    wider = min(
        (width - 1 - sum(block.width + GAP for block in blocks) + GAP) // sum(block.columns for block in blocks)
        for blocks in lines_of_blocks
    )
    for block in (*product, *result):
        block.head(tight, max(0, min(airy, wider)) if grows else 0, tall)
    parts = []
    for blocks in lines_of_blocks:
        lines, starts = side_by_side(blocks, look)
        around = side_by_side(blocks, look, is_around=True)[0] if tall > 1 else []
        which = len(blocks) - 1 - (one.y is not None) - (one.z is not None)
        cell = blocks[which].cell_width
        spots = {} if blocks is not lines_of_blocks[-1] else {
            (row, number): Spot(starts[which] + column * (cell + 1), 1 + place + ones, cell)
            for place, row in enumerate(units)
            for column, number in enumerate(samples)
        }  # fmt: skip
        parts.append(_DrawnLayer(number, lines, len(lines) - 1, spots, around))
    last, used = parts[-1].lines, sum(len(part.lines) for part in parts)
    left = fitting(width, *_left_out(one, units, inputs, samples), gap=", ")
    if left and last[0].cell_len + len(left) + 2 <= width:
        last[0].append(f"  {left}", accent(DIM, look))
    elif left and not below and used >= height and room > 1:
        return _drawn(number, one, width, height, look, at, 1, tall)
    elif left and used < height:
        last.append(Text(left, accent(DIM, look)))
    return parts


def _z_name(one: Product, in_two: bool) -> str:
    return f"= {one.names[2]}" if in_two else one.names[2]


def _shown(inputs: Sequence[int], samples: Sequence[int]) -> tuple[int, int]:
    """How much of a product can be followed."""
    return min(len(inputs), ENOUGH[0]), min(len(samples), ENOUGH[1])


def _chosen(
    one: Product, width: int, room: int, units: Sequence[int], unit: int, sample: int, *, in_two: bool = False
) -> tuple[list[int], list[int], bool]:
    """Inputs and samples that have room beside each other, and whether headings must be short; no samples if none have.

    What is written in a cell is as wide as the widest of all that could be shown. in_two: z and a stand below.
    """
    many, product = one.a.shape[1], one.theta is not None and one.x is not None
    most = list(window(many, max(1, width // 5), sample))
    strongest = _strongest(one, room, unit, sample)
    result = [(one.names[3], f"{one.names[3]} = {one.says}", one.a[np.ix_(units, most)])]  # what has a column a sample
    others = ((_z_name(one, in_two), one.z), ("Y", one.y))
    result += [(name, name, all_of[np.ix_(units, most)]) for name, all_of in others if all_of is not None]
    factor = []
    if product:
        assert one.theta is not None
        assert one.x is not None
        factor = [(one.names[1], one.names[1], one.x[np.ix_(strongest, most)])]
        theta = cell_width(one.theta[np.ix_(units, strongest)]) + 1
    beside, below = (factor, result) if in_two else (factor + result, [])
    found = []
    for tight in (False, True):
        taken = _taken(beside, len(most), tight)
        cut_below = bisect_right(_taken(below, len(most), tight), width) if below else len(most)
        for keep in range(min(len(strongest), 2), len(strongest) + 1) if product else [0]:
            left = width - (max(keep * theta - 1, len(one.names[0])) + GAP if product else 0)
            if cut := min(bisect_right(taken, left), cut_below):
                found.append((keep, cut, tight))
    if not found:
        return [], [], False
    keep, cut, tight = min(found, key=_rank)
    inputs = _strongest(one, keep, unit, sample) if product else []
    return inputs, list(window(many, cut, sample)), tight


def _taken(matrices: Sequence[tuple[str, str, Array]], most: int, tight: bool) -> list[int]:
    """Cells that these take beside each other, by short name, long name and numbers, with 1 to `most` columns."""
    cells = [cell_width(values) + 1 for _, _, values in matrices]
    heads = [len(short if tight else full) for short, full, _ in matrices]
    return [
        sum(max(cut * cell - 1, head) + GAP for cell, head in zip(cells, heads, strict=True)) - GAP
        for cut in range(1, most + 1)
    ]


def _rank(choice: tuple[int, int, bool]) -> tuple[int, ...]:
    """Of (inputs, samples, short headings), the best first: five inputs and three samples, then many of both."""
    keep, cut, tight = choice
    return -min(keep, ENOUGH[0]), -min(cut, ENOUGH[1]), -max(1, keep) * cut, -keep, tight


def _strongest(one: Product, keep: int, unit: int, sample: int) -> list[int]:
    """The constant, and of the inputs those with the largest terms for the lit unit and sample, or on the whole."""
    if one.theta is None or one.x is None:
        return []
    if keep >= len(one.x):
        return list(range(len(one.x)))
    weights = np.abs(one.theta[unit]) if unit >= 0 else np.abs(one.theta).mean(axis=0)
    terms = np.nan_to_num(weights * np.abs(one.x[:, sample]))
    largest = np.argsort(-terms[1:], kind="stable")[: keep - 1] + 1
    return [0, *sorted(largest.tolist())]


def _left_out(one: Product, units: Sequence[int], inputs: Sequence[int], samples: Sequence[int]) -> list[str]:
    """+ 9 units, 60 inputs: phrases."""
    parts: list[str] = []
    for total, shown, what in (
        (len(one.a), len(units), "unit"),
        (len(one.x) if one.x is not None and len(inputs) else 0, len(inputs), "input"),
        (one.a.shape[1], len(samples), "sample"),
    ):
        more = total - shown
        if more > 0:
            parts.append(f"{'' if parts else '+ '}{plural(more, what)}")
    return parts or [""]
