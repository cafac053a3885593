"""Weights of samples: read from an archive, kept in a run, and what they do to scaling, penalty, batches and parts."""

from __future__ import annotations

import numpy as np
import pytest

import tui_nn
from tui_nn.datasets import load_path, scale, split
from tui_nn.datasets.digest import digest
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError

RANDOM = np.random.default_rng(5)
X, WEIGHTS = RANDOM.normal(3, 2, size=(60, 3)), RANDOM.integers(0, 4, 60).astype(float)
Y = (X[:, 0] > 3).astype(int)


@pytest.fixture
def archive(tmp_path):
    np.savez(tmp_path / "arrays.npz", x=X, y=Y, sample_weight=WEIGHTS)
    return tmp_path / "arrays.npz"


def test_an_archive_may_say_how_much_each_sample_counts(archive):
    data = load_path(archive)
    assert (data.weights == WEIGHTS).all()
    np.savez(archive, x=X, y=Y)
    assert load_path(archive).weights is None
    assert digest(load_path(archive)) != digest(data)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (WEIGHTS[:5], "sample_weight has shape (5,), float64; expected 60 numbers."),
        (WEIGHTS - 1, "sample_weight holds what is no weight; expected 0 or more each"),
        (np.zeros(60), "and some above 0"),
        (np.where(WEIGHTS > 2, np.nan, WEIGHTS), "holds what is no weight"),
        (np.full(60, "a"), "expected 60 numbers"),
    ],
)  # fmt: skip
def test_what_is_no_weight_is_said(weights, said, tmp_path):
    np.savez(tmp_path / "arrays.npz", x=X, y=Y, sample_weight=weights)
    with pytest.raises(DataError) as error:
        load_path(tmp_path / "arrays.npz")
    assert said in str(error.value)
    with pytest.raises(DataError) as error:
        tui_nn.train(X, Y, sample_weight=weights)
    assert said in str(error.value)


def test_they_go_with_their_samples():
    data = Dataset("weighted", X, Y, ("0", "1"), weights=np.arange(60.0))
    parts = split(data, 0.3, 0.2, seed=1)
    for part in (parts.train, parts.validation, parts.test):
        assert (part.weights == part.rows).all()
        assert part.size == part.rows.sum()
        assert (part.head(5).weights == part.rows[:5]).all()
        assert (part.take(part.weights > 30).rows > 30).all()


@pytest.mark.parametrize("how", ["standard", "unit", "robust"])
def test_scaling_counts_a_weight_as_repetition(how):
    weights = WEIGHTS if how == "standard" else (WEIGHTS > 0).astype(float)
    rows = np.repeat(np.arange(60), weights.astype(int))
    found = scale(split(Dataset("w", X, Y, ("0", "1"), weights=weights), 0, 0, 0), how, dtype=np.float64)
    repeated = scale(split(Dataset("r", X[rows], Y[rows], ("0", "1")), 0, 0, 0), how, dtype=np.float64)
    assert found.train.offset == pytest.approx(repeated.train.offset)
    assert found.train.factor == pytest.approx(repeated.train.factor)


def test_the_mean_over_all_batches_is_that_over_the_weights():
    training = tui_nn.training(X, Y, sample_weight=WEIGHTS, batch=7, validation=0.0, epochs=1)
    trainer = training._setup.trainer
    assert trainer.sample_weights().mean() == pytest.approx(1)
    assert trainer.penalty.decay == pytest.approx(training.experiment.training.lambda_ / WEIGHTS.sum())


@pytest.mark.usefixtures("archive")
def test_a_run_with_weights_is_the_one_of_the_command_line_and_can_be_verified(tmp_path, command):
    net = tui_nn.train(X, Y, sample_weight=WEIGHTS, epochs=3, run=tmp_path / "here")
    command("train", "arrays.npz", "--set", "training.epochs=3", "--run-dir", "there", cwd=tmp_path)
    there = tui_nn.open(tmp_path / "there")
    assert (there.net.net.parameters == net.net.parameters).all()
    assert (tui_nn.train(X, Y, epochs=3).net.parameters != net.net.parameters).any()
    assert "the same, bit for bit" in command("verify", "here", cwd=tmp_path)


def test_weights_of_a_frame_stay_with_the_rows_that_stay():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=["a", "b", "c"])
    frame.loc[::7, "a"] = None
    net = tui_nn.train(frame, pandas.Series(Y, name="kind"), sample_weight=WEIGHTS, missing="drop", epochs=2)
    kept = frame["a"].notna()
    again = tui_nn.train(frame[kept], pandas.Series(Y, name="kind")[kept], sample_weight=WEIGHTS[kept], epochs=2)
    assert (net.net.parameters == again.net.parameters).all()
    with pytest.raises(tui_nn.TuiNNError, match="no run can keep sample_weight of a frame"):
        tui_nn.train(frame, Y, sample_weight=WEIGHTS, missing="drop", run="nowhere")
