"""What is made of columns: targets, kinds, missing values; what is left out is said, nothing is guessed in silence."""

from __future__ import annotations

import gzip
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_nn.csvtext import to_csv
from tui_nn.datasets import fill, load_path, load_rows, scale, split
from tui_nn.datasets.choice import TableSettings, left_out
from tui_nn.errors import DataError

PEOPLE = (
    "Id,name,sex,age,smoker,born,survived\n"
    "1,Ann A,female,31,True,2001-02-03,yes\n2,Bob B,male,?,False,1990-12-31,no\n3,Cid C,male,40,False,1988-01-01,no\n"
    "4,Dee D,female,12,True,1988-01-01,yes\n5,Eve E,,7,True,1999-06-07,no\n"
)


def loaded(tmp_path, text, **keys):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return load_path(path, settings=TableSettings(**keys))


def test_columns_become_what_they_are(tmp_path):
    data = loaded(tmp_path, PEOPLE, dates="parts", missing={"age": "median", "sex": "indicator"})
    assert data.features == (
        "sex=female", "sex=male", "sex?", "age", "smoker", "born.year", "born.month", "born.day", "born.weekday",
    )  # fmt: skip
    assert data.x[0].tolist() == [1, 0, 0, 31, 1, 2001, 2, 3, 6]
    assert data.x[4].tolist() == [0, 0, 1, 7, 1, 1999, 6, 7, 1]
    assert np.isnan(data.x[1, 3])
    assert data.classes == ("no", "yes")
    assert left_out(data.choice.roles) == "Id (counts the rows), name (one value a row)"
    assert data.description.endswith(
        "5 rows, target 'survived' (2 classes: no 3, yes 2), 9 inputs from 1 category and 1 number and 1 truth value "
        "and 1 date columns; left out: Id (counts the rows), name (one value a row)"
    )


def test_dates_are_refused_with_the_remedy(tmp_path):
    with pytest.raises(DataError, match=re.escape('data.ignore = ["born"]')) as error:
        loaded(tmp_path, PEOPLE, missing="drop")
    assert 'data.dates = "parts"' in str(error.value)


@pytest.mark.parametrize(
    ("dates", "first"), [("31/1/2020\n1/2/2020\n", (2020, 1, 31)), ("1/31/2020\n2/1/2020\n", (2020, 1, 31))]
)
def test_the_order_of_day_and_month_is_found(tmp_path, dates, first):
    text = "when,k\n" + "".join(f"{day},x\n" for day in dates.split())
    assert tuple(loaded(tmp_path, text, dates="parts").x[0, :3]) == first


def test_a_day_that_may_be_a_month_is_refused(tmp_path):
    with pytest.raises(DataError, match="day and month may be either"):
        loaded(tmp_path, "when,k\n1/2/2020,x\n3/4/2020,y\n", dates="parts")


@pytest.mark.parametrize(
    ("keys", "features", "targets"),
    [
        ({"target": "a"}, ("b", "c"), ("a",)),
        ({"target": 2}, ("a", "c"), ("b",)),
        ({"target": "2"}, ("a", "c"), ("b",)),
        ({"ignore": ["a"]}, ("b",), ("c",)),
        ({"inputs": ["b", "a"]}, ("b", "a"), ("c",)),
        ({"target": ["a", "c"]}, ("b",), ("a", "c")),
    ],
)
def test_columns_are_chosen_by_name_and_number(tmp_path, keys, features, targets):
    data = loaded(tmp_path, "a,b,c\n1.5,2,3.25\n2.5,3,4.5\n3.5,4.5,5.5\n", **keys)
    assert (data.features, data.targets) == (features, targets)


@pytest.mark.parametrize("keys", [{"target": "x"}, {"inputs": ["x"]}, {"ignore": ["x"]}, {"missing": {"x": "drop"}}])
def test_a_column_that_there_is_not(tmp_path, keys):
    with pytest.raises(DataError, match="has no column 'x'"):
        loaded(tmp_path, "aa,b\n1,2\n2,3\n", **keys)


# Row numbers and answers among the inputs (case 01)


@pytest.mark.parametrize("heading", ["", "Id", "id", "PassengerId", "row", "index", "Unnamed: 0", "no"])
@pytest.mark.parametrize("first", [0, 1, 892])
def test_row_numbers_are_no_input(tmp_path, heading, first):
    rows = "".join(f"{first + n},{(n * 7) % 5}.5,{'ab'[n > 15]}\n" for n in range(30))
    data = loaded(tmp_path, f"{heading},x,kind\n{rows}")
    assert data.features == ("x",)
    assert "counts the rows" in data.description
    name = heading or "column 1"
    assert loaded(tmp_path, f"{heading},x,kind\n{rows}", inputs=[name, "x"]).features == (name, "x")


def test_a_quantity_that_happens_to_count_stays(tmp_path):
    data = loaded(tmp_path, "x,y\n" + "".join(f"{n},{n + 1}\n" for n in range(40)))
    assert data.features == ("x",)


def test_one_hot_answers_are_named_and_taken_as_classes(tmp_path):
    text = "x,low,mid,high\n" + "".join(f"{n % 7},{n % 3 == 0:d},{n % 3 == 1:d},{n % 3 == 2:d}\n" for n in range(30))
    (remark,) = loaded(tmp_path, text).choice.remarks
    assert remark.endswith('set data.target = ["low", "mid", "high"]')
    data = loaded(tmp_path, text, target=["low", "mid", "high"])
    assert data.classes == ("low", "mid", "high")
    assert data.y.tolist() == [n % 3 for n in range(30)]


def test_a_column_that_tells_the_answer_is_named(tmp_path):
    text = "x,code,kind\n" + "".join(f"{n % 7},{'pqr'[n % 3]},{'abc'[n % 3]}\n" for n in range(30))
    assert loaded(tmp_path, text).choice.remarks == ("'code' tells 'kind': each of its values goes with one answer",)


# Answers that look missing (case 02)


def test_answers_that_look_missing_are_none(tmp_path):
    rows = [f"{n},{'?' if n in (3, 30, 31) else n % 5},{'+' if n < 24 else '-'}" for n in range(60)]
    text = "a1,a2,verdict\n" + "\n".join(rows) + "\n"
    data = loaded(tmp_path, text, missing="drop")
    counts = dict(zip(data.classes, np.bincount(data.y).tolist(), strict=True))
    assert counts == {"+": 23, "-": 34}
    assert data.dropped == "3 of 60 rows have a missing value and are left out: + 1, - 2"
    assert len(data.table) == len(data.x) == 57
    assert str(data.table.place(3, 0)).endswith("t.csv:6:1")


@pytest.mark.parametrize("word", ["none", "-", "NA", "null", "nan"])
def test_words_are_answers(tmp_path, word):
    text = "a,b\n" + f"1,{word}\n2,mild\n?,mild\n" * 3
    assert loaded(tmp_path, text, missing="drop").classes == tuple(sorted([word, "mild"]))


def test_names_of_classes_keep_their_text(tmp_path):
    data = loaded(tmp_path, "a,b\n1,007\n2,7\n3,10\n4,007\n")
    assert data.classes == ("007", "7", "10")
    assert data.y.tolist() == [0, 1, 2, 0]


# Quantities and classes (cases 04, 05)


def test_whole_numbers_are_what_the_task_says(tmp_path):
    text = "x,y\n" + "".join(f"{n / 8},{n % 6}\n" for n in range(40))
    assert len(loaded(tmp_path, text).classes) == 6
    quantity = loaded(tmp_path, text, task="regression")
    assert (quantity.classes, quantity.y.shape) == ((), (40, 1))
    assert 'data.task = "regression"' in loaded(tmp_path, text).doubt
    many = "x,y\n" + "".join(f"{n / 8},{n % 62}\n" for n in range(248))
    assert loaded(tmp_path, many).classes == ()
    assert 'data.task = "classification"' in loaded(tmp_path, many).doubt
    assert len(loaded(tmp_path, many, task="classification").classes) == 62


def test_large_whole_numbers_keep_their_digits(tmp_path):
    big = 2**60 + 1
    data = loaded(tmp_path, f"a,b\n{big},x\n{big + 2},y\n")
    assert data.table.columns[0].values.tolist() == [big, big + 2]
    assert data.table.columns[0].values.dtype == np.int64
    assert data.choice.remarks == ("'a' has 2 values, of which float64 tells 1 apart",)


def test_numbers_with_a_few_other_cells_are_refused_and_codes_are_not(tmp_path):
    rows = "".join(f"{n},x\n" for n in range(40))
    with pytest.raises(DataError, match=r't\.csv:42:1: column "a": "4o" is not a number'):
        loaded(tmp_path, f"a,k\n{rows}4o,y\n")
    assert loaded(tmp_path, f"a,k\n{rows}4o,y\n", categories=["a"]).x.shape == (41, 41)
    codes = "".join(f"{code},x\n" for code in ["1", "2", "A1", "B7"] * 10)
    assert loaded(tmp_path, f"a,k\n{codes}").features == ("a=1", "a=2", "a=A1", "a=B7")


@pytest.mark.parametrize(("how", "expected"), [("mean", 4.0), ("median", 2.0), ("most_frequent", 1.0)])
def test_numbers_are_filled_and_categories_with_the_most_frequent(tmp_path, how, expected):
    text = "a,c,k\n1,u,x\n1,v,y\n2,v,x\n3,v,x\n13,u,y\n?,?,x\n"
    data = loaded(tmp_path, text, missing=how)
    splits, fills = fill(split(data, 0.0, 0.0, 0), how, data.inputs)
    assert fills.tolist() == [expected, 0, 1]
    assert splits.train.source[5].tolist() == [expected, 0, 1]


def test_robust_scaling_is_that_of_scikit_learn(tmp_path):
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    values = np.random.default_rng(1).lognormal(0, 2, (50, 2))
    text = "a,b,c,k\n" + "".join(f"{a!r},{b!r},{'uv'[n % 2]},x\n" for n, (a, b) in enumerate(values.tolist()))
    data = loaded(tmp_path, text)
    splits = scale(split(data, 0.0, 0.0, 0), "robust", 1.0, np.float64, data.inputs)
    expected = preprocessing.RobustScaler().fit_transform(values)[splits.train.rows]
    assert splits.train.x[:, :2] == pytest.approx(expected)
    assert set(splits.train.x[:, 2:].ravel()) == {0.0, 1.0}


def test_scaling_by_column(tmp_path):
    data = loaded(tmp_path, "a,b,k\n1,10,x\n3,30,x\n2,20,y\n")
    splits = scale(split(data, 0.0, 0.0, 0), {"a": "none", "b": "unit"}, 1.0, np.float64, data.inputs)
    assert sorted(splits.train.x.tolist()) == [[1, 0], [2, 0.5], [3, 1]]
    with pytest.raises(DataError, match="no input is of a column 'z'"):
        scale(split(data, 0.0, 0.0, 0), {"z": "none"}, 1.0, np.float64, data.inputs)


def test_pictures_in_a_table(tmp_path):
    data = loaded(tmp_path, "k,a,b,c,d\nx,0,255,3,4\ny,1,2,3,4\n", picture=(2, 2), target="k")
    assert (data.picture, data.x.dtype, data.unit_scale) == ((2, 2), np.uint8, 255.0)
    with pytest.raises(DataError, match="3 x 3 is 9 pixels"):
        loaded(tmp_path, "k,a,b,c,d\nx,0,255,3,4\ny,1,2,3,4\n", picture=(3, 3), target="k")


@pytest.mark.slow
def test_compressed_files(tmp_path):
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(PEOPLE.encode()))
    data = load_path(tmp_path / "t.csv.gz", settings=TableSettings(missing="drop", dates="parts"))
    assert (data.name, len(data.x)) == ("t", 3)
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"1,2\n" * 2**26))
    with pytest.raises(DataError, match="would expand to more than"):
        load_path(tmp_path / "bomb.csv.gz")


# New rows (case 18)


def test_new_rows_are_taken_by_name(tmp_path):
    data = loaded(tmp_path, PEOPLE, missing="mean", dates="parts", ignore=["born"])
    new = tmp_path / "new.csv"
    new.write_text("age;more;sex;smoker\n50;1;male;no\n?;2;;TRUE\n")
    rows = load_rows(new, data.features, data.x.shape[1], columns=data.inputs)
    assert rows[0].tolist() == [0, 1, 50, 0]
    assert np.isnan(rows[1]).tolist() == [True, True, True, False]
    new.write_text("age,sex,smoker\n1,female,no\n2,other,no\n")
    with pytest.raises(DataError, match=r'new\.csv:3:2: column "sex": "other" was not in the training data'):
        load_rows(new, data.features, data.x.shape[1], columns=data.inputs)
    rows = load_rows(new, data.features, data.x.shape[1], columns=data.inputs, unknown="ignore")
    assert rows[1].tolist() == [0, 0, 2, 0]


# Any table, written and read back

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=8)
words = texts.filter(
    lambda word: not re.fullmatch(r"[\d.,+\-eE']*|['=+\-@＝＋－＠?#%].*|.*['].*|na|n/a|nan|null|none|-", word, re.I)
)
numbers = st.floats(-1e30, 1e30, allow_nan=False, width=64) | st.integers(-(2**62), 2**62)


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.data(), st.integers(3, 30), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.sampled_from(",;\t|"))
def test_any_table_is_read_as_it_was_written(tmp_path_factory, data, rows, encoding, delimiter):
    """Names, numbers, texts and gaps; whatever the letters, the encoding and the mark between cells are."""
    kinds = [*data.draw(st.lists(st.sampled_from(["number", "text"]), min_size=1, max_size=4)), "text"]
    columns = []
    for kind in kinds:
        cells = st.none() | (numbers if kind == "number" else words)
        columns.append(
            data.draw(st.lists(cells, min_size=rows, max_size=rows).filter(lambda found: found[0] is not None))
        )
    names = [f"n{number} ä" for number in range(len(columns))]
    rendered = to_csv([names, *zip(*columns, strict=True)])
    if delimiter != ",":
        import csv
        import io

        out = io.StringIO()
        csv.writer(out, delimiter=delimiter).writerows(csv.reader(io.StringIO(rendered)))
        rendered = out.getvalue()
    path = tmp_path_factory.mktemp("any") / "t.csv"
    path.write_bytes(rendered.encode(encoding))
    from tui_nn.datasets.from_path import read_table
    from tui_nn.datasets.source import Source

    table = read_table(Source(path), TableSettings(reading={"delimiter": delimiter, "decimal": ".", "header": True}))
    assert list(table.names) == names
    for column, kind, cells in zip(table.columns, kinds, columns, strict=True):
        gone = [cell is None for cell in cells]
        assert (column.missing.tolist() if column.missing is not None else [False] * rows) == gone
        if kind == "text":
            assert column.texts() == ["" if cell is None else cell for cell in cells]
        else:
            expected = [0 if cell is None else cell for cell in cells]
            found = [0 if gap else value for value, gap in zip(column.values.tolist(), gone, strict=True)]
            whole = column.values.dtype == np.int64
            assert found == (expected if whole else [float(value) for value in expected])
