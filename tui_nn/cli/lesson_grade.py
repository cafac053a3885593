"""`tui-nn lesson grade`: what a class answered, judged again; a table, and what to explain once more."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui_nn.cli.options import json_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_nn.experiment.requirement import Requirement
    from tui_nn.lesson.classroom import Graded
    from tui_nn.lesson.grade import Difficulty, Grade


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--lesson", "name", default="",
              help="The lesson: a file or an installed one; by default the one that each file names.")  # fmt: skip
@click.option("--require", "wanted", multiple=True, metavar="REQUIREMENT",
              help="Exit 5 unless everybody meets it, such as 'right >= 0.8' or 'first:mean >= 0.5'.")  # fmt: skip
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, a row a student.")
@json_option()
@click.option("--junit", type=click.Path(path_type=Path), help="Write JUnit XML to this file too.")
@click.option("--view", "as_view", is_flag=True, help="Draw the class: a bar a question, the commonest wrong answers.")
@click.option("--class", "live", is_flag=True, help="The same on the whole screen, for a projector, while files grow.")
@click.option("--dark", is_flag=True, help="With --class: light on dark.")
def grade(
    files: tuple[Path, ...],
    name: str,
    wanted: tuple[str, ...],
    as_csv: bool,
    as_json: bool,
    junit: Path | None,
    as_view: bool,
    live: bool,
    dark: bool,
) -> None:
    """Judge the answers in FILES again, or those in folders: who was right, what was hard, what is not as written.

    Exit 5 if a file is not as it was written, or a requirement is not met. It may name right, first (the share right
    in the end, and at the first try), answered and faults.
    """
    from tui_nn.errors import ExitCode
    from tui_nn.experiment.require import parse
    from tui_nn.lesson.classroom import Classroom
    from tui_nn.lesson.grade import vocabulary
    from tui_nn.plugin.registry import load_registry

    requirements = [parse(text, vocabulary()) for text in wanted]
    room = Classroom(files, load_registry(), name)
    found = room.look()
    if live:
        _open(room, dark=dark)
    grades = [grade for one in found for grade in one.grades]
    if junit is not None:
        _write_junit(junit, grades)
    if as_json:
        _json(found)
    elif as_csv:
        _csv(found)
    elif as_view:
        _view(found)
    else:
        _print(found)
    met = [_told(one, grades, quiet=as_csv or as_json) for one in requirements]
    sys.exit(ExitCode.DONE if all(met) and not any(one.faults for one in grades) else ExitCode.REQUIREMENT)


def _told(requirement: Requirement, grades: Sequence[Grade], *, quiet: bool) -> bool:
    """Whether it is met; what came of it is said, and by whom it is missed. quiet: stdout is for a program."""
    checked = requirement.check([one.outcome for one in grades])
    below = [one.name for one in grades if not requirement.check([one.outcome])["met"]]
    who = f" ({', '.join(below)})" if below and requirement.pick != "mean" else ""
    value = "nothing" if checked["value"] is None else f"{checked['value']:.4g}"
    said = f"{requirement.text}: {'met' if checked['met'] else 'not met'}, {value}{who}"
    click.echo(said, err=quiet)
    return bool(checked["met"])


def _cell(one: Grade, name: str) -> str:
    """1: at the first try; 3: at the third; s: when it was skipped; x: never; nothing: not attempted."""
    if not one.tries[name]:
        return ""
    if one.right[name] and one.tries[name] == 1 and not one.first[name]:
        return "s"
    return "x" if not one.right[name] else str(one.tries[name])


def _json(found: Sequence[Graded]) -> None:
    from dataclasses import asdict

    students: list[dict[str, Any]] = [asdict(grade) for one in found for grade in one.grades]
    click.echo(json.dumps({"students": students, "questions": [asdict(q) for one in found for q in one.questions]},
                          indent=2))  # fmt: skip


def _csv(found: Sequence[Graded]) -> None:
    """A column a question; it has the lesson's name before it where there are several lessons."""
    from tui_nn.csvtext import to_csv

    columns = [(one.lesson.name, question.id) for one in found for question in one.questions]
    heads = [name if len(found) == 1 else f"{lesson}/{name}" for lesson, name in columns]
    rows = [
        [grade.file, grade.student, one.lesson.name, f"{grade.share:.4f}",
         *(_cell(grade, name) if lesson == one.lesson.name else "" for lesson, name in columns),
         "; ".join(grade.faults)]
        for one in found for grade in one.grades
    ]  # fmt: skip
    click.echo(to_csv([["file", "student", "lesson", "right", *heads, "faults"], *rows]), nl=False)


def _print(found: Sequence[Graded]) -> None:
    from tui_nn.cli.table import table

    for one in found:
        click.echo(f"{one.lesson.name}: {one.lesson.title}\n")
        rows = [
            [grade.name, f"{grade.share:.0%}", *(_cell(grade, question.id) for question in one.questions)]
            for grade in one.grades
        ]
        click.echo(table(["student", "right", *(str(question.step) for question in one.questions)], rows))
        for grade in one.grades:
            for fault in grade.faults:
                click.echo(fault if fault.startswith(grade.file) else f"{grade.file}: {fault}.")
        click.echo()
        click.echo(table(["step", "asks", "answered", "first try", "right", "commonest wrong answer"],
                         [_difficulty(question) for question in one.questions]) + "\n")  # fmt: skip


def _difficulty(one: Difficulty) -> list[str]:
    shares = [f"{count / max(one.asked, 1):.0%}" if one.asked else "-" for count in (one.first, one.right)]
    said = [f"{answer} ({count}){': ' + why if why else ''}" for answer, count, why in one.wrong[:1]]
    return [str(one.step), one.id, str(one.asked), *shares, "".join(said)]


def _view(found: Sequence[Graded]) -> None:
    import shutil

    from tui_nn.cli.drawing import draw
    from tui_nn.lesson.glance import glance
    from tui_nn.render import Look

    terminal = sys.stdout.isatty()
    look = Look.detect(os.environ, terminal)
    width = shutil.get_terminal_size().columns if terminal else 100
    for one in found:
        draw(glance(one.lesson.title, one.grades, one.questions, (width, 4 + 3 * len(one.questions)), look), look)
        click.echo()


def _write_junit(path: Path, grades: Sequence[Grade]) -> None:
    from tui_nn.errors import refused_by_disk
    from tui_nn.lesson.junit import as_junit
    from tui_nn.runs.atomic import write_atomically

    with refused_by_disk(path):
        write_atomically(path, as_junit(grades).encode())


def _open(room: Any, *, dark: bool) -> None:
    from tui_nn.cli.streams import no_terminal
    from tui_nn.errors import ExperimentError

    why = no_terminal()
    if why:
        raise ExperimentError(f"the screen of a class {why}. As text: --view.")
    from tui_nn.tui.lesson.app import run_class

    sys.exit(run_class(room, dark=dark))
