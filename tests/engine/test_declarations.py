"""What components declare reaches whoever asks: readers through the first event, accelerators through the layer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_nn.engine.events import LayerShape
from tui_nn.engine.layer import Dense
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.runs.codec import decode, encode

LAYERS = (
    "network.layers=[{kind='standardize'}, {kind='maxout', units=4, pieces=3}, {kind='dropout'}, "
    "{kind='dense', units=5, activation='relu'}, {kind='dense', units=%d}]"
)


def started(registry, source, loss, outputs):
    experiment = load_experiment("iris", [f"data.source={source}", LAYERS % outputs, f"training.loss={loss}"])
    return next(iter(build(experiment, registry).trainer.events()))


def test_the_first_event_holds_what_layers_declare(registry):
    event = started(registry, "iris", "softmax_cross_entropy", 3)
    assert [layer.normalizes for layer in event.layers] == [True, False, False, False, False]
    assert [layer.pieces for layer in event.layers] == [1, 3, 1, 1, 1]
    assert [layer.is_random for layer in event.layers] == [False, False, True, False, False]
    assert [layer.initializer for layer in event.layers] == ["", "", "", "he_normal", ""]
    assert decode(encode(event)) == event


def test_a_run_of_an_older_version_has_the_defaults(registry):
    event = started(registry, "iris", "softmax_cross_entropy", 3)
    line = encode(event).replace(b',"is_random":false,"normalizes":true,"pieces":1,"initializer":""', b"", 1)
    assert len(line) < len(encode(event))
    assert decode(line).layers[0] == LayerShape("standardize", 4, "identity", (4, 2))


@pytest.mark.parametrize(
    ("source", "loss", "outputs", "by_hand"),
    [
        # Four samples, of which train two of one answer and one of the other, or three to one.
        ("xor", "softmax_cross_entropy", 2, lambda p: -p * math.log(p) - (1 - p) * math.log(1 - p)),
        ("xor", "binary_cross_entropy", 1, lambda p: -p * math.log(p) - (1 - p) * math.log(1 - p)),
        ("xor", "one_vs_all", 2, lambda p: 2 * (-p * math.log(p) - (1 - p) * math.log(1 - p))),
        ("xor", "mean_squared_error", 2, None),
    ],
)
def test_what_the_best_constant_answer_costs(registry, source, loss, outputs, by_hand):
    event = started(registry, source, loss, outputs)
    counts = event.data.class_counts
    expected = None if by_hand is None else pytest.approx(by_hand(counts[1] / sum(counts)), rel=1e-12)
    assert event.chance == expected


def test_chance_is_a_minimum(registry):
    """No constant answer costs less than the loss says of the best one."""
    shares = np.array([0.5, 0.3, 0.2])
    loss = registry.get("loss", "softmax_cross_entropy")
    best = loss.chance(shares)
    for answer in np.random.default_rng(0).dirichlet(np.ones(3), 200):
        costs = loss.costs(np.repeat(answer[:, None], 3, axis=1), np.eye(3))
        assert float(shares @ costs) >= best - 1e-12
    assert best == pytest.approx(-(shares * np.log(shares)).sum(), rel=1e-12)


def test_a_layer_that_writes_its_own_pass_is_no_dense_one_unless_it_says_so():
    class Same(Dense):
        name = "same"

    class Other(Dense):
        name = "other"

        def forward(self, slot):
            slot.a[...] = 0

    class Said(Other):
        name = "said"
        is_dense = True

    assert [kind.is_dense for kind in (Dense, Same, Other, Said)] == [True, True, False, True]
