"""All CSV that is written. Cells of foreign text are harmless to a spreadsheet, and read back as what they were.

A spreadsheet takes a text that begins with = + - @ for a formula. An apostrophe in front makes it a text (OWASP, CSV
Injection), and numbers are left alone. `plain` takes it off again. What a terminal obeys is replaced, as on stdout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from tui_nn.printable import obeyed_by_nobody

FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
QUOTED = re.compile(r'[",;|\t\r\n]')  # whatever any program takes for the end of a cell


def to_csv(rows: Iterable[Sequence[Any]]) -> str:
    """A line a row. A float has all its digits, None is an empty cell."""
    return "".join(f"{_line(row)}\n" for row in rows)


def plain(cell: str) -> str:
    """What was written as this cell."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def columns_to_csv(names: Sequence[str], columns: Iterable[Sequence[Any]]) -> str:
    """The same of columns, which is quicker: a column of numbers is all numbers."""
    texts = [[_cell(value) for value in column] for column in columns]
    head = ",".join(_cell(name) for name in names)
    rows = map(",".join, zip(*texts, strict=True)) if len(texts) != 1 else (cell or '""' for cell in texts[0])
    return "\n".join([head, *rows, ""])


def _line(row: Sequence[Any]) -> str:
    cells = [_cell(value) for value in row]
    return ",".join(cells) if cells != [""] else '""'  # an empty line is no row


def _cell(value: Any) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    text = obeyed_by_nobody(value)
    if FORMULA.match(text) and not NUMBER.fullmatch(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text
