"""`train FILE`: the file is read once, and its columns are looked at once, also where a value is missing."""

from __future__ import annotations

import numpy as np
import pytest
from in_process import tui_nn

from tui_nn.datasets import choice
from tui_nn.datasets.text.reading import Reading
from tui_nn.experiment import load_experiment
from tui_nn.experiment.data import load_data
from tui_nn.plugin.registry import load_registry
from tui_nn.training.data_report import data_report
from tui_nn.training.for_data import experiment_for

ROWS = "".join(f"{n % 7},{'' if n % 9 == 0 else n * 3 % 11},{n / 7!r},{'xy'[n % 2]}\n" for n in range(60))


@pytest.fixture
def table(tmp_path):
    (tmp_path / "t.csv").write_text("a,b,c,kind\n" + ROWS)
    return tmp_path / "t.csv"


@pytest.fixture
def calls(monkeypatch):
    """How often a table was read, and its columns looked at."""
    counts = {"read": 0, "chosen": 0}
    read, remarks = Reading.read, choice._remarks

    def counted_read(self):
        counts["read"] += 1
        read(self)

    def counted_remarks(*arguments):
        counts["chosen"] += 1
        return remarks(*arguments)

    monkeypatch.setattr(Reading, "read", counted_read)
    monkeypatch.setattr(choice, "_remarks", counted_remarks)
    return counts


@pytest.mark.slow
def test_training_on_a_file_reads_it_once(table, tmp_path, calls):
    run = str(tmp_path / "run")
    assert tui_nn("train", str(table), "--set", "training.epochs=2", "--run-dir", run, "--quiet") == 0
    assert calls == {"read": 1, "chosen": 1}


@pytest.mark.parametrize("overrides", [(), ("data.target=b",), ("data.missing=drop",), ('data.ignore=["c"]',)])
def test_what_is_handed_on_is_what_the_experiment_reads(table, registry, overrides):
    made = experiment_for(str(table), overrides)
    again = load_data(made.experiment, registry)
    assert made.data is not None
    assert (made.data.features, made.data.classes, made.data.inputs) == (again.features, again.classes, again.inputs)
    assert made.data.description == again.description
    for mine, other in ((made.data.x, again.x), (made.data.y, again.y)):
        assert np.array_equal(mine, other, equal_nan=mine.dtype.kind == "f")


def asked(table, *overrides):
    """The report of the data with these settings, as the data screen asks for it after each change."""
    return data_report(load_experiment("iris", [f"data.source={table}", *overrides]), load_registry())


def test_settings_that_are_tried_one_after_another_read_the_file_once(table, calls, monkeypatch):
    monkeypatch.setattr("tui_nn.datasets.seen.FRESH", 0)
    first = asked(table, "data.target=kind")
    assert "is empty" in first.problem
    changed = asked(table, "data.target=kind", "data.missing=drop")
    last = asked(table, "data.target=c", "data.missing=mean", 'data.ignore=["kind"]')
    assert calls["read"] == 1
    assert len(changed.data.x) == 53
    assert last.data.classes == ()
    table.write_text("a,b,c,kind\n" + ROWS.replace("0.", "1."))
    assert asked(table, "data.missing=drop").data.x.tolist() != changed.data.x.tolist()
    assert calls["read"] == 2
    assert asked(table, "data.missing=drop", "data.delimiter=,").data.x.shape == changed.data.x.shape
    assert calls["read"] == 3


def test_a_file_that_was_just_written_is_read_again(table, calls):
    held = [asked(table, "data.missing=drop") for _ in range(2)]
    assert len(held) == calls["read"] == 2


def test_data_with_a_test_file_are_read_with_it(table):
    assert experiment_for(str(table), [f"data.test={str(table)!r}"]).data is None
