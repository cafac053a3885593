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
from tui_nn.datasets.choice import TableSettings
from tui_nn.datasets.source import Source
from tui_nn.datasets.text.charset import charset_of
from tui_nn.datasets.text.dialect import TextSettings, layout_of
from tui_nn.datasets.text.reading import Reading
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
    b"a,b\n1,2\n,4\n": (3, 1, 'column "a": is empty. Fill it in, or use data.missing ='),
    b"a,b\n1,2\n3,\n": (3, 2, 'column "b": is empty'),
    b"a,b\n1,2\n   ,4\n": (3, 1, 'column "a": is empty'),
    b"a,b\n1,2\n  \n": (3, 2, "has 1 cell; expected 2"),
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
    b"a,b\n1,2\n?,4\n": (3, 1, '"?" is not a number. If it stands for a missing value'),
    b"a,b\n1,2\nTRUE,4\n": (3, 1, '"TRUE" is not a number'),
    b"a,b\n1,2\n$3,4\n": (3, 1, '"$3" is not a number'),
    b'a,b\n1,2\n3,"4\n': (3, 2, "a quote is opened here and never closed"),
    b'a,b\n1,2\n3,"4"x\n': (3, 2, "expected after"),
    b'a,b\n"1\n",x\noops,y\n': (4, 1, '"oops" is not a number'),  # the second row spans two lines
    b"a,a,b\n1,2,3\n": (1, 2, 'two columns are called "a"'),
    b"oops,7,a\n3,4,b\n5,6,a\n": (1, 1, '"oops" is not a number, unlike others in the first line'),
    b"a,b\n1,2\n\xff,4\n": (3, 1, '"ÿ" is not a number'),
    b"a,b\n1,2\n3,caf\x81\n": (3, 2, "is not UTF-8 text: byte 0x81"),  # no letter of Windows-1252 either
    b"\xef\xbb\xbfa,b\n1,2\n\xff\x81,4\n": (3, 1, "is not UTF-8 text: byte 0xff"),
    b'a,b\n"7,922",2\n"1,001",3\n': (2, 1, '"7,922" may be 7922 or 7.922: set data.decimal'),
    b"a;b\n7,922;2\n1,001;3\n": (2, 1, '"7,922" may be 7922 or 7.922: set data.decimal'),
    b"a,b\n1,2\n1.234.5,2\n": (3, 1, '"1.234.5" is not a number'),
    b"a,b\n1,2\n3\x00,4\n": (3, 1, "is not UTF-8 text: byte 0x00"),
    b"a,b\r1,2\roops,4\r": (3, 1, '"oops" is not a number'),
    b"a\tb\n1\t2\n3,4\n": (3, 2, "has 1 cell; expected 2"),
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
    path.write_text("a,b,c\n1,2,3\n" + "x,y,1\n" * 8 + "5,6,7\n" * 300)
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
        ("a,b\n1,2,\n3,4,\n", [[1], [3]], [0, 1]),  # a comma at the end of each row
        ("a,b,\n1,2,\n3,4,\n", [[1], [3]], [0, 1]),
        ("a;b\n1,5;2\n2,5;3\n", [[1.5], [2.5]], [0, 1]),  # decimal commas
        ("a;b\n1.001,5;2\n2.002,5;3\n", [[1001.5], [2002.5]], [0, 1]),
        ('a,b\n"1,234,567.5",2\n"1,000",3\n', [[1234567.5], [1000]], [0, 1]),
        ("# made by hand\na,b\n1,2\n3,2\n", [[1], [3]], [0, 0]),
        ("# a b\n1 2\n3 2\n", [[1], [3]], [0, 0]),
        ("sep=;\na;b\n1;2\n3;2\n", [[1], [3]], [0, 0]),
        ("  1   2 \n 3.5\t2\n", [[1], [3.5]], [0, 0]),
        ("a|b\n1|x\n3|y\n", [[1], [3]], [0, 1]),
        ("a,b\n1,'x, y'\n3,'x'\n", [[1], [3]], [1, 0]),
        ("a,b\n1,it's\n3,x\n", [[1], [3]], [0, 1]),
        ("a,b\nyes,1\nNo,2\nYES,2\n", [[1], [0], [1]], [0, 1, 1]),
    ],
)
def test_odd_but_sound_tables(tmp_path, text, x, answers):
    (tmp_path / "t.csv").write_text(text)
    data = load_path(tmp_path / "t.csv")
    assert data.x.tolist() == x
    assert data.y.tolist() == answers


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_an_encoding_is_found(tmp_path, encoding):
    (tmp_path / "t.csv").write_bytes("größe,art\n1,süß\n2,herb – sehr\n3,süß\n".encode(encoding))
    data = load_path(tmp_path / "t.csv")
    assert data.features == ("größe",)
    assert data.classes == ("herb – sehr", "süß")
    notes = data.table.notes
    assert ("read as Windows-1252: byte 0xf6 in line 1 is not UTF-8" in notes) is (encoding == "cp1252")


cells = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(repr),
    st.integers(-999, 999).map(str),
    st.sampled_from(["", " 1", "1e3", "nan", "x", "1_0", '"', "1,5", "?", "1e39"]),
)


def both_readings(path):
    """The columns as numpy reads them, None where it declines, and cell by cell."""
    source = Source(path)
    charset = charset_of(source)
    layout = layout_of(source, charset, TextSettings(header=False, delimiter=","))
    last = {len(layout.names) - 1}
    quick, strict = (Reading(source, layout, charset, (), last) for _ in range(2))
    declined = not quick.quick()
    strict.strict()
    return None if declined else quick, strict


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=6))
def test_the_quick_reading_agrees_with_the_strict_one_or_declines(tmp_path_factory, rows):
    """Whatever the quick reading accepts, the strict one accepts too, and with the same numbers and lines."""
    path = tmp_path_factory.mktemp("fast") / "t.csv"
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), newline="")
    try:
        quick, strict = both_readings(path)
    except DataError:
        return
    if quick is not None:
        same(quick, strict)


def same(quick, strict):
    assert quick.lines.tolist() == strict.lines.tolist()
    for one, other in zip(quick.columns(), strict.columns(), strict=True):
        assert (one.kind, one.words, one.gaps) == (other.kind, other.words, other.gaps)
        assert np.array_equal(one.values, other.values, equal_nan=one.kind == "number")


def test_a_plain_table_takes_the_quick_way(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("".join(f"{n},{n / 7!r},{'xyz'[n % 3]}\n" for n in range(500)))
    quick, strict = both_readings(path)
    assert quick is not None
    same(quick, strict)


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
    filled, fills = fill(splits, how, data.inputs)
    assert filled.train.source[3, 0] == pytest.approx(value)
    assert fills == pytest.approx([value, expected(data.x[splits.train.rows, 1])])
    assert value != pytest.approx(expected([n * n for n in range(20) if n != 3]))
    assert filled.train.source is filled.validation.source
    assert np.isfinite(filled.train.source).all()
    assert np.isnan(data.x[3, 0])  # the data set itself stays what it was


def test_a_column_without_any_value_is_named(tmp_path):
    (tmp_path / "t.csv").write_text("a,b,kind\n?,1,x\n?,2,y\n")
    data = load_path(tmp_path / "t.csv", settings=TableSettings(inputs=["a", "b"], missing="mean"))
    with pytest.raises(DataError, match='column "a" has no value'):
        fill(split(data, 0.0, 0.0, 0), "mean", data.inputs)


def test_every_row_missing_is_an_error(tmp_path):
    (tmp_path / "t.csv").write_text("a,b,c\n?,1,x\n2,?,y\n")
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
