"""Whose fault it is: a plugin that raises while it is used is named, with file and line, whatever kind it is."""

from __future__ import annotations

import pytest

from tui_nn.errors import PluginError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.plugin.blame import blaming
from tui_nn.plugin.registry import load_registry
from tui_nn.tui.model import draft

PLUGINS = {
    "layer": """
from dataclasses import dataclass
from typing import ClassVar
from tui_nn.plugin import Layer, hookimpl
@dataclass(frozen=True)
class Mine(Layer):
    "Mine."
    name: ClassVar[str] = "mine"
    def output_size(self, inputs): return inputs
    def theta_shape(self, inputs): return None
    def forward(self, slot): slot.a[...] = slot.x
    def backward(self, slot): pass
@hookimpl
def tui_nn_layers(): return [Mine]
""",
    "optimizer": """
from dataclasses import dataclass
from typing import ClassVar
from tui_nn.plugin import Optimizer, hookimpl
@dataclass(frozen=True)
class Mine(Optimizer):
    "Mine."
    name: ClassVar[str] = "mine"
    rate: float = 0.1
    def state(self, parameters, decays): return {}
    def update(self, parameters, gradient, state, rate, step): raise SystemExit(3)
@hookimpl
def tui_nn_optimizers(): return [Mine]
""",
    "dataset": """
from tui_nn.plugin import dataset, hookimpl
@dataset
def mine(): return {}["x"]
@hookimpl
def tui_nn_datasets(): return [mine]
""",
}
PLUGINS |= {
    kind: f"""
from tui_nn.plugin import {kind}, hookimpl
@{kind}
def mine({arguments}): raise ValueError("two" + chr(10) + "lines")
@hookimpl
def tui_nn_{hook}(): return [mine]
"""
    for kind, hook, arguments in (
        ("activation", "activations", "z"),
        ("loss", "losses", "a, y"),
        ("metric", "metrics", "predicted, true"),
        ("schedule", "schedules", "progress"),
        ("initializer", "initializers", "random, fan_in, fan_out"),
    )
}
PLUGINS["a layer's memory"] = PLUGINS["layer"].replace("slot.a[...] = slot.x", "self.x = slot.x")
SETTINGS = {
    "layer": "network.layers[0]={kind='mine'}",
    "optimizer": "training.optimizer={kind='mine'}",
    "dataset": "data.source=mine",
    "activation": "network.layers[0].activation=mine",
    "loss": "training.loss=mine",
    "metric": "training.epochs=1",
    "schedule": "training.schedule=mine",
    "initializer": "network.initializer=mine",
    "a layer's memory": "network.layers[0]={kind='mine'}",
}


@pytest.mark.parametrize("kind", PLUGINS)
def test_what_raises_in_training_is_named(tmp_path, kind):
    path = tmp_path / "mine.py"
    path.write_text(PLUGINS[kind])
    registry = load_registry([str(path)])
    with pytest.raises(PluginError, match=r"plugin 'mine' raised .*\(mine\.py:"), blaming(registry.plugins):
        list(build(load_experiment("iris", [SETTINGS[kind]]), registry).trainer.events())


def test_an_error_is_one_line_and_a_memory_is_told_where_to_go(tmp_path):
    path = tmp_path / "mine.py"
    for kind, words in (("loss", r"ValueError: two\nlines (mine.py:4, in mine)"), ("a layer's memory", "has its slot")):
        path.write_text(PLUGINS[kind])
        registry = load_registry([str(path)])
        with pytest.raises(PluginError) as raised, blaming(registry.plugins):
            list(build(load_experiment("iris", [SETTINGS[kind]]), registry).trainer.events())
        assert words in str(raised.value)
        assert "\n" not in str(raised.value)


def test_the_command_ends_with_the_plugins_exit_code(tmp_path, command):
    path = tmp_path / "mine.py"
    path.write_text(PLUGINS["optimizer"])
    options = ["--plugin", str(path), "--set", SETTINGS["optimizer"], "--quiet"]
    said = command("train", "iris", *options, cwd=tmp_path, code=7)
    assert "tui-nn: error: plugin 'mine' raised SystemExit: 3 (mine.py:" in said


def test_a_data_set_that_raises_leaves_the_workbench_alive(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(PLUGINS["dataset"])
    made = draft(load_experiment("iris", ["data.source=mine"]), load_registry([str(path)]))
    assert "plugin 'mine' raised KeyError" in made.error


def test_a_defect_of_our_own_is_nobody_elses(registry):
    with pytest.raises(ZeroDivisionError), blaming(registry.plugins):
        _ = 1 / 0
