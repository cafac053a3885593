"""The report of a data set: its numbers against Python's own statistics, and what it says where there is no table."""

from __future__ import annotations

import collections
import csv
import io
import random
import statistics

import numpy as np
import pytest

from tui_nn.datasets.report import DataReport
from tui_nn.datasets.summary import BINS
from tui_nn.errors import DataError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.load import decode
from tui_nn.training.data_report import data_report

ROWS = 300


def made(path, classes=("no", "yes")):
    """A table with a column of each kind; some cells are empty."""
    draw = random.Random(7)
    lines = ["age,size,fare,sex,member,born,name,answer"]
    for row in range(ROWS):
        age = "" if draw.random() < 0.1 else f"{draw.gauss(30, 12):.2f}"
        sex = draw.choices(["female", "male"], [1, 2])[0]
        born = f"{draw.randint(1950, 2000)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        fare = f"{draw.expovariate(0.01):.3f}"
        member = draw.choice(["yes", "no"])
        lines.append(f"{age},{draw.randint(1, 3)},{fare},{sex},{member},{born},person {row},{draw.choice(classes)}")
    path.write_text("\n".join(lines) + "\n")
    return list(csv.DictReader(io.StringIO(path.read_text())))


def reported(registry, path, **keys) -> DataReport:
    data = {"source": str(path), "missing": "median", "dates": "parts", **keys}
    return data_report(decode({"data": data}, "made.toml"), registry)


@pytest.fixture
def rows(tmp_path):
    return made(tmp_path / "people.csv")


@pytest.fixture
def report(rows, registry, tmp_path):  # noqa: ARG001 - the table is written there
    return reported(registry, tmp_path / "people.csv")


def place(report, name):
    return [role.column.name for role in report.roles].index(name)


def test_numbers_of_a_column_are_those_of_pythons_statistics(report, rows):
    known = [float(row["age"]) for row in rows if row["age"]]
    found = dict(report.detail(place(report, "age")).facts)
    quarter, median, three = statistics.quantiles(known, n=4, method="inclusive")
    assert found["mean"] == pytest.approx(statistics.fmean(known))
    assert found["deviation"] == pytest.approx(statistics.pstdev(known))
    assert (found["smallest"], found["largest"]) == (min(known), max(known))
    assert [found["25 %"], found["median"], found["75 %"]] == pytest.approx([quarter, median, three])
    assert report.detail(place(report, "age")).different == len(set(known))
    summary = report.summary(place(report, "age"))
    assert summary.missing == ROWS - len(known)
    assert sum(summary.counts) == len(known)


def test_a_histogram_counts_what_lies_between_its_bounds(report, rows):
    known = [float(row["fare"]) for row in rows]
    low, high = min(known), max(known)
    width = (high - low) / BINS
    bins = [min(BINS - 1, int((value - low) / width)) for value in known]
    counts = collections.Counter(bins)
    assert report.summary(place(report, "fare")).counts == tuple(counts[number] for number in range(BINS))


def test_by_class_each_row_is_counted_once(report, rows):
    detail = report.detail(place(report, "sex"))
    for number, sex in enumerate(detail.names):
        assert detail.counts[number] == sum(row["sex"] == sex for row in rows)
        for label, name in enumerate(report.data.classes):
            expected = sum(row["sex"] == sex and row["answer"] == name for row in rows)
            assert detail.by_class[label][number] == expected
    means = report.detail(place(report, "fare")).means
    for label, name in enumerate(report.data.classes):
        of_class = [float(row["fare"]) for row in rows if row["answer"] == name]
        assert means[label] == pytest.approx(statistics.fmean(of_class))
    few = report.detail(place(report, "size"))
    assert few.names == ("1", "2", "3")
    assert few.counts.tolist() == [sum(row["size"] == one for row in rows) for one in few.names]


def test_an_answer_is_not_compared_with_itself(report):
    detail = report.detail(report.target_place)
    assert detail.by_class.shape[0] == 0
    assert report.roles[report.target_place].column.kind == "category"


def test_dates_run_from_the_first_to_the_last(report, rows):
    born = sorted(row["born"] for row in rows)
    assert report.summary(place(report, "born")).values == f"{born[0]} to {born[-1]}"
    assert sum(report.summary(place(report, "born")).counts) == ROWS


def test_parts_are_those_that_are_trained_on(report, rows):
    parts = {part.name: part for part in report.parts}
    assert (parts["training"].rows, parts["validation"].rows) == (240, 60)
    for label, name in enumerate(report.data.classes):
        assert sum(part.counts[label] for part in report.parts) == sum(row["answer"] == name for row in rows)
    assert report.class_counts == tuple(sum(row["answer"] == name for row in rows) for name in report.data.classes)
    assert report.how == "at random, each class in proportion"


def test_rows_that_are_dropped_are_in_no_class_and_in_no_plot(rows, registry, tmp_path):
    report = reported(registry, tmp_path / "people.csv", missing={"age": "drop"})
    kept = [row for row in rows if row["age"]]
    assert len(report.data.x) == len(kept) < ROWS
    detail = report.detail(place(report, "sex"))
    assert sum(detail.counts) == ROWS, "the column is the file's"
    for label, name in enumerate(report.data.classes):
        assert sum(detail.by_class[label]) == sum(row["answer"] == name for row in kept)
    points = report.points(place(report, "fare"), place(report, "age"))
    assert points.of == len(kept)
    assert points.x.tolist() == [float(row["fare"]) for row in kept]
    assert [report.data.classes[label] for label in points.labels] == [row["answer"] for row in kept]


def test_the_correlation_of_a_regression_is_pearsons(rows, registry, tmp_path):
    report = reported(registry, tmp_path / "people.csv", target="fare", missing={"age": "mean"})
    both = [(float(row["age"]), float(row["fare"])) for row in rows if row["age"]]
    expected = statistics.correlation(*zip(*both, strict=True))
    assert dict(report.detail(place(report, "age")).facts)["correlation"] == pytest.approx(expected)
    assert report.answer_range == (min(float(row["fare"]) for row in rows), max(float(row["fare"]) for row in rows))


@pytest.mark.parametrize("scale", [1e37, 1e-320, 1.0])
def test_numbers_of_any_size_are_measured(tmp_path, registry, scale):
    values = [scale * share for share in (-1.0, -0.5, 0.25, 0.5, 1.0)] * 4
    text = "\n".join(f"{value!r},{'ab'[number % 2]}" for number, value in enumerate(values))
    (tmp_path / "t.csv").write_text(f"v,answer\n{text}\n")
    report = reported(registry, tmp_path / "t.csv")
    found = dict(report.detail(0).facts)
    assert found["mean"] == pytest.approx(statistics.fmean(values), rel=1e-2)
    assert sum(report.summary(0).counts) == len(values)


def test_what_a_data_set_without_a_table_has(registry):
    digits = data_report(load_experiment("digits"), registry)
    pixels, label = digits.roles
    assert (pixels.column.kind, pixels.role, label.role) == ("picture", "input", "target")
    assert digits.summary(0).values == "8 x 8 pixels"
    assert digits.table is None
    iris = data_report(load_experiment("iris"), registry)
    assert [role.role for role in iris.roles] == ["input"] * 4 + ["target"]
    assert iris.class_counts == (50, 50, 50)
    petal = iris.data.x[:, 2]
    assert dict(iris.detail(2).facts)["mean"] == pytest.approx(statistics.fmean(petal.tolist()))


def test_of_a_formula(registry):
    text = "y = sin(3*x) + 0.1*noise; x in [-2, 2]; n = 50"
    report = data_report(decode({"data": {"source": text}}, "f.toml"), registry)
    assert [role.column.name for role in report.roles] == ["x", "y"]
    assert report.how == "at random"
    assert report.answer_range == pytest.approx((float(np.min(report.data.y)), float(np.max(report.data.y))))


def test_what_lacks_a_word_about_gaps_is_shown_with_its_error(registry, tmp_path):
    made(tmp_path / "people.csv")
    report = reported(registry, tmp_path / "people.csv", missing="error")
    assert "people.csv:" in report.problem
    assert "is empty" in report.problem
    assert report.added == 'data.missing = "indicator"'
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n3\n")
    with pytest.raises(DataError, match=r"bad\.csv:3"):
        reported(registry, tmp_path / "bad.csv")


def test_columns_are_measured_when_they_are_asked_for(tmp_path, registry):
    names = ",".join(f"c{number}" for number in range(2000))
    row = ",".join(str(number % 7) for number in range(2000))
    (tmp_path / "wide.csv").write_text(f"{names},answer\n" + f"{row},a\n{row},b\n" * 4)
    report = reported(registry, tmp_path / "wide.csv")
    assert len(report.roles) == 2001
    assert report.known(1500) is None
    first = report.summary(1500)
    assert report.known(1500) is first is report.summary(1500)


def test_a_formula_is_a_column_too(rows, registry, tmp_path):
    keys = {"features": ["fare", "age*size"], "missing": {"age*size": "mean"}}
    report = reported(registry, tmp_path / "people.csv", **keys)
    at = place(report, "age*size")
    products = [float(row["age"]) * float(row["size"]) for row in rows if row["age"]]
    assert (report.kind(at), report.roles[at].role) == ("formula", "input")
    assert report.summary(at).missing == ROWS - len(products)
    assert dict(report.detail(at).facts)["mean"] == pytest.approx(statistics.fmean(products))
