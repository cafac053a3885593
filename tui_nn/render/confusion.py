"""The confusion matrix: which class is taken for which. True classes are rows, predicted ones columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.canvas import boxed, fitting, wording
from tui_nn.render.cell_block import cell_lines, centred, ground_glyph, grown
from tui_nn.render.drawing import Drawing, Lattice
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, accent, ground, pixels
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]


READINGS = ("counts", "% of true", "% of predicted")
IN_PER_CENT = "no room for counts: % of true"
LAST = 8  # cells of the column at the right


def confusion(
    matrix: Array,
    classes: Sequence[str],
    width: int,
    height: int,
    look: Look | None = None,
    reading: str = "counts",
    *,
    is_untrained: bool = False,
) -> Drawing:
    """Numbers with the share of each row that is right, then accuracy and the pairs most confused.

    reading: one of READINGS; per cent of a row says what becomes of a class, per cent of a column what an answer is
    worth. The ground of a cell is a shade of its share. Where counts do not fit, per cent do the same and say so; where
    none fit, the grounds are all there is.
    is_untrained: whether no step has been made; then what one gets without any network is said instead of the pairs.
    Spots: (true, predicted).
    """
    look = look or Look()
    counts = np.asarray(matrix)
    k = len(counts)
    names = [str(name) for name in classes]
    shown = _shown(counts, reading)
    label, cell, digits = _grid(names, shown, width, look)
    summary = _summary(counts, names, width, look, is_untrained)
    summary = summary[: max(0, height - 2)]
    room = height - 1 - len(summary)
    if label + 1 + cell * k > width and reading == READINGS[0] and k < room:
        percent = _shown(counts, READINGS[1])
        label, cell, digits = _grid(names, percent, width, look)
        if label + 1 + cell * k <= width:
            shown, summary, room = percent, [Text(IN_PER_CENT[:width], accent(DIM, look)), *summary], room - 1
    if label + 1 + cell * k > width or k > room:
        return _shades(counts, reading, names, width, height, label, look, summary)
    recall = LAST if label + 1 + cell * k + LAST <= width else 0
    tall, cell = grown(k, k, cell, width - label - 1 - recall, room)
    dim = accent(DIM, look)
    header = Text("true".rjust(label)[:label] + " ", dim, no_wrap=True)
    for name in short_names(names, cell - 1):
        header.append(centred(name, cell), dim)
    if recall:
        header.append("  recall", dim)
    lines = [header]
    shares = _signed_shares(counts, reading)
    for row, name in enumerate(short_names(names, label)):
        total = int(counts[row].sum())
        share = f"{100 * counts[row, row] / total:.0f} %" if total else "-"
        block = cell_lines(name.rjust(label) + " ", label + 1, tall, Style.null())
        right = cell_lines(share.rjust(recall)[:recall], recall, tall, dim)
        for column in range(k):
            count = int(counts[row, column])
            text = (str(int(shown[row, column])) if count else "." if look.ascii else "·").rjust(digits)
            style = ground(float(shares[row, column]), 1.0, look)
            if not count:
                style += accent(DIM, look)
            glyph = ground_glyph(float(shares[row, column]), 1.0, look)
            for line, drawn in zip(block, cell_lines(text, cell, tall, style, glyph), strict=True):
                line.append_text(drawn)
        lines += [line.append_text(end) for line, end in zip(block, right, strict=True)]
    places = Lattice(
        [(1 + row * tall, tall) for row in range(k)], [(label + 1 + cell * column, cell) for column in range(k)]
    )
    return Drawing(boxed([*lines, *summary], width, height), places)


def _grid(names: Sequence[str], shown: Array, width: int, look: Look) -> tuple[int, int, int]:
    """Columns of the names of rows, of a cell, and of the numbers in it; wider than the box where they do not fit."""
    digits = len(str(int(shown.max(initial=0))))
    cell = max(digits, min(4, max(len(name) for name in names))) + 1
    label, cell = _columns(names, cell, digits, width)
    if label + 1 + cell * len(shown) > width and _stand_apart(shown, digits, look):
        cell = digits
    return label, cell, digits


def _columns(names: Sequence[str], cell: int, digits: int, width: int) -> tuple[int, int]:
    """Columns of the names of rows, which are whole as long as heads are told apart beside them, and of a cell."""
    longest = max(4, *(len(name) for name in names))
    for narrower in (cell, max(digits, 2) + 1):
        heads = short_names(names, narrower - 1)
        are_named = all(head and head in name for head, name in zip(heads, names, strict=True))
        if longest <= width // 2 and longest + 1 + narrower * len(names) <= width and are_named:
            return longest, narrower
    return min(longest, max(4, width // 5)), cell


def _stand_apart(shown: Array, digits: int, look: Look) -> bool:
    """Whether numbers are told apart without a blank between them: by a blank that they have, or by their grounds, for
    what is right has another colour, if there are colours, than what is wrong."""
    touching = (shown[:, 1:] >= 10 ** (digits - 1)) & (shown[:, :-1] > 0)
    is_right = np.eye(len(shown), dtype=bool) & (look.depth != "none")
    return not bool((touching & ~is_right[:, 1:] & ~is_right[:, :-1]).any())


def _signed_shares(counts: Array, reading: str) -> Array:
    """By which cells are shaded: what is right above 0, what is wrong below, small shares of that not to be missed."""
    share = counts / np.maximum(counts.sum(axis=0 if reading == READINGS[2] else 1, keepdims=True), 1)
    signed: Array = np.where(np.eye(len(counts), dtype=bool), share, -np.sqrt(share))
    return signed


def _summary(counts: Array, names: Sequence[str], width: int, look: Look, is_untrained: bool) -> list[Text]:
    total, right = int(counts.sum()), int(np.trace(counts))
    if not total:
        return [Text("no samples")]
    share = fitting(width, f"accuracy {100 * right / total:.1f} %", f"({right} of {total})", gap=" ")
    lines = [Text(fitting(width, share, "columns: predicted"))]
    if is_untrained:
        often = int(counts.sum(axis=1).argmax())
        always = 100 * int(counts[often].sum()) / total
        told = [f"always {names[often]}: {always:.1f} % right", "before training"]
        return [*lines, Text(fitting(width, *told), accent(DIM, look))]
    wrong = counts - np.diag(np.diag(counts))
    order = [index for index in np.argsort(-wrong, axis=None, kind="stable")[:3] if wrong.flat[index]]
    if order:
        arrow, times = ("->", "x") if look.ascii else ("→", "×")
        ends = [f" {times}{int(wrong.flat[index])}" for index in order]
        short = short_names(names, max(1, (width - len(arrow) - len(ends[0])) // 2))
        pairs, (cut, *_) = (
            [
                f"{told[at // len(names)]}{arrow}{told[at % len(names)]}{end}"
                for at, end in zip(order, ends, strict=True)
            ]
            for told in (names, short)
        )
        first = wording(width, f"most confused: {pairs[0]}", pairs[0], cut)
        lines.append(Text(fitting(width, first, *pairs[1:], gap="  ")))
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
    """Cells without numbers, as large as all have room, at least half a cell high; of more classes, the first ones."""
    k = len(counts)
    room = max(1, height - len(summary))
    label = min(label, max(1, width - 2))
    wide = max(1, (width - label - 1) // k)
    with_letters = max(map(len, names)) <= wide and room > 1
    tall = max(1, min(2 * (room - with_letters) // k, wide))
    shown = max(1, min(k, 2 * (room - with_letters) // tall, (width - label - 1) // wide))
    signed = _signed_shares(counts, reading)[:shown, :shown]
    lines = []
    if with_letters:
        lines.append(Text(" " * (label + 1) + "".join(name.ljust(wide) for name in names[:shown]), accent(DIM, look)))
    labels = short_names(names, label)
    firsts = {row * tall // 2: labels[row] for row in reversed(range(shown))}
    picture = pixels(signed.repeat(wide, axis=1).repeat(tall, axis=0), 1.0, look)
    for number, line in enumerate(picture):
        name = firsts.get(number, "").rjust(label)
        lines.append(Text(f"{name} ", no_wrap=True).append_text(line))
    head = len(lines) - len(picture)
    places = Lattice(
        [(head + row * tall // 2, max(1, tall // 2)) for row in range(shown)],
        [(label + 1 + wide * at, wide) for at in range(shown)],
    )
    if shown < k:
        summary = [Text(f"the first {shown} of {k} classes", accent(DIM, look)), *summary[1:]]
    return Drawing(boxed([*lines[:room], *summary], width, height), places)
