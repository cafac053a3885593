"""Names have one spelling, -ize; the other is understood wherever somebody writes one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tui_nn.experiment import dump_experiment, load_experiment
from tui_nn.experiment.build import build
from tui_nn.plugin.registry import load_registry
from tui_nn.spelling import preferred

ROOT = Path(__file__).parents[2]
LAYERS = "[{kind = 'standardise'}, {kind = 'dense', units = 3, activation = 'softmax'}]"
PLUGIN = """
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from tui_nn.plugin import *
from tui_nn.plugin import Initialiser, hookimpl, initialiser

@initialiser
def halves(random, fan_in, fan_out):
    "All weights 0.5."
    return np.full((fan_out, fan_in), 0.5)

@dataclass(frozen=True)
class Shift(Layer):
    "x + theta."
    name: ClassVar[str] = "shift"
    def output_size(self, inputs): return inputs
    def theta_shape(self, inputs): return (inputs, 1)
    def initialise(self, theta, initialiser, random): theta.fill(7)
    def forward(self, slot): np.add(slot.x[1:], slot.theta, out=slot.a)
    def backward(self, slot):
        slot.gradient[...] = slot.upstream.sum(axis=1, keepdims=True)
        slot.input_gradient[...] = slot.upstream

@hookimpl
def tui_nn_initialisers(): return [halves]

@hookimpl
def tui_nn_layers(): return [Shift]
"""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("initialiser", "initializer"),
        ("training.optimiser.rate", "training.optimizer.rate"),
        ("tui_nn_initialisers", "tui_nn_initializers"),
        ("INITIALISERS", "INITIALIZERS"),
        ("Minimiser", "Minimizer"),
        ("standardise", "standardize"),
        ("precision", "precision"),
        ("optimism", "optimism"),
        ("noise", "noise"),
    ],
)
def test_the_preferred_spelling(given, expected):
    assert preferred(given) == expected
    assert preferred(expected) == expected


def test_an_experiment_may_have_either(registry, tmp_path):
    (tmp_path / "e.toml").write_text(
        f"[network]\nlayers = {LAYERS}\ninitialiser = 'he_normal'\n"
        "[training]\nloss = 'softmax_cross_entropy'\noptimiser = {kind = 'adam', rate = 0.02}\n"
        "[data]\nsource = 'iris'\n"
    )
    there = load_experiment(str(tmp_path / "e.toml"))
    here = load_experiment(
        "iris", [f"network.layers={LAYERS}", "network.initialiser=he_normal", "training.optimiser.rate=0.02"]
    )
    assert there.network.initializer == here.network.initializer == "he_normal"
    assert there.training.optimizer == here.training.optimizer == {"kind": "adam", "rate": 0.02}
    assert "initialiser" not in dump_experiment(there)
    setup = build(there, registry)
    assert setup.network.layers[0].name == "standardize"
    assert setup.owners["layer standardize"] == "tui_nn_standard"


def test_a_plugin_may_have_either(tmp_path):
    (tmp_path / "mine.py").write_text(PLUGIN)
    registry = load_registry([str(tmp_path / "mine.py")])
    words = ["network.layers=[{kind='shift'}, {kind='dense', units=3}]", "network.initialiser=halves"]
    setup = build(load_experiment("iris", [*words, "training.loss=softmax_cross_entropy"]), registry)
    shift, dense = setup.network.parameters.thetas
    assert (shift == 7).all()
    assert (dense[:, 1:] == 0.5).all()


@pytest.mark.slow
def test_no_name_of_ours_has_the_other():
    found = set()
    folders = [ROOT / "tui_nn", ROOT / "plugins", ROOT / "benchmarks"]
    for path in (path for folder in folders for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for field in ("name", "id", "arg", "attr"):
                name = getattr(node, field, None)
                if isinstance(name, str) and preferred(name) != name:
                    found.add(f"{path.relative_to(ROOT)}: {name}")
    assert not found
