"""docs/networks.md cannot lag: its recipes are run, and come to what the network itself says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "networks.md").read_text("utf-8")
RECIPES = dict(re.findall(r"## In (\w+)\n.*?```python\n(.*?)```", TEXT, re.DOTALL))
ROWS = np.array([[5.1, 3.5, 1.4, 0.2], [7.0, 3.2, 4.7, 1.4], [6.3, 3.3, 6.0, 2.5]])


@pytest.fixture(scope="module")
def folder(tmp_path_factory, command):
    folder = tmp_path_factory.mktemp("recipes")
    command("train", "iris", "--quiet", "--run-dir", "run", cwd=folder)
    command("export", "run", "--to", "safetensors", "--out", "m.safetensors", cwd=folder)
    command("export", "run", "--to", "npz", "--out", "w.npz", cwd=folder)
    return folder


def run(name, folder, monkeypatch, **names):
    monkeypatch.chdir(folder)
    exec(compile(RECIPES[name], f"networks.md: {name}", "exec"), names)
    return names


@pytest.fixture
def expected(folder, monkeypatch):
    found = run("Python", folder, monkeypatch, rows=ROWS)["found"]
    assert found.names == ["setosa", "versicolor", "virginica"]
    return found.outputs


def test_python(folder, monkeypatch):
    names = run("Python", folder, monkeypatch, rows=ROWS)
    assert names["trace"].cost == pytest.approx(-np.log(names["found"].outputs[0, 2]), rel=1e-5)


def test_numpy(folder, monkeypatch, expected):
    assert run("numpy", folder, monkeypatch, rows=ROWS)["a"] == pytest.approx(expected, abs=1e-6)


def test_pytorch(folder, monkeypatch, expected):
    torch = pytest.importorskip("torch")
    found = run("PyTorch", folder, monkeypatch, rows=torch.from_numpy(ROWS))["a"]
    assert found.numpy() == pytest.approx(expected, abs=1e-6)


def test_everything_in_an_export_is_in_the_table():
    from tui_nn.model.form import PREPARED, Form

    for name in (*PREPARED, *Form.__struct_fields__):
        assert name == "schema" or f"`{name}`" in TEXT, name
