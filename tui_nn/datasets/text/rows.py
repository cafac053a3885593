"""The rows of a text, each with the line on which it begins; what cannot be read is named by its place.

A column is counted in cells, as a person and a spreadsheet do. A row that spans lines is named by its first.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from tui_nn.datasets.source import Source
from tui_nn.datasets.text.charset import text_of
from tui_nn.datasets.text.layout import TextLayout, cells_of, lines_of
from tui_nn.datasets.text.wrong import MOST_ERRORS, together
from tui_nn.errors import DataError, Finding
from tui_nn.plurals import plural

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # of UTF-8 and UTF-16, where a file begins
SPANNED = 3  # whole lines within a cell, from which on it may have swallowed rows


def rows_of(source: Source, layout: TextLayout) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row below the header, each with as many cells as there are names.

    Raises DataError with up to ten places, after the last row that fits.
    """
    findings: list[Finding] = []
    wide, line = len(layout.names), 0
    reader = cells_of(lines_of(source, layout), layout)
    try:
        for row in reader:
            start, line = line + 1, reader.line_num  # type: ignore[attr-defined]
            if not row or start <= layout.header:
                continue
            if layout.trailing and len(row) == wide + 1 and row[-1] == "":
                row.pop()
            flaw = flaw_of(row, layout, (start, line))
            if flaw is None:
                if not findings:
                    yield start, row
                continue
            column, message = flaw
            findings.append(Finding(message, source.name, start, column))
            if len(findings) >= MOST_ERRORS:
                break
    except csv.Error as error:
        findings.append(_bad_cell(source, layout, line + 1, error))
    except OSError as error:
        raise DataError(f"{source.name}: {error.strerror or error}.") from None
    if findings:
        raise together(source.name, findings)


def flaw_of(row: Sequence[str], layout: TextLayout, lines: tuple[int, int]) -> tuple[int, str] | None:
    """What is wrong with a row that stands in these lines, the first and the last: the column, and why. Or None."""
    wide, (start, line) = len(layout.names), lines
    if len(row) != wide:
        return min(len(row), wide) + 1, f"has {plural(len(row), 'cell')}; expected {wide}."
    if layout.header and row[-1].strip() == layout.names[-1] and is_header(row, layout):
        return 1, f"repeats the header of line {layout.header}: remove it."
    if line - start > SPANNED and (column := _swallowing(row, layout)):
        return column, f"a quote is opened here and closed in line {line}, beyond lines that look like rows."
    return None


def is_header(row: Sequence[str], layout: TextLayout) -> bool:
    """Whether a row has the names of the columns in it, as where two files were joined."""
    cells = [row[0].removeprefix(MARK), *row[1:]]  # a second file may bring its mark
    return all(cell.strip() in (name, "") for cell, name in zip(cells, layout.names, strict=True))


def _swallowing(row: Sequence[str], layout: TextLayout) -> int:
    """The column, from 1, of a cell whose lines are rows by themselves; 0 if there is none."""
    marks = len(layout.names) - 1
    for column, cell in enumerate(row, start=1):
        inside = cell.splitlines()[1:-1]
        if len(inside) >= SPANNED and all(line.count(layout.delimiter or " ") == marks for line in inside):
            return column
    return 0


def _bad_cell(source: Source, layout: TextLayout, number: int, error: csv.Error) -> Finding:
    """Which cell of the row that begins on this line cannot be read: the last quote that is opened, or the longest."""
    with text_of(source, layout.encoding, "replace") as file:
        text = next((line for at, line in enumerate(file, start=1) if at == number), "")
    delimiter, quote = layout.delimiter or " ", layout.quote or '"'
    column = opening = 1
    inside = False
    for found in re.finditer(f"[{re.escape(quote)}{re.escape(delimiter)}]", text):
        if found[0] == quote:
            inside = not inside
            opening = column if inside else opening
        elif not inside:
            column += 1
    limit = csv.field_size_limit()
    if "field limit" in str(error):
        message = f"a quote is opened here and not closed within {limit:,} characters."
        if not inside:
            lengths = [len(cell) for cell in text.split(delimiter)]
            opening = lengths.index(max(lengths)) + 1
            message = f"has a cell of more than {limit:,} characters."
    elif "unexpected end" in str(error):
        message = "a quote is opened here and never closed."
    elif inside:
        message = f"a quote is opened here, and what follows its end in a later line is no cell: {error}."
    else:
        message = f"{error}."
    return Finding(message, source.name, number, opening)
