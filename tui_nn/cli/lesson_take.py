"""`tui-nn lesson take`: a lesson in the terminal, step by step, with the circuit beside it and answers written down."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tui_nn.lesson.answers import AnswerBook
    from tui_nn.lesson.ask import Ask
    from tui_nn.lesson.exhibit import Exhibit
    from tui_nn.lesson.source import LessonStep

TRIES = 3  # wrong answers after which the reference may be seen


@click.command()
@click.argument("lesson")
@click.option("--student", default="", help="The name that the file of answers has.")
@click.option("--out", type=click.Path(path_type=Path), help="The file of answers (./LESSON.answers.jsonl).")
def take(lesson: str, student: str, out: Path | None) -> None:
    """Go through LESSON: read, answer, and see why an answer is wrong.

    At a question type an answer, ? for a hint, ! to skip it, or nothing to leave. Every attempt is written to a file,
    which `lesson grade` reads; a lesson that was left goes on where it was.
    """
    from tui_nn.lesson.answers import SUFFIX, AnswerBook
    from tui_nn.lesson.ask import ask_of
    from tui_nn.lesson.catalogue import lesson_at
    from tui_nn.lesson.exhibit import exhibit_of
    from tui_nn.plugin.registry import load_registry

    found, folder = lesson_at(lesson)
    book = AnswerBook(out or Path(f"{found.name}{SUFFIX}"), found, student)
    done = {one.id for one in book.attempts if one.state in ("correct", "skipped")}
    registry = load_registry()
    click.echo(f"{found.title}\n")
    for number, step in enumerate(found.steps, start=1):
        ask = ask_of(step)
        if ask is not None and ask.common.id in done:
            continue
        click.echo(f"{number}/{len(found.steps)}  {step.title}\n\n" + "\n".join(step.lines) + "\n")
        exhibit = exhibit_of(step, registry, folder)
        _draw(exhibit, masked=True)
        if ask is not None and not _asked(step, ask, exhibit, book):
            click.echo(f"Left at step {number}. `tui-nn lesson take {lesson}` goes on from here.")
            return
    click.echo(f"Done. Answers: {book.path}")


def _asked(step: LessonStep, ask: Ask, exhibit: Exhibit, book: AnswerBook) -> bool:
    """Until it is right or skipped; False if the lesson is left."""
    began, hints, tries = time.monotonic(), 0, 0
    while True:
        line = _typed(f"{ask.check.form}> ")
        if not line:
            return False
        if line == "?":
            known = ask.common.hint
            click.echo(known[min(hints, len(known) - 1)] if known else "There is no hint.")
            hints += 1
            continue
        if line == "!":
            book.add(ask.common.id, "", "skipped", hints, time.monotonic() - began)
            if tries >= TRIES:
                click.echo(f"One right answer: {_written(ask.common.right)}\n")
                _draw(exhibit, masked=False)
            return True
        judged = ask.judge(line, exhibit)
        click.echo(" ".join(part for part in (_word(judged.state), judged.said) if part) + "\n")
        if judged.state == "not attempted":
            continue
        book.add(ask.common.id, line, judged.state, hints, time.monotonic() - began)
        if judged.state == "correct":
            if step.show.hide:
                _draw(exhibit, masked=False)
            return True
        tries += 1
        if tries == TRIES:
            click.echo("Three tries: ! shows a right answer and goes on.\n")


def _word(state: str) -> str:
    return {"correct": "Right.", "incorrect": "Not yet.", "not attempted": ""}[state]


def _written(answer: object) -> str:
    if isinstance(answer, dict):
        return " ".join(f"{name}={value}" for name, value in answer.items())
    return str(answer)


def _typed(prompt: str) -> str:
    """A line; nothing at the end of the input."""
    click.echo(prompt, nl=False)
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        click.echo()
    return line.strip()


def _draw(exhibit: Exhibit, *, masked: bool) -> None:
    """The circuit, or the views of the network, without what is to be found or with all numbers."""
    import shutil

    from tui_nn.cli.drawing import draw
    from tui_nn.lesson.pictures import BOX, pictures
    from tui_nn.render import Look, circuit_legend

    terminal = sys.stdout.isatty()
    look = Look.detect(os.environ, terminal)
    width = shutil.get_terminal_size().columns if terminal else BOX[0]
    for picture in pictures(exhibit, look, (width, BOX[1]), masked=masked):
        click.echo(f"{picture.title}\n")
        draw(picture.text, look)
        click.echo()
    if exhibit.circuit is not None:
        draw(circuit_legend(look), look)
        click.echo()
