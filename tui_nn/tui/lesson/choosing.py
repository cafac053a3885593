"""The list of lessons, each with how far its student is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tui_nn.errors import TuiNNError
from tui_nn.lesson.answers import SUFFIX, read_answers
from tui_nn.lesson.catalogue import Listed, lessons
from tui_nn.lesson.source import Lesson, read_lesson
from tui_nn.plugin.loading import OWN
from tui_nn.tui.findings import Hit


def lesson_hits(begin: Callable[[str], object]) -> list[Hit]:
    """All lessons, found by what they cover too. Waits for the disk."""
    return [_hit(one, begin) for one in lessons()]


def _hit(one: Listed, begin: Callable[[str], object]) -> Hit:
    name = one.name if one.origin == OWN else f"{one.origin}/{one.name}"
    do = partial(begin, name)
    if one.problem:
        return Hit(name, one.problem, do)
    try:
        lesson = read_lesson(one.path)
    except TuiNNError as error:
        return Hit(name, str(error), do)
    number, _, rest = one.name.partition("-")
    shown = f"{number if rest and number.isdecimal() else '':<3} {lesson.title}"
    minutes = f"{lesson.head.minutes:>2} min" if lesson.head.minutes else ""
    beside = "  ".join(word for word in (minutes, _progress(lesson)) if word)
    under = lesson.head.part or (one.origin if one.origin != OWN else "")
    return Hit(name, beside, do, " ".join(lesson.head.covers).lower(), shown, under)


def _progress(lesson: Lesson) -> str:
    """How many questions are right, by the answers in the working directory; "" for a lesson that was not begun."""
    path = Path(f"{lesson.name}{SUFFIX}")
    if not path.exists():
        return ""
    try:
        sheet = read_answers(path)
    except TuiNNError:
        return ""
    right = {one.id for one in sheet.attempts if one.state == "correct"}
    asked = sum(step.asked is not None for step in lesson.steps)
    return f"{len(right)} of {asked} right"
