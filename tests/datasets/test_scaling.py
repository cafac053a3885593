"""Scaling where float32 has too few digits: time stamps and very small units train as their shifted or scaled twins."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.datasets import load_path, scale, split
from tui_nn.engine.data import Dataset, Window, facts
from tui_nn.engine.events import EpochFinished
from tui_nn.engine.random import stream
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build

# name -> what is done to numbers around 0 of size 1: the twins differ in their units alone.
UNITS = {
    "time stamps": lambda x: 1.7e9 + 200 * x,
    "identity numbers": lambda x: 16_777_216 + 3 * np.round(10 * x),
    "negative, far away": lambda x: -1e12 + 1e3 * x,
    "cross sections": lambda x: 1e-39 * (2 + x),
    "below the smallest float32": lambda x: 1e-60 * x,
    "very large": lambda x: 1e37 * x,
}
HOW = pytest.mark.parametrize("how", ["unit", "standard"])
UNIT = pytest.mark.parametrize("name", UNITS)


def numbers(name: str) -> np.ndarray:
    """60 samples; the first column in these units, the second one ordinary."""
    x = stream(1, "scaling").uniform(-1, 1, (60, 2))
    x[:, 0] = UNITS[name](x[:, 0])
    return x


def expected(x: np.ndarray, train: np.ndarray, how: str) -> np.ndarray:
    """The scaled numbers in float64, columns first divided by a power of 2 that keeps squares in range."""
    size = 2.0 ** np.floor(np.log2(np.abs(x).max(axis=0)))
    x, train = x / size, train / size
    if how == "unit":
        return (x - train.min(axis=0)) / (train.max(axis=0) - train.min(axis=0))
    return (x - train.mean(axis=0)) / train.std(axis=0)


@UNIT
@HOW
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scaled_values_have_all_digits_of_their_type(name, how, dtype):
    x = numbers(name)
    splits = scale(split(Dataset("made", x, np.arange(60) % 2, ("a", "b")), 0.2, 0.1, 0), how, dtype=dtype)
    train = splits.train.rows
    for part in (splits.train, splits.validation, splits.test):
        wanted = expected(x[part.rows], x[train], how)
        assert part.x.dtype == dtype
        # What the input itself lost in float64 when it was written down, and rounding of the result.
        lost = 4 * np.finfo(np.float64).eps * np.abs(x).max(axis=0) / np.ptp(x, axis=0)
        assert (np.abs(part.x - wanted) <= 4 * lost + 4 * np.finfo(dtype).eps * np.maximum(np.abs(wanted), 1)).all()
        gathered = Window(part, 5, dtype).read(np.arange(5), 5)[:, 1:]
        assert np.array_equal(gathered, part.x[:5]), "gathering a block of batches is another way"
    described = facts(splits)
    assert np.isfinite([described.low, described.high, described.rms]).all()


@HOW
def test_ordinary_columns_stay_in_float32(how):
    """Years and prices: what float32 holds to a ten thousandth of the spread costs no memory and no time."""
    x = np.column_stack([np.linspace(1950, 2025, 60), np.linspace(1e5, 9e6, 60), np.full(60, 1e9)])
    splits = scale(split(Dataset("made", x, np.arange(60) % 2, ("a", "b")), 0.2, 0, 0), how)
    part = splits.train
    assert part.source.dtype == part.offset.dtype == part.factor.dtype == np.float32
    assert splits.validation.source is part.source
    assert np.abs(part.x[:, :2] - expected(x[part.rows, :2], x[part.rows, :2], how)).max() < 1e-3
    assert not part.x[:, 2].any()


@HOW
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64, np.float32])
def test_a_value_means_the_same_whatever_type_its_source_has(how, dtype):
    """A new table is float64, the training part perhaps uint8: the network must see the same bits."""
    x = stream(2, "bytes").integers(0, 100, (40, 3)).astype(dtype)
    splits = scale(split(Dataset("made", x, np.arange(40) % 2, ("a", "b")), 0.2, 0, 0), how)
    part = splits.train
    for other in (np.float64, np.float32, np.int64):
        again = type(part)(x.astype(other), part.y, part.rows, part.offset, part.factor, part.dtype)
        assert np.array_equal(again.x, part.x), other


@pytest.mark.slow
@pytest.mark.parametrize("name", ["time stamps", "cross sections"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@HOW
def test_a_table_in_odd_units_trains_as_its_twin(tmp_path, registry, name, dtype, how):
    plain = stream(3, "twins").uniform(-1, 1, (80, 1))
    losses = []
    for unit in (lambda x: x, UNITS[name]):
        path = tmp_path / "table.csv"
        rows = [f"{float(unit(x))!r},{'late' if x > 0 else 'early'}" for (x,) in plain.tolist()]
        path.write_text("\n".join(["when,half", *rows]))
        assert load_path(path).x.dtype == np.float64
        settings = [f"data.source={path}", f"data.scale={how}", f"training.dtype={dtype}", "training.epochs=40"]
        settings += ["network.layers=[{kind='dense',units=4,activation='tanh'},{kind='dense',units=2}]"]
        events = list(
            build(
                load_experiment("iris", [*settings, "training.loss=softmax_cross_entropy"]), registry
            ).trainer.events()
        )
        losses.append([event.train["loss"] for event in events if isinstance(event, EpochFinished)])
    assert losses[0][-1] < 0.5 * losses[0][0]
    assert losses[1] == pytest.approx(losses[0], rel=1e-3)
