"""The names of the columns: from a header, from the comment above the rows, or numbered."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from dataclasses import replace

from tui_nn.csvtext import plain
from tui_nn.datasets.source import Source
from tui_nn.datasets.text.header import has_header
from tui_nn.datasets.text.layout import TextLayout, cells_of, lines_of
from tui_nn.datasets.text.numbers import PLAIN
from tui_nn.datasets.text.rows import rows_of
from tui_nn.datasets.text.wrong import wrong
from tui_nn.plurals import plural


def with_names(
    source: Source, layout: TextLayout, header: bool | None, lines: Sequence[str], notes: list[str]
) -> TextLayout:
    """With the names of the columns, from the header or numbered."""
    reader = cells_of(lines_of(source, layout, "replace"), layout, strict=False)
    first, end, body_end = None, 0, 0
    try:
        for row in reader:
            if row and first is None:
                first, end = row, reader.line_num  # type: ignore[attr-defined]
            elif row:
                body_end = reader.line_num  # type: ignore[attr-defined]
                break
    except csv.Error:
        pass
    rows = [cut(list(row), layout.trailing) for row in layout.sample]
    first = rows[0] if first is None else cut(first, layout.trailing)
    with_header = has_header(source.name, rows, layout.numbers, end) if header is None else header
    names = first if with_header else []
    if with_header:
        _check_width(source.name, first, rows[1:], end)
    if not with_header and layout.comment and header is None:
        names, note = _commented_names(lines, layout, rows)
        notes += note
    if with_header and not body_end:
        for _ in rows_of(source, replace(layout, names=tuple(first))):  # which names a row that cannot be read
            pass
        raise wrong(source.name, end + 1, 1, "has a header and no rows.")
    wide = max(len(first), len(rows[1]) if not with_header and len(rows) > 1 else 0) if not names else len(names)
    names = [names[at].strip() if at < len(names) else "" for at in range(wide)]
    return replace(layout, names=_distinct(source.name, names, end), header=end if with_header else 0)


def _check_width(name: str, names: Sequence[str], rows: Sequence[Sequence[str]], line: int) -> None:
    """Raise DataError for a header that has another number of names than all rows have cells."""
    widths = {len(row) for row in rows}
    if len(rows) < 2 or len(widths) > 1 or (wide := widths.pop()) == len(names) or wide < 2:
        return
    more = " The names of rows that R writes first need a name, too." if wide == len(names) + 1 else ""
    found = f"names {plural(len(names), 'column')}, and the rows below have {plural(wide, 'cell')}"
    message = f"{found}: expected a name for each.{more}"
    raise wrong(name, line, min(wide, len(names)) + 1, message)


def cut(row: list[str], trailing: bool) -> list[str]:
    return row[:-1] if trailing and row and row[-1] == "" else row


def _commented_names(
    lines: Sequence[str], layout: TextLayout, rows: Sequence[Sequence[str]]
) -> tuple[list[str], list[str]]:
    """The names that the last comment above the rows holds, as `numpy.savetxt` writes them."""
    above = list(
        itertools.takewhile(lambda line: not line.strip() or line.startswith(layout.comment), lines[layout.skipped :])
    )
    last = next((line for line in reversed(above) if line.strip()), "")
    text = last.lstrip(layout.comment).strip() + "\n"
    found = [row for row in cells_of(iter([text]), layout, strict=False) if row] if last else []
    if found and len(found[0]) == len(rows[0]) > 1 and not any(PLAIN.is_number(cell) for cell in found[0]):
        return [cell.strip() for cell in found[0]], ["names of columns are those of the comment above the rows"]
    return [], []


def _distinct(name: str, names: Sequence[str], line: int) -> tuple[str, ...]:
    """Names for all columns. Raises DataError for two that are the same."""
    given = [plain(one) or f"column {number}" for number, one in enumerate(names, start=1)]
    known: set[str] = set()
    for index, one in enumerate(given):
        if one in known:
            raise wrong(name, line, index + 1, f'two columns are called "{one}". Rename one.')
        known.add(one)
    return tuple(given)
