"""Code runs only if somebody asked for it: not from the working directory, and not because a file names it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tui_nn.cli.main import main
from tui_nn.errors import PluginError
from tui_nn.experiment import dump_experiment, load_experiment
from tui_nn.plugin.trust import allowed, trust

PLUGIN = (
    "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n"
    "from tui_nn.plugin import activation, hookimpl\n@activation\ndef bump(z):\n    'Bump.'\n    return z * 0.5\n"
    "@hookimpl\ndef tui_nn_activations():\n    return [bump]\n"
)
EXPERIMENT = """
plugins = ["mine.py"]
[data]
source = "iris"
[network]
layers = [{ kind = "dense", units = 4, activation = "bump" }, { kind = "dense", units = 3, activation = "sigmoid" }]
[training]
epochs = 1
"""


@pytest.fixture
def experiment(tmp_path):
    (tmp_path / "mine.py").write_text(PLUGIN)
    path = tmp_path / "exp.toml"
    path.write_text(EXPERIMENT)
    return path


def train(experiment, *options):
    out = str(experiment.parent / "runs")
    return CliRunner().invoke(main, ["train", str(experiment), "--out", out, "--quiet", *options])


def test_an_experiment_cannot_run_code_that_nobody_trusted(experiment):
    result = train(experiment)
    assert isinstance(result.exception, PluginError)
    assert "is code that this experiment wants to run" in str(result.exception)
    assert "plugins trust" in str(result.exception)
    assert not experiment.with_name("ran").exists()
    assert train(experiment, "--plugin", str(experiment.with_name("mine.py"))).exit_code == 0
    assert isinstance(train(experiment).exception, PluginError), "naming it was for that time"


def test_trust_is_given_to_bytes_and_an_edit_asks_again(experiment):
    plugin = experiment.with_name("mine.py")
    assert CliRunner().invoke(main, ["plugins", "trust", str(plugin)]).exit_code == 0
    assert train(experiment).exit_code == 0
    plugin.write_text(PLUGIN + "# another byte\n")
    with pytest.raises(PluginError, match="has changed since you trusted it"):
        allowed([str(plugin)], (), "exp.toml")
    trust(plugin)
    assert allowed([str(plugin)], (), "exp.toml") == (str(plugin),)
    with pytest.raises(PluginError, match="no such file"):
        allowed([str(plugin.with_name("nowhere.py"))], (), "exp.toml")


def test_plugins_of_an_experiment_are_written_out_with_their_place(experiment):
    loaded = load_experiment(str(experiment))
    assert loaded.plugins == [str(experiment.with_name("mine.py"))]
    copy = experiment.with_name("copy.toml")
    copy.write_text(dump_experiment(loaded))
    assert load_experiment(str(copy)).plugins == loaded.plugins


def test_nothing_is_imported_from_the_working_directory(tmp_path):
    trap = "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n"
    for name in ("click", "msgspec", "pluggy", "safetensors", "sprung"):
        (tmp_path / f"{name}.py").write_text(trap)
    info = tmp_path / "sprung-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sprung\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[tui_nn]\nsprung = sprung\n")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "tui_nn", "plugins", "list", "--json"],
        cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [plugin["name"] for plugin in json.loads(done.stdout)] == ["tui_nn_fast", "tui_nn_standard"]
    assert not (tmp_path / "ran").exists()


def test_show_draws_an_activation_with_its_derivative(tmp_path, command):
    result = CliRunner().invoke(main, ["plugins", "show", "tanh"])
    assert result.exit_code == 0
    assert "Formula" not in result.output
    wrong = CliRunner().invoke(main, ["plugins", "show", "tahn"])
    assert "Did you mean 'tanh'" in str(wrong.exception)
    drawn = command("plugins", "show", "softmax", "--height", "20", cwd=tmp_path)
    assert "g(z)" in drawn
    assert "g'(z)" in drawn
    assert len(drawn.splitlines()) > 20
