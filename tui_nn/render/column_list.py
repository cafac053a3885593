"""The columns of a data set as a list: what each holds, and what is done with it; a window of it at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from tui_nn.render.canvas import boxed
from tui_nn.render.histogram import spark
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, GOOD, TRAIN, accent

HISTOGRAM, MISSING, ROLE, KIND = 8, 7, 8, 11  # cells
NAME, USUAL_NAME, WIDEST_NAME = 12, 16, 30
VALUES, WIDEST_VALUES, WHY = 14, 26, 4
BEGUN = 10  # cells of a reason that is cut, at least
GAPS = "gaps"  # for "missing", where the numbers are narrower
NOT_YET = "..."


@dataclass(frozen=True)
class ColumnLine:
    """role: "target", "input" or "left out". use: that with what it becomes, or why.

    values, counts, missing: None, () and None as long as they have not been measured.
    """

    name: str
    kind: str
    role: str
    use: str
    values: str | None = None
    counts: Sequence[int] = ()
    missing: int | None = None


@dataclass(frozen=True)
class _Widths:
    """Cells of what has no fixed width; 0: there is no room for it."""

    name: int
    kind: int
    values: int
    use: int
    missing: int

    @property
    def before(self) -> int:
        """Cells before the histogram, which stays as it is under the cursor: reversed it would be another one."""
        return self.name + sum(cells + 1 for cells in (self.kind, self.values) if cells) + 1


def column_list(
    lines: Sequence[ColumnLine],
    width: int,
    height: int,
    look: Look | None = None,
    at: int = -1,
    *,
    are_all: bool = False,
) -> Text:
    """A heading and a line each. at: which of them has the cursor. Histograms have a colour of their own.

    are_all: whether these are all the columns there are: then each part is as wide as what stands in it, and where none
    lacks a value that is not said line by line.
    """
    look = look or Look()
    missing = _of_the_missing(lines) if are_all else MISSING
    wide = (_fitted(lines, width, missing) if are_all else None) or _widths(width, missing)
    head = _cells(ColumnLine("column", "kind", "use", "use", "values"), wide, look, heading=True)
    head.stylize(accent(DIM, look))
    drawn = [head]
    for place, line in enumerate(lines):
        one = _cells(line, wide, look)
        if place == at:
            one.pad_right(max(0, width - one.cell_len))
            one.stylize(Style(reverse=True), 0, wide.before)
            one.stylize(Style(reverse=True), wide.before + HISTOGRAM)
        elif line.role != "input":
            one.stylize(accent(DIM if line.role == "left out" else GOOD, look))
        if line.values is not None:
            one.stylize(accent(DIM if line.role == "left out" else TRAIN, look), wide.before, wide.before + HISTOGRAM)
        drawn.append(one)
    return boxed(drawn, width, height)


def _of_the_missing(lines: Sequence[ColumnLine]) -> int:
    """Cells of their numbers; 0 where no column lacks a value."""
    if all(line.missing == 0 for line in lines):
        return 0
    return min(MISSING, max(len(GAPS), *(len(f"{line.missing or 0:,}") for line in lines)))


def _widths(width: int, missing: int) -> _Widths:
    """Names first, then kinds, values, reasons."""
    room = width - (HISTOGRAM + _with_gap(missing) + ROLE + 3)
    kind = KIND if room > KIND + NAME else 0
    name = max(1, min(USUAL_NAME, room - (kind + 1 if kind else 0)))
    room -= name
    room -= kind + 1 if kind else 0
    values = min(WIDEST_VALUES, room - 1) if room > VALUES else 0
    room -= values + 1 if values else 0
    use = room + ROLE if room >= WHY else 0  # as much of the reason as there is room for
    if not use:
        more = min(room, WIDEST_NAME - name) if room > 0 else 0
        name += more
    return _Widths(name, kind, values, use, missing)


def _with_gap(cells: int) -> int:
    return cells + 1 if cells else 0


def _fitted(lines: Sequence[ColumnLine], width: int, missing: int) -> _Widths | None:
    """Whole names, kinds and reasons, and as much of the values as then has room; None where little of them would."""
    name, kind, values, use = (
        max(len(word), *(len(getattr(line, part) or NOT_YET) for line in lines))
        for word, part in (("column", "name"), ("kind", "kind"), ("values", "values"), ("use", "use"))
    )
    left = width - (name + kind + use + HISTOGRAM + _with_gap(missing) + 5)
    return _Widths(name, kind, min(left, values), use, missing) if lines and left >= min(VALUES, values) else None


def _cells(line: ColumnLine, wide: _Widths, look: Look, *, heading: bool = False) -> Text:
    dots = "~" if look.ascii else "…"

    def cut(text: str, cells: int) -> str:
        return text.ljust(cells) if len(text) <= cells else f"{text[: cells - 1]}{dots}"

    text = Text(cut(line.name, wide.name), no_wrap=True)
    if wide.kind:
        text.append(f" {cut(line.kind, wide.kind)}")
    values = NOT_YET if line.values is None else line.values
    if wide.values:
        text.append(f" {cut(values, wide.values)}")
    bars = spark(line.counts, ascii_only=look.ascii) if line.values is not None else NOT_YET
    bars = bars.replace("█", "▇")  # those of the next column do not touch it
    text.append(f" {cut('' if heading else bars, HISTOGRAM)}")
    if wide.missing:
        number = NOT_YET if line.missing is None else f"{line.missing:,}" if line.missing else ""
        named = "missing" if wide.missing == MISSING else GAPS
        missing = named if heading else number
        cells = wide.missing
        text.append(f" {missing:>{cells}}" if len(missing) <= cells else f" {missing.replace(',', '')[:cells]}")
    is_begun = wide.use >= min(len(line.use), len(line.role) + len(": ") + BEGUN)
    role = cut(line.use if is_begun else line.role, wide.use or ROLE)
    return text.append(f"  {role}")
