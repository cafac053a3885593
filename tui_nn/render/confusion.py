"""The confusion matrix: which class is taken for which. True classes are rows, predicted ones columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.canvas import boxed, too_small
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, GOOD, accent, pixels

Array = np.ndarray[Any, np.dtype[Any]]


def confusion(matrix: Array, classes: Sequence[str], width: int, height: int, look: Look | None = None) -> Text:
    """Counts with the share of each row that is right, then accuracy and the pairs most confused.

    Where numbers do not fit, each cell is a shade of its row's share.
    """
    look = look or Look()
    counts = np.asarray(matrix)
    k = len(counts)
    names = [str(name) for name in classes]
    cell = max(len(str(int(counts.max(initial=0)))), min(4, max(len(name) for name in names))) + 1
    label = min(max(4, *(len(name) for name in names)), max(4, width // 5))
    if width < label + 3 or height < 3:
        return too_small(width, height)
    summary = _summary(counts, names, look)
    if label + 1 + cell * k > width or k + 2 > height:
        return _shades(counts, names, width, height, label, look, summary)
    with_recall = label + 1 + cell * k + 7 <= width
    dim = accent(DIM, look)
    header = Text("true".rjust(label)[:label] + " ", dim, no_wrap=True)
    for name in names:
        header.append(name[: cell - 1].rjust(cell), dim)
    if with_recall:
        header.append("  recall", dim)
    lines = [header]
    for row, name in enumerate(names):
        line = Text(name[:label].rjust(label) + " ", no_wrap=True)
        for column in range(k):
            count = int(counts[row, column])
            text = (str(count) if count else ("." if look.ascii else "·")).rjust(cell)
            line.append(text, accent(GOOD if row == column else BAD if count else DIM, look))
        total = int(counts[row].sum())
        if with_recall:
            line.append(f"{100 * counts[row, row] / total:5.0f} %" if total else "      -", dim)
        lines.append(line)
    return boxed([*lines, *summary], width, height)


def _summary(counts: Array, names: Sequence[str], look: Look) -> list[Text]:
    total, right = int(counts.sum()), int(np.trace(counts))
    if not total:
        return [Text("no samples")]
    lines = [Text(f"accuracy {100 * right / total:.1f} % ({right} of {total}); columns: predicted")]
    wrong = counts - np.diag(np.diag(counts))
    order = [index for index in np.argsort(-wrong, axis=None, kind="stable")[:3] if wrong.flat[index]]
    if order:
        arrow, times = ("->", "x") if look.ascii else ("→", "×")
        pairs = [
            f"{names[index // len(names)]}{arrow}{names[index % len(names)]} {times}{int(wrong.flat[index])}"
            for index in order
        ]
        lines.append(Text("most confused: " + "  ".join(pairs)))
    return lines


def _shades(
    counts: Array, names: Sequence[str], width: int, height: int, label: int, look: Look, summary: list[Text]
) -> Text:
    """Two rows of classes a line: right answers blue, wrong ones orange, by their share of the row."""
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    signed = np.where(np.eye(len(counts), dtype=bool), share, -np.sqrt(share))
    wide = 2 if label + 1 + 2 * len(names) <= width else 1
    lines = []
    for row, picture in enumerate(pixels(signed.repeat(wide, axis=1), 1.0, look)):
        lines.append(Text(names[2 * row][:label].rjust(label) + " ", no_wrap=True).append_text(picture))
    room = max(1, height - len(summary))
    return boxed([*lines[:room], *summary], width, height)
