"""`tui-nn serve`: the workbench, a lesson or a watched run in browsers, behind a token."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_nn.cli.completing import complete_experiment, complete_lesson
from tui_nn.cli.options import plugin_option
from tui_nn.errors import ExperimentError

if TYPE_CHECKING:
    from tui_nn.web.house import Served


@click.command()
@click.argument("target", metavar="[EXPERIMENT]", required=False, shell_complete=complete_experiment)
@click.option("--lesson", metavar="LESSON", shell_complete=complete_lesson, help="Serve this lesson instead.")
@click.option("--read-only", is_flag=True, help="Visitors watch the run EXPERIMENT, and can neither train nor steer.")
@plugin_option()
@click.option("--visitors", type=click.IntRange(1, 500), default=8, show_default=True, help="At once, at most.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keep each visitor's folder in this one.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 for a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen on this address of the machine.")
@click.option("--open-to-network", is_flag=True, help="Let --host be reached by other machines, without encryption.")
@click.option("--address", "public", default="", metavar="URL", help="What a proxy in front is called: https://HOST.")
def command(
    target: str | None,
    lesson: str | None,
    read_only: bool,
    plugins: tuple[str, ...],
    visitors: int,
    folder: Path | None,
    port: int,
    host: str,
    open_to_network: bool,
    public: str,
) -> None:
    """Open the workbench in a browser, on EXPERIMENT: an experiment file, an example, data, or a run.

    Prints an address with a token: who opens it gets a workbench and a folder of their own, and reaches no other file
    than what EXPERIMENT needs. Ctrl+C ends all of them.
    """
    try:
        import textual_serve  # noqa: F401
    except ImportError:
        raise ExperimentError("serving to a browser needs: pip install 'tui-nn[web]'.") from None
    import asyncio

    from tui_nn.web.address import Address, checked_public, is_loopback, is_number
    from tui_nn.web.guard import Doorkeeper
    from tui_nn.web.house import House
    from tui_nn.web.server import serve
    from tui_nn.web.what import of_lesson, of_target

    host = "127.0.0.1" if host == "localhost" else host
    if not is_number(host) and not host.replace("-", "").replace(".", "").isalnum():
        shown = host or "''"
        raise ExperimentError(f"--host {shown}: expected an address of this machine, such as 127.0.0.1.")
    if not is_loopback(host) and not open_to_network:
        raise ExperimentError(
            f"--host {host}: other machines could reach it. If that is meant, add --open-to-network: whoever has the "
            "address with its token, or reads it on the way, for it is not encrypted, gets a workbench on this machine."
        )
    if lesson is not None and (target is not None or plugins or read_only):
        raise ExperimentError("--lesson is served alone: without an experiment, plugin files or --read-only.")
    served = of_lesson(lesson) if lesson is not None else of_target(target, plugins, read_only=read_only)
    guard = Doorkeeper(Address(host, port, checked_public(public) if public else ""))
    house = House(served, visitors, folder)

    def told() -> None:
        click.echo(f"{guard.entrance}\n")
        click.echo(_about(visitors, folder, served), err=True)

    sys.exit(128 + asyncio.run(serve(guard, house, f"tui-nn {lesson or target or ''}".strip(), told)))


def _about(visitors: int, folder: Path | None, served: Served) -> str:
    """What whoever serves has to know, below the address."""
    kept = f"kept in {folder}" if folder is not None else "removed when it leaves"
    lines = [f"{visitors} visitors at once, at most; the folder of each is {kept}."]
    if served.watches:
        lines.append("They watch, and steer nothing.")
    if served.readable:
        lines.append(f"They can read: {', '.join(served.readable)}.")
    return "\n".join([*lines, "Ctrl+C ends all."])
