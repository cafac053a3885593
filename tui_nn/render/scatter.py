"""Predictions against truth: on the diagonal every one of them would be right."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render.amount import amount, within
from tui_nn.render.axes import LABELS
from tui_nn.render.canvas import boxed, fitting, line_of, too_small
from tui_nn.render.curve import DOTS, SPARSE
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, TRAIN, accent

Array = np.ndarray[Any, np.dtype[Any]]


def r2(true: Array, predicted: Array) -> float:
    """The coefficient of determination, 1 - residual / total sum of squares; NaN where all truths are equal."""
    total = float(np.square(true - true.mean()).sum())
    return 1 - float(np.square(true - predicted).sum()) / total if total else float("nan")


def scatter(true: Array, predicted: Array, width: int, height: int, look: Look | None = None) -> Text:
    """true, predicted: (m,). Truth runs to the right, prediction upwards, both on the same scale."""
    look = look or Look()
    if width < LABELS + 12 or height < 7:
        return too_small(width, height)
    good = np.isfinite(predicted) & np.isfinite(true)
    if not good.any():
        return boxed([Text("No prediction is a finite number.")], width, height)
    true, predicted = true[good].astype(float), predicted[good].astype(float)
    low, high = min(true.min(), predicted.min()), max(true.max(), predicted.max())
    high = high if high > low else low + 1
    columns, rows = width - LABELS - 1, height - 4
    dots = np.zeros((rows * 4, columns * 2), bool)
    dots[_at(high - predicted, high - low, rows * 4), _at(true - low, high - low, columns * 2)] = True
    cells = (dots.reshape(rows, 4, columns, 2) * DOTS[None, :, None, :]).sum(axis=(1, 3))
    diagonal = _at(np.linspace(1, 0, rows), 1.0, columns)
    rmse = float(np.sqrt(np.square(true - predicted).mean()))
    says = f"R2 {r2(true, predicted):.4f}", f"rmse {amount(rmse)}", plural(len(true), "sample"), "on the line: right"
    lines = [Text(fitting(width, *says, gap="   "))]
    few = np.count_nonzero(cells) * SPARSE <= rows * columns
    of_points, of_frame = accent(TRAIN, look), accent(DIM, look)
    for row in range(rows):
        label = short(high, LABELS - 1) if row == 0 else short(low, LABELS - 1) if row == rows - 1 else ""
        line = Text(label.rjust(LABELS - 1) + (" |" if look.ascii else " │"), accent(DIM, look), no_wrap=True)
        glyphs = [
            ("*" if look.ascii else "●" if few else chr(0x2800 + cell), of_points) if cell
            else ("/" if look.ascii else "╱", of_frame) if column == diagonal[row]
            else (" ", Style.null())
            for column, cell in enumerate(cells[row].tolist())
        ]  # fmt: skip
        lines.append(line.append_text(line_of(glyphs)))
    axis = (("+" if look.ascii else "└") + ("-" if look.ascii else "─") * columns)[: columns + 1]
    lines.append(Text(" " * LABELS + axis, accent(DIM, look)))
    left, right = amount(low), amount(high)
    middle = "truth (across), prediction (up)"
    gap = columns - len(left) - len(right)
    words = middle.center(gap) if len(middle) + 2 <= gap else " " * max(1, gap)
    lines.append(Text(" " * (LABELS + 1) + left + words + right, accent(DIM, look)))
    return boxed(lines, width, height)


def short(value: float, width: int) -> str:
    """A number in at most so many cells, six or more: with as many of four digits as fit."""
    if abs(value) >= 1000:
        return within(value, width, 0)
    for digits in (4, 3, 2, 1):
        text = amount(value, digits).replace("e-0", "e-")
        if len(text) <= width:
            break
    return text


def _at(distance: Array, span: float, size: int) -> Array:
    return np.clip(np.rint(distance / span * (size - 1)), 0, size - 1).astype(int)
