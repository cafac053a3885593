"""The rows of the experiment: what a setting is, what it was, and where the weights come from."""

from __future__ import annotations

import pytest

from tui_nn.experiment import load_experiment
from tui_nn.experiment.amended import Amendment
from tui_nn.tui.model import draft, initial_weights
from tui_nn.tui.widgets.builder import WIDTH, Builder


@pytest.fixture
def rows(app):
    async def of(experiment, amendments):
        async with app.run_test(size=(100, 50)):
            builder = app.workbench.query_one(Builder)
            builder.show(draft(experiment, app.bench.registry), initial_weights(experiment), amendments)
            options = [builder.get_option_at_index(index) for index in range(builder.option_count)]
            return {option.id: option.prompt.plain for option in options if option.id}

    return of


async def test_a_changed_setting_says_from_what_and_since_when(rows):
    changed = {
        "training.optimizer.rate": Amendment("0.1", (("0.5", 10), ("0.8", 20))),
        "training.schedule": Amendment("constant", (("cosine", 3),)),
        "training.lambda": Amendment("0.0", (("0.00001", 12345),)),
    }
    found = await rows(load_experiment("digits"), changed)
    assert found["optimizer.rate"].split() == ["rate", "0.5→0.8", "from", "20"]
    assert found["schedule"].startswith("sched constant→cosine"), "cut where there is no room"
    assert "momentum" in found["optimizer.momentum"]
    assert all(len(row) <= WIDTH for row in found.values())


async def test_weights_by_hand_are_not_said_to_be_drawn(rows):
    assert (await rows(load_experiment("xnor-by-hand"), {}))["initializer"].split() == ["weights", "by", "hand"]


async def test_weights_from_a_file_are_said_to_be(rows, tmp_path):
    path = tmp_path / "mine.npz"
    found = await rows(load_experiment("digits", [f"network.weights={path}"]), {})
    assert found["initializer"].split() == ["weights", "mine.npz"]
