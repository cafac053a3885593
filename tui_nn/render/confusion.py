"""The confusion matrix: which class is taken for which. True classes are rows, predicted ones columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.canvas import boxed, fitting, too_small
from tui_nn.render.drawing import Drawing, Lattice
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, GOOD, accent, pixels
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]


READINGS = ("counts", "% of true", "% of predicted")


def confusion(
    matrix: Array, classes: Sequence[str], width: int, height: int, look: Look | None = None, reading: str = "counts"
) -> Drawing:
    """Numbers with the share of each row that is right, then accuracy and the pairs most confused.

    reading: one of READINGS; per cent of a row says what becomes of a class, per cent of a column what an answer is
    worth. Where numbers do not fit, each cell is a shade of its row's (or column's) share. Spots: (true, predicted).
    """
    look = look or Look()
    counts = np.asarray(matrix)
    k = len(counts)
    names = [str(name) for name in classes]
    shown = _shown(counts, reading)
    cell = max(len(str(int(shown.max(initial=0)))), min(4, max(len(name) for name in names))) + 1
    label = min(max(4, *(len(name) for name in names)), max(4, width // 5))
    if width < label + 3 or height < 3:
        return Drawing(too_small(width, height))
    summary = _summary(counts, names, width, look)
    if label + 1 + cell * k > width or k + 2 > height:
        return _shades(counts, reading, names, width, height, label, look, summary)
    with_recall = label + 1 + cell * k + 8 <= width
    dim = accent(DIM, look)
    header = Text("true".rjust(label)[:label] + " ", dim, no_wrap=True)
    for name in short_names(names, cell - 1):
        header.append(name.rjust(cell), dim)
    if with_recall:
        header.append("  recall", dim)
    lines = [header]
    for row, name in enumerate(short_names(names, label)):
        line = Text(name.rjust(label) + " ", no_wrap=True)
        for column in range(k):
            count = int(counts[row, column])
            text = (str(int(shown[row, column])) if count else ("." if look.ascii else "·")).rjust(cell)
            line.append(text, accent(GOOD if row == column else BAD if count else DIM, look))
        total = int(counts[row].sum())
        if with_recall:
            line.append(f"{100 * counts[row, row] / total:5.0f} %" if total else "      -", dim)
        lines.append(line)
    places = Lattice([(row + 1, 1) for row in range(k)], [(label + 2 + cell * column, cell - 1) for column in range(k)])
    return Drawing(boxed([*lines, *summary], width, height), places)


def _summary(counts: Array, names: Sequence[str], width: int, look: Look) -> list[Text]:
    total, right = int(counts.sum()), int(np.trace(counts))
    if not total:
        return [Text("no samples")]
    lines = [Text(fitting(width, f"accuracy {100 * right / total:.1f} % ({right} of {total})", "columns: predicted"))]
    wrong = counts - np.diag(np.diag(counts))
    order = [index for index in np.argsort(-wrong, axis=None, kind="stable")[:3] if wrong.flat[index]]
    if order:
        arrow, times = ("->", "x") if look.ascii else ("→", "×")
        pairs = [
            f"{names[index // len(names)]}{arrow}{names[index % len(names)]} {times}{int(wrong.flat[index])}"
            for index in order
        ]
        lines.append(Text(fitting(width, "most confused: " + pairs[0], *pairs[1:], gap="  ")))
    return lines


def _shown(counts: Array, reading: str) -> Array:
    """What stands in the cells: whole numbers."""
    if reading == READINGS[0]:
        return counts
    totals = counts.sum(axis=1 if reading == READINGS[1] else 0, keepdims=True)
    percent: Array = np.rint(100 * counts / np.maximum(totals, 1)).astype(int)
    return percent


def _shades(
    counts: Array,
    reading: str,
    names: Sequence[str],
    width: int,
    height: int,
    label: int,
    look: Look,
    summary: list[Text],
) -> Drawing:
    """Two rows of classes a line: right answers blue, wrong ones orange, by their share of the row."""
    share = counts / np.maximum(counts.sum(axis=0 if reading == READINGS[2] else 1, keepdims=True), 1)
    signed = np.where(np.eye(len(counts), dtype=bool), share, -np.sqrt(share))
    wide = 2 if label + 1 + 2 * len(names) <= width else 1
    letters = Text(" " * (label + 1), no_wrap=True)
    for name in names:
        letters.append(name.ljust(wide), accent(DIM, look))
    lines = [letters] if max(len(name) for name in names) <= wide else []
    labels = short_names(names, label)
    for row, picture in enumerate(pixels(signed.repeat(wide, axis=1), 1.0, look)):
        lines.append(Text(labels[2 * row].rjust(label) + " ", no_wrap=True).append_text(picture))
    room = max(1, height - len(summary))
    head = len(lines) - -(-len(names) // 2)
    shown = min(len(names), 2 * (room - head))
    places = Lattice(
        [(head + row // 2, 1) for row in range(shown)], [(label + 1 + wide * at, wide) for at in range(len(names))]
    )
    return Drawing(boxed([*lines[:room], *summary], width, height), places)
