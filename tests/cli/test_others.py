"""Commands of other packages: found by their entry points, switched off with the plugins, and blamed by name."""

from __future__ import annotations

import pytest

from tui_nn.cli.others import GROUP

HELLO = """
import click

@click.command()
@click.argument("name")
def hello(name):
    "Greets."
    click.echo(f"hello {name}")

nothing = 7
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed package with commands, two of which are none, and one that is called as a built-in one is."""
    (tmp_path / "greeting.py").write_text(HELLO)
    facts = tmp_path / "greeting-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n")
    points = {"hello": "hello", "nothing": "nothing", "gone": "absent", "train": "hello"}
    lines = [f"{name} = greeting:{where}" for name, where in points.items()]
    (facts / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *lines, ""]))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    return tmp_path


def test_a_command_runs_and_stands_in_the_help(package, tui_nn):
    assert tui_nn("hello", "Ada", cwd=package).stdout == "hello Ada\n"
    text = tui_nn("--help", cwd=package).stdout
    assert "Commands of other packages" in text
    assert "  hello" in text.split("Commands of other packages")[1]


def test_a_built_in_command_stays_what_it_is(package, tui_nn):
    done = tui_nn("train", "--help", cwd=package)
    assert "Train EXPERIMENT" in done.stdout
    assert "train" not in tui_nn("--help", cwd=package).stdout.split("Commands of other packages")[1].split()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing", "command 'nothing' of greeting: is of type int; expected a click command."),
        ("gone", "command 'gone' of greeting: AttributeError"),
        ("helo", "'helo' is not a command, experiment file, example or run. Did you mean 'hello'?"),
    ],
)
def test_what_is_no_command_is_said_in_a_line(package, tui_nn, name, words):
    done = tui_nn(name, cwd=package)
    assert done.returncode in (2, 7)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_they_are_switched_off_with_the_plugins(package, tui_nn, monkeypatch):
    monkeypatch.setenv("TUI_NN_PLUGINS", "")
    assert tui_nn("hello", "Ada", cwd=package).returncode == 2
    assert "Commands of other packages" not in tui_nn("--help", cwd=package).stdout
