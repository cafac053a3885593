"""Pictures on stdout: in colour on a terminal, and else as plain text without an escape code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tui_nn.cli.streams import unguarded

if TYPE_CHECKING:
    from rich.text import Text

    from tui_nn.render import Look


def draw(text: Text, look: Look, width: int | None = None) -> None:
    """Write the text as wide as the terminal, or `width` cells; names of others within it steer nothing."""
    from rich.console import Console

    from tui_nn.render import shown, to_plain

    if look.depth == "none":
        click.echo(to_plain(text))
    else:
        Console(width=width, soft_wrap=width is None, file=unguarded(sys.stdout)).print(shown(text))
