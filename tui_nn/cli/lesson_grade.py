"""`tui-nn lesson grade`: what a class answered, judged again; a table, and what to explain once more."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_nn.lesson.grade import Difficulty, Grade


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--lesson", "name", help="The lesson: a file or a bundled one; by default the one that the files name.")
@click.option("--min-right", type=click.FloatRange(0, 1), help="Exit 5 unless everybody has at least this share right.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, a row a student.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def grade(files: tuple[Path, ...], name: str | None, min_right: float | None, as_csv: bool, as_json: bool) -> None:
    """Judge the answers in FILES again: who was right, what was hard, and which files are not as they were written.

    Exit 5 if such a file is found, or somebody is below --min-right.
    """
    from dataclasses import asdict

    from tui_nn.errors import ExitCode
    from tui_nn.lesson.answers import read_answers
    from tui_nn.lesson.catalogue import lesson_at
    from tui_nn.lesson.grade import graded
    from tui_nn.plugin.registry import load_registry

    sheets = [read_answers(file) for file in files]
    lesson, folder = lesson_at(name or sheets[0].opening.lesson)
    grades, questions = graded(lesson, folder, sheets, load_registry())
    if as_json:
        tree = {"students": [asdict(one) for one in grades], "questions": [asdict(one) for one in questions]}
        click.echo(json.dumps(tree, indent=2))
    elif as_csv:
        _csv(grades)
    else:
        _print(grades, questions)
    low = min_right is not None and any(one.share < min_right for one in grades)
    sys.exit(ExitCode.REQUIREMENT if low or any(one.faults for one in grades) else ExitCode.DONE)


def _cell(one: Grade, name: str) -> str:
    """1: at the first try; 3: at the third; x: never; nothing: not attempted."""
    if not one.tries[name]:
        return ""
    return "x" if not one.right[name] else "1" if one.first[name] else str(one.tries[name])


def _csv(grades: Sequence[Grade]) -> None:
    from tui_nn.csvtext import to_csv

    names = list(grades[0].right)
    rows = [[one.file, one.student, f"{one.share:.4f}", *(_cell(one, name) for name in names), "; ".join(one.faults)]
            for one in grades]  # fmt: skip
    click.echo(to_csv([["file", "student", "right", *names, "faults"], *rows]), nl=False)


def _print(grades: Sequence[Grade], questions: Sequence[Difficulty]) -> None:
    from tui_nn.cli.table import table

    names = list(grades[0].right)
    rows = [[one.student or Path(one.file).name, f"{one.share:.0%}", *(_cell(one, name) for name in names)]
            for one in grades]  # fmt: skip
    click.echo(table(["student", "right", *names], rows))
    for one in grades:
        for fault in one.faults:
            click.echo(f"{one.file}: {fault}.")
    click.echo()
    hard = [
        [one.id, str(one.asked), f"{one.first / max(one.asked, 1):.0%}", f"{one.right / max(one.asked, 1):.0%}",
         "; ".join(f"{answer} ({count}){': ' + why if why else ''}" for answer, count, why in one.wrong[:1])]
        for one in questions
    ]  # fmt: skip
    click.echo(table(["question", "answered", "first try", "right", "commonest wrong answer"], hard))
