"""Grading: every check is run again on what was typed. What a file claims of itself counts for nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tui_nn.lesson.answers import AnswerSheet
from tui_nn.lesson.ask import Ask, ask_of, did_of, exhibit_for
from tui_nn.lesson.exhibit import Exhibit, exhibit_of
from tui_nn.lesson.source import Lesson
from tui_nn.plugin.registry import Registry

LONGEST = 60.0  # seconds of a training: whoever grades may have a slower machine than the student


@dataclass(frozen=True)
class Grade:
    """One student. right, first: which questions were right in the end, and at the first try. tries: of each.

    faults: what is wrong with the file, a sentence each; empty for one that is as it was written.
    """

    file: str
    student: str
    right: Mapping[str, bool]
    first: Mapping[str, bool]
    tries: Mapping[str, int]
    faults: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of the questions that were right in the end; 0 of a file that is not as it was written."""
        return 0.0 if self.faults else sum(self.right.values()) / len(self.right)


@dataclass(frozen=True)
class Difficulty:
    """How hard a question was for the class. wrong: the commonest wrong answers as typed, how often, what they show."""

    id: str
    asked: int
    first: int
    right: int
    wrong: tuple[tuple[str, int, str], ...]


def graded(
    lesson: Lesson, folder: Path, sheets: Sequence[AnswerSheet], registry: Registry
) -> tuple[list[Grade], list[Difficulty]]:
    """Each student, and each question over all of them. Raises ExperimentError for a lesson at fault."""
    asks = {ask.common.id: (ask, step) for step in lesson.steps if (ask := ask_of(step)) is not None}
    common = {
        name: replace(exhibit_of(step, registry, folder), longest=LONGEST)
        for name, (_, step) in asks.items() if not step.show.run and not step.show.vary
    }  # fmt: skip

    def exhibit(student: str, name: str, right: Mapping[str, Any]) -> Exhibit:
        """What the question is about: the student's own run, or numbers. right: what was right before it."""
        if name in common:
            return common[name]
        return exhibit_for(student, asks[name][1], registry, folder, did_of(lesson, right))

    shared = Counter(mark for sheet in sheets for mark in set(sheet.marks[1:]))
    grades, wrong = [], {name: Counter[tuple[str, str]]() for name in asks}
    for sheet in sheets:
        grades.append(_grade(lesson, sheet, {name: ask for name, (ask, _) in asks.items()}, exhibit, shared, wrong))
    questions = [
        Difficulty(
            name,
            sum(grade.tries[name] > 0 for grade in grades),
            sum(grade.first[name] for grade in grades),
            sum(grade.right[name] for grade in grades),
            tuple((answer, count, why) for (answer, why), count in wrong[name].most_common(3)),
        )
        for name in asks
    ]
    return grades, questions


def _grade(
    lesson: Lesson,
    sheet: AnswerSheet,
    asks: Mapping[str, Ask],
    exhibit_of_question: Callable[[str, str, Mapping[str, Any]], Exhibit],
    shared: Mapping[str, int],
    wrong: Mapping[str, Counter[tuple[str, str]]],
) -> Grade:
    faults = []
    if sheet.opening.sha256 != lesson.digest:
        faults.append("answers to another lesson, or to this one before it was changed")
    if sheet.broken:
        faults.append(f"line {sheet.broken} does not follow the one before: something was changed, dropped or moved")
    copied = sum(shared[mark] > 1 for mark in sheet.marks[1:])
    if copied:
        faults.append(f"{copied} lines stand in another file too")
    right, first, tries = dict.fromkeys(asks, False), dict.fromkeys(asks, False), dict.fromkeys(asks, 0)
    claims, answers = 0, dict[str, Any]()
    for attempt in sheet.attempts:
        if attempt.id not in asks or attempt.state == "skipped":
            continue
        ask = asks[attempt.id]
        exhibit = exhibit_of_question(sheet.opening.student, attempt.id, answers)
        judged = ask.judge(attempt.answer, exhibit)
        claims += attempt.state == "correct" != judged.state
        if judged.state == "not attempted":
            continue
        tries[attempt.id] += 1
        if judged.state == "correct":
            first[attempt.id] = first[attempt.id] or tries[attempt.id] == 1
            right[attempt.id] = True
            answers[attempt.id] = attempt.answer
        else:
            wrong[attempt.id][(str(attempt.answer), ask.why(ask.check.read(attempt.answer), exhibit))] += 1
    if claims:
        faults.append(f"{claims} answers are said to be right and are not")
    return Grade(sheet.file, sheet.opening.student, right, first, tries, tuple(faults))
