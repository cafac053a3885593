"""`tui-nn lesson take`: a lesson as plain text, step by step, with its pictures and the answers written down."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_nn.cli.completing import complete_lesson

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui_nn.lesson.training import Reached, Watch
    from tui_nn.lesson.walk import Walk
    from tui_nn.runs import RunReader


def begun(lesson: str, student: str, out: Path | None) -> Walk:
    """The way through a lesson, from where it was left. Raises TuiNNError."""
    from tui_nn.lesson import walk
    from tui_nn.plugin.registry import load_registry

    return walk.begun(lesson, load_registry(), student, out)


def of_a_student(function: Callable[..., None]) -> Callable[..., None]:
    """The options of whoever answers: a name, and the file of answers."""
    name = click.option("--student", default="", help="The name that the file of answers has.")
    file = click.option("--out", type=click.Path(path_type=Path), help="The file of answers (./LESSON.answers.jsonl).")
    return name(file(function))


@click.command()
@click.argument("lesson", shell_complete=complete_lesson)
@of_a_student
def take(lesson: str, student: str, out: Path | None) -> None:
    """Go through LESSON as plain text: read, answer, and see why an answer is wrong.

    At a question type an answer, ? for a hint, ! to skip it, or nothing to leave. Every attempt is written to a file,
    which `lesson grade` reads; a lesson that was left goes on where it was.
    """
    walk = begun(lesson, student, out)
    click.echo(f"{walk.lesson.title}\n")
    while not walk.is_over:
        step, ask = walk.step, walk.ask
        if ask is None or walk.is_masked:
            click.echo(f"{walk.at + 1}/{len(walk.lesson.steps)}  {step.title}\n\n" + "\n".join(step.lines) + "\n")
            _draw(walk)
            if ask is not None and not _asked(walk, ask.check.asks_for):
                click.echo(f"Left at step {walk.at + 1}. `tui-nn lesson take {lesson}` goes on from here.")
                return
        walk.turn(1)
    for number, step in enumerate(walk.lesson.steps, start=1):
        if step.skipped:
            click.echo(f"Step {number}: {step.skipped}")
    click.echo(f"Done. Answers: {walk.book.path}")


def _asked(walk: Walk, form: str) -> bool:
    """Until it is right or skipped; False if the lesson is left."""
    if walk.wanted:
        click.echo("".join(f"  needs {one.text}\n" for one in walk.wanted))
        click.echo("".join(f"  to change: {one}\n" for one in walk.may_change))
    while line := _typed(f"{form}> "):
        reply = walk.reply(line, _told(walk) if walk.trains(line) else None)
        if reply.run is not None:
            _draw(walk, reply.run)
        click.echo(f"{reply.text}\n")
        is_set = reply.is_right is not None and walk.seen is not walk.exhibit
        if reply.run is None and (is_set or (reply.goes_on and walk.step.show.hide)):
            _draw(walk)
        if reply.goes_on:
            return True
    return False


def _told(walk: Walk) -> Watch:
    """Says what a training reaches, when it does."""
    met: set[str] = set()

    def watch(_: Path, moment: Reached) -> bool:
        for tick in walk.ticks(moment):
            if tick.met and tick.requirement not in met:
                met.add(tick.requirement)
                click.echo(f"  epoch {moment.epoch}: {tick.requirement}")
        return True

    return watch


def _typed(prompt: str) -> str:
    """A line; nothing at the end of the input."""
    click.echo(prompt, nl=False)
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        click.echo()
    return line.strip()


def _draw(walk: Walk, run: RunReader | None = None) -> None:
    """The circuit, or the views of the network: without what is to be found until it is. run: what was trained."""
    import shutil

    from tui_nn.cli.drawing import draw
    from tui_nn.lesson.pictures import BOX, pictures
    from tui_nn.render import Look, circuit_legend

    terminal = sys.stdout.isatty()
    look = Look.detect(os.environ, terminal)
    width = shutil.get_terminal_size().columns if terminal else BOX[0]
    box, check = (width, BOX[1]), walk.ask.check if walk.ask is not None else None
    for picture in pictures(walk.seen, look, box, masked=walk.is_masked, run=run, check=check):
        click.echo(f"{picture.title}\n")
        draw(picture.text, look)
        click.echo()
    if walk.seen.circuit is not None:
        draw(circuit_legend(look), look)
        click.echo()
