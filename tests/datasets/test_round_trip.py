"""A table, however a program writes it, is read back as what it was, though nobody says how it was written."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_nn.datasets.choice import TableSettings
from tui_nn.datasets.from_path import read_table
from tui_nn.datasets.meaning import meant
from tui_nn.datasets.source import Source

ROWS = st.integers(4, 40)
MISSING = ("", "?", "NA", "n/a", "NaN", "NULL", "None", "-", "#N/A")
TRUTHS = (("True", "False"), ("yes", "no"), ("T", "F"), ("y", "n"))
LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßéñ"
word = st.text(LETTERS, min_size=2, max_size=9)
# Texts with all that may stand between and around cells; not with blanks at their ends, which nobody keeps.
odd_text = st.text(LETTERS + " ,;|\t\"'.:-!()&\n", min_size=1, max_size=12)
text = odd_text.map(lambda one: f"x{one}x") | word.map(lambda one: f"{one}x")


@dataclass(frozen=True)
class Written:
    """A column as it is meant, and its cells as they are written. kind: what it is found to be."""

    kind: str
    values: list
    cells: list[str]


@st.composite
def columns(draw, rows: int, decimal: str) -> Written:
    """A column of some kind."""
    kind = draw(st.sampled_from(["float", "whole", "large", "truth value", "category", "date", "text"]))

    def drawn(values):
        return draw(st.lists(values, min_size=rows, max_size=rows))

    if kind in ("float", "whole", "large"):
        values = {
            "float": st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 4)),
            "whole": st.integers(-999, 99_999),
            "large": st.integers(2**53, 2**62),
        }[kind]
        found = drawn(values)
        gone = [False, *(index % 5 == 3 for index in range(1, rows))] if draw(st.booleans()) else [False] * rows
        missing = draw(st.sampled_from(MISSING))
        cells = [missing if gap else repr(value).replace(".", decimal) for value, gap in zip(found, gone, strict=True)]
        return Written("number", [None if gap else value for value, gap in zip(found, gone, strict=True)], cells)
    if kind == "truth value":
        pair = draw(st.sampled_from(TRUTHS))
        found = [*pair, *draw(st.lists(st.sampled_from(pair), min_size=rows - 2, max_size=rows - 2))]
        return Written(kind, found, found)
    if kind == "date":
        found = [one.isoformat() for one in drawn(st.dates())]
        return Written(kind, found, found)
    if kind == "category":
        words = draw(st.lists(word, min_size=2, max_size=max(2, rows // 4), unique_by=str.casefold))
        words = [f"{one}x" for one in words]
        found = [words[index % len(words)] for index in range(rows)]
        return Written(kind, found, found)
    found = [one.strip() for one in drawn(text)]
    return Written("text", found, found)


@st.composite
def tables(draw):
    """A table, and how it is written: (columns, names, content of the file)."""
    rows = draw(ROWS)
    delimiter = draw(st.sampled_from(",;\t|"))
    decimal = draw(st.sampled_from(".,")) if delimiter == ";" else "."
    made = draw(st.lists(columns(rows, decimal), min_size=1, max_size=4))
    numbers = [float(n) / 4 for n in range(rows)]
    made.append(Written("number", numbers, [repr(one).replace(".", decimal) for one in numbers]))
    names = draw(st.lists(word.map(lambda one: f"{one} ä"), min_size=len(made), max_size=len(made), unique=True))
    quote = draw(st.sampled_from("\"'"))
    whole = quote == "'" or draw(st.booleans())
    cells = [[cell.replace('"', "") if quote == "'" else cell for cell in one.cells] for one in made]
    if quote == "'":  # what a program that writes apostrophes around texts does with one inside differs
        cells = [[cell.replace("'", "").strip() for cell in one] for one in cells]
    file = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if whole else csv.QUOTE_MINIMAL
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    writer = csv.writer(file, delimiter=delimiter, quotechar=quote, quoting=quoting, lineterminator=end)
    if end == "\r":  # csv of older Pythons does not quote what is no end of a line to it
        cells = [[cell.replace("\n", "") for cell in one] for one in cells]
    writer.writerows([names, *zip(*cells, strict=True)])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]))
    kept = [
        Written(one.kind, one.values if one.kind == "number" else own, own)
        for one, own in zip(made, cells, strict=True)
    ]
    return kept, names, file.getvalue().encode(encoding), delimiter


@settings(derandomize=True, deadline=None, max_examples=100)
@given(tables())
def test_any_table_is_read_back(tmp_path_factory, table):
    written, names, content, delimiter = table
    path = tmp_path_factory.mktemp("table") / ("t.tsv" if delimiter == "\t" else "t.csv")
    path.write_bytes(content)
    found = read_table(Source(path), TableSettings())
    assert list(found.names) == names
    assert len(found) == len(written[0].cells)
    for column, wanted in zip(found.columns, written, strict=True):
        if wanted.kind == "number":
            assert column.kind == "number"
            gone = [value is None for value in wanted.values]
            assert (np.zeros(len(column), bool) if column.missing is None else column.missing).tolist() == gone
            known = [value for value, gap in zip(column.values.tolist(), gone, strict=True) if not gap]
            assert known == [value for value in wanted.values if value is not None]
        else:
            assert column.kind == "text"
            assert [re.sub(r"\r\n?", "\n", cell) for cell in column.texts()] == wanted.cells
        if wanted.kind in ("truth value", "date"):
            assert meant(column).kind == wanted.kind
