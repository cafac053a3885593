"""`tui-nn gradcheck`: the examples are right, what is wrong is found, and a kink is not taken for a mistake."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tui_nn.cli.gradcheck import command
from tui_nn.experiment.examples_list import example_names

ELSEWHERE = "mnist"  # examples whose data are not bundled


@pytest.mark.parametrize("name", [name for name, _ in example_names() if not name.startswith(ELSEWHERE)])
def test_the_examples(name):
    done = CliRunner().invoke(command, [name])
    assert done.exit_code == 0, done.output
    assert "ok" in done.output


def test_a_wrong_derivative_is_found(tmp_path):
    plugin = tmp_path / "wrong.py"
    plugin.write_text(
        "from tui_nn.plugin import activation, hookimpl\n"
        "@activation(derivative=lambda z, a: 1.001 - a * a)\ndef bent(z):\n    'Tanh with a wrong slope.'\n"
        "    import numpy as np\n    return np.tanh(z)\n"
        "@hookimpl\ndef tui_nn_activations():\n    return [bent]\n"
    )
    done = CliRunner().invoke(command, ["iris", "--plugin", str(plugin), "--set", "network.layers[0].activation=bent"])
    assert done.exit_code == 5
    assert "wrong at" in done.stdout
    assert "disagree" in done.stderr


@pytest.mark.parametrize(("slope", "code"), [("z > 0", 0), ("1.5 * (z > 0)", 5), ("(z > 0) - 0.1 * (z == 0)", 5)])
def test_gradcheck_on_a_kink(tmp_path, slope, code):
    """Half of the samples are 0, where z of a ReLU is 0 before its bias learns: a slope from 0 to 1 is right there."""
    plugin = tmp_path / "hinged.py"
    plugin.write_text(
        "import numpy as np\nfrom tui_nn.plugin import activation, hookimpl\n"
        f"@activation(derivative=lambda z, a: {slope})\ndef hinged(z):\n    'ReLU.'\n    return np.maximum(z, 0)\n"
        "@hookimpl\ndef tui_nn_activations():\n    return [hinged]\n"
    )
    rows = [f"{x},{y},{'ab'[(x + y) % 2]}" for x, y in [(0, 0), (1, 2), (0, 0), (3, 1), (0, 0), (2, 3)] * 6]
    (tmp_path / "points.csv").write_text("\n".join(["x,y,class", *rows]))
    (tmp_path / "e.toml").write_text(
        'data = { source = "points.csv", target = "class", scale = "none" }\n'
        'network.layers = [{ kind = "dense", units = 5, activation = "hinged" }, '
        '{ kind = "dense", units = 2, activation = "sigmoid" }]\n'
    )
    done = CliRunner().invoke(command, [str(tmp_path / "e.toml"), "--plugin", str(plugin)])
    assert done.exit_code == code, done.output
    assert "5 at a kink" in done.output
