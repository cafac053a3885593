"""`tui-nn lesson new` and `lesson export`: a lesson to begin with, and one as a page to be read, printed and sent."""

from __future__ import annotations

from pathlib import Path

import click

from tui_nn.cli.completing import complete_lesson


@click.command()
@click.argument("lesson", shell_complete=complete_lesson)
@click.option("--html", "kind", flag_value="html", default="html", help="As one page of HTML, the only form there is.")
@click.option("--answers", is_flag=True, help="With right answers, the wrong ones that are known, and what was hidden.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write (./LESSON.html).")
def export(lesson: str, kind: str, answers: bool, out: Path | None) -> None:
    """Write LESSON, a file or an installed one, as a page of HTML with its views as SVG.

    The page loads nothing and runs nothing; hints are closed until one opens them, and are not printed. The last line
    on stdout is the path.
    """
    from tui_nn.errors import refused_by_disk
    from tui_nn.lesson.catalogue import lesson_at
    from tui_nn.lesson.page import page_of
    from tui_nn.plugin.registry import load_registry
    from tui_nn.runs.atomic import write_atomically

    found, folder = lesson_at(lesson)
    path = out or Path(f"{found.name}.{kind}")
    page = page_of(found, load_registry(), folder, answers=answers)
    with refused_by_disk(path):
        write_atomically(path, page.encode())
    click.echo(str(path))


@click.command()
@click.argument("name")
@click.option("--package", is_flag=True, help="A small package that brings lessons, with its test and README.")
@click.option("--out", type=click.Path(path_type=Path), default=Path(), help="Folder to write to (the current one).")
def new(name: str, package: bool, out: Path) -> None:
    """Start a lesson NAME: a file with two questions, which holds as it is and is there to be changed."""
    from tui_nn.plugin.starting import start_lesson

    written = start_lesson(name, out, package=package)
    for path in written:
        click.echo(path)
    click.echo(f"tui-nn: next: tui-nn lesson check {written[0]}", err=True)
