"""Every option and every command that a document, the help or a message names is there."""

from __future__ import annotations

import ast
import functools
import importlib
import re
from pathlib import Path

import click
import pytest

from tui_nn.cli.main import COMMANDS, WORKBENCH, main
from tui_nn.experiment.examples_list import example_names
from tui_nn.lesson.catalogue import lesson_names

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SOURCES = [path for folder in ("tui_nn", "plugins") for path in sorted((ROOT / folder).rglob("*.py"))]
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
# In backticks, or at the front of a line of code: a command line, up to what a shell takes for itself.
CALL = re.compile(r"(?:^|`|\$\(|^ *run: )(?:exec )?tui-nn ([^`\n|>#&);]*)", re.MULTILINE)
PLACEHOLDER = re.compile(r"[A-Z.-]|.*\.(toml|csv|md)|.*[{<'/]")  # RUN, --help, a file, what a message fills in
OPENS = {("lesson",): ("lesson", "take")}  # what has no command takes the options of this one
# What stands in the place of a command of a group.
NAMES = {
    (): [*(example for example, _ in example_names()), "latest", WORKBENCH],
    ("lesson",): [*lesson_names()],
}
# Of dask, a linker, uv, and of the leash, which the product alone calls.
OTHERS = {"--host", "--no-dashboard", "--nthreads", "--gc-sections", "--group", "--while-paused"}


def commands(group=main, before=()):
    """Words of a command -> the command, of all of them."""
    found = {before: group}
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            found |= commands(command, (*before, name))
    return found


TREE = commands()


def options(words):
    """Of a command, and of those that it is part of."""
    parameters = [one for length in range(len(words) + 1) for one in TREE[words[:length]].params]
    return {"--help", "-h", *(option for one in parameters for option in (*one.opts, *one.secondary_opts))}


ALL = {option for words in TREE for option in options(words)}


def strings(path):
    """(line, text) of the strings of a module, docstrings and the fixed parts of f-strings among them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def calls(text):
    """(words of the command, words that follow) of each `tui-nn ...`."""
    for match in CALL.finditer(text):
        words = match.group(1).split()
        count = len(words)
        while tuple(words[:count]) not in TREE:
            count -= 1
        yield tuple(words[:count]), words[count:]


@functools.cache
def texts():
    """(place, text) of every document and of every string of the program."""
    documents = [(path.name, path.read_text("utf-8")) for path in DOCUMENTS]
    return [
        *documents,
        *((f"{path.relative_to(ROOT)}:{line}", text) for path in SOURCES for line, text in strings(path)),
    ]


def unknown(place, text):
    """What a text names that is not there."""
    for flag in FLAG.findall(text):
        if flag not in ALL | OTHERS:
            yield f"{place}: {flag}"
    for words, following in calls(text):
        known = options(words) | (options(OPENS[words]) if words in OPENS else set())
        for flag in FLAG.findall(" ".join(following)):
            if flag not in known:
                yield f"{place}: tui-nn {' '.join(words)} has no {flag}"
        if isinstance(TREE[words], click.Group) and following and not PLACEHOLDER.match(following[0]):
            name = following[0].rstrip(".,:")
            if name not in NAMES.get(words, ()):
                yield f"{place}: tui-nn {' '.join([*words, name])}"


@pytest.mark.slow
def test_what_is_named_is_there():
    found = [one for place, text in texts() for one in unknown(place, text)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("give it `--no-such`", ["x: --no-such"]),
        ("`tui-nn train digits --grid a=1`", ["x: tui-nn train has no --grid"]),
        ("exec tui-nn control frobnicate latest", ["x: tui-nn control frobnicate"]),
        ("`tui-nn trian digits`", ["x: tui-nn trian"]),
        ("`tui-nn lesson 06-chain-rule`, `tui-nn lesson 06-chain-rul`", ["x: tui-nn lesson 06-chain-rul"]),
        ("Here is tui-nn: `tui-nn digits` opens it, `tui-nn RUN` too", []),
    ],
)
def test_the_guard_finds_what_is_not_there(text, found):
    """A guard whose extractor finds nothing passes everything."""
    assert list(unknown("x", text if "`" in text else f"{text}\n")) == found


def test_there_is_something_to_guard():
    counts = [len(FLAG.findall(text)) + len(list(calls(text))) for _, text in texts()]
    assert sum(counts) > 500


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_names_every_subcommand(name):
    """The top-level help imports no command, so each has a line there; it has to follow what the command has become."""
    command = importlib.import_module(f"tui_nn.cli.{name}").command
    assert command.help
    if isinstance(command, click.Group):
        for subcommand in command.commands:
            assert re.search(rf"\b{subcommand}\b", COMMANDS[name], re.IGNORECASE), f"{subcommand}: {COMMANDS[name]}"
