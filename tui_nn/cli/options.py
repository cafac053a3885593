"""The options that many commands share: each is written the same, does the same and is completed the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tui_nn.cli.completing import complete_key

F = TypeVar("F", bound=Callable[..., Any] | click.Command)


def set_option(says: str) -> Callable[[F], F]:
    """The option --set KEY=VALUE, which may be given again and again."""
    return click.option(
        "--set", "overrides", multiple=True, metavar="KEY=VALUE", shell_complete=complete_key, help=says
    )


def plugin_option(says: str = "Also load this plugin file.") -> Callable[[F], F]:
    """The option --plugin FILE, which may be given again and again."""
    return click.option("--plugin", "plugins", multiple=True, metavar="FILE", help=says)


def json_option(says: str = "As JSON.") -> Callable[[F], F]:
    """The flag --json."""
    return click.option("--json", "as_json", is_flag=True, help=says)
