"""The manual page, made from the commands themselves: `python -P -m tui_nn.cli.manual > tui-nn.1`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from tui_nn import __version__
from tui_nn.cli.main import COMMANDS, main


def _plain(text: str) -> str:
    """Text as roff has it: no character of it is taken for a request or an escape."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def _paragraphs(command: click.Command) -> Iterator[str]:
    """The help of a command. What stands behind \\b is kept as it is written, as click keeps it."""
    for paragraph in (command.help or "").strip().split("\n\n"):
        flowing, mark, kept = paragraph.partition("\b\n")
        if flowing.strip():
            yield f".PP\n{_plain(' '.join(flowing.split()))}"
        if mark:
            yield f".PP\n.nf\n{_plain(kept)}\n.fi"


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record:
            yield f".TP\n.B {_plain(record[0])}\n{_plain(' '.join(record[1].split()))}"


def _command(command: click.Command, words: tuple[str, ...], parent: click.Context) -> Iterator[str]:
    """A command, and those that are part of it."""
    context = click.Context(command, parent, words[-1])  # which hands on what the option of the help is called
    usage = " ".join([*words, *command.collect_usage_pieces(context)])
    yield f".SS {_plain(' '.join(words))}\n.B {_plain(usage)}"
    yield from _paragraphs(command)
    yield from _options(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _command(inner, (*words, name), context)


def page() -> str:
    """The whole page, of the commands that are built in."""
    context = click.Context(main, info_name="tui-nn", **main.context_settings)
    parts = [
        f'.TH TUI\\-NN 1 "" "tui\\-nn {_plain(__version__)}" "User Commands"',
        f".SH NAME\ntui\\-nn \\- {_plain((main.help or '').splitlines()[0].rstrip('.'))}",
        ".SH SYNOPSIS\n.B tui\\-nn\n[OPTIONS] [EXPERIMENT | RUN | DATA | COMMAND ...]",
        ".SH DESCRIPTION",
        *_paragraphs(main),
        ".SH OPTIONS",
        *_options(main, context),
        ".SH COMMANDS",
    ]
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        parts += _command(command, ("tui-nn", name), context)
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    click.echo(page(), nl=False)
