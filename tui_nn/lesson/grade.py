"""Grading: every check is run again on what was typed. What a file claims of itself counts for nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tui_nn.experiment.require import Vocabulary
from tui_nn.experiment.requirement import Outcome
from tui_nn.lesson.answers import AnswerSheet
from tui_nn.lesson.ask import Ask, ask_of, did_of, exhibit_for
from tui_nn.lesson.checks import Judgement
from tui_nn.lesson.copies import copies
from tui_nn.lesson.exhibit import Exhibit
from tui_nn.lesson.source import Lesson, LessonStep
from tui_nn.plugin.registry import Registry

FACTS = ("right", "first", "answered", "faults")  # what can be required of a student
COMMONEST = 3  # wrong answers
LONGEST = 60.0  # seconds of a training: whoever grades may have a slower machine than the student


@dataclass(frozen=True)
class Grade:
    """One student. right, first: which questions were right in the end, and at the first try. tries: of each.

    faults: what is wrong with the file, a sentence each; empty for one that is as it was written.
    """

    file: str
    student: str
    lesson: str
    right: Mapping[str, bool]
    first: Mapping[str, bool]
    tries: Mapping[str, int]
    faults: tuple[str, ...]

    @property
    def name(self) -> str:
        """The student's, or the file's where there is none."""
        return self.student or Path(self.file).name

    @property
    def share(self) -> float:
        """The share of the questions that were right in the end; 0 of a file that is not as it was written."""
        return 0.0 if self.faults else _share(self.right)

    @property
    def outcome(self) -> Outcome:
        """What requirements are held against."""
        first = 0.0 if self.faults else _share(self.first)
        answered = _share({name: tries > 0 for name, tries in self.tries.items()})
        return Outcome({}, facts=dict(zip(FACTS, (self.share, first, answered, len(self.faults)), strict=True)))


@dataclass(frozen=True)
class Difficulty:
    """How hard a question was for the class. step: its number, from 1. asked: how many have answered it.

    wrong: the commonest wrong answers as typed, how often, what they show.
    """

    id: str
    lesson: str
    step: int
    title: str
    asked: int
    first: int
    right: int
    wrong: tuple[tuple[str, int, str], ...]


class Examiner:
    """Runs the checks of a lesson again; what many have answered to the same question is judged once."""

    def __init__(self, lesson: Lesson, folder: Path, registry: Registry) -> None:
        """Raises ExperimentError for a lesson at fault."""
        self.lesson, self._folder, self._registry = lesson, folder, registry
        self.steps: dict[str, tuple[int, LessonStep, Ask]] = {}
        for number, step in enumerate(lesson.steps, start=1):
            ask = ask_of(step)
            if ask is not None:
                self.steps[ask.common.id] = (number, step, ask)
        self._exhibits: dict[tuple[str, str], Exhibit] = {}
        self._known: dict[tuple[str, str, str, str], tuple[Judgement, str]] = {}

    def judged(self, student: str, name: str, answer: Any, right: Mapping[str, Any]) -> tuple[Judgement, str]:
        """What becomes of an answer to the question of this id, and the `why` of one that the file knows as wrong.

        right: what the student had right before: a question about a run is about their own.
        """
        _, step, ask = self.steps[name]
        whose = student if step.show.vary else ""
        run = json.dumps(right, sort_keys=True) if step.show.run else ""
        key = (name, whose, run, json.dumps(answer, sort_keys=True))
        if key not in self._known:
            exhibit = self._exhibit(name, whose, right)
            judgement = ask.judge(answer, exhibit)
            why = ask.why(ask.check.read(answer), exhibit) if judgement.state == "incorrect" else ""
            self._known[key] = (judgement, why)
        return self._known[key]

    def _exhibit(self, name: str, whose: str, right: Mapping[str, Any]) -> Exhibit:
        """What the question is about: the student's own run, or numbers, where it is not the same for all."""
        step = self.steps[name][1]
        if (name, whose) not in self._exhibits:
            did = did_of(self.lesson, right) if step.show.run else {}
            made = replace(exhibit_for(whose, step, self._registry, self._folder, did), longest=LONGEST)
            if step.show.run:
                return made
            self._exhibits[name, whose] = made
        return self._exhibits[name, whose]


def vocabulary() -> Vocabulary:
    """What can be required of a class."""
    return Vocabulary((), {}, facts=FACTS)


def graded(examiner: Examiner, sheets: Sequence[AnswerSheet]) -> tuple[list[Grade], list[Difficulty]]:
    """Each student, and each question over all of them. Raises ExperimentError for a lesson at fault."""
    grades, wrong = [], {name: Counter[tuple[str, str]]() for name in examiner.steps}
    for sheet, copied in zip(sheets, copies(sheets), strict=True):
        grades.append(_grade(examiner, sheet, copied, wrong))
    questions = [
        Difficulty(
            name,
            examiner.lesson.name,
            number,
            step.title,
            sum(grade.tries[name] > 0 for grade in grades),
            sum(grade.first[name] for grade in grades),
            sum(grade.right[name] for grade in grades),
            tuple((answer, count, why) for (answer, why), count in wrong[name].most_common(COMMONEST)),
        )
        for name, (number, step, _) in examiner.steps.items()
    ]
    return grades, questions


def _grade(
    examiner: Examiner, sheet: AnswerSheet, copied: Sequence[str], wrong: Mapping[str, Counter[tuple[str, str]]]
) -> Grade:
    faults = [sheet.problem.rstrip(".")] if sheet.problem else []
    if sheet.opening.sha256 and sheet.opening.sha256 != examiner.lesson.digest:
        faults.append("answers to another lesson, or to this one before it was changed")
    if sheet.broken:
        faults.append(f"line {sheet.broken} does not follow the one before: something was changed, dropped or moved")
    faults += copied
    right, first = dict.fromkeys(examiner.steps, False), dict.fromkeys(examiner.steps, False)
    skipped = set[str]()
    tries, claims, answers = dict.fromkeys(examiner.steps, 0), 0, dict[str, Any]()
    for attempt in sheet.attempts:
        if attempt.id not in examiner.steps:
            continue
        if attempt.state == "skipped":
            skipped.add(attempt.id)
            continue
        judged, why = examiner.judged(sheet.opening.student, attempt.id, attempt.answer, answers)
        claims += attempt.state == "correct" != judged.state
        if judged.state == "not attempted" or right[attempt.id]:
            continue
        tries[attempt.id] += 1
        if judged.state == "correct":
            first[attempt.id] = tries[attempt.id] == 1 and attempt.id not in skipped  # who skips sees the picture
            right[attempt.id] = True
            answers[attempt.id] = attempt.answer
        else:
            wrong[attempt.id][(str(attempt.answer), why)] += 1
    if claims:
        faults.append(f"{claims} answers are marked right and are not")
    return Grade(sheet.file, sheet.opening.student, examiner.lesson.name, right, first, tries, tuple(faults))


def _share(found: Mapping[str, bool]) -> float:
    return sum(found.values()) / len(found) if found else 0.0
