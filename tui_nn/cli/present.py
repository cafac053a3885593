"""`tui-nn present`: the workbench for a projector."""

from __future__ import annotations

import click

from tui_nn.cli.completing import complete_experiment
from tui_nn.cli.options import plugin_option


@click.command()
@click.argument("target", metavar="EXPERIMENT", shell_complete=complete_experiment)
@click.option("--views", default="", metavar="NAME,NAME,...", help="Views of the lesson in their order, two at a time.")
@click.option("--dark", is_flag=True, help="Light on dark, for a dark room.")
@plugin_option()
def command(target: str, views: str, dark: bool, plugins: tuple[str, ...]) -> None:
    """Present EXPERIMENT, an experiment file, a bundled example or a run, in high contrast and without the panel.

    PgDn and PgUp, which a presenter's clicker sends, go from view to view; Enter gives one the whole screen. Large
    letters are the terminal's business: enlarge its font first.
    """
    from tui_nn.cli.main import open_workbench

    names = tuple(name.strip() for name in views.split(",") if name.strip())
    open_workbench(target, plugins, names, dark=dark)
