"""Numbers as people type and paste them: one, a fraction, a row or a matrix as numpy, Octave or a table prints it."""

from __future__ import annotations

import re

import numpy as np

from tui_nn.plurals import plural

Rows = list[list[float]]

LARGEST = float(np.finfo(np.float32).max)
MOST = 1 << 23  # characters
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_FRACTION = re.compile(rf"({_NUMBER})(?:/({_NUMBER}))?")
_NAMED = re.compile(r"\s*[A-Za-z_]\w*\s*=")  # Theta1 =
_CALL = re.compile(r"(?:\w+\.)*(?:array|matrix|tensor)\(\s*(\[.*\])\s*(?:,\s*\w+\s*=[^\[\]]*)?\)", re.DOTALL)
_COLUMNS = re.compile(r"\s*Columns?\s+\d+(?:\s+(?:through|to|and)\s+\d+)?:?\s*")
_FACTOR = re.compile(r"\s*([\d.]+[eE][+-]?\d+)\s*\*\s*")
_CONTINUED = re.compile(r"(?<=\S)[ \t]*\.\.\.[ \t]*\n(?=.*\S)")
_COMMENT = re.compile(r"[%#].*")
_SHORTENED = "in numpy, np.set_printoptions(threshold=10**9) prints all of it"


def read_rows(text: str) -> list[Rows]:
    """What the text may mean, the likeliest first: rows of the same length each. Raises ValueError with what is wrong.

    One number or fraction; `1 2 3`, `1, 2`, lines of a table; `[1 2; 3 4]`, `[[1, 2], [3, 4]]`, `array(...)`; what
    Octave shows of a matrix, in blocks of columns, with a common factor, with `Theta1 =` in front.
    """
    if len(text) > MOST:
        raise ValueError(f"The text is longer than {MOST:,} characters.")
    text = text.replace("−", "-").replace("\r\n", "\n").replace("\r", "\n").strip("\n ")
    text = _CONTINUED.sub(" ", text)
    text = "\n".join(_COMMENT.sub("", line) for line in text.split("\n"))
    named = _NAMED.match(text)
    text = (text[named.end() :] if named else text).strip("\n ").removesuffix(";").rstrip()
    call = _CALL.fullmatch(text)
    text = call.group(1) if call else text
    found = _bracketed(text) if text.startswith("[") else [_shown(text)]
    for rows in found:
        if not rows or not rows[0]:
            raise ValueError("There is no number in it.")
    return found


def _bracketed(text: str) -> list[Rows]:
    inner = text[1:-1]
    if not text.endswith("]") or inner.count("[") != inner.count("]"):
        behind = text.rpartition("]")[2].strip() if "]" in text else ""
        raise ValueError(f"'{behind[:20]}' stands behind the matrix." if behind else "A bracket is not closed.")
    if "[" in inner:
        between = re.sub(r"\[[^\[\]]*\]", "", inner).replace(",", "").split()
        if between:
            raise ValueError(_unread(between[0]) if "[" not in between[0] else "It has more than two dimensions.")
        return [_even([_cells(" ".join(row.split("\n")), number) for number, row in
                       enumerate(re.findall(r"\[([^\[\]]*)\]", inner), start=1)])]  # fmt: skip
    lines = [line for line in re.split(r"[;\n]", inner) if line.strip()]
    if ";" in inner:
        return [_even([_cells(line, number) for number, line in enumerate(lines, start=1)])]
    flat = [_cells(" ".join(lines), 1)]
    if len(lines) < 2 or "," in inner:
        return [flat]
    # Octave begins a row with each line, numpy breaks a long row: what fits will tell.
    rows = [_cells(line, number) for number, line in enumerate(lines, start=1)]
    return [rows, flat] if len({len(row) for row in rows}) == 1 else [flat]


def _shown(text: str) -> Rows:
    """Lines of numbers, blocks of columns beside each other."""
    factor, blocks, block = 1.0, [], Rows()
    for line in re.split(r"[;\n]", text):
        common = _FACTOR.fullmatch(line)
        if common:
            factor = _number(common.group(1))
        elif _COLUMNS.fullmatch(line):
            blocks.append(block)
            block = []
        elif line.strip():
            block.append(_cells(line, len(block) + 1))
    blocks = [one for one in [*blocks, block] if one]
    if len({len(one) for one in blocks}) > 1:
        raise ValueError(f"Its blocks of columns have {' and '.join(str(len(one)) for one in blocks)} rows.")
    rows = [[value for part in parts for value in part] for parts in zip(*blocks, strict=True)]
    return [[value * factor for value in row] for row in _even(rows)]


def _even(rows: Rows) -> Rows:
    for number, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise ValueError(f"Row {number} has {plural(len(row), 'number')}, row 1 has {len(rows[0])}.")
    return rows


def _cells(line: str, row: int) -> list[float]:
    """Numbers between commas, tabs or blanks; nothing between two commas or tabs is a mistake."""
    line = re.sub(r"\s*/\s*", "/", line).strip(" ")
    line = re.sub(r"\s*,\s*$", "", line)
    words = re.split(r" *[,\t] *| +", line) if line else []
    if "" in words:
        raise ValueError(f"Row {row} has an empty cell.")
    return [_number(word) for word in words]


def _number(word: str) -> float:
    """Also a fraction, such as -1/3."""
    match = _FRACTION.fullmatch(word)
    if match is None:
        raise ValueError(_unread(word))
    try:
        number = float(match.group(1)) / float(match.group(2) or 1)
    except ZeroDivisionError:
        raise ValueError(f"'{word}' divides by 0.") from None
    if not abs(number) <= LARGEST:
        raise ValueError(f"'{word}' is too large for a weight.")
    return number


def _unread(word: str) -> str:
    if "..." in word or "…" in word:
        return f"The text has been shortened with '...': {_SHORTENED}."
    return f"'{word[:20]}' is not a number or a fraction."


def written_out(rows: Rows) -> str:
    """Rows as one line that `read_rows` takes: [1 2; 3 4]."""
    return "[" + "; ".join(" ".join(f"{value!r}".removesuffix(".0") for value in row) for row in rows) + "]"
