"""What stands in the place of a network that cannot be trained: the layers that were asked for, and below them what the
data ask for, on one scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render import Look
from tui_nn.render.canvas import paragraph, spaced, wording
from tui_nn.render.cell_block import cell_lines
from tui_nn.render.palette import DIM, VALIDATION, accent
from tui_nn.render.short_names import short_names
from tui_nn.views import Subject

TALLEST, WIDEST, NAMED = 9, 20, 4  # lines and cells of a unit; of a part of its name, at least


@dataclass(frozen=True)
class _Row:
    """A layer. titles: from the longest. count: of its units, 0 where that is not known; names: of them, if they have
    any. is_wanted: it is what the data ask for."""

    titles: Sequence[str]
    count: int
    names: Sequence[str] = ()
    is_wanted: bool = False


def unfitting(why: str, subject: Subject, width: int, height: int, look: Look) -> Text:
    """The reason, and below it the units of each layer, as large as there is room. subject: has the data."""
    said = paragraph(why, width)
    room, rows = height - said.count("\n") - 2, _rows(subject)
    if room < len(rows) or not rows:
        return Text(said, "dim")
    titles = [wording(max(9, width // 3), *row.titles) for row in rows]
    label = max(map(len, titles)) + 2
    tall = min(TALLEST, max(1, room // len(rows) - 1))
    across = max(1, width - label)
    most = max((row.count for row in rows if 2 * row.count <= across), default=1)
    wide = max(2, min(WIDEST, across // max(1, most)))  # the blank behind it with it
    lines: list[Text] = []
    for row, title in zip(rows, titles, strict=True):
        block = cell_lines(title.ljust(label), label, tall, Style.null())
        for line, drawn in zip(block, _units(row, across, wide, tall, look), strict=True):
            line.append_text(drawn)
        lines += [*block, *[Text(no_wrap=True)] * (tall > 1)]
    shown = lines[:-1] if tall > 1 else spaced(lines, room, 1)
    return Text("\n", no_wrap=True, end="").join([Text(said), Text(), *shown])


def _units(row: _Row, across: int, wide: int, tall: int, look: Look) -> list[Text]:
    """A cell each, or one for all of a layer with more than have room or of an unknown number."""
    style = accent(VALIDATION if row.is_wanted else DIM, look)
    are_alone = 0 < row.count * wide <= across
    has_room = wide > max((min(len(name), NAMED) for name in row.names), default=wide)
    names = short_names(row.names, wide - 1) if are_alone and has_room else [""] * row.count
    cells = [(name, wide - 1) for name in names] if are_alone else [(f"{row.count:,}" if row.count else "?", across)]
    found = [Text(no_wrap=True) for _ in range(tall)]
    for text, cell in cells:
        if tall == 1 and not text:  # lower than its line: rows do not touch
            drawn = [Text(("#" if look.ascii else "▄") * cell, style)]
        else:
            is_shaded = look.depth == "none" and tall > 2
            glyph = " " if not is_shaded else "." if look.ascii else "▒"
            drawn = cell_lines(text, cell, tall, style + Style(reverse=not is_shaded), glyph)
        for line, part in zip(found, drawn, strict=True):
            line.append_text(part).append(" " * are_alone)
    return found


def _rows(subject: Subject) -> list[_Row]:
    started = subject.started
    if started is None or not subject.wanted:
        return []
    size = f"{started.inputs:,}" if started.picture is None else "{}x{}".format(*started.picture)
    found = [_Row([f"input {size}", "input"], started.inputs, started.features if started.picture is None else ())]
    for number, layer in enumerate(subject.wanted, start=1):
        kind, units = str(layer.get("kind", "dense")), layer.get("units")
        words = str(layer.get("activation", kind)) if units is not None else kind
        count = units if isinstance(units, int) and units >= 1 else 0
        names = [str(unit) for unit in range(1, count + 1)] if count * 2 <= 1000 else []
        titles = [f"{number}: {units if units is not None else ''} {words}".replace("  ", " ")]
        found.append(_Row([*titles, f"{number}: {units if units is not None else kind}"], count, names))
    wanted = list(started.classes or started.labels)
    if wanted:
        said = plural(len(wanted), "class", "classes") if started.classes else plural(len(wanted), "label")
        found.append(_Row([f"data: {said}", said, "data"], len(wanted), wanted, is_wanted=True))
    return found
