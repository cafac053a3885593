"""Plugins: good ones work, each kind of broken one is named with its reason, and everything else goes on."""

from __future__ import annotations

import re
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tui_nn.engine.description import documentation, facts_of
from tui_nn.errors import ExperimentError, PluginError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.plugin.kinds import KINDS
from tui_nn.plugin.loading import load_plugins
from tui_nn.plugin.registry import Registry, load_registry

HEAD = "from tui_nn.plugin import activation, dataset, hookimpl, loss, metric\n"
GOOD = "@activation\ndef bump(z):\n    'A bump.'\n    return z * 0.5\n"
HOOK = "@hookimpl\ndef tui_nn_activations():\n    return [bump]\n"


def failed(tmp_path, text, name="mine.py"):
    path = tmp_path / name
    path.write_text(HEAD + text)
    registry = load_registry([str(path)], strict=False)
    info = registry.plugins[-1]
    assert info.state == "failed"
    assert "sigmoid" in registry.names("activation"), "everything else works"
    with pytest.raises(PluginError, match=r"mine\.py"):
        load_registry([str(path)])
    return info.reason


def test_a_good_plugin_is_listed_with_what_it_gives(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(HEAD + GOOD + HOOK)
    registry = load_registry([str(path)])
    assert registry.plugins[-1].gives == {"activation": ["bump"]}
    assert registry.get("activation", "bump").description == "A bump."
    assert registry.owner("activation", "bump") == "mine"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import nowhere_to_be_found\n", r"mine\.py:2: ModuleNotFoundError"),
        ("1 / 0\n", r"mine\.py:2: ZeroDivisionError"),
        ("def f(:\n", r"mine\.py:2: "),
        (GOOD + HOOK.replace("activations", "activation"), "unknown hook 'tui_nn_activation'. Did you mean 'tui_nn"),
        ("import sys\nsys.exit()\n", r"mine\.py:3: SystemExit\. A plugin is imported"),
        ("raise SystemExit(0)\n", r"mine\.py:2: SystemExit: 0\. A plugin is imported"),
        ("import argparse\nargparse.ArgumentParser().parse_args(['--no'])\n", r"mine\.py:3: SystemExit: 2\. A plugin"),
        ("raise GeneratorExit\n", r"mine\.py:2: GeneratorExit"),
        (GOOD, "it implements no hook"),
        (GOOD + HOOK.replace("return [bump]", "raise SystemExit(0)"), r"failed: .*mine\.py:8: SystemExit: 0"),
        (GOOD + HOOK.replace("():", "(a, b):"), "tui_nn_activations"),
        (GOOD + HOOK.replace("[bump]", "[bump, bump]"), "two named 'bump'"),
        (GOOD + HOOK.replace("[bump]", "[len]"), "expected kind 'activation'"),
        (GOOD + HOOK.replace("[bump]", "1 / 0"), r"hook tui_nn_activations failed: .*mine\.py:8: ZeroDivisionError"),
        (GOOD + HOOK.replace("[bump]", "None"), "hook tui_nn_activations failed: TypeError"),
    ],
)  # fmt: skip
def test_a_broken_plugin_is_named_with_its_reason(tmp_path, text, reason):
    assert re.search(reason, failed(tmp_path, text))


def test_an_interrupt_is_a_persons(tmp_path):
    path = tmp_path / "mine.py"
    for text in ("raise KeyboardInterrupt\n", GOOD + HOOK.replace("return [bump]", "raise KeyboardInterrupt")):
        path.write_text(HEAD + text)
        with pytest.raises(KeyboardInterrupt):
            load_registry([str(path)])


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ("import sys\nsys.exit()\n", r"at_once\.py:2: SystemExit"),
        ("import sys, pluggy\n@pluggy.HookimplMarker('tui_nn')\ndef tui_nn_layers(): sys.exit()\n", r"once\.py:3: Sys"),
    ],
)  # fmt: skip
def test_an_installed_plugin_that_leaves_is_listed_as_failed_and_the_rest_works(tmp_path, monkeypatch, source, where):
    (tmp_path / "leaves_at_once.py").write_text(source)
    about = tmp_path / "leaves_at_once-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: leaves-at-once\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[tui_nn]\nleaves = leaves_at_once\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry = load_registry()
    (found,) = [plugin for plugin in registry.plugins if plugin.name == "leaves"]
    assert (found.state, found.version) == ("failed", "1")
    assert re.search(where, found.reason)
    assert "sigmoid" in registry.names("activation")
    sys.modules.pop("leaves_at_once", None)


LAYER = """
from dataclasses import dataclass
from typing import ClassVar
from tui_nn.plugin import Layer, Optimizer
@dataclass(frozen=True)
class Mine(Layer):
    name: ClassVar[str] = "mine"
    def output_size(self, inputs): return inputs
    def theta_shape(self, inputs): return None
    def forward(self, slot): slot.a[...] = slot.x[1:]
    def backward(self, slot): slot.input_gradient[...] = slot.upstream
@hookimpl
def tui_nn_layers(): return [Mine]
"""
OPTIMIZER = """
from dataclasses import dataclass
from typing import ClassVar
from tui_nn.plugin import Optimizer
@dataclass(frozen=True)
class Mine(Optimizer):
    name: ClassVar[str] = "mine"
    rate: float = 0.1
    def state(self, parameters, decays): return {}
    def update(self, parameters, gradient, state, rate, step): parameters -= rate * gradient
@hookimpl
def tui_nn_optimizers(): return [Mine]
"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            LAYER.replace("backward(self, slot)", "backward(self, theta, gradient, x, upstream, slot, *, at_z, first)"),
            "whose backward takes (theta, gradient, x, upstream, slot, *, at_z, first); expected backward(slot)",
        ),
        (
            LAYER.replace("forward(self, slot)", "forward(self, theta, x, slot, training)"),
            "layer 'mine', whose forward takes (theta, x, slot, training); expected forward(slot)",
        ),
        (LAYER.replace("@dataclass(frozen=True)\n", ""), "layer 'mine', which is not a frozen dataclass"),
        (LAYER.replace("frozen=True", "frozen=False"), "layer 'mine', which is not a frozen dataclass"),
        (
            OPTIMIZER.replace("state, rate, step)", "state, rate)"),
            "optimizer 'mine', whose update takes (parameters, gradient, state, rate); expected update(parameters,",
        ),
        (
            GOOD.replace("(z)", "(z, slope)") + HOOK,
            "activation 'bump', whose function takes (z, slope); it is given (z): more parameters are options",
        ),
        ("@loss\ndef mine(a): return a\n@hookimpl\ndef tui_nn_losses(): return [mine]\n", "it is given (a, y)"),
        (
            "@metric\ndef mine(right): return 1\n@hookimpl\ndef tui_nn_metrics(): return [mine]\n",
            "metric 'mine', whose function takes (right); it is given (predicted, true), and classes if it asks: ",
        ),
        (
            "@metric(of='costs')\ndef mine(a, y): return 1\n@hookimpl\ndef tui_nn_metrics(): return [mine]\n",
            "it is given (costs), and classes if it asks",
        ),
        (
            "@activation\ndef mine(z, epoch): return z\n@hookimpl\ndef tui_nn_activations(): return [mine]\n",
            "whose function takes (z, epoch); it is given (z)",
        ),
        ("@dataset\ndef mine(rows): return 1\n@hookimpl\ndef tui_nn_datasets(): return [mine]\n", "it is given ()"),
    ],
)  # fmt: skip
def test_what_cannot_be_called_as_it_will_be_is_refused_when_it_is_loaded(tmp_path, text, reason):
    assert reason in failed(tmp_path, text)


@pytest.mark.parametrize("text", [LAYER, OPTIMIZER])
def test_what_those_were_made_of_is_taken(tmp_path, text):
    (tmp_path / "mine.py").write_text(HEAD + text)
    assert load_registry([str(tmp_path / "mine.py")]).plugins[-1].state == "ok"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("    return z[:1]\n", "keeps the shape"),
        ("    raise ValueError('no')\n", "activation 'bump' raised ValueError: no"),
    ],
)
def test_a_plugin_that_fails_in_training_is_named(tmp_path, body, message):
    path = tmp_path / "mine.py"
    path.write_text(HEAD + "@activation\ndef bump(z):\n" + body + HOOK)
    registry = load_registry([str(path)])
    experiment = load_experiment("iris", ["network.layers[0].activation=bump"])
    with pytest.raises(PluginError, match=message):
        list(build(experiment, registry).trainer.events())


def test_a_file_given_by_name_replaces_and_an_installed_plugin_may_not(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(HEAD + GOOD.replace("bump", "tanh") + HOOK.replace("bump", "tanh"))
    registry = load_registry([str(path)])
    assert registry.owner("activation", "tanh") == "mine"
    assert list(registry.plugins[-1].replaces) == ["activation 'tanh' of tui_nn_standard"]
    loaded = list(load_plugins([str(path)]))
    both = Registry()
    for plugin in (*(one for one in loaded if one.is_built_in), replace(loaded[-1], asked_for=False)):
        both.add(plugin)
    assert "activation 'tanh' of plugin 'mine' clashes" in both.plugins[-1].reason


def test_options_come_from_the_signature(registry):
    assert registry.options("activation", "elu") == {"alpha": 1.0}
    assert registry.create("activation", {"kind": "elu", "alpha": 0.5}).settings == {"alpha": 0.5}
    with pytest.raises(ExperimentError, match="Did you mean 'alpha'"):
        registry.create("activation", {"kind": "elu", "alhpa": 0.5})
    with pytest.raises(ExperimentError, match="expected a number"):
        registry.create("activation", {"kind": "elu", "alpha": "much"})
    with pytest.raises(ExperimentError, match="needs 'units'"):
        registry.create("layer", {"kind": "dense"})


def test_every_component_says_what_it_is(registry):
    for kind in KINDS:
        assert registry.names(kind) or kind in ("accelerator", "listener"), kind  # those are packages of their own
        for component in registry.all(kind):
            assert component.description, f"{kind} {component.name}"
            owners = {"accelerator": ["tui_nn_fast"], "reader": ["tui_nn"], "view": ["tui_nn"], "reporter": ["tui_nn"]}
            owners["exporter"] = ["tui_nn", "tui_nn_standard"]
            assert registry.owner(kind, component.name) in owners.get(kind, ["tui_nn_standard"])
            if kind not in ("dataset", "accelerator", "reader", "view", "exporter", "reporter", "listener"):
                assert facts_of(documentation(component)).get("formula"), f"{kind} {component.name}"


def test_the_first_example_of_the_documentation_trains(tmp_path):
    text = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()
    (tmp_path / "example.py").write_text(re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1))
    registry = load_registry([str(tmp_path / "example.py")])
    assert len(registry.plugins[-1].gives) == 6
    experiment = load_experiment(
        "iris",
        [
            "data.source=stripes", "network.layers[1].units=2", "network.layers[0].activation=softsign",
            "network.initializer={kind='thin', keep=0.5}", "training.schedule=halving", "training.epochs=2",
            "training.loss=absolute_error",
        ],
    )  # fmt: skip
    events = list(build(experiment, registry).trainer.events())
    assert events[-1].reason == "epochs"
    assert "error_rate" in events[-2].train


SLOW = """
import time
from tui_nn.plugin import exporter, hookimpl

@exporter(".mine")
def mine(exported):
    "Mine."
    return b""

@hookimpl
def tui_nn_exporters():
    time.sleep(0.3)
    return [mine]
"""


def test_two_threads_that_ask_for_the_late_kinds_both_see_all_of_them(tmp_path):
    (tmp_path / "slow.py").write_text(SLOW)
    registry, seen = load_registry([str(tmp_path / "slow.py")]), []
    first = threading.Thread(target=lambda: seen.append(registry.names("exporter")))
    first.start()
    while registry._late:  # until the first one is asking
        time.sleep(0.001)
    seen.append(registry.names("exporter"))
    first.join()
    assert all("mine" in names for names in seen)


@pytest.mark.parametrize(
    ("kind", "word", "meant"),
    [
        ("exporter", "python", "code"),  # and not pytorch, which is spelled like it
        ("exporter", "MATLAB", "mat"),
        ("exporter", "c99", "c"),
        ("exporter", "torch", "pytorch"),
        ("exporter", "pytorhc", "pytorch"),
        ("optimizer", "adm", "adam"),
    ],
)
def test_what_a_component_says_of_itself_is_nearer_than_how_another_is_spelled(registry, kind, word, meant):
    with pytest.raises(ExperimentError, match=rf"unknown {kind} '{word}'\. Did you mean '{meant}'\?"):
        registry.get(kind, word)
