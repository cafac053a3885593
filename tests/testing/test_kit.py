"""The kit accuses what is broken, by the name of the check, and nothing that is good."""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from patience import LONG, hang

from tui_nn.cli.main import main
from tui_nn.errors import PluginError
from tui_nn.plugin import Activation, activation, metric, sigmoid, softplus
from tui_nn.plugin.kinds import KINDS
from tui_nn.plugin.registry import load_registry
from tui_nn.testing import check, check_component, check_isolated, check_plugin
from tui_nn.testing.components import checks_of
from tui_nn.testing.differences import compare


def beside(name):
    """A module in this folder."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


broken, broken_views = beside("broken"), beside("broken_views")

__all__ = ["hang"]  # a fixture

REGISTRY = load_registry()
SOFTSIGN = (
    "from tui_nn.plugin import activation, hookimpl\n@activation\ndef softsign(z):\n    'Softsign.'\n"
    "    return z / (1 + abs(z))\n@hookimpl\ndef tui_nn_activations():\n    return [softsign]\n"
)
GOOD = {
    "softsign": lambda z: z / (1 + abs(z)),
    "swish": lambda z: z * sigmoid(z),
    "mish": lambda z: z * np.tanh(softplus(z)),
    "bent identity": lambda z: (np.sqrt(z * z + 1) - 1) / 2 + z,
    "gaussian": lambda z: np.exp(-z * z),
    "sine": lambda z: np.sin(z),
    "arctan": lambda z: np.arctan(z),
    "hard tanh": lambda z: np.clip(z, -1, 1),
    "relu6": lambda z: np.minimum(np.maximum(z, 0), 6),
    "hard swish": lambda z: z * np.clip(z + 3, 0, 6) / 6,
    "absolute": lambda z: np.abs(z),
    "logish": lambda z: z * np.log(1 + sigmoid(z)),
}


COMPONENTS = [
    # An accelerator compiles first, which takes many seconds; a view is drawn in very many boxes.
    pytest.param(kind, name, marks=[pytest.mark.slow] if kind in ("accelerator", "view") else [])
    for kind in KINDS
    for name in REGISTRY.names(kind)
]


@pytest.mark.parametrize(("kind", "name"), COMPONENTS)
def test_every_built_in_is_proved(kind, name):
    report = check_component(kind, REGISTRY.get(kind, name))
    assert report.passed, report.text()
    assert len(report.findings) > 2


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_checks_of_its_own(kind):
    assert len(checks_of(kind)) > 1


def test_what_is_no_component_is_refused_with_the_kinds_there_are():
    with pytest.raises(PluginError, match=r"is not a component\. Kinds: activation, loss,"):
        check(len)


@pytest.mark.parametrize("name", GOOD)
def test_good_activations_agree_with_differences(name):
    report = check(Activation(GOOD[name], name=name, description="Good."))
    (finding,) = [one for one in report.findings if one.check == "derivative"]
    assert float(finding.worst.split("relative error ")[1].split(",")[0]) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("name", broken.BROKEN)
def test_what_is_broken_is_named(tmp_path, name):
    kind, source, check = broken.BROKEN[name]
    path = tmp_path / "mine.py"
    path.write_text(broken.plugin(kind, source))
    registry = load_registry([str(path)])
    report = check_component(kind, registry.get(kind, "mine"))
    failed = {finding.check: finding for finding in report.failures}
    assert check in failed, report.text()
    assert failed[check].worst
    assert failed[check].remedy


def test_a_metric_without_a_direction_is_noted_and_not_failed():
    for better, verdict in ((None, "noted"), ("low", "passed")):
        report = check(metric(name="mine", better=better)(lambda predicted, true: np.mean(predicted != true)))
        (result,) = [one for one in report.findings if one.check == "says its direction"]
        assert result.verdict == verdict


def test_what_the_broken_ones_were_made_of_is_good(tmp_path):
    for kind, source in (
        ("layer", broken.LAYER),
        ("optimizer", broken.OPTIMIZER),
        ("dataset", broken.DATASET),
        ("reader", broken.READER),
        ("exporter", broken.EXPORTER),
        ("reporter", broken.REPORTER),
        ("listener", broken.LISTENER),
        ("activation", broken.activation("return np.tanh(z)")),
        ("loss", broken.loss("return ((a - y) ** 2).sum(axis=0)")),
    ):
        path = tmp_path / f"{kind}.py"
        path.write_text(broken.plugin(kind, source))
        report = check_component(kind, load_registry([str(path)]).get(kind, "mine"))
        assert report.passed, report.text()


def test_textbook_swish_is_told_of_the_stable_sigmoid():
    @activation
    def swish(z):
        return z / (1 + np.exp(-z))

    report = check_component("activation", swish)
    assert any("use tui_nn.plugin.sigmoid" in finding.remedy for finding in report.failures)
    with pytest.raises(AssertionError, match="finite in float32"):
        check(swish)


@pytest.mark.slow
@pytest.mark.parametrize("name", broken.FATAL)
def test_a_plugin_that_hangs_or_kills_the_process_is_named(tmp_path, name, hang):
    source, words = broken.FATAL[name]
    path = tmp_path / "mine.py"
    path.write_text(broken.plugin("activation", source.replace("while True: pass", hang)))
    report = check_isolated(str(path), limit=LONG)
    ((about, finding),) = report.failures
    assert (about.kind, about.name, finding.check) == ("activation", "mine", "shape")
    assert words in finding.worst


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SOFTSIGN.replace("tui_nn_activations", "tui_nn_activation"), "Did you mean 'tui_nn_activations'"),
        (SOFTSIGN.replace("[softsign]", "[softsign, softsign]"), "two named 'softsign'"),
        ("while True: pass\n", "no answer within"),
        ("import os\nos._exit(5)\n", "code 5"),
    ],
)
def test_a_plugin_that_does_not_load_is_named(tmp_path, text, words, hang):
    path = tmp_path / "mine.py"
    path.write_text(text.replace("while True: pass", hang))
    report = check_isolated(str(path), limit=LONG)
    ((about, finding),) = report.failures
    assert (about.kind, about.name, finding.check) == ("plugin", about.name, "loads")
    assert "mine" in about.name
    assert words in finding.worst


def test_one_line_in_an_authors_test(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(SOFTSIGN)
    assert check_plugin(str(path)).passed
    path.write_text("1 / 0")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        check_plugin(str(path))


def test_the_command_proves_keeps_a_badge_and_an_edit_loses_it(tmp_path):
    path = tmp_path / "softsign.py"
    path.write_text(SOFTSIGN)

    def badge():
        listed = CliRunner().invoke(main, ["plugins", "list", "--plugin", str(path), "--json"])
        return json.loads(listed.output)[-1]["badge"]

    assert badge() == "not checked"
    result = CliRunner().invoke(main, ["plugins", "check", str(path), "--json"])
    assert result.exit_code == 0, result.output
    tree = json.loads(result.output)
    assert tree["passed"]
    assert "replaces activation 'softsign'" in json.dumps(tree), "a taken name is told"
    assert badge() == "proved"
    path.write_text(
        SOFTSIGN.replace("1 + abs(z)", "1 + abs(z) + 0 * np.exp(z)").replace("from", "import numpy as np\nfrom", 1)
    )
    assert badge() == "not checked"
    result = CliRunner().invoke(main, ["plugins", "check", str(path)])
    assert result.exit_code == 7
    assert "FAILED  finite in float32" in result.output
    assert "fix:" in result.output
    assert badge().startswith("failed: activation softsign: finite in float32")


def test_a_layer_that_needs_options_says_which(tmp_path):
    path = tmp_path / "mine.py"
    text = broken.plugin("layer", broken.LAYER.replace("def output_size", "width: int\n    def output_size", 1))
    path.write_text(text)
    layer = load_registry([str(path)]).get("layer", "mine")
    with pytest.raises(AssertionError, match="option width has no value"):
        check(layer)
    assert check(layer, width=3, inputs=7).passed


def test_differences_know_a_kink_from_a_mistake():
    z = np.array([[-1.0, 0.0, 1.0]])
    relu = lambda z: np.maximum(z, 0)[0]  # noqa: E731
    for slope in (0.0, 0.5, 1.0):
        found = compare(relu, z, np.array([[0.0, slope, 1.0]]))
        assert found.error < 1e-6
        assert found.kinks.tolist() == [[False, True, False]]
    assert compare(relu, z, np.array([[0.0, 1.2, 1.0]])).error > 0.1
    assert compare(relu, z, np.array([[0.0, 0.0, 1.0 + 1e-5]])).worst == (0, 2)
    assert not math.isfinite(compare(relu, z, np.array([[np.nan, 0.0, 1.0]])).error)


def test_a_layer_for_pictures_gets_as_many_inputs_as_it_takes(tmp_path):
    """The largest of every two inputs, and no odd number of them: neither its size nor its maximum accuses it."""
    path = tmp_path / "mine.py"
    text = broken.LAYER.replace("return (inputs, 2)", "return None")
    text = text.replace("        return inputs\n", "        assert inputs % 2 == 0\n        return inputs // 2\n")
    start = text.index("    def forward")
    text = text[:start] + (
        "    def forward(self, slot):\n"
        "        np.maximum(slot.x[1::2], slot.x[2::2], out=slot.a)\n"
        "    def backward(self, slot):\n"
        "        x, upstream = slot.x, slot.upstream\n"
        "        slot.input_gradient[0::2] = upstream * (x[1::2] >= x[2::2])\n"
        "        slot.input_gradient[1::2] = upstream * (x[1::2] < x[2::2])\n"
    )
    path.write_text(broken.plugin("layer", text))
    report = check(load_registry([str(path)]).get("layer", "mine"))
    assert report.findings[0].tried.startswith("16 inputs, 8 units")


@pytest.mark.parametrize("name", broken_views.VIEWS)
def test_a_broken_view_is_named(name):
    view, check_name = broken_views.VIEWS[name]
    report = check_component("view", view)
    assert [finding.check for finding in report.failures][:1] == [check_name], report.text()
