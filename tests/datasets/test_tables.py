"""Tables: malformed ones are never misread, and each error names line and column; the two readers agree."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_nn.datasets import fill, load_path, split
from tui_nn.datasets.cells import TableLayout, read_strictly
from tui_nn.datasets.tables import _read_fast
from tui_nn.errors import DataError

# Content -> where it is wrong, and what is said. Every one is read without a word by some library.
MALFORMED = {
    b"": (1, 1, "is empty"),
    b"\n\n": (1, 1, "is empty"),
    b"a,b\n": (2, 1, "has a header and no rows"),
    b"a\n1\n": (1, 1, "has one column"),
    b"a,b\n1,2\noops,4\n": (3, 1, 'column "a": "oops" is not a number'),
    b"a,b,c\n1,2,3\n4,5,6\n7,8\n": (4, 3, "has 2 cells; expected 3"),
    b"a,b\n1,2\n3,4,5\n": (3, 3, "has 3 cells; expected 2"),
    b"a,b\n1,2,\n3,4,\n": (2, 3, "has 3 cells; expected 2"),
    b"a,b\n1,2\n,4\n": (3, 1, 'column "a": is empty. Fill it in, or use data.missing ='),
    b"a,b\n1,2\n3,\n": (3, 2, 'column "b": is empty'),
    b"a,b\n1,2\n   ,4\n": (3, 1, 'column "a": is empty'),
    b"a,b\n1,2\n  \n": (3, 2, "has 1 cells; expected 2"),
    b"a,b\n1,2\nnan,4\n": (3, 1, '"nan" is not a finite number'),
    b"a,b\n1,2\n-inf,4\n": (3, 1, '"-inf" is not a finite number'),
    b"a,b\n1,2\n3,1e40\n": (3, 2, '"1e40" is too large'),
    b"a,b\n1,2\n3,nan\n": (3, 2, '"nan" is not a finite number'),
    b"a,b\n1,2\n1e999,4\n": (3, 1, '"1e999" is too large for a float32'),
    b"a,b\n1,2\n1e39,4\n": (3, 1, '"1e39" is too large for a float32'),
    b"a,b\n1,2\n0x10,4\n": (3, 1, '"0x10" is not a number'),
    b"a,b\n1,2\n1_000,4\n": (3, 1, '"1_000" is not a number'),
    "a,b\n1,2\n\u0661,4\n".encode(): (3, 1, "is not a number"),  # an Arabic digit, which float() takes
    b"a,b\n1,2\n1 2,4\n": (3, 1, '"1 2" is not a number'),
    b"a;b\n1,5;2\n2,5;3\n": (2, 1, '"1,5" is not a number. Use a decimal point.'),
    b"a,b\n1,2\n?,4\n": (3, 1, '"?" is not a number. If it stands for a missing value'),
    b"a,b\n1,2\nTRUE,4\n": (3, 1, '"TRUE" is not a number'),
    b"a,b\n1,2\n$3,4\n": (3, 1, '"$3" is not a number'),
    b'a,b\n1,2\n3,"4\n': (3, 2, "a quote is opened here and never closed"),
    b'a,b\n1,2\n3,"4"x\n': (3, 2, "expected after"),
    b'a,b\n"1\n",x\noops,y\n': (4, 1, '"oops" is not a number'),  # the second row spans two lines
    b'a,b\n"1\n\n2",x\n': (2, 1, "is not a number"),
    b"a,a,b\n1,2,3\n": (1, 2, 'two columns are called "a"'),
    b"oops,7,a\n3,4,b\n5,6,a\n": (1, 1, '"oops" is not a number, unlike others in the first line'),
    b"a,b\n1,2\n\xff,4\n": (3, 1, "is not UTF-8 text: byte 0xff"),
    b"a,b\n1,2\n3,caf\xe9\n": (3, 2, "is not UTF-8 text: byte 0xe9"),
    "a,b\n1,2\n".encode("utf-16"): (1, 1, "is UTF-16 text"),
    b"a,b\n1,2\n3\x00,4\n": (3, 1, "is not a number"),
    b"a,b\r1,2\roops,4\r": (3, 1, '"oops" is not a number'),
    b"# made by hand\na,b\n1,2\n": (1, 1, "has one column"),
    b"a\tb\n1\t2\n3,4\n": (3, 2, "has 1 cells; expected 2"),
}


@pytest.mark.parametrize(("content", "expected"), MALFORMED.items(), ids=lambda one: repr(one)[:40])
def test_malformed_tables_are_never_misread(tmp_path, content, expected):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    line, column, message = expected
    with pytest.raises(DataError) as error:
        load_path(path)
    assert str(error.value).startswith(f"{path}:{line}:{column}: ")
    assert message in str(error.value)
    finding = error.value.findings[0]
    assert (finding.file, finding.line, finding.column) == (str(path), line, column)


def test_there_are_at_least_twenty():
    assert len(MALFORMED) >= 20


def test_at_most_ten_cells_are_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n1,2,3\n" + "x,y,1\n" * 50)
    with pytest.raises(DataError) as error:
        load_path(path)
    lines = str(error.value).splitlines()
    assert len(lines) == 11
    assert lines[-1].endswith("and possibly more.")
    assert [(found.line, found.column) for found in error.value.findings[:3]] == [(3, 1), (3, 2), (4, 1)]


@pytest.mark.parametrize(
    ("text", "x", "answers"),
    [
        ("a;b\n1.5;2\n2.5;3\n", [[1.5], [2.5]], [0, 1]),
        ("a\tb\n1\t2\n3\t2\n", [[1], [3]], [0, 0]),
        ("label,0,1\n7,1,2\n8,3,4\n", [[1, 2], [3, 4]], [0, 1]),  # columns of pixels that are counted
        ("label,1x1,1x2\n7,1,2\n8,3,4\n", [[1, 2], [3, 4]], [0, 1]),
        ("1,2,rose\n3,4,lily\n", [[1, 2], [3, 4]], [1, 0]),
        ("\n\na,b\n\n1,2\n\n3,4\n\n", [[1], [3]], [0, 1]),
        ('"a","b"\n"1","x, y"\n"3","x"\n', [[1], [3]], [1, 0]),
        ("a,b\r\n1,2\r\n3,4", [[1], [3]], [0, 1]),
        ("a,b\n +1. , x \n.5e1,x\n", [[1], [5]], [0, 0]),
    ],
)
def test_odd_but_sound_tables(tmp_path, text, x, answers):
    (tmp_path / "t.csv").write_text(text)
    data = load_path(tmp_path / "t.csv")
    assert data.x.tolist() == x
    assert data.y.tolist() == answers


cells = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(repr),
    st.integers(-999, 999).map(str),
    st.sampled_from(["", " 1", "1e3", "nan", "x", "1_0", '"', "1,5", "?", "1e39"]),
)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=6))
def test_the_fast_reader_agrees_with_the_strict_one_or_declines(tmp_path_factory, rows):
    """Whatever the fast reader accepts, the strict one accepts too, and with the same numbers."""
    path = tmp_path_factory.mktemp("fast") / "t.csv"
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), newline="")
    form = TableLayout([f"c{index}" for index in range(len(rows[0]))], len(rows[0]) - 1, ",", 0)
    fast = _read_fast(path, form)
    if fast is None:
        return
    strict = read_strictly(path, form, "error")
    assert np.array_equal(fast.x, strict.x)
    assert list(fast.answers) == list(strict.answers)


def test_a_plain_table_takes_the_fast_way(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,kind\n" + "".join(f"{n},{n / 7!r},{'xyz'[n % 3]}\n" for n in range(500)))
    form = TableLayout(["a", "b", "kind"], 2, ",", 1)
    fast, strict = _read_fast(path, form), read_strictly(path, form, "error")
    assert fast is not None
    assert fast.x.dtype == np.float64
    assert np.array_equal(fast.x, strict.x)
    assert list(fast.answers) == list(strict.answers)


TABLE = "a,b,kind\n1,?,x\n3,10,y\n,20,x\n5,NA,\n7,30,y\n"


def test_missing_rows_are_dropped(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE)
    data = load_path(tmp_path / "t.csv", missing="drop")
    assert data.x.tolist() == [[3, 10], [7, 30]]
    assert data.classes == ("y",)


def test_a_missing_answer_cannot_be_made_up(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE)
    with pytest.raises(DataError, match=re.escape('t.csv:5:3: column "kind": is missing, and a missing target')):
        load_path(tmp_path / "t.csv", missing="mean")


@pytest.mark.parametrize(("how", "expected"), [("mean", np.mean), ("median", np.median)])
def test_missing_values_are_filled_from_the_training_part_alone(tmp_path, how, expected):
    rows = [f"{n * n},{n},{'xy'[n % 2]}" for n in range(20)]
    rows[3] = "?,3,y"
    (tmp_path / "t.csv").write_text("a,b,kind\n" + "\n".join(rows) + "\n")
    data = load_path(tmp_path / "t.csv", missing=how)
    splits = split(data, 0.4, 0.0, 3)
    train = data.x[splits.train.rows, 0]
    value = expected(train[~np.isnan(train)])
    filled, fills = fill(splits, how)
    assert filled.train.source[3, 0] == pytest.approx(value)
    assert fills == pytest.approx([value, expected(data.x[splits.train.rows, 1])])
    assert value != pytest.approx(expected([n * n for n in range(20) if n != 3]))
    assert filled.train.source is filled.validation.source
    assert np.isfinite(filled.train.source).all()
    assert np.isnan(data.x[3, 0])  # the data set itself stays what it was


def test_a_column_without_any_value_is_named(tmp_path):
    (tmp_path / "t.csv").write_text("a,b,kind\n?,1,x\n?,2,y\n")
    splits = split(load_path(tmp_path / "t.csv", missing="mean"), 0.0, 0.0, 0)
    with pytest.raises(DataError, match='column "a" has no value'):
        fill(splits, "mean")


def test_every_row_missing_is_an_error(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n?,1\n?,2\n")
    with pytest.raises(DataError, match=r"t\.csv:2:1: no rows are left"):
        load_path(tmp_path / "t.csv", missing="drop")


def test_describe_counts_missing_values(tmp_path):
    from click.testing import CliRunner

    from tui_nn.cli.data import command

    (tmp_path / "t.csv").write_text("a,b,kind\n1,?,x\n3,10,y\n")
    told = CliRunner().invoke(command, ["describe", str(tmp_path / "t.csv"), "--missing", "mean"])
    assert told.exit_code == 0, told.output
    assert "1 missing values" in told.output
    assert "values from 1 to 10" in told.output
