"""What a network answers all over the plane, with the data on it: where it changes its mind is the decision boundary.

Two classes, or a single number, are one field in the diverging palette; without colour what is above 0 is shaded, what
is below is left to the samples. More classes are a colour each, in truecolor the darker the less sure; without colour
each class has its letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.amount import span
from tui_nn.render.canvas import boxed, fitting, line_of, too_small, wording
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.lines import ARROWS, ASCII_ARROWS, line_strokes
from tui_nn.render.look import Look
from tui_nn.render.palette import (
    DIM,
    DISTINCT,
    DISTINCT_256,
    INKS_16,
    accent,
    colour,
    contrasts,
    levels,
    negative,
    on_ground_of,
    pair,
    seen_best,
    sides,
)

Array = np.ndarray[Any, np.dtype[Any]]
Extent = tuple[float, float, float, float]  # x from, x to, y from, y to

PALE, DEEP = ("#ffd9a8", "#cfe8ff"), ("#5a2800", "#00285a")  # points of two classes, on dark grounds and on bright ones
PLAIN, CHOSEN = ("#202428", "#f4f4f4"), ("#00694c", "#7fd88f")  # lines, and the one with the cursor
BRIGHT, DARK = 0.7, 0.85  # of the way from the colour of one of several classes to white and to black, for its points
SEEN = 3.0  # contrast of a point that is seen well enough
CROWD = 4  # lines that the rest can be seen between in any box, half of them in a small one where they hide their cells
SMALL = 800  # cells of a box that is small for lines that hide their cells
ALONE, ALONE_HIDING = 8, 16  # cells of the middle length of its sides for each of more lines; where they hide theirs
APART = 6  # cells between two letters within a class, whose border has one in each cell
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def boundary(
    field: Array,
    labels: Array | None,
    points: Array,
    classes_of_points: Array,
    extent: Extent,
    names: Sequence[str],
    width: int,
    height: int,
    look: Look | None = None,
    lines: Array | None = None,
    chosen: int | None = None,
    says: str = "",
    weighs: Array | None = None,
    ends: tuple[float, float] | None = None,
) -> Drawing:
    """The answers as a picture that fills the box, with the spot of each line, the number of its row.

    field: (rows, columns), -1 to 1 for two classes or a number, row 0 at the top; or with `labels`, (rows, columns)
    classes, how sure the answer is, 0 to 1. points: (m, 2) in the units of `extent`; classes_of_points: (m,).
    lines: (s, 3), drawn where (1, x, y) . row = 0, with an arrow to where it is above; chosen: the row of one that
    stands out, alone without colours and of 16. says: what is written beside the axes. weighs (s,): how much each line
    counts: only those that count most are drawn, as many as the rest can be seen between, and how many is said. ends:
    of a number, the least and the most that it is on the plane.
    """
    look = look or Look()
    if width < 12 or height < 5:
        return Drawing(too_small(width, height))
    columns, rows = width, height - 2
    picture = _sampled(field, rows * 2, columns)
    kinds = None if labels is None else _sampled(labels, rows * 2, columns)
    marks = _marks(points, classes_of_points, extent, rows, columns)
    drawn = lines if lines is not None else np.empty((0, 3))
    hides = look.is_plain or look.depth == "16"  # a line leaves nothing to be seen in the cells that it goes through
    crowd = CROWD // 2 if hides and rows * columns < SMALL else CROWD
    # A line is about as long as the box, and covers the less of it the larger that is.
    most = max(crowd, int((rows * columns) ** 0.5) // (ALONE_HIDING if hides else ALONE))
    most = most if chosen is None else crowd  # many would hide the one that stands out
    counting = np.argsort(-(np.ones(len(drawn)) if weighs is None else weighs), kind="stable")[:most].tolist()
    if chosen is not None:
        # Without colours one line looks like another, and where they hide their cells others would hide what it parts.
        counting = [chosen] if hides else [*counting, chosen]
    left_out = np.setdiff1d(np.arange(len(drawn)), counting)
    if len(left_out):
        drawn = drawn.astype(float)
        drawn[left_out] = np.nan  # a line that is nowhere has no strokes
        if says:
            those = f"{most} of {len(drawn)} lines"
            unit = f"{those}: z = 0 of the units whose weights onward are largest"
            says = wording(width, unit, f"{those}: largest weights", those)
    strokes, arrows = line_strokes(drawn, extent, rows, columns, look)
    shown = [_line(row, picture, kinds, marks, strokes, chosen, names, look) for row in range(rows)]
    axes = axes_of(extent)
    # What is said of a line comes first: the ends of the axes can be done without.
    foot = Text(fitting(width, *([says, axes] if says else [axes]), gap="   "), accent(DIM, look))
    text = boxed([_caption(names, labels is not None, ends, width, look), *shown, foot], width, height)
    return Drawing(text, {(number,): Spot(column, row + 1) for number, (row, column) in arrows.items()})


def _sampled(values: Array, rows: int, columns: int) -> Array:
    """Nearest values, so that a field of any size fills the box."""
    down = (np.arange(rows) * len(values) // rows)[:, None]
    sampled: Array = values[down, np.arange(columns) * values.shape[1] // columns]
    return sampled


def _marks(points: Array, kinds: Array, extent: Extent, rows: int, columns: int) -> dict[tuple[int, int], int]:
    """(row, column) of a cell -> the class of a point in it."""
    left, right, bottom, top = extent
    across = np.floor((points[:, 0] - left) / (right - left) * columns).astype(int)
    down = np.floor((top - points[:, 1]) / (top - bottom) * rows).astype(int)
    inside = (across >= 0) & (across < columns) & (down >= 0) & (down < rows)
    at = zip(down[inside].tolist(), across[inside].tolist(), strict=True)
    return dict(zip(at, kinds[inside].tolist(), strict=True))


def _line(
    row: int,
    field: Array,
    kinds: Array | None,
    marks: dict[tuple[int, int], int],
    strokes: dict[tuple[int, int], tuple[str, int]],
    chosen: int | None,
    names: Sequence[str],
    look: Look,
) -> Text:
    cells: list[tuple[str, Style]] = []
    plain = look.is_plain
    upper, lower = field[2 * row], field[2 * row + 1]
    if kinds is None:
        pixels = np.stack([upper, lower])
        shades = levels(pixels, 1.0, look)
        # The border is where the sign changes: however unsure, an answer is on one of its sides.
        shades = np.where(shades == 0, np.sign(np.nan_to_num(pixels)).astype(int), shades)
        faint = sides((upper + lower) / 2, look) if plain else ""
    else:
        faint = letters_at(kinds, row) if plain else ""
    for column in range(len(upper)):
        stroke = strokes.get((row, column))
        mark = marks.get((row, column))
        if mark is not None and stroke is not None:
            # A line goes on behind the samples, which are what matters near it; its arrow is there only once.
            mark, stroke = (None, stroke) if stroke[0] in (*ARROWS, *ASCII_ARROWS) else (mark, None)
        if plain:
            glyph = stroke[0] if stroke is not None else faint[column] if mark is None else _mark(mark, names, look)
            # A sample on shaded ground leaves it light: many of them would be a dark hole.
            is_dark = mark is not None and stroke is None and kinds is None and upper[column] + lower[column] > 0
            cells.append((glyph, Style(reverse=True) if is_dark else Style.null()))
            continue
        if kinds is None:
            top, bottom = int(shades[0, column]), int(shades[1, column])
            style, behind = pair(top, bottom, look.depth, look.light), colour(bottom, look.depth, look.light)
        else:
            behind = class_colour(int(kinds[2 * row + 1, column]), float(lower[column]), look)
            style = Style.parse(f"{class_colour(int(kinds[2 * row, column]), float(upper[column]), look)} on {behind}")
        if stroke is not None:
            cells.append((stroke[0], _stroke_style(stroke[1] == chosen, behind, look)))
        elif mark is None:
            cells.append(("▀", style))
        else:
            dot = _ink(mark, names, behind, look)
            cells.append((_mark(mark, names, look), Style.parse(f"bold {dot} on {behind}")))
    return line_of(cells)


def axes_of(extent: tuple[float, float, float, float]) -> str:
    """What the picture of a plane spans."""
    left, right, bottom, top = extent
    return f"x {span(left, right)}, y {span(bottom, top)}"


def letters_at(kinds: Array, row: int) -> str:
    """The classes (rows, columns) of a line of cells, two rows each, as letters: all that lie at another class, of the
    others so few that samples stand out among them.
    """
    cells = kinds[::2]
    own, shown = cells[row], (np.arange(cells.shape[1]) + row % 2 * APART // 2) % APART == 0
    for beside in (
        cells[max(row - 1, 0)],
        cells[min(row + 1, len(cells) - 1)],
        np.r_[own[:1], own],
        np.r_[own[1:], own[-1:]],
    ):
        shown = shown | (own != beside[: len(own)])
    return "".join(LETTERS[int(kind) % 26] if seen else " " for kind, seen in zip(own, shown.tolist(), strict=True))


def _mark(kind: int, names: Sequence[str], look: Look) -> str:
    if len(names) <= 2:
        return ("ox" if look.is_plain else "○●")[kind % 2]
    return LETTERS[kind % 26].upper() if look.is_plain or look.depth == "16" else "●"


def _stroke_style(is_chosen: bool, behind: str, look: Look) -> Style:
    """Of a line: of 16 colours none is seen on all grounds, and lines are on the one that the terminal has."""
    if look.depth == "16":
        green, ink, ground = (
            ("green", "black", "bright_white") if look.light else ("bright_green", "bright_white", "black")
        )
        return Style.parse(f"bold {green if is_chosen else ink} on {ground}")
    return Style.parse(f"bold {seen_best(CHOSEN if is_chosen else PLAIN, behind, look.depth)} on {behind}")


def _inks(kind: int, names: Sequence[str], look: Look) -> tuple[str, str]:
    """A bright and a dark colour for the points of a class. Of 16 colours none is a shade of another: there the mark
    says the class.
    """
    if look.depth == "16":
        return INKS_16[1], INKS_16[0]
    if len(names) <= 2:
        return PALE[kind % 2], DEEP[kind % 2]
    return _blended(DISTINCT[kind % len(DISTINCT)], 255, BRIGHT), _blended(DISTINCT[kind % len(DISTINCT)], 0, DARK)


def _ink(kind: int, names: Sequence[str], behind: str, look: Look) -> str:
    """Of the points of a class on a ground: of three or more the bright one as long as it is seen, since the dark ones
    are all but black.
    """
    inks = _inks(kind, names, look)
    if len(names) > 2 and look.depth != "16" and contrasts(inks[0], behind, look.depth) >= SEEN:
        return inks[0]
    return seen_best(inks, behind, look.depth)


def _blended(base: str, end: int, share: float) -> str:
    """Its colour on the way to black, 0, or white, 255."""
    red, green, blue = (round(int(base[at : at + 2], 16) * (1 - share) + end * share) for at in (1, 3, 5))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _mark_style(kind: int, names: Sequence[str], look: Look) -> Style:
    """Of its mark in the caption: on the ground of the terminal, or a letter of 16 colours on that of its class."""
    if len(names) <= 2:
        return Style.parse(_inks(kind, names, look)[look.light])
    return (on_ground_of if look.depth == "16" else accent)(DISTINCT[kind % len(DISTINCT)], look)


def class_colour(kind: int, sure: float, look: Look) -> str:
    """The colour of a class: in truecolor the darker the less sure its answer is, 0 to 1."""
    base = DISTINCT[kind % len(DISTINCT)]
    if look.depth == "16":
        return str(accent(base, look).color.name)  # type: ignore[union-attr]
    if look.depth == "256":
        return f"color({DISTINCT_256[kind % len(DISTINCT)]})"
    return _blended(base, 0, 1 - min(1.0, 0.2 + 0.3 * round(sure * 5) / 5))


def _caption(names: Sequence[str], several: bool, ends: tuple[float, float] | None, width: int, look: Look) -> Text:
    text = Text(no_wrap=True)
    if not names:
        says = "shaded: above 0" if look.is_plain else f"blue: above 0, {negative(look)}: below"
        whole = f"{span(*ends)}, {says}" if ends is not None else says
        return text.append(wording(width, whole, says), accent(DIM, look))
    for kind, name in enumerate(names):
        mark = _mark(kind, names, look)
        text.append(mark, "" if look.depth == "none" else _mark_style(kind, names, look)).append(f" {name}  ")
    if look.is_plain:
        ways = ["small letters: answers, capitals: data", "capitals: data"]
        if not several:
            ways = [f" shaded: answer {names[-1]}", f" shaded: {names[-1]}"]
        text.append(next((says for says in ways if text.cell_len + len(says) <= width), ""))
    return text
