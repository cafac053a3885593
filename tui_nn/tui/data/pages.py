"""What the data screen shows of a report, as text of any size. `Measurements` measure what takes long before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.datasets.report import DataReport, Points
from tui_nn.datasets.summary import MOST_VALUES, ColumnDetail
from tui_nn.engine.data import spread_rows
from tui_nn.plurals import plural
from tui_nn.printable import in_a_line
from tui_nn.render import DataSheet, LabelledSample, Look, curve, data_sheet
from tui_nn.render.amount import amount
from tui_nn.render.canvas import boxed, filled, fitting, wording
from tui_nn.render.cloud import cloud, points_alone
from tui_nn.render.column_list import ColumnLine
from tui_nn.render.column_sheet import ColumnSheet, column_sheet
from tui_nn.render.palette import DIM, VALIDATION, accent
from tui_nn.render.parts_table import PartsTable, parts_table
from tui_nn.views.data import by_turns

Array = np.ndarray[Any, np.dtype[Any]]

COLUMN, SAMPLES, SCATTER, PARTS, REMARKS = "column", "samples", "scatter", "parts", "remarks"
SHOWN, ACROSS = 500, 40  # samples, and numbers of each
LOOKED_AT, ROWS_LOOKED_AT = 50, 1000  # columns and rows, to choose the first axes
LOWEST = 7  # lines of a scatter plot that has axes, and a line above them
NAMED = 12  # inputs that a column becomes
NO_AXES = "A scatter plot needs two columns of numbers."


@dataclass(frozen=True)
class Axes:
    """Places of the two columns of the scatter plot."""

    across: int
    upwards: int


def first_axes(report: DataReport) -> Axes | None:
    """The first two inputs that can be axes, those of many values first; of a regression the first, and the answer."""
    found = [at for at, role in enumerate(report.roles) if role.role == "input" and report.is_axis(at)][:LOOKED_AT]
    found.sort(key=lambda at: len(np.unique(report.roles[at].column.values[:ROWS_LOOKED_AT])) <= MOST_VALUES)
    found = sorted(found[:2])
    answers = [at for at, role in enumerate(report.roles) if role.role == "target" and report.is_axis(at)]
    if not report.data.classes and found and answers:
        return Axes(found[0], answers[0])
    return Axes(found[0], found[1]) if len(found) == 2 else None


def line_of(report: DataReport, place: int) -> ColumnLine:
    """A column as far as it has been measured."""
    role, found = report.roles[place], report.known(place)
    name = in_a_line(role.column.name)
    use = in_a_line(report.use(place))
    if found is None:
        return ColumnLine(name, report.kind(place), role.role, use)
    return ColumnLine(name, report.kind(place), role.role, use, in_a_line(found.values), found.counts, found.missing)


def column_page(
    report: DataReport, place: int, detail: ColumnDetail | None, width: int, height: int, look: Look
) -> Text:
    """One column in detail."""
    role, found = report.roles[place], report.known(place)
    column = role.column
    use = [in_a_line(f"{report.use(place)}.")]
    made = report.made_of(place)
    if len(made) > 1:
        use.append(
            in_a_line(f"Becomes {', '.join(made[:12])}{f' and {len(made) - 12} more' if len(made) > 12 else ''}.")
        )
    if detail is None or found is None:
        return column_sheet(
            ColumnSheet(in_a_line(column.name), report.kind(place), use, ["measuring ..."], (), (), "", "", (), ()),
            width, height, look,
        )  # fmt: skip
    if found.missing:
        have = "has" if found.missing == 1 else "have"
        share = 100 * found.missing / found.rows
        use.append(f"{found.missing:,} of {found.rows:,} rows {have} no value ({share:.1f} %).")
    facts = [f"{name} {amount(value)}" for name, value in detail.facts]
    if column.kind == "picture":
        facts = [found.values, "v shows samples"]
    elif detail.names or detail.facts:
        facts.append(plural(detail.different, "different value") if detail.different != 1 else "1 value")
    low, high = (amount(detail.low, 6), amount(detail.high, 6))
    if column.kind == "date":
        low, _, high = found.values.partition(" to ")
    means = (
        () if detail.means is None else [f"mean {amount(one)}" if math.isfinite(one) else "" for one in detail.means]
    )
    sheet = ColumnSheet(
        in_a_line(column.name), report.kind(place), use, facts, [in_a_line(name) for name in detail.names],
        detail.counts.tolist(), low, high, [in_a_line(name) for name in report.data.classes if len(detail.by_class)],
        detail.by_class.tolist(), means, detail.different - len(detail.names) if detail.names else 0,
    )  # fmt: skip
    return column_sheet(sheet, width, height, look)


def samples_of(report: DataReport) -> DataSheet:
    """Samples from all over the data, the classes by turns."""
    data = report.data
    rows = spread_rows(len(data.x), SHOWN)
    if data.classes:
        rows = rows[by_turns(data.y[rows])]
    first = slice(None if data.picture is not None else ACROSS)
    samples = [LabelledSample(row + 1, _label(report, row), np.asarray(data.x[row, first])) for row in rows.tolist()]
    counts = list(zip(map(in_a_line, report.answer_names), report.class_counts, strict=True)) if data.classes else []
    head = [plural(len(data.x), "sample"), "the classes by turns" if data.classes else "from all over them"]
    target = in_a_line(" ".join(role.column.name for role in report.targets))
    return DataSheet(
        head, samples, counts, data.picture, [in_a_line(name) for name in data.features[:ACROSS]], target,
        len(rows) < len(data.x),
    )  # fmt: skip


def _label(report: DataReport, row: int) -> str:
    y = report.data.y[row]
    if report.data.classes:
        return in_a_line(report.data.classes[int(y)])
    return " ".join(amount(value) for value in np.atleast_1d(y).tolist())


def samples_page(sheet: DataSheet | None, width: int, height: int, look: Look) -> Text:
    """Pictures with their labels, or rows of numbers, as the network gets them before they are scaled."""
    if sheet is None:
        return Text("reading ...")
    # With a cursor they are numbers, also where there are two of them: the points are on another page.
    return data_sheet(sheet, width, height, look, -1 if sheet.picture is not None else 0).text


def scatter_page(
    report: DataReport, axes: Axes | None, points: Points | None, width: int, height: int, look: Look
) -> Text:
    """Two columns, a point a row, coloured by class."""
    if axes is None:
        return boxed([Text(line) for line in wrap(NO_AXES, max(1, width))], width, height)
    if points is None:
        return Text("measuring ...")
    across, upwards = (in_a_line(report.roles[at].column.name) for at in (axes.across, axes.upwards))
    told = (
        plural(points.of, "row") if len(points.x) == points.of else f"{len(points.x):,} of {plural(points.of, 'row')}"
    )
    series = cloud(
        np.column_stack([points.x, points.y]), points.labels, [in_a_line(name) for name in report.data.classes], look
    )
    if height <= LOWEST and len(points.x):
        ends = [f"{amount(axis.min())} to {amount(axis.max())}" for axis in (points.y, points.x)]
        said = f"{upwards}: {ends[0]}", f"over {across}: {ends[1]}"
        lines = [Text(one, accent(DIM, look)) for one in filled(width, 2, said, "   ") if one]
        drawn = points_alone(series, width, height - len(lines), look)
        return boxed([*lines, *drawn.split("\n", allow_blank=True)], width, height)
    drawn = curve(series, width, height - 1, look, across, f"{upwards} upwards", has_values=False)
    head = Text(fitting(width, f"{upwards} over {across}", told, gap=", "), accent(DIM, look), no_wrap=True)
    return boxed([head, *drawn.split("\n", allow_blank=True)], width, height)


def parts_page(report: DataReport, width: int, height: int, look: Look) -> Text:
    """Training, validation and test rows, by class."""
    parts = [(one.name, one.rows, one.counts) for one in report.parts]
    table = PartsTable(parts, [in_a_line(name) for name in report.answer_names], in_a_line(report.how))
    return parts_table(table, width, height, look)


def remarks_page(report: DataReport, width: int, height: int) -> Text:
    """What was guessed, what looks odd, which rows are left out."""
    lines = [Text(line, no_wrap=True) for one in remarks_of(report) for line in wrap(in_a_line(one), max(10, width))]
    return boxed(lines, width, height)


def remarks_of(report: DataReport) -> list[str]:
    """Sentences."""
    return [f"{one[0].upper()}{one[1:]}{'' if one.endswith('.') else '.'}" for one in report.warnings]


def facts_of_report(report: DataReport, width: int, look: Look) -> Text:
    """What the data are, the target and how it was chosen, the parts; and what is to be known."""
    data = report.data
    dim = accent(DIM, look)
    made = plural(data.x.shape[1], "input")
    columns = plural(len(report.roles), "column") if report.table is not None else ""
    lines = [
        _line(width, Text(in_a_line(data.name), Style(bold=True)), [plural(len(data.x), "row"), columns, made], dim)
    ]
    targets = ", ".join(f"'{in_a_line(role.column.name)}'" for role in report.targets[:4])
    why = f": {in_a_line(report.why_target)}" if report.why_target else ""
    what, *counts = _answers(report, "x" if look.ascii else "×")
    target = wording(width - len(what) - 3, f"target {targets}{why}", f"target {targets}")
    if len("  ".join([what, *counts])) > width - len(target) - 3:
        counts = []  # some of them would look like all
    lines.append(_line(width, Text(target), [what, *counts], dim))
    shown = [f"{one.name} {one.rows:,}" for one in report.parts if one.rows]
    split = f"split {', '.join(shown)}"
    how = wording(width - len(split) - 3, report.how, report.how.partition(",")[0])
    lines.append(_line(width, Text(split), [how], dim))
    remarks = remarks_of(report)
    if remarks:
        more = f" ({len(remarks) - 1} more remarks: v)" if len(remarks) > 1 else ""
        dots = "~" if look.ascii else "…"
        first = in_a_line(remarks[0])
        room = width - len(more)
        first = first if len(first) <= room else f"{first[: max(1, room - 1)]}{dots}"
        lines.append(Text(first + more, accent(VALIDATION, look), no_wrap=True))
    return boxed(lines, width, len(lines))


def _answers(report: DataReport, times: str) -> list[str]:
    names = report.answer_names
    if not names:
        low, high = report.answer_range
        return [f"from {amount(low, 6)} to {amount(high, 6)}"]
    counts = zip(map(in_a_line, names), report.class_counts, strict=True)
    what = "classes" if report.data.classes else "labels"
    return [f"{len(names)} {what}", *(f"{name} {times}{count:,}" for name, count in counts)]


def _line(width: int, first: Text, phrases: Sequence[str], style: Style) -> Text:
    """As many phrases as fit whole behind the first words."""
    room = width - first.cell_len - 3
    phrases = [one for one in phrases if one]
    line = Text(no_wrap=True).append_text(first)
    if phrases and len(phrases[0]) <= room:
        line.append("   ").append(fitting(room, *phrases, gap="  "), style)
    return line
