"""`predict` of the rows that a run was trained on gives its own predictions, bit for bit, however they are prepared."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from tui_nn.cli.main import main
from tui_nn.runs import open_run
from tui_nn.training.reopening import opened_run

KINDS, COLOURS = ["lily", "rose", "iris"], ["red", "green", "", "blue"]
NAMES = "size,colour,wet,day,count,price,kind"


def row(n):
    count = "?" if n % 9 == 0 else f"{n % 13}"
    day = f"{1 + n % 28}/{1 + n % 12}/20{n % 20:02}"
    price = f"{200_000 + 1234.5 * (n * 29 % 40)}"
    return f"{n * 37 % 50}.5", COLOURS[n * 7 % 4], ["yes", "no"][n % 2], day, count, price, KINDS[n * 37 % 50 // 17]


ROWS = [",".join(row(n)) for n in range(60)]
# Those without a gap, for what refuses or drops one.
KEPT = [one for one in ROWS if "?" not in one and ",," not in one]
SCORES = '{kind="dense", units=3}'
PREPARATIONS = {
    "one-hot, truth values, parts of dates, medians": [],
    "an input for what is missing": ["data.missing=indicator"],
    "means": ["data.missing=mean"],
    "the most frequent": ["data.missing=most_frequent"],
    "by column": ['data.missing={count="indicator", colour="most_frequent"}'],
    "numbers as categories": ["data.missing=most_frequent", 'data.categories=["count"]'],
    "chosen columns in another order": ["data.missing=mean", 'data.inputs=["wet", "size", "count"]'],
    "no dates": ["data.missing=mean", 'data.ignore=["day"]'],
    "unit": ["data.scale=unit"],
    "standard": ["data.scale=standard"],
    "robust": ["data.scale=robust"],
    "no scaling, float64": ["data.scale=none", "training.dtype=float64"],
    "scaling by column": ['data.scale={size="robust", price="standard", count="none"}'],
    "standardize": [f'network.layers=[{{kind="standardize"}}, {SCORES}]'],
    "pca": [f'network.layers=[{{kind="pca", components=3}}, {SCORES}]'],
    "whiten": [f'network.layers=[{{kind="whiten"}}, {SCORES}]', "data.scale=none"],
    "rows dropped": ["data.missing=drop"],
    "a regression": ["data.target=price"],
    "a regression to [0, 1]": ["data.target=price", "data.scale_target=unit"],
    "a regression in its own units": ["data.target=price", "data.scale_target=none"],
    "two answers": ['data.target=["price", "size"]', "data.missing=mean"],
}


@pytest.mark.parametrize("name", PREPARATIONS)
def test_predictions_are_the_runs_own(tmp_path, monkeypatch, name):
    keys = PREPARATIONS[name]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("\n".join([NAMES, *ROWS, ""]))
    settings = [word for key in [*keys, "training.epochs=2"] for word in ("--set", key)]
    trained = CliRunner().invoke(main, ["train", "t.csv", "--run-dir", "run", *settings])
    assert trained.exit_code == 0, (trained.output, trained.exception)
    asked = KEPT if name == "rows dropped" else ROWS
    (tmp_path / "asked.csv").write_text("\n".join([NAMES, *asked, ""]))
    printed = CliRunner().invoke(main, ["predict", "run", "asked.csv"])
    assert printed.exit_code == 0, (printed.output, printed.exception)
    _, *lines = csv.reader(io.StringIO(printed.stdout))
    with opened_run(open_run(tmp_path / "run")) as session:
        net = session.recorded.net.with_thetas(open_run(tmp_path / "run").weights().thetas)
        train = session.setup().splits.train
        everything = replace(train, y=np.zeros(len(train.source)), rows=None)
        raw = net.network.predict(everything)
        own, head = net.head.answers(raw.T).T, net.head
    numbers = [line[len(line) - own.shape[1] :] for line in lines]
    assert np.array_equal(np.array(numbers, own.dtype), own)
    if head.classes:
        assert [line[0] for line in lines] == [head.classes[label] for label in head.targets.decode(raw)]
