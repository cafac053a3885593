"""A plugin that raises is named, with file and line and exit code 7, whichever command ran into it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tui_nn.cli.main import main
from tui_nn.plugin.trust import trust

PLUGIN = """
import os
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from tui_nn.plugin import Layer, hookimpl

class Own(BaseException):
    "What nobody catches by accident."

RAISES = {
    "error": RuntimeError("boom"), "value": ValueError("boom"), "arithmetic": FloatingPointError("boom"),
    "file": FileNotFoundError(2, "boom"), "pipe": BrokenPipeError(), "exit": SystemExit(), "done": SystemExit(0),
    "own": Own("boom"),
}

@dataclass(frozen=True)
class Mine(Layer):
    "What comes in."
    name: ClassVar[str] = "mine"
    def output_size(self, inputs): return inputs
    def theta_shape(self, inputs): return None
    def forward(self, slot):
        print("a word of the plugin")
        if "BOOM" in os.environ:
            raise RAISES[os.environ["BOOM"]]
        slot.a[...] = slot.x[1:]
    def backward(self, slot):
        slot.input_gradient[...] = slot.upstream

@hookimpl
def tui_nn_layers(): return [Mine]
"""
EXPERIMENT = """
plugins = ["mine.py"]
[data]
source = "iris"
[network]
layers = [{ kind = "mine" }, { kind = "dense", units = 3 }]
[training]
epochs = 2
loss = "softmax_cross_entropy"
"""
COMMANDS = {
    "train": ("train", "e.toml", "--run-dir", "new"),
    "dry run": ("train", "e.toml", "--dry-run"),
    "by heart": ("train", "e.toml", "--overfit", "5"),
    "seeds": ("train", "e.toml", "--seeds", "2", "--run-dir", "group"),
    "gradcheck": ("gradcheck", "e.toml"),
    "verify": ("verify", "run"),
    "evaluate": ("evaluate", "run"),
    "predict": ("predict", "run", "rows.csv"),
    "show": ("show", "run", "--view", "mistakes"),
    "show as JSON": ("show", "run", "--view", "sample", "--json"),
}
# Names that differ from how the traceback has them.
SAID = {"file": "FileNotFoundError", "pipe": "BrokenPipeError", "exit": "SystemExit", "done": "SystemExit: 0"}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A plugin that is trusted, an experiment that names it, and a run of it."""
    folder = tmp_path_factory.mktemp("mine")
    (folder / "mine.py").write_text(PLUGIN)
    (folder / "e.toml").write_text(EXPERIMENT)
    (folder / "rows.csv").write_text("sepal length,sepal width,petal length,petal width\n5.1,3.5,1.4,0.2\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("TUI_NN_STATE", str(folder / "state"))
        trust(folder / "mine.py")
        done = CliRunner().invoke(main, ["train", "e.toml", "--run-dir", "run", "--quiet"])
        assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def tui_nn(place, monkeypatch, entry_point):
    monkeypatch.chdir(place)
    monkeypatch.setenv("TUI_NN_STATE", str(place / "state"))
    return entry_point


@pytest.mark.parametrize("command", COMMANDS)
def test_without_a_fault_it_works_and_prints_nothing_of_the_plugin(tui_nn, tmp_path, command):
    words = [str(tmp_path / word) if word in ("new", "group") else word for word in COMMANDS[command]]
    code, out, said = tui_nn(*words)
    assert code in ((0, 5) if command == "by heart" else (0,)), said
    assert "a word of the plugin" not in out


@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_named_in_every_command(tui_nn, monkeypatch, tmp_path, command):
    monkeypatch.setenv("BOOM", "error")
    words = [str(tmp_path / word) if word in ("new", "group") else word for word in COMMANDS[command]]
    code, _, said = tui_nn(*words)
    assert (code, said.count("error:")) == (7, 1), said
    assert "plugin 'mine' raised RuntimeError: boom (mine.py:26, in forward)" in said


@pytest.mark.parametrize("how", ["value", "arithmetic", "file", "pipe", "exit", "done", "own"])
@pytest.mark.parametrize("command", ["train", "verify", "evaluate", "show"])
def test_whatever_it_raises(tui_nn, monkeypatch, tmp_path, command, how):
    monkeypatch.setenv("BOOM", how)
    words = [str(tmp_path / word) if word == "new" else word for word in COMMANDS[command]]
    code, _, said = tui_nn(*words)
    assert code == 7, said
    assert f"plugin 'mine' raised {SAID.get(how, '')}" in said
    assert "(mine.py:26, in forward)" in said
