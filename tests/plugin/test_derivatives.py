"""Derivatives from plugins: used by what the same registry gives, refused where the graph has its own."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tui_nn.engine.activation import Activation
from tui_nn.graph import UnsupportedFunction, vjp
from tui_nn.plugin.registry import load_registry

TEXT = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()
EXAMPLE = re.search(r"```python\n(from tui_nn.plugin import [^\n]*\bderivative\b.*?)```", TEXT, re.DOTALL)
H = 1e-6


def difference(function, x):
    return (function(x + H) - function(x - H)) / (2 * H)


def test_the_example_of_the_documentation(tmp_path):
    path = tmp_path / "waves.py"
    path.write_text(EXAMPLE.group(1))
    registry = load_registry([str(path)])
    assert registry.plugins[-1].gives == {"activation": ["wave"], "derivative": ["sinc"]}
    wave = registry.get("activation", "wave")
    z = np.array([[-2.3, -0.4, 0.0, 0.7, 1.9]])
    out = np.empty_like(z)
    wave.backward(z, wave.function(z), np.ones_like(z), out)
    assert np.allclose(out, difference(wave.function, z), rtol=1e-6, atol=1e-8)
    other = load_registry().get("activation", "tanh")
    with pytest.raises(UnsupportedFunction, match=r"'sinc'.*tui_nn_derivatives"):
        vjp(np.sinc, z, np.ones_like(z), other.derivatives)


@pytest.mark.parametrize("name", ["arcsin", "arccos", "arctanh", "arccosh", "arctan2", "hypot", "erf"])
def test_the_built_in_ones_against_centred_differences(registry, name):
    function = getattr(np, name, None) or getattr(pytest.importorskip("scipy.special"), name)
    if name in ("arctan2", "hypot"):
        one_way, other_way = (lambda x: function(x, 0.7)), (lambda x: function(0.7, x))
    else:
        one_way = other_way = function
    x = np.random.default_rng(0).uniform(1.1, 3, 1000) if name == "arccosh" else np.linspace(-0.9, 0.9, 1000)
    for way in (one_way, other_way):
        gradient = vjp(way, x, np.ones_like(x), registry.derivatives)[1]
        assert np.allclose(gradient, difference(way, x), rtol=1e-6, atol=1e-8)


def test_a_derivative_that_the_graph_has_is_refused(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "import numpy as np\nfrom tui_nn.plugin import derivative, hookimpl\n"
        "@derivative(np.exp)\ndef wrong(g, y, x):\n    return (g,)\n"
        "@hookimpl\ndef tui_nn_derivatives():\n    return [wrong]\n"
    )
    registry = load_registry([str(path)], strict=False)
    assert "'exp'; the graph already has one" in registry.plugins[-1].reason


def test_options_survive_the_added_table(registry):
    elu = registry.create("activation", {"kind": "elu", "alpha": 0.5})
    assert isinstance(elu, Activation)
    assert elu.settings == {"alpha": 0.5}
    assert "arcsin" in elu.derivatives.operations
