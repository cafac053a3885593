"""How a table is laid out, found by agreement over its first rows where nobody said it.

What two readings fit is refused, with the setting to make.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui_nn.datasets.source import Source
from tui_nn.datasets.text.charset import Charset, text_of
from tui_nn.datasets.text.layout import TextLayout, cells_of, check_cells, single_blanks
from tui_nn.datasets.text.names import with_names
from tui_nn.datasets.text.numbers import PLAIN, NumberForm
from tui_nn.datasets.text.wrong import wrong
from tui_nn.errors import DataError

SAMPLE_LINES, SAMPLE_CELLS, SAMPLE_CHARACTERS = 1000, 100_000, 2**20
DELIMITERS = (",", "\t", ";", "|", "")
NAMES = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", "": "blanks"}
SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)
COMMENTS = ("#", "%")
GROUPS = (NumberForm(","), NumberForm(",", "."), NumberForm(".", ","))  # how else numbers are written
AGREEING = 200  # rows by which a delimiter is chosen
LOOKED_AT = 20_000  # cells of them
GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")


@dataclass(frozen=True)
class TextSettings:
    """What somebody set; None is found out. header: whether there is one. comment: what such lines begin with."""

    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    comment: str | None = None
    decimal: str | None = None
    thousands: str | None = None


def layout_of(source: Source, charset: Charset, settings: TextSettings) -> TextLayout:
    """How the table is laid out. Raises DataError for one without rows, or that two readings fit."""
    _check(settings)
    notes = [charset.note] if charset.note else []
    with text_of(source, charset.encoding, "replace") as file:
        text = file.read(SAMPLE_CHARACTERS)
        whole = not file.read(1)
    lines = list(io.StringIO(text, newline=""))  # splitlines() knows ends of lines that csv does not
    if not whole and len(lines) > 1:
        lines.pop()
    lines = lines[: max(AGREEING, min(SAMPLE_LINES, SAMPLE_CELLS // _most_cells(lines[:1])))]
    skipped, delimiter = 0, settings.delimiter
    named = SEPARATOR.fullmatch(lines[0]) if lines else None
    if named:
        skipped, delimiter = 1, delimiter or named[1]
    comment = _comment(lines[skipped:]) if settings.comment is None else settings.comment
    table = [line for line in lines[skipped:] if line.strip() and not (comment and line.startswith(comment))]
    if not table:
        raise wrong(source.name, 1, 1, "is empty.")
    check_cells(source, 1, _most_cells(table[:1]))
    layout = TextLayout(charset.encoding, comment=comment, skipped=skipped)
    layout = replace(layout, quote=_quote(table) if settings.quote is None else settings.quote)
    if delimiter is None:
        delimiter = _delimiter(table[:AGREEING], layout, source.suffix)
        if delimiter != ("\t" if source.suffix == ".tsv" else ","):
            notes.append(f"cells lie between {NAMES[delimiter]}")
    layout = replace(layout, delimiter="" if delimiter == " " else delimiter)
    rows = _rows(table, layout)
    if not whole and len(rows) > 1:
        rows.pop()
    layout = replace(layout, trailing=_is_trailing(rows), sample=tuple(map(tuple, rows)))
    layout = replace(layout, numbers=_numbers(source, layout, settings, notes))
    if layout.quote == "'":
        notes.append("texts stand between apostrophes")
    if comment and settings.comment is None:
        notes.append(f'lines that begin with "{comment}" are comments')
    return replace(with_names(source, layout, settings.header, lines, notes), notes=tuple(notes))


def _most_cells(lines: Sequence[str]) -> int:
    """How many cells a line has at most, whichever mark stands between them."""
    return 1 + max((line.count(mark) for line in lines for mark in filter(None, DELIMITERS)), default=0)


def _check(settings: TextSettings) -> None:
    for key in ("delimiter", "quote", "decimal", "thousands"):
        value = getattr(settings, key)
        if value is not None and len(value) > 1:
            raise DataError(f'data.{key}: found "{value}"; expected one character.')
    if settings.decimal is not None and settings.decimal not in (".", ","):
        raise DataError(f'data.decimal: found "{settings.decimal}"; expected "." or ",".')
    if settings.decimal and settings.decimal == settings.thousands:
        raise DataError("data.thousands and data.decimal are the same.")


def _comment(lines: Sequence[str]) -> str:
    """What the first lines begin with, if that is a mark of comments and other lines follow."""
    first = next((line for line in lines if line.strip()), "")
    mark = next((mark for mark in COMMENTS if first.startswith(mark)), "")
    return mark if mark and any(line.strip() and not line.startswith(mark) for line in lines) else ""


def _quote(lines: Sequence[str]) -> str:
    """Apostrophes, where cells begin and end with them and no other quotes are used."""
    text = "\n".join(line.rstrip("\r\n") for line in lines)
    if '"' in text or "'" not in text:
        return '"'
    opened = re.findall(r"(?:^|[,;\t|]) *'", text, re.MULTILINE)
    closed = re.findall(r"'(?=\s*$| *[,;\t|])", text, re.MULTILINE)
    return "'" if opened and len(opened) == len(closed) and text.count("'") == 2 * len(opened) else '"'


def _rows(lines: Sequence[str], layout: TextLayout) -> list[list[str]]:
    if not layout.delimiter:
        lines = [single_blanks(line, layout.quote) for line in lines]
    try:
        return [row for row in cells_of(iter(lines), layout, strict=False) if row] or [[""]]
    except csv.Error:  # which the reader of all rows will name
        return [[line] for line in lines[:1]]


def _delimiter(lines: Sequence[str], layout: TextLayout, suffix: str) -> str:
    """The mark by which rows agree: on how many cells there are, and that many of these are numbers."""
    usual = "\t" if suffix == ".tsv" else ","
    found: list[tuple[tuple[float, ...], str]] = []
    for delimiter in DELIMITERS:
        rows = _rows(lines, replace(layout, delimiter=delimiter))
        body = rows[1:] or rows
        first, *counts = (len(row) - (len(row) > 2 and not row[-1]) for row in (rows[0], *body))
        cells = max(set(counts), key=counts.count)
        if cells < 2 and (len(rows[0]) < 2 or not delimiter):
            continue
        agreed = counts.count(cells) / len(counts)
        seen = body[: max(1, LOOKED_AT // cells)]
        numeric = sum(_looks_numeric(cell, delimiter) for row in seen for cell in row) / len(seen)
        if not delimiter and (agreed < 1 or numeric < 1):
            continue  # words of a sentence lie between blanks, too
        score = (
            cells > 1,
            agreed >= 0.9,
            first == cells,
            round(numeric, 3),
            numeric / cells,
            delimiter == usual,
        )
        found.append(((*score, cells), delimiter))
    return max(found)[1] if found else usual


def _looks_numeric(cell: str, delimiter: str) -> bool:
    return PLAIN.is_number(cell) or (delimiter != "," and any(form.is_number(cell) for form in GROUPS))


def _is_trailing(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a delimiter ends each row without another cell behind it: the last cell is empty, and has no name."""
    body = rows[1:] or rows
    if not all(len(row) > 2 and row[-1] == "" for row in body):
        return False
    return len(rows[0]) == len(body[0]) - 1 or rows[0][-1] == ""


def _numbers(source: Source, layout: TextLayout, settings: TextSettings, notes: list[str]) -> NumberForm:
    """How numbers are written. Raises DataError where a comma may end thousands or begin decimals."""
    decimal, thousands = settings.decimal, settings.thousands
    if decimal is not None:
        return NumberForm(decimal, thousands or "")
    comma = [
        cell.strip() for row in layout.sample for cell in row if "," in cell and cell.strip()[:1] in "+-,.0123456789"
    ]
    if thousands == ",":
        return NumberForm(".", ",")
    point = NumberForm(".", thousands or "")
    decimals = [cell for cell in comma if NumberForm(",", thousands or "").is_number(cell)]
    grouped = [cell for cell in comma if NumberForm(".", ",").is_number(cell)]
    mixed = [cell for cell in comma if NumberForm(",", ".").is_number(cell) and "." in cell]
    sure_grouped = [cell for cell in grouped if cell.count(",") > 1 or "." in cell]
    sure_decimals = [cell for cell in decimals if not GROUPED.fullmatch(cell)]
    if mixed and not sure_grouped:
        notes.append("numbers have a decimal comma and points between thousands")
        return NumberForm(",", ".")
    if sure_grouped and not sure_decimals:
        notes.append("numbers have commas between thousands")
        return NumberForm(".", ",")
    if sure_decimals and not sure_grouped:
        notes.append("numbers have a decimal comma")
        return NumberForm(",", thousands or "")
    if decimals and not sure_decimals and not sure_grouped:
        cell = decimals[0]
        row, column = next(
            (at, index)
            for at, cells in enumerate(layout.sample)
            for index, one in enumerate(cells)
            if one.strip() == cell
        )
        line = row + 1 + layout.skipped
        one, other = cell.replace(",", ""), cell.replace(",", ".")
        raise wrong(
            source.name, line, column + 1,
            f'"{cell}" may be {one} or {other}: set data.decimal = "," or "."; with the latter, data.thousands = ",".',
        )  # fmt: skip
    return point
