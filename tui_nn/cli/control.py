"""`tui-nn control`: controls a run that trains in another terminal of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tui_nn.cli.completing import complete_run


def _send(run: str, do: str, **arguments: Any) -> None:
    """Ask the trainer of the run, and say how it stood when it took the request."""
    from tui_nn.errors import StorageError
    from tui_nn.runs import open_run
    from tui_nn.runs.control import ControlClient

    folder: Path = open_run(run).path
    try:
        answer = ControlClient(folder).send(do, **arguments)
    except StorageError:
        state = open_run(run).state()  # asked last: it may have ended while it was asked
        if state not in ("finished", "crashed"):
            raise
        ended = f"{folder}: the run has ended ({state}), so there is nothing to control. "
        raise StorageError(f"{ended}`tui-nn train --resume {folder}` goes on with it.") from None
    click.echo(f"{folder.name}: {do}" + (f" (was {answer['state']})" if do != "status" else f" {answer['state']}"))
    if do == "status" and answer.get("why"):
        click.echo(answer["why"])
    if answer.get("problem"):
        click.echo(f"tui-nn: {folder.name}: cannot be saved for now ({answer['problem']})", err=True)


@click.group()
def command() -> None:
    """Control RUN, a run directory or `latest`, from another terminal; changes take effect between two steps."""


@command.command()
@click.argument("run", shell_complete=complete_run)
def status(run: str) -> None:
    """Say whether the run is training or paused."""
    _send(run, "status")


@command.command()
@click.argument("run", shell_complete=complete_run)
def pause(run: str) -> None:
    """Pause after the current step."""
    _send(run, "pause")


@command.command()
@click.argument("run", shell_complete=complete_run)
def play(run: str) -> None:
    """Continue training."""
    _send(run, "play")


@command.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("count", type=click.IntRange(1), required=False)
@click.argument("unit", type=click.Choice(["batch", "epoch"]), default="batch")
@click.option(
    "--until",
    metavar="WHAT",
    help="Pause sooner, before a batch with any of: wrong, nan, gradient > 5; no COUNT, no end.",
)
def step(run: str, count: int | None, unit: str, until: str | None) -> None:
    """Train COUNT batches or epochs (1 batch), then pause."""
    asked = {} if count is None else {"count": count}
    _send(run, "step", unit=unit, **asked, **({} if until is None else {"until": until}))


@command.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("epochs_per_second", type=click.FloatRange(0))
def speed(run: str, epochs_per_second: float) -> None:
    """Train this many epochs per second; 0 for no limit."""
    _send(run, "speed", epochs_per_second=epochs_per_second)


@command.command()
@click.argument("run", shell_complete=complete_run)
def stop(run: str) -> None:
    """End the run after the current step and save it, with the reason "stopped"."""
    _send(run, "stop")


@command.command(name="set")
@click.argument("run", shell_complete=complete_run)
@click.argument("settings", metavar="KEY=VALUE...", nargs=-1, required=True)
def set_settings(run: str, settings: tuple[str, ...]) -> None:
    """Change training settings or weights, all or none; the changes become part of the run's recipe.

    For example training.optimizer.rate=0.01, or 'theta[2][1][0]=-30': layer 2, unit 1, input 0, which is the bias.
    """
    from tui_nn.experiment.load import split_override

    _send(run, "set", changes=dict(split_override(setting) for setting in settings))
