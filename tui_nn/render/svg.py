"""A drawing of cells as SVG that looks alike everywhere: lines and blocks as vectors, and each letter at its own place.

Dots of braille that touch are joined into lines, boxes and blocks are drawn, so that no font has to have them. A view
whose lines hide each other's cells says in a style where they run.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from rich.cells import cell_len
from rich.color import blend_rgb
from rich.color_triplet import ColorTriplet
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, SVG_EXPORT_THEME, TerminalTheme
from rich.text import Text

CELL, LINE, DOT = 10, 20, 5  # units of a cell, and between two dots of braille
THIN, THICK, CURVE = 1.2, 2.6, 2.4  # strokes
FONT = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"
PAGE = {False: ("#121212", "#e4e4e4"), True: ("#ffffff", "#1a1a1a")}  # by whether it is light: ground and letters
BRAILLE = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))  # column and line of each bit
QUARTERS = {
    "▖": "3", "▗": "4", "▘": "1", "▙": "134", "▚": "14",
    "▛": "123", "▜": "124", "▝": "2", "▞": "23", "▟": "234",
}  # fmt: skip
SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}
Box = tuple[float, float, float, float]  # x, y, width and height
# From the left of a cell to the right: line it begins at, cells to the right, line it ends at, from the top edge
# of the cell; its thickness in widths of a cell; its style.
Stroke = tuple[float, int, float, float, str]
STROKES = "strokes"  # in the style of a cell: the lines that are to be drawn, in their order, as [Stroke]
DRAWN = Style(meta={STROKES: []})  # of a cell that is part of one
HALO = 4  # around a letter that may stand on a line


@dataclass
class Page:
    """Everything that is drawn, by its colour."""

    lines: list[str] = field(default_factory=list)
    grounds: list[tuple[Box, str, float]] = field(default_factory=list)
    dots: dict[str, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))
    strokes: dict[tuple[str, float], list[str]] = field(default_factory=lambda: defaultdict(list))
    words: list[str] = field(default_factory=list)


def svg(text: Text, title: str, *, light: bool = False) -> str:
    """The document. `text` and `title` are fit to be shown: they hold no control characters."""
    lines = text.split("\n", allow_blank=True)
    width = CELL * (2 + max((cell_len(one) for one in [*text.plain.split("\n"), title]), default=1))
    height = LINE * (len(lines) + 2.5)
    ground, letters = PAGE[light]
    page = Page()
    for number, line in enumerate(lines):
        _draw(page, line, number, light)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:g}" '
            f'viewBox="0 0 {width} {height:g}">',
            f"<title>{escape(title, quote=False)}</title>",
            f'<rect width="100%" height="100%" fill="{ground}"/>',
            f'<g font-family="{FONT}" font-size="16" fill="{letters}">',
            _word(title, 0, 0.25 * LINE + 15, f' fill="{letters}" font-weight="bold"', CELL),
            f'<g transform="translate({CELL} {1.75 * LINE:g})">',
            *page.lines,
            *_grounds(page),
            *_curves(page),
            *(
                f'<path d="{"".join(parts)}" fill="none" stroke="{colour}" stroke-width="{stroke}"/>'
                for (colour, stroke), parts in page.strokes.items()
            ),
            *page.words,
            "</g>",
            "</g>",
            "</svg>",
        ]
    )


def _draw(page: Page, line: Text, number: int, light: bool) -> None:
    """One line of cells, run by run of a style."""
    column = 0
    plain = line.plain
    bounds = sorted({0, len(plain), *(place for span in line.spans for place in (span.start, span.end))})
    for start, end in pairwise(bounds):
        over = [span.style for span in line.spans if span.start <= start and end <= span.end]
        styles = [one if isinstance(one, Style) else Style.parse(one) for one in (line.style, *over) if one]
        style = Style.combine([Style.null(), *styles])
        front, back = _colours(style, light)
        strokes = style.meta.get(STROKES)
        run = plain[start:end] if strokes is None else " " * cell_len(plain[start:end])
        page.lines += [_stroke(stroke, column, number, light) for stroke in strokes or ()]
        cells = cell_len(run)
        if back != PAGE[light][0]:
            page.grounds.append(((column * CELL, number * LINE, cells * CELL, LINE), back, 1.0))
        halo = bool(page.lines) and back == PAGE[light][0]
        _run(page, run, (column, number), front, style, back if halo else "")
        column += cells


def _stroke(stroke: Stroke, column: int, number: int, light: bool) -> str:
    """A line that begins at the left of this cell."""
    start, cells, end, thick, style = stroke
    colour, _ = _colours(Style.parse(style), light)
    return (
        f'<path d="M{column * CELL} {(number + start) * LINE:g}L{(column + cells) * CELL} {(number + end) * LINE:g}" '
        f'stroke="{colour}" stroke-width="{thick * CELL:.2f}" stroke-linecap="round"/>'
    )


def _colours(style: Style, light: bool) -> tuple[str, str]:
    """Of letters and ground."""
    theme: TerminalTheme = DEFAULT_TERMINAL_THEME if light else SVG_EXPORT_THEME
    ground, letters = (ColorTriplet(*(int(one[at : at + 2], 16) for at in (1, 3, 5))) for one in PAGE[light])
    front = letters if style.color is None or style.color.is_default else style.color.get_truecolor(theme)
    back = ground if style.bgcolor is None or style.bgcolor.is_default else style.bgcolor.get_truecolor(theme)
    if style.reverse:
        front, back = back, front
    if style.dim:
        front = blend_rgb(front, back, 0.45)
    return front.hex, back.hex


def _run(page: Page, run: str, place: tuple[int, int], colour: str, style: Style, halo: str) -> None:
    """Characters of one style: what is a drawing is drawn, the rest are words, each letter at its place.

    halo: the colour around letters, if any.
    """
    word, (column, number) = "", place
    how = f' fill="{colour}"' + ' font-weight="bold"' * bool(style.bold) + ' font-style="italic"' * bool(style.italic)
    how += f' stroke="{halo}" stroke-width="{HALO}" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    at = begun = column
    for letter in [*run, " "]:
        drawn = letter == " " or _glyph(page, letter, at, number, colour)
        if drawn and word:
            page.words.append(_word(word, begun * CELL, number * LINE + 15, how))
            word = ""
        if not drawn:
            begun = begun if word else at
            word += letter
        at += cell_len(letter)


def _word(word: str, x: float, y: float, how: str, margin: float = 0) -> str:
    places, at = [], x + margin
    for letter in word:
        places.append(f"{at:g}")
        at += CELL * cell_len(letter)
    return f'<text x="{" ".join(places)}" y="{y:g}"{how}>{escape(word, quote=False)}</text>'


def _glyph(page: Page, letter: str, column: int, number: int, colour: str) -> bool:
    """Draw it, if it is a drawing."""
    code, x, y = ord(letter), column * CELL, number * LINE
    if 0x2800 <= code <= 0x28FF:
        for bit, (across, down) in enumerate(BRAILLE):
            if (code - 0x2800) >> bit & 1:
                page.dots[colour].add((2 * column + across, 4 * number + down))
        return True
    if 0x2580 <= code <= 0x259F:
        for left, top, wide, high in _blocks(letter):
            box = (x + left * CELL, y + top * LINE, wide * CELL, high * LINE)
            page.grounds.append((box, colour, SHADES.get(letter, 1.0)))
        return True
    if 0x2500 <= code <= 0x257F:
        name = unicodedata.name(letter).removeprefix("BOX DRAWINGS ")
        page.strokes[colour, THICK if "HEAVY" in name or "DOUBLE" in name else THIN].append(_box(name, x, y))
        return True
    return False


def _blocks(letter: str) -> Iterator[Box]:
    """The parts of a block, in shares of the cell."""
    code = ord(letter)
    if letter == "▀":
        yield 0, 0, 1, 1 / 2
    elif code <= 0x2588:  # one to eight eighths from below
        part = (code - 0x2580) / 8
        yield 0, 1 - part, 1, part
    elif code <= 0x258F:  # seven eighths to one from the left
        yield 0, 0, (0x2590 - code) / 8, 1
    elif letter in SHADES:
        yield 0, 0, 1, 1
    elif letter == "▐":
        yield 1 / 2, 0, 1 / 2, 1
    elif letter == "▔":
        yield 0, 0, 1, 1 / 8
    elif letter == "▕":
        yield 7 / 8, 0, 1 / 8, 1
    for quarter in QUARTERS.get(letter, ""):
        yield (int(quarter) - 1) % 2 / 2, (int(quarter) - 1) // 2 / 2, 1 / 2, 1 / 2


def _box(name: str, x: float, y: float) -> str:
    """A glyph of a box as the path that its Unicode name describes."""
    middle, centre = x + CELL / 2, y + LINE / 2
    ends = {"LEFT": (x, centre), "RIGHT": (x + CELL, centre), "UP": (middle, y), "DOWN": (middle, y + LINE)}
    if "DIAGONAL" in name:
        falling, rising = f"M{x:g} {y:g}l{CELL} {LINE}", f"M{x:g} {y + LINE:g}l{CELL} -{LINE}"
        return rising * ("CROSS" in name or "UPPER RIGHT" in name) + falling * ("CROSS" in name or "UPPER LEFT" in name)
    if "DASH" in name:
        parts = 2 if "DOUBLE" in name else 3 if "TRIPLE" in name else 4
        if "HORIZONTAL" in name:
            return "".join(f"M{x + CELL * part / parts:g} {centre:g}h{0.6 * CELL / parts:g}" for part in range(parts))
        return "".join(f"M{middle:g} {y + LINE * part / parts:g}v{0.6 * LINE / parts:g}" for part in range(parts))
    arms = [end for side, end in ends.items() if side in name.split()]
    arms += [ends["LEFT"], ends["RIGHT"]] if "HORIZONTAL" in name else []
    arms += [ends["UP"], ends["DOWN"]] if "VERTICAL" in name else []
    if "ARC" in name:
        (a, b), (c, d) = arms
        return f"M{a:g} {b:g}Q{middle:g} {centre:g} {c:g} {d:g}"
    return "".join(f"M{a:g} {b:g}L{middle:g} {centre:g}" for a, b in arms)


def _grounds(page: Page) -> Iterator[str]:
    """Rectangles; those that continue each other are one, so that no seam shows."""
    yield '<g shape-rendering="crispEdges">'
    held: tuple[Box, str, float] | None = None
    for box, colour, share in page.grounds:
        if held is not None:
            (x, y, wide, high), last, part = held
            if (colour, share, box[1], box[3], box[0]) == (last, part, y, high, x + wide):
                held = ((x, y, wide + box[2], high), colour, share)
                continue
            yield _rectangle(*held)
        held = (box, colour, share)
    if held is not None:
        yield _rectangle(*held)
    yield "</g>"


def _rectangle(box: Box, colour: str, share: float) -> str:
    x, y, wide, high = box
    opacity = f' fill-opacity="{share:g}"' if share < 1 else ""
    return f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" fill="{colour}"{opacity}/>'


def _curves(page: Page) -> Iterator[str]:
    """Dots of a colour, joined with their neighbours: a curve is a line, an area is filled, a lonely dot is a dot."""
    for colour, dots in page.dots.items():
        path = []
        for across, down in sorted(dots):
            x, y = DOT * (across + 0.5), DOT * (down + 0.5)
            right, below = (across + 1, down) in dots, (across, down + 1) in dots
            corner = (across + 1, down + 1) in dots
            back = (across - 1, down + 1) in dots
            if right and below and corner:
                path.append(f"M{x:g} {y:g}h{DOT}v{DOT}h-{DOT}z")
                continue
            near = right or below or (across - 1, down) in dots or (across, down - 1) in dots
            path += [f"M{x:g} {y:g}h{DOT}"] * right + [f"M{x:g} {y:g}v{DOT}"] * below
            path += [f"M{x:g} {y:g}l{DOT} {DOT}"] * (corner and not right and not below)
            path += [f"M{x:g} {y:g}l-{DOT} {DOT}"] * (back and not below and (across - 1, down) not in dots)
            if not near and not any((across + i, down + j) in dots for i in (-1, 1) for j in (-1, 1)):
                path.append(f"M{x:g} {y:g}h.01")
        yield (
            f'<path d="{"".join(path)}" fill="{colour}" stroke="{colour}" stroke-width="{CURVE}" '
            'stroke-linecap="round" stroke-linejoin="round"/>'
        )
