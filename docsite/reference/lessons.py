"""The bundled lessons with what they cover, and the bundled experiments, from their files."""

from __future__ import annotations

from collections.abc import Iterator

from docsite import markdown
from tui_nn.experiment.examples_list import example_names
from tui_nn.lesson.catalogue import lesson_at, lesson_names

INTRODUCTION = """`tui-nn lesson NAME` opens a lesson by its name or number, `tui-nn NAME` an example.
[Lessons](../lessons.md) says how to take, write and grade lessons."""


def page() -> str:
    return markdown.page(
        "Lessons and examples",
        INTRODUCTION,
        *_lessons(),
        "## Examples",
        markdown.table(
            ["example", "shows"],
            ([markdown.code(name), markdown.text(description)] for name, description in example_names()),
        ),
    )


def _lessons() -> Iterator[str]:
    """A table for each part of the course."""
    known = {name: lesson_at(name)[0] for name in lesson_names()}
    for part in dict.fromkeys(lesson.head.part for lesson in known.values()):
        yield f"## Lessons: {part or 'others'}"
        rows = (
            [
                markdown.code(name),
                f"{markdown.text(lesson.title)}<br>{len(lesson.steps)} steps, {lesson.head.minutes} minutes",
                markdown.text(", ".join(lesson.head.covers)),
            ]
            for name, lesson in known.items()
            if lesson.head.part == part
        )
        yield markdown.table(["lesson", "teaches", "covers"], rows)
