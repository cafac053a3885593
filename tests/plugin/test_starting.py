"""Plugins from templates: each passes its own test as it is written, as a file and as an installed package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tui_nn.cli.main import main
from tui_nn.plugin.kinds import KINDS
from tui_nn.plugin.registry import load_registry
from tui_nn.plugin.starting import TEMPLATES
from tui_nn.testing import check_component, check_plugin

ROOT = Path(__file__).parents[2]


def start(folder, kind, name, *options):
    result = CliRunner().invoke(main, ["plugins", "new", kind, name, "--out", str(folder), *options])
    assert result.exit_code == 0, result.exception
    return [Path(line) for line in result.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_passes_its_test_as_it_is_written(tmp_path, kind):
    paths = start(tmp_path, kind, "my_own")
    assert {path.name for path in paths} == {"pyproject.toml", "README.md", "tui_nn_my_own.py", "test_my_own.py"}
    for path in paths:
        assert "$" not in path.read_text(), "a word that was not filled in"
    root = tmp_path / "tui-nn-my-own"
    registry = load_registry([str(root / "tui_nn_my_own.py")])
    registry.ask_all()
    (component,) = (registry.get(kind, name) for name in registry.plugins[-1].gives[kind])
    report = check_component(kind, component)
    assert report.passed, report.text()
    if kind != "activation":
        return  # one package stands for all: the rest of it is the same, and a process takes a second
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_a_single_file_is_proved_and_nothing_is_overwritten(tmp_path):
    (path,) = start(tmp_path, "activation", "my_own", "--single-file")
    assert check_plugin(str(path)).passed
    again = CliRunner().invoke(
        main, ["plugins", "new", "activation", "my_own", "--single-file", "--out", str(tmp_path)]
    )
    assert "already exists" in str(again.exception)
    for name in ("My", "my-own", "lambda", "../x", ""):
        wrong = CliRunner().invoke(main, ["plugins", "new", "loss", name, "--out", str(tmp_path)])
        assert "is not a valid name" in str(wrong.exception), name
    wrong = CliRunner().invoke(main, ["plugins", "new", "activator", "x", "--out", str(tmp_path)])
    assert "unknown kind 'activator'" in str(wrong.exception)


def test_there_is_a_template_for_every_hook():
    assert {kind.template for kind in KINDS.values()} <= {entry.name for entry in TEMPLATES.iterdir()}


INSTALLED = list(KINDS) if "TUI_NN_ALL" in os.environ else [next(iter(KINDS)), list(KINDS)[-1]]


@pytest.mark.long
@pytest.mark.slow
def test_the_packages_install_in_a_fresh_environment(tmp_path):
    """Built and installed as their author would: two kinds, with TUI_NN_ALL=1 one of every kind.

    Nothing is fetched: the build backend is that of this environment.
    """
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    fresh = str(venv / "bin" / "python")
    found = subprocess.run(
        [fresh, "-c", "import site; print(site.getsitepackages()[0])"], check=True, capture_output=True, text=True
    )
    # tui-nn and the libraries of this environment by path; the plugins are installed for good.
    here = [path for path in sys.path if path.endswith("site-packages")]
    lines = [*here, str(ROOT), str(ROOT / "plugins")]
    (Path(found.stdout.strip()) / "beside.pth").write_text("\n".join(lines) + "\n")

    for kind in INSTALLED:
        start(tmp_path, kind, f"my_{kind}")
    packages = [str(tmp_path / f"tui-nn-my-{kind}") for kind in INSTALLED]
    # The pip that stands beside, for this environment: one of its own takes longer to unpack than all of the rest.
    pip = [sys.executable, "-m", "pip", "--python", fresh, "install", "--quiet", "--disable-pip-version-check"]
    pytest.importorskip("hatchling", reason="the build backend is not installed")
    installed = subprocess.run([*pip, "--no-deps", "--no-build-isolation", *packages], capture_output=True, text=True)
    assert installed.returncode == 0, installed.stderr

    names = [f"tui_nn_my_{kind}" for kind in INSTALLED]
    environment = {**os.environ, "PYTHONPATH": ""}
    commands = (["plugins", "list"], *(["plugins", "check", name] for name in names))
    for command in commands:
        done = subprocess.run(
            [fresh, "-m", "tui_nn", *command], capture_output=True, text=True, cwd=tmp_path, env=environment
        )
        assert done.returncode == 0, done.stdout + done.stderr
        wanted = names if command == ["plugins", "list"] else [command[-1], "proved"]
        assert not [word for word in wanted if word not in done.stdout], done.stdout
