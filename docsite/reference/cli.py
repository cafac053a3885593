"""Every command with its options, from the parser itself, and the exit codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from docsite import markdown
from tui_nn.cli.described import Described, built_in
from tui_nn.cli.main import COMMANDS
from tui_nn.errors import ExitCode

README = Path(__file__).parents[2] / "README.md"
INTRODUCTION = """Every command and option, in the words of `--help`. [In the shell](../shell.md) is about completion by
Tab and the manual page, which has the same words."""


def page() -> str:
    program, *commands = built_in()
    return markdown.page(
        "Commands",
        INTRODUCTION,
        markdown.table(
            ["command", "does"],
            ([f"[`tui-nn {name}`](#tui-nn-{name})", markdown.text(line)] for name, line in COMMANDS.items()),
        ),
        "## tui-nn",
        *_body(program),
        *(part for command in commands for part in (f"{_level(command)} {' '.join(command.words)}", *_body(command))),
        "## Exit codes",
        "Scripts may rely on these numbers.",
        markdown.table(["code", "name", "meaning"], codes(README.read_text("utf-8"))),
    )


def codes(readme: str) -> Iterator[list[str]]:
    """Each code as the README explains it. Raises KeyError for one that it does not."""
    rows = re.findall(r"^\| (\d+(?:, \d+)*) \| (.+) \|$", readme, re.MULTILINE)
    said = {number: meaning for numbers, meaning in rows for number in numbers.split(", ")}
    for code in ExitCode:
        yield [str(code.value), markdown.code(code.name.lower()), said[str(code.value)]]


def _level(command: Described) -> str:
    return "#" * len(command.words)


def _body(command: Described) -> Iterator[str]:
    yield f"```text\n{command.usage}\n```"
    for words, kept in command.paragraphs:
        yield f"```text\n{words.rstrip()}\n```" if kept else markdown.text(words)
    if command.options:
        rows = ([markdown.code(how), markdown.text(what)] for how, what in command.options)
        yield markdown.table(["option", "does"], rows)
