"""What the commands say of themselves, for the manual page and for other pages that are made from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import click

from tui_nn.cli.main import COMMANDS, main


@dataclass(frozen=True)
class Described:
    """words: of the command, "tui-nn" the first. paragraphs: text, and whether it is kept as it is written.

    options: how each is written, and what it does. names: all that options are called, "--set" and "-h".
    """

    words: tuple[str, ...]
    usage: str
    paragraphs: tuple[tuple[str, bool], ...]
    options: tuple[tuple[str, str], ...]
    names: tuple[str, ...]


def built_in() -> Iterator[Described]:
    """The program itself, then every command that is built in, those that are part of one behind it."""
    context = click.Context(main, info_name="tui-nn", **main.context_settings)
    yield _described(main, context, ("tui-nn",))
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        yield from _each(command, context, ("tui-nn", name))


def _each(command: click.Command, parent: click.Context, words: tuple[str, ...]) -> Iterator[Described]:
    context = click.Context(command, parent, words[-1])  # which hands on what the option of the help is called
    yield _described(command, context, words)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _each(inner, context, (*words, name))


def _described(command: click.Command, context: click.Context, words: tuple[str, ...]) -> Described:
    parameters = command.get_params(context)
    records = [record for one in parameters if (record := one.get_help_record(context))]  # arguments say nothing
    return Described(
        words,
        " ".join([*words, *command.collect_usage_pieces(context)]),
        tuple(_paragraphs(command.help or "")),
        tuple((how, " ".join(what.split())) for how, what in records if what),
        tuple(name for one in parameters if isinstance(one, click.Option) for name in (*one.opts, *one.secondary_opts)),
    )


def _paragraphs(text: str) -> Iterator[tuple[str, bool]]:
    """What stands behind \\b is kept as it is written, as click keeps it."""
    for paragraph in text.strip().split("\n\n"):
        flowing, mark, kept = paragraph.partition("\b\n")
        if flowing.strip():
            yield " ".join(flowing.split()), False
        if mark:
            yield kept, True
