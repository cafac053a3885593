"""Theta as a picture: a row for each unit, a column for each input, the bias column set apart at the left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render.amount import amount, signed
from tui_nn.render.canvas import beside, boxed, fitting, too_small, wording
from tui_nn.render.drawing import Drawing, Lattice
from tui_nn.render.histogram import tall as tall_columns
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, accent, largest_size, legend, narrow_pixels, pixels, pool
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]

FEWEST, MOST_LINES = 2, 13  # lines of columns, and of all that is said of how large values are
WIDEST = 121  # columns of these
BESIDE, APART = 40, 3  # cells at the right of a picture that are enough for them, and from it
MEANS = ("  means over blocks", "  means")
MOST = 0.9  # the share of means within the scale, where the largest is far beyond
LONGER = 12  # times as long as the other side of an enlarged entry, at most
LONGEST = 8  # cells of the name of a row, more in a wide box
TITLED = 7  # cells of a column from which on each has a name, if a short one
LABELLED = (24, 8)  # cells from which on there is room for names as well


def heatmap(
    theta: Array,
    width: int,
    height: int,
    look: Look | None = None,
    what: str = "",
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
) -> Drawing:
    """theta (s_j, s_{j-1} + 1), or anything of its shape. Colours are symmetric about 0, up to the largest |value|, of
    means up to the largest of those, or up to what most do not exceed.

    A matrix that does not fit is shown by means over blocks, and says so; a small one is drawn larger. rows, columns:
    their names, that of the bias first; each stands at the first of what a line or a block shows. Spots: (row, column)
    of theta.
    """
    look = look or Look()
    if width < 12 or height < 3:
        return Drawing(too_small(width, height))
    if rows and columns and width >= LABELLED[0] and height >= LABELLED[1]:
        return _labelled(theta, rows, columns, width, height, look, what)
    return _painted(theta, width, height, look, what)


def _labelled(
    theta: Array, rows: Sequence[str], columns: Sequence[str], width: int, height: int, look: Look, what: str
) -> Drawing:
    """The picture with a name at the left of each line, and as many above it as have room."""
    label = min(max(map(len, rows)), max(LONGEST, width // 7)) + 1
    drawn = _painted(theta, width - label, height - 1, look, what)
    assert isinstance(drawn.spots, Lattice)
    head, *lines = drawn.text.split("\n", allow_blank=True)
    dim = accent(DIM, look)
    first = {line: row for row, (line, _) in reversed(list(enumerate(drawn.spots.lines)))}
    names = short_names(rows, label - 1)
    across, wide = " " * label, drawn.spots.columns[1][1]
    titles = short_names(columns, wide - 1) if wide >= TITLED else columns
    for column, (start, _) in enumerate(drawn.spots.columns):
        name = titles[column] if column else columns[column][:1]  # the head has all of it
        if start + label >= len(across) + bool(column) and start + label + len(name) <= width:
            across = across.ljust(start + label) + name
    found = [head, Text(across, dim, no_wrap=True)]
    for number, line in enumerate(lines, start=1):
        name = names[first[number]] if number in first else ""
        found.append(Text(no_wrap=True).append(f"{name.rjust(label - 1)} ", dim).append_text(line))
    tops = [(line + 1, tall) for line, tall in drawn.spots.lines]
    lefts = [(column + label, wide) for column, wide in drawn.spots.columns]
    return Drawing(boxed(found, width, height), Lattice(tops, lefts))


def _painted(theta: Array, width: int, height: int, look: Look, what: str) -> Drawing:
    room, across = 2 * (height - 2), width - 4
    weights = pool(theta[:, 1:], room, across)
    bias = pool(theta[:, :1], room, 1)
    pooled = weights.shape != theta[:, 1:].shape
    # Means are small beside a bias, which is none: it may be more than the scale.
    scale = largest_size(weights if pooled else theta) or 1.0
    usual = _usual(weights) if pooled else scale
    is_beyond = 0 < usual < scale / 2
    if is_beyond:  # the largest would leave all others dark
        scale = usual
    beyond = largest_size(theta[:, :1])
    # Enlarge by whole numbers, of half cells where a row has whole lines and this fills more. A cell is twice as high
    # as wide.
    tall, wide = max(1, room // len(weights)), max(1, across // weights.shape[1])
    tall, wide, per_cell = min(tall, LONGER * wide), min(wide, LONGER * tall), 1
    lines_tall, halves_wide = tall // 2, min(2 * across // weights.shape[1], 2 * LONGER * tall)
    if not look.is_plain and lines_tall * halves_wide > tall * wide:
        tall, wide, per_cell = 2 * lines_tall, halves_wide, 2
    places = _places(theta.shape, weights.shape, tall, wide, per_cell)
    biases = pixels(bias.repeat(tall, axis=0).repeat(2, axis=1), scale, look)
    if per_cell == 2:
        painted = narrow_pixels(weights.repeat(tall // 2, axis=0).repeat(wide, axis=1), scale, look)
    else:
        painted = pixels(weights.repeat(tall, axis=0).repeat(wide, axis=1), scale, look)
    named = f"{what}: " if what else ""
    inputs = plural(theta.shape[1] - 1, "input")
    first = wording(width, f"{named}bias | {inputs} across", f"{named}{inputs}", named.rstrip(": "))
    more = [f"bias up to {amount(beyond, 2)}"] if beyond > scale else []
    head = fitting(width, first, f"{plural(theta.shape[0], 'unit')} down", *more, gap=", ")
    lines = [Text(head, no_wrap=True)]
    for left, right in zip(biases, painted, strict=True):
        lines.append(left.append("  ").append_text(right))
    is_signed = bool((theta < 0).any())
    spare, behind = height - len(lines), width - lines[-1].cell_len - APART
    found, of = (weights, MEANS[0].strip()) if pooled else (theta, "values")
    found = found[np.isfinite(found)]
    if spare >= FEWEST + 3 and width >= LABELLED[0]:
        lines += _by_size(found, of, scale, is_signed, across + 4, min(spare, MOST_LINES), look)
        return Drawing(boxed(lines, width, height), places)
    if behind >= BESIDE and len(lines) > MOST_LINES:
        block = _by_size(found, of, scale, is_signed, behind, MOST_LINES, look)
        return Drawing(boxed(beside(lines, [Text(), *block], width - behind), width, height), places)
    footer = legend(scale, look, is_signed=is_signed, width=width)
    if pooled and footer.cell_len:
        said = [f"  and beyond{',' if words else ''}{words[1:]}" for words in (*MEANS, "")] if is_beyond else MEANS
        footer.append(wording(width - footer.cell_len, *said, ""))
    return Drawing(boxed([*lines[: height - 1], footer], width, height), places)


def _by_size(values: Array, of: str, scale: float, is_signed: bool, width: int, height: int, look: Look) -> list[Text]:
    """How many values are how large, above their colours; those beyond the scale are in the last column."""
    low = -scale if is_signed else 0.0
    wide = min(width, WIDEST) - (min(width, WIDEST) + 1) % 2  # with a column in the middle, for 0
    counts, _ = np.histogram(np.clip(values, low, scale), bins=wide, range=(low, scale))
    said = [f"{len(values):,} {of} by size", f"up to {counts.max():,} a column"]
    if largest_size(values) > scale:
        said.append("at the ends all beyond")
    dim = accent(DIM, look)
    lines = [Text(fitting(width, *said, gap=", "), dim, no_wrap=True)]
    lines += [
        Text(line, dim, no_wrap=True) for line in tall_columns(counts.tolist(), height - 3, ascii_only=look.ascii)
    ]
    ramp = np.linspace(low / scale, 1, wide)[None, :].repeat(2, axis=0)
    ends = (amount(low, 2) if is_signed else "0", signed(scale, 2) if is_signed else amount(scale, 2))
    middle = "0".rjust(wide // 2 + 1 - len(ends[0])) if is_signed else ""
    named = f"{ends[0]}{middle}"
    return [*lines, *pixels(ramp, 1.0, look), Text(f"{named}{ends[1]:>{wide - len(named)}}", dim, no_wrap=True)]


def _usual(values: Array) -> float:
    """The size that most of the finite ones do not exceed."""
    sizes = np.abs(values[np.isfinite(values)])
    return float(np.quantile(sizes, MOST)) if len(sizes) else 0.0


def _places(theta: tuple[int, ...], pooled: tuple[int, ...], tall: int, wide: int, per_cell: int) -> Lattice:
    """Where the entries of Theta stand, the bias in the first two columns; two rows of pixels are a line, so many of
    its columns a cell.
    """
    down, across = -(-theta[0] // pooled[0]), -(-(theta[1] - 1) // pooled[1])  # entries in a block
    tops = [row // down * tall for row in range(theta[0])]
    lefts = [block * wide // per_cell for block in range(pooled[1] + 1)]
    columns = [
        (4 + lefts[block], lefts[block + 1] - lefts[block])
        for block in (column // across for column in range(theta[1] - 1))
    ]
    return Lattice([(1 + top // 2, 1 + (top % 2 + tall - 1) // 2) for top in tops], [(0, 2), *columns])
