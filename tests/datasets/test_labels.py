"""Several answers a sample: labels that are yes or no each by itself, one class as a single 1 a row, or numbers."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tui_nn.datasets import load_path
from tui_nn.datasets.settings import TableSettings
from tui_nn.errors import DataError, ExperimentError
from tui_nn.experiment.build import build
from tui_nn.training.for_data import experiment_for

ROWS = [(n % 5, n % 2, int(n % 3 > 0), int(n > 9)) for n in range(24)]
TEXT = "x,a,b,c\n" + "".join(f"{x},{a},{b},{c}\n" for x, a, b, c in ROWS)
LABELS = np.array([row[1:] for row in ROWS], float)


def loaded(tmp_path, text=TEXT, **keys):
    (tmp_path / "t.csv").write_text(text)
    return load_path(tmp_path / "t.csv", settings=TableSettings(target=["a", "b", "c"], **keys))


@pytest.mark.parametrize("words", [("0", "1"), ("no", "yes"), ("False", "True"), ("f", "t")])
def test_answers_of_yes_and_no_are_labels(tmp_path, words):
    text = "x,a,b,c\n" + "".join(f"{x},{words[a]},{words[b]},{words[c]}\n" for x, a, b, c in ROWS)
    data = loaded(tmp_path, text)
    assert (data.multi_label, data.classes, data.targets) == (True, (), ("a", "b", "c"))
    np.testing.assert_array_equal(data.y, LABELS)
    assert "(3 labels, yes in a 12, b 16, c 14 of 24)" in data.description


ONE_HOT = "x,a,b,c\n" + "".join(f"{n % 7},{n % 3 == 0:d},{n % 3 == 1:d},{n % 3 == 2:d}\n" for n in range(30))


def test_a_single_1_a_row_is_a_class_and_may_be_labels(tmp_path):
    data = loaded(tmp_path, ONE_HOT)
    assert (data.classes, data.multi_label) == (("a", "b", "c"), False)
    assert (
        data.doubt
        == 'a single 1 in each row was taken for a class; data.task = "multi-label" takes each column by itself'
    )
    labels = loaded(tmp_path, ONE_HOT, task="multi-label")
    assert (labels.classes, labels.multi_label, labels.y.sum(axis=0).tolist()) == ((), True, [10, 10, 10])
    assert not loaded(tmp_path, task="regression").multi_label


@pytest.mark.parametrize(
    ("text", "task", "said"),
    [
        (
            TEXT,
            "classification",
            't.csv:2:2: a, b, c are not one class: expected a single 1 a row. data.task = "multi-label"',
        ),
        (TEXT.replace("\n1,1,1,0", "\n1,1,7,0", 1), "multi-label", 't.csv:3:3: column "b": 7 is neither 0 nor 1'),
        (TEXT.replace("\n1,1,1,0", "\n1,1,,0", 1), None, 't.csv:3:3: column "b": is empty.'),
    ],
)
def test_what_is_no_label_is_named_with_its_place(tmp_path, text, task, said):
    with pytest.raises(DataError, match=re.escape(said)):
        loaded(tmp_path, text, task=task)


def test_rows_without_an_answer_are_dropped(tmp_path):
    data = loaded(tmp_path, TEXT.replace("\n1,1,1,0", "\n1,1,,0", 1), missing="drop")
    assert (len(data.y), data.multi_label) == (23, True)


def test_numbers_stay_numbers(tmp_path):
    data = loaded(tmp_path, TEXT.replace("\n1,1,1,0", "\n1,1,0.5,0", 1))
    assert (data.multi_label, data.classes) == (False, ())


def test_labels_of_archives(tmp_path):
    x = np.arange(48.0).reshape(24, 2)
    np.savez(tmp_path / "d.npz", x=x, y=LABELS.astype(int))
    data = load_path(tmp_path / "d.npz")
    assert (data.multi_label, data.targets) == (True, ("y1", "y2", "y3"))
    assert not load_path(tmp_path / "d.npz", settings=TableSettings(task="regression")).multi_label


def test_the_experiment_that_is_made_has_a_sigmoid_for_each(tmp_path, registry):
    (tmp_path / "t.csv").write_text(TEXT)
    made = experiment_for(str(tmp_path / "t.csv"), ['data.target=["a", "b", "c"]']).experiment
    assert (made.training.loss, made.network.layers[-1]) == ("binary_cross_entropy", {"kind": "dense", "units": 3})
    setup = build(made, registry)
    assert setup.net.head.link.name == "sigmoid"
    started = setup.trainer.started()
    assert started.labels == ("a", "b", "c")
    share = setup.splits.train.y.mean(axis=0)
    assert started.chance == pytest.approx(-(share * np.log(share) + (1 - share) * np.log(1 - share)).sum())
    prediction = setup.net.predict(setup.data.x)
    np.testing.assert_array_equal(prediction.labels, prediction.outputs >= 0.5)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (
            "training.loss=softmax_cross_entropy",
            "is for one class a sample; these have several labels each.",
        ),
        ("training.loss=hinge", "is for one class a sample"),
        ("network.layers[1].activation=softmax", "share one answer; these have several labels each. Try 'sigmoid'."),
        ("network.layers[1].units=2", "found 2; the data has 3 labels: expected 3."),
        ("training.class_weights=balanced", "found class weights; the targets are several labels each."),
    ],
)
def test_what_knows_one_answer_only_is_refused(tmp_path, registry, override, said):
    (tmp_path / "t.csv").write_text(TEXT)
    made = experiment_for(str(tmp_path / "t.csv"), ['data.target=["a", "b", "c"]', override]).experiment
    with pytest.raises(ExperimentError, match=re.escape(said)):
        build(made, registry)
