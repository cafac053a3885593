"""How the samples are divided: parts beside each other, a line a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render.canvas import boxed, fitting, spaced
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, DISTINCT, TRAIN, accent
from tui_nn.render.short_names import short_names

LABEL, CELL, BAR = 22, 12, 30  # cells at most of a class, of a number; of a bar, or half of the width


@dataclass(frozen=True)
class PartsTable:
    """parts: (name, rows, rows of each class). classes: their names, () for a regression. how: a phrase."""

    parts: Sequence[tuple[str, int, Sequence[int]]]
    classes: Sequence[str]
    how: str


def parts_table(table: PartsTable, width: int, height: int, look: Look | None = None) -> Text:
    """Rows in all and of each class; the last ones are counted where there is no room."""
    look = look or Look()
    dim = accent(DIM, look)
    all_rows = sum(rows for _, rows, _ in table.parts) or 1
    label = max(len("share"), min(LABEL, max(map(len, table.classes), default=0)))
    bar = min(max(BAR, width // 2), width - label - CELL * len(table.parts) - 2)
    head = Text(" " * label, dim, no_wrap=True)
    total, share = Text(f"{'rows':<{label}}", no_wrap=True), Text(f"{'share':<{label}}", dim, no_wrap=True)
    for name, rows, _ in table.parts:
        head.append(f"{name:>{CELL}}")
        total.append(f"{rows:>{CELL},}", Style(bold=True))
        share.append(f"{f'{100 * rows / all_rows:.1f} %':>{CELL}}")
    lines = [head, total, share, Text(fitting(width, table.how), dim, no_wrap=True)]
    is_low = height < len(lines) + 1 + len(table.classes)
    if table.classes and is_low:
        lines = lines[: 2 if height < 2 + len(table.classes) + 1 else 3]
    room = height - len(lines) - (not is_low)
    if table.classes and room >= 1:
        if not is_low:
            lines.append(Text(no_wrap=True))
        shown = len(table.classes) if len(table.classes) <= room else room - 1
        of_class = [sum(counts[number] for _, _, counts in table.parts) for number in range(len(table.classes))]
        most = max(of_class) or 1
        names = short_names(list(table.classes), label)
        bars = []
        for number in range(shown):
            line = Text(f"{names[number]:<{label}}", no_wrap=True)
            for _, _, counts in table.parts:
                line.append(f"{counts[number]:>{CELL},}")
            if bar >= 6:
                cells = max(bool(of_class[number]), bar * of_class[number] // most)
                colour = DISTINCT[number % len(DISTINCT)] if len(table.classes) <= len(DISTINCT) else TRAIN
                line.append("  ").append(("#" if look.ascii else "━") * cells, accent(colour, look))
            bars.append(line)
        if shown < len(table.classes):
            bars.append(Text(f"and {plural(len(table.classes) - shown, 'class', 'classes')} more", dim, no_wrap=True))
        lines += spaced(bars, room)
    return boxed(lines, width, height)
