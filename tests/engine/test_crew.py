"""Threads that share the work of a run: they change how long it takes, and nothing else."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import numpy as np
import pytest

from tui_nn.engine.batches import Batches, TrainingSet
from tui_nn.engine.crew import Crew
from tui_nn.engine.data import Part
from tui_nn.engine.network import CHUNK, Network, with_ones
from tui_nn.engine.random import stream
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.threads import crew_for


def network(registry, crew=None, *extra):
    layers = [
        registry.create("layer", layer) for layer in (*extra, {"kind": "dense", "units": 3, "activation": "sigmoid"})
    ]
    made = Network(4, layers, np.float64, crew)
    made.initialize(registry.get("initializer", "glorot_uniform"), 1)
    return made


ROWS = np.random.default_rng(0).normal(size=(3 * CHUNK + 7, 4))
LABELS = np.eye(3)[np.random.default_rng(1).integers(0, 3, len(ROWS))]


@pytest.mark.parametrize("threads", [2, 3, 5])
def test_predictions_do_not_depend_on_who_makes_them(registry, threads):
    expected = network(registry).predict(ROWS)
    assert np.array_equal(network(registry, Crew(threads)).predict(ROWS), expected)


@pytest.mark.parametrize("threads", [2, 3, 5])
def test_gradients_of_shared_chunks_add_up(registry, threads):
    loss = registry.get("loss", "one_vs_all")
    x, y = with_ones(ROWS, np.float64).T, LABELS.T
    cost, gradient = network(registry).loss_and_grad(x, y, loss)
    shared = network(registry, Crew(threads))
    for _ in range(2):  # twice: nothing is left over in a mate's buffers
        again, found = shared.loss_and_grad(x, y, loss)
        assert again == pytest.approx(cost, rel=1e-12)
        assert found == pytest.approx(gradient, rel=1e-9, abs=1e-15)


def test_dropout_draws_anew_in_each_chunk(registry):
    """Chunks of one batch must not share a mask: sample 0 and sample CHUNK are dropped independently."""
    rows = np.ones((2 * CHUNK, 4))
    made = network(registry, None, {"kind": "dropout", "rate": 0.5})
    seen = []
    forward = made.forward
    made.forward = lambda x, training=False: seen.append(forward(x, training).copy()) or seen[-1]
    made.loss_and_grad(with_ones(rows, np.float64).T, np.zeros((3, len(rows))), registry.get("loss", "one_vs_all"))
    assert len(seen) == 2
    assert not np.array_equal(seen[0], seen[1])


def test_batches_gathered_ahead_are_the_same():
    part = Part(np.arange(40.0).reshape(20, 2), np.arange(20), rows=np.arange(20)[::-1])
    y = np.arange(20.0)[:, None]
    order = stream(3, "shuffle").permutation(20)

    def gathered(crew):
        batches = Batches(TrainingSet(part, y), 3, np.float64, crew)
        blocks = batches.blocks(order, 2)
        return [(block.first, block.gathered.x.copy(), block.gathered.y.copy()) for block in blocks]

    for (first, x, labels), (again, x2, labels2) in zip(gathered(Crew(1)), gathered(Crew(2)), strict=True):
        assert first == again
        assert np.array_equal(x, x2)
        assert np.array_equal(labels, labels2)


def test_side_by_side_limits_the_products_and_keeps_the_order():
    limits = []

    @contextmanager
    def limit(threads):
        limits.append(threads)
        yield

    both = threading.Barrier(2, timeout=10)  # passes only when two tasks run at once
    crew = Crew(2, limit)
    assert crew.side_by_side([lambda: (both.wait(), "first")[1], lambda: (both.wait(), "second")[1]]) == [
        "first",
        "second",
    ]
    assert limits == [1]


def test_an_error_in_a_thread_reaches_the_caller():
    def fails():
        raise ValueError("from the other thread")

    with pytest.raises(ValueError, match="from the other thread"):
        Crew(2).side_by_side([lambda: None, fails])
    items = Crew(2).one_ahead(iter([1]))
    assert list(items) == [1]


def test_errstate_goes_along_into_the_threads():
    def overflow():
        return float(np.exp(np.float32([1000]))[0])

    with np.errstate(over="ignore"):
        assert Crew(2).side_by_side([overflow, overflow]) == [np.inf, np.inf]


def test_a_run_with_two_threads_repeats_itself_and_agrees_with_one(registry):
    def train(threads):
        overrides = [f"training.threads={threads}", "training.epochs=2", "training.dtype=float64"]
        trainer = build(load_experiment("iris", overrides), registry).trainer
        trainer.network.crew = crew_for(threads)
        list(trainer.events())
        return trainer.network.parameters.values.copy()

    assert np.array_equal(train(2), train(2))
    assert train(2) == pytest.approx(train(1), rel=1e-12)
