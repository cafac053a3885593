"""The compiled accelerator against numpy: the same numbers to rounding, and the same events."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.errors import ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build

pytest.importorskip("tui_nn_fast", reason="needs the extra 'fast'")


def trained(registry, example, *overrides):
    made = build(load_experiment(example, ["training.epochs=3", *overrides]), registry).trainer
    events = list(made.events())
    return made, events


def agree(registry, example, *overrides):
    plain, _ = trained(registry, example, *overrides)
    fast, _ = trained(registry, example, "training.accelerator=fast", *overrides)
    moved = (
        plain.network.parameters.values - build(load_experiment(example, overrides), registry).network.parameters.values
    )
    difference = fast.network.parameters.values - plain.network.parameters.values
    assert np.linalg.norm(difference) <= 2e-4 * np.linalg.norm(moved)
    return fast


OPTIMIZERS = [
    '{ kind = "sgd", rate = 0.05 }',
    '{ kind = "sgd", rate = 0.05, momentum = 0.9 }',
    '{ kind = "nesterov", rate = 0.05 }',
    '{ kind = "adam", rate = 0.01 }',
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("hidden", ["tanh", "sigmoid", "relu", "identity"])
def test_small_nets_as_a_whole(registry, hidden, optimizer):
    fast = agree(registry, "iris", f"training.optimizer={optimizer}", f"network.layers[0].activation={hidden}")
    assert not fast.stepper.gathers, "the compiled loop was not used"


@pytest.mark.parametrize(
    ("loss", "output"),
    [
        ("one_vs_all", "sigmoid"),
        ("softmax_cross_entropy", "softmax"),
        ("mean_squared_error", "sigmoid"),
        ("mean_squared_error", "tanh"),
        ("mean_squared_error", "identity"),
    ],
)
def test_losses(registry, loss, output):
    agree(registry, "iris", f"training.loss={loss}", f"network.layers[1].activation={output}")


@pytest.mark.parametrize(
    ("loss", "output"),
    [
        ("one_vs_all", "sigmoid"),
        ("softmax_cross_entropy", "softmax"),
        ("one_vs_all", "identity"),
        ("softmax_cross_entropy", "identity"),
    ],
)
def test_costs_come_from_z(registry, loss, output):
    """Scores of several hundred, whose outputs are 0 and 1 to the last bit: the first steps cost what numpy's cost."""
    losses = []
    for accelerator in ([], ["training.accelerator=fast"]):
        settings = [f"training.loss={loss}", f"network.layers[1].activation={output}", "training.rate=1e-6"]
        trainer = build(load_experiment("iris", [*settings, *accelerator, "training.epochs=1"]), registry).trainer
        trainer.network.parameters.thetas[-1][...] *= 1000
        losses.append([loss for event in trainer.events() if hasattr(event, "losses") for loss in event.losses])
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert max(losses[0]) > 90, "no cost is beyond what outputs can say: nothing is tested"


@pytest.mark.parametrize(
    "overrides",
    [
        ["training.lambda=1.0"],
        ["training.batch=7"],  # the last batch is short
        ["training.batch=full"],
        ["training.class_weights=balanced"],
        ["training.clip_norm=0.1"],
        ["training.clip_value=0.001"],
        ["training.l1=0.5"],
        ["training.schedule=cosine"],
    ],
)
def test_settings(registry, overrides):
    agree(registry, "iris", *overrides)


def test_more_units_agree_too(registry):
    agree(registry, "digits")
    agree(registry, "digits", "network.layers[0].units=100", 'training.optimizer={ kind = "adam", rate = 0.001 }')


def test_what_it_does_not_know_is_left_to_numpy(registry):
    for overrides in (["training.dtype=float64"], ["network.layers[0].activation=elu", "training.optimizer=rmsprop"]):
        plain, _ = trained(registry, "iris", *overrides)
        fast, _ = trained(registry, "iris", "training.accelerator=fast", *overrides)
        assert np.array_equal(fast.network.parameters.values, plain.network.parameters.values)


@pytest.mark.parametrize("hidden", ["identity", "relu"])
def test_a_run_that_diverges_says_so(registry, hidden):
    overrides = [
        "training.loss=mean_squared_error",
        f"network.layers[0].activation={hidden}",
        "network.layers[1].activation=identity",
        'training.optimizer={ kind = "sgd", rate = 100.0 }',
    ]
    _, plain = trained(registry, "iris", *overrides)
    _, fast = trained(registry, "iris", "training.accelerator=fast", *overrides)
    assert plain[-1].reason == fast[-1].reason == "diverged"
    assert plain[-1].step == fast[-1].step


def test_the_same_seed_gives_the_same_bits(registry):
    one, _ = trained(registry, "iris", "training.accelerator=fast")
    two, _ = trained(registry, "iris", "training.accelerator=fast")
    assert np.array_equal(one.network.parameters.values, two.network.parameters.values)


def test_an_unknown_accelerator_names_the_key_and_the_known_ones(registry):
    with pytest.raises(ExperimentError, match=r"iris.*training\.accelerator.*'fats'.*Did you mean 'fast'"):
        build(load_experiment("iris", ["training.accelerator=fats"]), registry)


def test_a_library_of_another_version_is_not_called(monkeypatch):
    """Its structures may have other fields: a call would read what is not there."""
    from tui_nn_fast import library
    from tui_nn_fast.accelerator import Fast

    monkeypatch.setattr(library, "VERSION", 1)
    library.library.cache_clear()
    try:
        with pytest.raises(ExperimentError, match="is of version 2, and its package needs 1: install tui-nn-fast"):
            Fast().check()
    finally:
        library.library.cache_clear()
