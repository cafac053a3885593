"""Completion as a shell asks for it, and the manual page."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys

import click
import pytest
from click.shell_completion import ShellComplete

from tui_nn.cli.main import COMMANDS, main
from tui_nn.cli.manual import page
from tui_nn.experiment.examples_list import example_names
from tui_nn.lesson.catalogue import lesson_names


def completed(*words):
    """What is offered for the last word, behind the others."""
    items = ShellComplete(main, {}, "tui-nn", "_TUI_NN_COMPLETE").get_completions(list(words[:-1]), words[-1])
    return [(item.type, item.value) for item in items]


def test_the_first_word_is_a_command_an_experiment_or_a_file():
    assert completed("tr") == [("plain", "train")]
    offered = [value for _, value in completed("")]
    assert offered == [*COMMANDS, *(name for name, _ in example_names())]
    assert ("plain", "--plugin") in completed("--")
    assert completed("no-such") == [("file", "no-such")]


@pytest.mark.parametrize("words", [("train",), ("sweep",), ("present",), ("compare", "--on"), ("examples", "copy")])
def test_experiments(words):
    assert ("plain", "digits") in completed(*words, "dig")
    assert completed(*words, "./a") == [("file", "./a")]


@pytest.mark.parametrize("words", [("show",), ("control", "pause"), ("compare",), ("train", "digits", "--baseline")])
def test_runs_newest_first(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert completed(*words, "") == [("plain", "latest")]
    for name in ("20260101-a", "20260102-b", "20260103-\x1b[2J"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    assert completed(*words, "") == [("plain", value) for value in ("latest", "runs/20260102-b", "runs/20260101-a")]
    assert completed(*words, "../x") == [("dir", "../x")]


def test_views_keys_and_lessons():
    assert ("plain", "confusion") in completed("show", "latest", "--view", "conf")
    keys = completed("train", "digits", "--set", "training.")
    assert {("plain", "training.epochs="), ("plain", "training.lambda=")} <= set(keys)
    assert ("plain", "training.early_stopping.patience=") in keys
    assert completed("train", "digits", "--set", "training.epochs=3") == [("plain", "training.epochs=3")]
    assert [value for _, value in completed("lesson", "show", "0")] == [n for n in lesson_names() if n[0] == "0"]


def test_every_argument_that_names_a_run_or_an_experiment_is_completed():
    """By the name of the parameter, so that a new command does not forget it."""
    bare = []
    for name in COMMANDS:
        command = importlib.import_module(f"tui_nn.cli.{name}").command
        for one in [command, *(command.commands.values() if isinstance(command, click.Group) else ())]:
            for param in one.params:
                named = param.name in ("run", "runs", "experiment", "target", "lesson")
                if named and isinstance(param, click.Argument) and param._custom_shell_complete is None:
                    bare.append(f"{name} {one.name}: {param.name}")
    assert bare == []


@pytest.mark.parametrize("words", [("tr",), ("train", "dig"), ("train", "digits", "--set", "tra"), ("show", "la")])
def test_numpy_is_not_read_for_it(words):
    code = (
        "import sys; from click.shell_completion import ShellComplete as S; from tui_nn.cli.main import main; "
        f"S(main, {{}}, 'tui-nn', 'X').get_completions({list(words[:-1])!r}, {words[-1]!r}); "
        "sys.exit(any(name in sys.modules for name in ('numpy', 'textual', 'rich')))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_the_manual_page_has_every_command_and_option():
    text = page()
    for name in COMMANDS:
        command = importlib.import_module(f"tui_nn.cli.{name}").command
        start = text.index(f".SS tui\\-nn {name}\n")
        for param in command.params:
            for option in (*param.opts, *param.secondary_opts) if isinstance(param, click.Option) else ():
                assert option.replace("-", "\\-") in text[start:], f"{name} {option}"
    requests = {line.split()[0] for line in text.splitlines() if line.startswith(".")}
    assert requests == {".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".nf", ".fi"}
    assert "\b" not in text


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff")
def test_the_manual_page_is_set_without_a_warning():
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-wall"], input=page(), capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
