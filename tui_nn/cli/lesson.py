"""`tui-nn lesson`: the lessons, one read and answered in the terminal, and the proof that one is sound."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui_nn.cli.completing import complete_lesson
from tui_nn.cli.lesson_export import export, new
from tui_nn.cli.lesson_grade import grade
from tui_nn.cli.lesson_take import begun, of_a_student, take
from tui_nn.cli.options import json_option
from tui_nn.cli.threads import set_threads
from tui_nn.plurals import plural

if TYPE_CHECKING:
    from tui_nn.lesson.proof import Proof


class Lessons(click.Group):
    """A first word that is no command opens the lesson of this name."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.commands and not args[0].startswith("-"):
            return OPEN, opened, args
        return super().resolve_command(ctx, args)


OPEN = "open"


@click.command(hidden=True)
@click.argument("lesson", shell_complete=complete_lesson)
@of_a_student
def opened(lesson: str, student: str, out: Path | None) -> None:
    """Open LESSON on the screen."""
    from tui_nn.cli.streams import no_terminal
    from tui_nn.errors import ExperimentError

    why = no_terminal()
    if why:
        raise ExperimentError(f"a lesson's screen {why}. As plain text: `tui-nn lesson take {lesson}`.")
    walk = begun(lesson, student, out)
    from tui_nn.tui.lesson.app import run_lesson

    sys.exit(run_lesson(walk))


@click.group(cls=Lessons, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List lessons, take, show, answer, export, start or check one, or grade the answers of a class.

    A lesson is a Markdown file whose questions are asked of the engine: docs/lessons.md says how to write one.
    """
    set_threads(1, unless_set=True)
    if ctx.invoked_subcommand is None:
        from tui_nn.cli.table import table
        from tui_nn.errors import TuiNNError
        from tui_nn.lesson.catalogue import lessons
        from tui_nn.lesson.source import read_lesson

        rows = []
        for one in lessons():
            try:
                lesson = None if one.problem else read_lesson(one.path)
                problem = one.problem
            except TuiNNError as error:
                lesson, problem = None, str(error)
            about = [problem, "-", "-", "-"]
            if lesson is not None:
                about = [lesson.title, str(len(lesson.steps)), f"{lesson.head.minutes} min", lesson.head.part or "-"]
            rows.append([one.name, *about, one.origin])
        click.echo(table(["name", "teaches", "steps", "time", "part", "from"], rows))


command.add_command(take)
command.add_command(grade)
command.add_command(export)
command.add_command(new)


@command.command()
@click.argument("lesson", shell_complete=complete_lesson)
@click.option("--step", type=click.IntRange(1), help="Only this step.")
def show(lesson: str, step: int | None) -> None:
    """Print the steps of LESSON, a file or a bundled one, with what they ask."""
    from tui_nn.errors import ExperimentError
    from tui_nn.lesson.ask import ask_of
    from tui_nn.lesson.catalogue import lesson_at

    found, _ = lesson_at(lesson)
    if step is not None and step > len(found.steps):
        raise ExperimentError(f"--step {step}: the lesson has {plural(len(found.steps), 'step')}.")
    for number, one in enumerate(found.steps, start=1):
        if step is not None and number != step:
            continue
        click.echo(f"{number}/{len(found.steps)}  {one.title}\n")
        click.echo("\n".join(one.lines) + "\n")
        ask = ask_of(one)
        if ask is not None:
            click.echo(f"Answer ({ask.common.id}): {ask.check.asks_for}\n")


@command.command()
@click.argument("lesson", shell_complete=complete_lesson)
@click.option("--answers", type=click.Path(path_type=Path), required=True, help="TOML: the answer to each id.")
@json_option()
def answer(lesson: str, answers: Path, as_json: bool) -> None:
    """Answer LESSON from a file of answers, as a student would; exit 5 unless all are right."""
    from tui_nn.cli.table import table
    from tui_nn.errors import ExitCode, ExperimentError, did_you_mean
    from tui_nn.experiment.load import parse
    from tui_nn.files import read_bytes
    from tui_nn.lesson.ask import ask_of, did_of
    from tui_nn.lesson.catalogue import lesson_at
    from tui_nn.lesson.exhibit import exhibit_of
    from tui_nn.lesson.source import MOST_BYTES
    from tui_nn.plugin.registry import load_registry

    found, folder = lesson_at(lesson)
    try:
        given = parse(read_bytes(answers, MOST_BYTES, links=True).decode(), str(answers))
    except (OSError, UnicodeDecodeError) as error:
        raise ExperimentError(f"{answers}: cannot be read: {error}") from None
    registry = load_registry()
    asks = [(step, ask) for step in found.steps if (ask := ask_of(step)) is not None]
    known = [ask.common.id for _, ask in asks]
    for name in given:
        if name not in known:
            raise ExperimentError(f"the lesson asks no '{name}'.{did_you_mean(name, known)}", name, str(answers))
    results: list[dict[str, Any]] = []
    did = did_of(found, given)
    for step, ask in asks:
        outcome = ask.judge(given.get(ask.common.id), exhibit_of(step, registry, folder, did=did))
        results.append({"id": ask.common.id, "state": outcome.state, "said": outcome.said})
    if as_json:
        click.echo(json.dumps(results, indent=2))
    else:
        click.echo(table(["id", "state", "said"], [list(one.values()) for one in results]))
    sys.exit(ExitCode.DONE if all(one["state"] == "correct" for one in results) else ExitCode.REQUIREMENT)


@command.command()
@click.argument("lessons", nargs=-1)
@json_option()
def check(lessons: tuple[str, ...], as_json: bool) -> None:
    """Prove LESSONS, files or bundled ones, or all that are bundled: references pass, wrong answers fail.

    Exit 5 if something does not hold.
    """
    from tui_nn.errors import ExitCode
    from tui_nn.lesson.catalogue import lesson_at, lesson_names
    from tui_nn.lesson.coverage import coverage
    from tui_nn.lesson.proof import prove
    from tui_nn.plugin.registry import load_registry

    registry = load_registry()
    found = [lesson_at(name) for name in lessons or lesson_names()]
    proofs = [prove(lesson, registry, folder) for lesson, folder in found]
    if as_json:
        click.echo(json.dumps([_tree(proof) for proof in proofs], indent=2))
    else:
        for proof in proofs:
            _print(proof)
        if not lessons:
            click.echo("\n".join(coverage(lesson for lesson, _ in found)))
    sys.exit(ExitCode.REQUIREMENT if any(proof.faults for proof in proofs) else ExitCode.DONE)


def _print(proof: Proof) -> None:
    from tui_nn.cli.table import table

    lesson = proof.lesson
    click.echo(f"{lesson.name}: {lesson.title}")
    rows = [
        [str(one.number), one.title, one.kind or "-", str(one.passed), str(one.failed), f"{one.seconds:.2f} s"]
        for one in proof.steps
    ]
    click.echo(table(["step", "title", "asks", "right", "wrong", "time"], rows))
    for one in proof.steps:
        for margin in one.margins:
            click.echo(f"step {one.number}: {margin}")
        if one.skipped:
            click.echo(f"step {one.number}: {one.skipped}")
    for line in proof.said:
        click.echo(line)
    right, wrong = sum(one.passed for one in proof.steps), sum(one.failed for one in proof.steps)
    verdict = f"{len(proof.faults)} do not hold" if proof.faults else "all holds"
    click.echo(f"{right} references passed, {wrong} wrong answers failed; {verdict}.\n")


def _tree(proof: Proof) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "lesson": proof.lesson.name,
        "sha256": proof.lesson.digest,
        "steps": [asdict(one) for one in proof.steps],
        "faults": [asdict(one) for one in proof.faults],
    }
