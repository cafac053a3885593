"""dJ/dx as the network answers: against differences, for every kind of layer; and what follows it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tui_nn.engine.data import Part
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.model.ascent import STEP, InputGradients, ascended, ends_of, fooled
from tui_nn.plugin.registry import load_registry

CONV = Path(__file__).parents[2] / "plugins" / "tui-nn-conv" / "tui_nn_conv.py"
SOFTMAX = "training.loss=softmax_cross_entropy"


def dense(units, activation):
    return f'{{kind="dense",units={units},activation="{activation}"}}'


NETS = {
    "one against all": ([dense(12, "sigmoid"), dense(10, "sigmoid")], ("training.loss=one_vs_all",)),
    "softmax": ([dense(12, "tanh"), dense(10, "softmax")], (SOFTMAX,)),
    "scores": ([dense(12, "tanh"), dense(10, "identity")], (SOFTMAX,)),
    "squares": ([dense(10, "sigmoid")], ("training.loss=mean_squared_error",)),
    "batch_norm": ([dense(12, "tanh"), '{kind="batch_norm"}', dense(10, "softmax")], (SOFTMAX,)),
    "layer_norm": ([dense(12, "tanh"), '{kind="layer_norm"}', dense(10, "softmax")], (SOFTMAX,)),
    "dropout": (['{kind="dropout",rate=0.5}', dense(12, "tanh"), '{kind="dropout"}', dense(10, "softmax")], (SOFTMAX,)),
    "conv": (['{kind="conv2d",filters=3,activation="tanh"}', dense(10, "softmax")], (SOFTMAX,)),
}


@cache
def registry():
    return load_registry((str(CONV),))


@cache
def trained(name, epochs=2, scale="unit"):
    layers, more = NETS[name]
    overrides = [
        f"network.layers=[{','.join(layers)}]", *more, "training.dtype=float64", f"training.epochs={epochs}",
        f"data.scale={scale}",
    ]  # fmt: skip
    setup = build(load_experiment("digits", overrides), registry())
    for _ in setup.trainer.events():
        pass
    return setup.net.with_thetas(
        [theta for theta in setup.trainer.network.parameters.thetas if theta is not None]
    ), setup


def cost(net, rows, labels):
    """J of each row alone, as the network answers."""
    y = net.head.targets.encode(labels, np.float64)
    part = Part(net.part(rows).x, labels)
    scores = np.empty((len(rows), net.network.outputs)) if net.network.takes_scores(net.head.cost) else None
    outputs = net.network.predict(part, scores)
    costed = outputs if scores is None else scores
    return net.head.cost.costs(costed.T, y.T, at_z=scores is not None)


@pytest.mark.parametrize("scale", ["unit", "standard"])
@pytest.mark.parametrize("name", NETS)
def test_the_gradient_is_that_of_differences(name, scale):
    net, setup = trained(name, 1, scale)
    rows = setup.data.x[:3].astype(np.float64) + 0.25
    labels = np.array([2, 7, 0])
    before = net.parameters.copy()
    found = InputGradients(net).at(rows, labels)
    h = 1e-4
    for pixel in (10, 19, 28, 36, 43):
        shift = np.zeros(64)
        shift[pixel] = h
        wanted = (cost(net, rows + shift, labels) - cost(net, rows - shift, labels)) / (2 * h)
        np.testing.assert_allclose(found[:, pixel], wanted, rtol=1e-5, atol=1e-8)
    alone = InputGradients(net).at(rows[1:2], labels[1:2])
    np.testing.assert_allclose(alone[0], found[1], rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(net.network.parameters.values, before)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["one against all", "softmax", "batch_norm", "dropout", "conv"])
@pytest.mark.parametrize("target", [None, 3])
def test_a_fooled_net_answers_otherwise_at_the_stated_norm_and_not_before(name, target):
    net, setup = trained(name)
    for row in setup.data.x[[0, 5, 40]]:
        change, answer = fooled(net, row, target), int(net.predict(row).labels[0])
        if answer == target:
            assert (change.is_found, change.steps) == (False, 0)
            continue
        assert change.is_found
        assert int(net.predict(change.row).labels[0]) == change.answer != answer
        assert target is None or change.answer == target
        assert np.linalg.norm(change.row - row) == pytest.approx(change.norm)
        assert abs(change.norm - change.norm_before) <= STEP * 16 * (1 + 1e-9)
        assert change.norm <= change.steps * STEP * 16 * (1 + 1e-9)
        low, high = ends_of(net)
        assert change.row.min() >= low == 0
        assert change.row.max() <= high == 16
        if change.steps > 1:
            before = fooled(net, row, target, change.steps - 1)  # one step less
            assert not before.is_found
            assert int(net.predict(before.row).labels[0]) == answer if target is None else before.answer != target


def test_the_way_to_any_class_is_no_longer_than_to_each():
    net, setup = trained("softmax")
    row = setup.data.x[0]
    answer = int(net.predict(row).labels[0])
    each = [fooled(net, row, target).steps for target in range(10) if target != answer]
    assert fooled(net, row).steps <= min(each)


def test_a_score_ascends():
    net, setup = trained("softmax")
    row = setup.data.x[0]
    sure = [net.predict(ascended(net, row, 4, steps).row).outputs[0, 4] for steps in (0, 5, 10, 20, 40)]
    assert (np.diff(sure) > 0).all()
    once = ascended(net, row, 4, 1)
    assert once.norm <= STEP * 16 * (1 + 1e-9)
    np.testing.assert_array_equal(ascended(net, row, 4, 0).row, row)
