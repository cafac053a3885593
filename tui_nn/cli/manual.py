"""The manual page, made from the commands themselves: `python -P -m tui_nn.cli.manual > tui-nn.1`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from tui_nn import __version__
from tui_nn.cli.described import Described, built_in


def _plain(text: str) -> str:
    """Text as roff has it: no character of it is taken for a request or an escape."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def _paragraphs(command: Described) -> Iterator[str]:
    for text, kept in command.paragraphs:
        yield f".PP\n.nf\n{_plain(text)}\n.fi" if kept else f".PP\n{_plain(text)}"


def _options(command: Described) -> Iterator[str]:
    for how, what in command.options:
        yield f".TP\n.B {_plain(how)}\n{_plain(what)}"


def page() -> str:
    """The whole page, of the commands that are built in."""
    program, *commands = built_in()
    parts = [
        f'.TH TUI\\-NN 1 "" "tui\\-nn {_plain(__version__)}" "User Commands"',
        f".SH NAME\ntui\\-nn \\- {_plain(program.paragraphs[0][0].rstrip('.'))}",
        ".SH SYNOPSIS\n.B tui\\-nn\n[OPTIONS] [EXPERIMENT | RUN | DATA | COMMAND ...]",
        ".SH DESCRIPTION",
        *_paragraphs(program),
        ".SH OPTIONS",
        *_options(program),
        ".SH COMMANDS",
    ]
    for command in commands:
        parts.append(f".SS {_plain(' '.join(command.words))}\n.B {_plain(command.usage)}")
        parts += _paragraphs(command)
        parts += _options(command)
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    click.echo(page(), nl=False)
