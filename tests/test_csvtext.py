"""CSV that is written: no cell is a formula, numbers stay numbers, and what we read is what we wrote."""

from __future__ import annotations

import ast
import csv
import io
import json
import math
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.cli.main import main
from tui_nn.csvtext import columns_to_csv, plain, to_csv
from tui_nn.datasets import load_path
from tui_nn.printable import OBEYED, obeyed_by_nobody

CORE = Path(__file__).parents[1] / "tui_nn"
STARTS = ("=", "+", "-", "@", "\t", "\r\n", "\n", "＝", "＋", "－", "＠")
FORMULAS = [f"{start}cmd|' /C calc'!A0" for start in STARTS]
NUMBERS = ["-1", "+1", "-.5", "+1.5e-3", "-1e9", "0"]

texts = st.text(
    st.sampled_from([*"=+-@\t\r\n＝＋－＠", "\x1b", "\x9b", "'", '"', ",", ";", "a", "1", " ", "é"])
    | st.characters(codec="utf-8"),
    max_size=6,
)


def read(text):
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("text", [*FORMULAS, "-1+1", "+1,5", "-1 ", "-", "=1", "'=1", "''-x"])
def test_a_text_is_no_formula(text):
    assert read(to_csv([[text, 1]])) == [[f"'{text}", "1"]]


@pytest.mark.parametrize("text", [*NUMBERS, "", "a=b", "'tis", "it's"])
def test_what_is_none_is_left_alone(text):
    assert read(to_csv([[text, "x"]])) == [[text, "x"]]


def test_numbers_are_never_touched():
    row = [-1.5, -1, 1e-300, -math.inf, math.nan, None, True, 0.1 + 0.2]
    assert read(to_csv([row])) == [["-1.5", "-1", "1e-300", "-inf", "nan", "", "True", "0.30000000000000004"]]


@given(st.lists(st.lists(texts, min_size=1, max_size=4), min_size=1, max_size=4))
def test_what_is_read_is_what_was_written(rows):
    """But for what a terminal would obey."""
    found = read(to_csv(rows))
    assert [list(map(plain, row)) for row in found] == [list(map(obeyed_by_nobody, row)) for row in rows]
    assert not any(OBEYED.search(cell) for row in found for cell in row)
    assert not any(cell.startswith(STARTS) and cell[1:].strip(".0123456789eE+-") != "" for row in found for cell in row)


@pytest.mark.slow
def test_nothing_else_writes_csv():
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("csv."):
                assert node.attr in ("reader", "Error", "field_size_limit", "QUOTE_MINIMAL", "QUOTE_NONE"), path


EXPERIMENT = """
name = "e"
[data]
source = "data.csv"
validation = 0.25
[network]
layers = [{ kind = "dense", units = 2, activation = "softmax" }]
[training]
loss = "softmax_cross_entropy"
epochs = 2
"""


def test_names_of_a_stranger_through_every_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    labels = ["=1+1", "@SUM(A1)"]
    rows = [f"{number},{1 + number % 2},{labels[number % 2]}" for number in range(16)]
    Path("data.csv").write_text("\n".join(["=x,+y,-class", *rows, ""]))
    Path("e.toml").write_text(EXPERIMENT)
    calls = [
        ["train", "e.toml", "--run-dir", "run", "--quiet", "--csv", "metrics.csv"],
        ["predict", "run", "data.csv", "--out", "predicted.csv"],
        ["export", "run", "--to", "csv", "--out", "exported"],
        ["sweep", "e.toml", "--grid", "training.loss='softmax_cross_entropy'", "--csv", "sweep.csv"],
    ]
    for words in calls:
        done = CliRunner().invoke(main, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
    shown = CliRunner().invoke(main, ["show", "run", "--view", "confusion", "--csv"], catch_exceptions=False).output
    tables = [path.read_text("utf-8") for path in (*Path().glob("*.csv"), *Path("exported").glob("*.csv"))]
    tables.remove(Path("data.csv").read_text())
    for text in (shown, *tables):
        for cell in (cell for row in read(text) for cell in row):
            assert not cell.startswith(STARTS) or cell.strip("+-.0123456789e") == "", cell
    written = load_path(Path("predicted.csv"), "prediction")
    assert set(written.classes) <= set(labels)
    assert "'=1+1" in shown
    assert (
        json.loads(CliRunner().invoke(main, ["show", "run", "--view", "confusion", "--json"]).output)["classes"]
        == labels
    )


def test_columns_are_written_as_their_rows():
    names, columns = ["a", "=b"], [[1.5, None, 3], ["x,y", "-1", "=1+1"]]
    assert columns_to_csv(names, columns) == to_csv([names, *zip(*columns, strict=True)])
    assert columns_to_csv(["a"], [[None, 1]]) == to_csv([["a"], [None], [1]])
