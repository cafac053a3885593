"""Commands that other packages give: click commands with an entry point in the group `tui_nn.commands`."""

from __future__ import annotations

import os
from importlib.metadata import EntryPoint, entry_points

import click

from tui_nn.errors import PluginError

GROUP = "tui_nn.commands"
SWITCH = "TUI_NN_PLUGINS"  # set to nothing: none; to names with commas: only those


def names() -> list[str]:
    """What they are called, sorted."""
    return sorted(_points())


def load(name: str) -> click.Command | None:
    """The command of this name, None where there is none. Raises PluginError for one that cannot be loaded."""
    point = _points().get(name)
    if point is None:
        return None
    origin = point.dist.name if point.dist is not None else point.value
    try:
        command = point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise PluginError(f"command '{name}' of {origin}: {type(error).__name__}: {error}") from error
    if not isinstance(command, click.Command):
        raise PluginError(
            f"command '{name}' of {origin}: is of type {type(command).__name__}; expected a click command."
        )
    return command


def _points() -> dict[str, EntryPoint]:
    wanted = os.environ.get(SWITCH)
    points = {point.name: point for point in entry_points(group=GROUP)}
    return points if wanted is None else {name: point for name, point in points.items() if name in wanted.split(",")}
