"""`tui-nn watch`: a run, live or ended, in the workbench, as one page of text, or as one line an epoch."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

import click

from tui_nn.cli.completing import complete_run
from tui_nn.cli.streams import no_terminal
from tui_nn.engine.events import EpochFinished
from tui_nn.runs.history import History

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rich.text import Text

    from tui_nn.engine.events import Event
    from tui_nn.render import Look
    from tui_nn.runs import RunReader

EVERY = 0.2  # seconds between two looks
CURVE = 14  # lines
GONE = "the trainer process ended without a summary (killed or crashed)"


class Lines(History):
    """A history that prints each epoch as it hears of it."""

    def __init__(self, line: Callable[[EpochFinished, int], str]) -> None:
        super().__init__()
        self._line = line

    def apply(self, event: Event) -> None:
        """Take the event into account, and print it if it is an epoch."""
        super().apply(event)
        if isinstance(event, EpochFinished):
            click.echo(self._line(event, self.planned))


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.option("--once", is_flag=True, help="Print one page: state, loss, confusion, layer health, diagnosis.")
@click.option("--follow", is_flag=True, help="Print one line per epoch until the run ends.")
@click.option("--plain", is_flag=True, help="No colours.")
def command(run: str, once: bool, follow: bool, plain: bool) -> None:
    """Watch RUN, a run directory or `latest`, in the workbench, or as lines without a terminal.

    --follow ends with the run and returns its exit code: 0, 1 crashed, 4 diverged, 5 a requirement is not met.
    """
    from tui_nn.runs import open_run

    reader = open_run(run)
    if once:
        _print_page(reader, plain)
    elif follow or no_terminal():
        sys.exit(_follow(reader.path))
    else:
        from tui_nn.cli.main import open_workbench

        open_workbench(str(reader.path), ())


def _follow(run: Path) -> int:
    from tui_nn.errors import ExitCode
    from tui_nn.report.lines import epoch_line
    from tui_nn.runs import RunReader

    reader, lines = RunReader(run), Lines(epoch_line)
    reader.history = lines
    while True:
        state = reader.state()  # before the events: what it wrote last is then read for certain
        reader.refresh()
        if state in ("finished", "crashed"):
            break
        time.sleep(EVERY)
    ended, summary = lines.ended, reader.summary()
    said = ended.message if ended is not None else summary.message if summary is not None else GONE
    click.echo(f"tui-nn: {said}", err=True)
    if summary is not None:
        return summary.exit_code
    return ExitCode.UNEXPECTED if ended is None else ExitCode.DONE


def _print_page(reader: RunReader, plain: bool) -> None:
    from tui_nn.cli.drawing import draw
    from tui_nn.render import Look

    terminal = sys.stdout.isatty() and not plain
    look = Look.detect(os.environ, terminal)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 100
    for part in page(reader, width, look):
        draw(part, look, width)
        click.echo()


def page(reader: RunReader, width: int, look: Look) -> Iterator[Text]:
    """State, and every view of the page that this run can show."""
    from rich.text import Text

    from tui_nn.views import Knobs, Missing, Subject, find

    yield Text(status(reader))
    subject = Subject(reader)
    for name, height in (("loss", CURVE), ("confusion", 40), ("health", 40), ("verdict", 100)):
        view = find(name)
        if view.suits(subject):
            continue
        try:
            yield view.draw(subject, Knobs(), (width, height), look)
        except Missing as missing:
            yield Text(str(missing))


def status(reader: RunReader) -> str:
    """One line: name, state, epoch, step, newest metrics, time."""
    from tui_nn.cli.runs import length_of
    from tui_nn.report.lines import pairs

    history, live = reader.history, reader.live()
    words = [reader.path.name, reader.state()]
    if history.ended is not None:
        words.append(f"({history.ended.reason.value})")
    if history.started is not None and history.epochs:
        step = max(history.last_step, live.step if live is not None else 0)
        words.append(f" epoch {history.epochs[-1]}/{history.planned}  step {step} ")
        part = "validation" if history.validation else "train"
        words.append(f"{part} {pairs(history.newest[part])}")
        words.append(f" {length_of(history.seconds)} of training")
    return " ".join(words)
