"""The proof of a lesson: its references pass, its wrong answers fail, each for its own reason, and nothing gives a key
away. What is found here would be found by the first student.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_nn.lesson.ask import COMPUTED, Ask, ask_of, did_of, exhibit_for
from tui_nn.lesson.checks.doing import AS_IT_IS, DoCheck
from tui_nn.lesson.checks.fields import FieldsCheck
from tui_nn.lesson.checks.number import NumberCheck, finite, is_right, typed
from tui_nn.lesson.exhibit import Exhibit, exhibit_of
from tui_nn.lesson.pictures import Picture, pictures
from tui_nn.lesson.seeds import Margin, margins_of
from tui_nn.lesson.source import LINES, WIDTH, Lesson, LessonStep
from tui_nn.lesson.walk import written
from tui_nn.plugin.registry import Registry
from tui_nn.render import Look

LONGEST = 20.0  # seconds of a processor that a step may take
TELLING = 7  # characters of an answer that stand in a text by no chance
STUDENTS = ("Ada", "Bo", "Chi", "Dan", "Eve")  # whose own numbers are tried
NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d+(?!\w|\.\d)")  # also at the end of a sentence


@dataclass(frozen=True)
class Fault:
    """What does not hold of a step. line: in the lesson, from 1."""

    step: str
    line: int
    message: str


@dataclass(frozen=True)
class StepProof:
    """kind: of its question, "" for none. passed: references that passed; failed: wrong answers that failed.

    margins: of what is required of a training, over the seeds. skipped: why nothing was tried, "" where it was.
    """

    number: int
    title: str
    kind: str
    passed: int
    failed: int
    seconds: float
    margins: tuple[str, ...] = ()
    skipped: str = ""


@dataclass(frozen=True)
class Proof:
    """A lesson whose every answer was tried."""

    lesson: Lesson
    steps: tuple[StepProof, ...]
    faults: tuple[Fault, ...]

    @property
    def said(self) -> list[str]:
        """A line for each fault, with its place."""
        return [f"{self.lesson.file}:{one.line}: {one.step}: {one.message}" for one in self.faults]


def prove(lesson: Lesson, registry: Registry, folder: Path) -> Proof:
    """Try everything that the file knows. Raises ExperimentError, with the place, for a file that cannot be read."""
    steps, faults, names, did = [], [], dict[str, str](), did_of(lesson, {})
    for number, step in enumerate(lesson.steps, start=1):
        began = time.process_time()
        ask, exhibit = ask_of(step), exhibit_of(step, registry, folder, did=did)
        found, drawn = _of_text(step), pictures(exhibit, Look(), masked=True)
        if step.show.hide:
            pictures(exhibit, Look(), masked=False)  # what was hidden can be drawn too
        passed = failed = 0
        margins: list[Margin] = []
        if ask is not None:
            if step.show.vary:
                found += _of_students(step, registry, folder)
            if ask.common.id in names:
                raise ask.fence.wrong(f"'{ask.common.id}' names the question of '{names[ask.common.id]}' too.", "id")
            names[ask.common.id] = step.title
            passed, failed, more = _of_ask(step, ask, exhibit, drawn)
            found += more
            if isinstance(ask.check, DoCheck):
                margins = margins_of(ask.check, ask.common.right, exhibit)
                found += _of_training(ask, exhibit, margins)
        seconds = time.process_time() - began
        if seconds > LONGEST:
            found.append(f"takes {seconds:.0f} s; expected at most {LONGEST:.0f} s.")
        faults += [Fault(step.title, step.line, message) for message in found]
        steps.append(StepProof(number, step.title, ask.kind if ask else "", passed, failed, seconds,
                               tuple(one.words for one in margins), step.skipped))  # fmt: skip
    return Proof(lesson, tuple(steps), tuple(faults))


def _of_text(step: LessonStep) -> list[str]:
    """Whether it stands beside the views on a small terminal."""
    found = []
    lines = step.lines
    if step.skipped:  # the reason stands above it
        return []
    if len(lines) > LINES:
        found.append(f"its text takes {len(lines)} lines of {WIDTH} cells; expected at most {LINES}.")
    widest = max(lines, key=len, default="")
    if len(widest) > WIDTH:
        found.append(f"'{widest}' is {len(widest)} cells wide; expected at most {WIDTH}.")
    if len(step.title) > WIDTH:
        found.append(f"its title is {len(step.title)} cells wide; expected at most {WIDTH}.")
    return found


def _of_ask(step: LessonStep, ask: Ask, exhibit: Exhibit, drawn: Sequence[Picture]) -> tuple[int, int, list[str]]:
    """References that passed, wrong answers that failed, and what does not hold."""
    found, common = [], ask.common
    untouched = ask.judge("", exhibit)
    if untouched.state != "not attempted":
        found.append(f"an empty answer is {untouched.state}.")
    if common.right is None:
        found.append("has no `right`: a reference that must pass.")
    if ask.check.needs_wrong and not common.wrong:
        found.append("has no `wrong`: at least one answer that must not pass, and what it reveals.")
    if not common.hint:
        found.append("has no `hint`.")
    passed = 0
    if common.right is not None:
        outcome = ask.judge(ask.known(common.right, exhibit), exhibit)
        passed = outcome.state == "correct"
        if not passed:
            found.append(f"its reference {common.right!r} is {outcome.state}: {outcome.said}")
    failed = 0
    for wrong in common.wrong:
        outcome = ask.judge(ask.known(wrong.answer, exhibit), exhibit)
        if outcome.state != "incorrect":
            found.append(f"the wrong answer {wrong.answer!r} is {outcome.state}. {outcome.said}".strip())
        elif outcome.said != wrong.why:
            found.append(f"the wrong answer {wrong.answer!r} is answered by the `why` of another: {outcome.said}")
        else:
            failed += 1
    return int(passed), failed, found + _given_away(step, ask, exhibit, drawn)


def _of_students(step: LessonStep, registry: Registry, folder: Path) -> list[str]:
    """Whether numbers of students' own differ; they are drawn until they are fair."""
    ask = ask_of(step)
    known = [] if ask is None else [ask.common.right, *(one.answer for one in ask.common.wrong)]
    exhibits = [exhibit_for(student, step, registry, folder) for student in STUDENTS]
    if len({repr((exhibit.show.at, exhibit.show.set)) for exhibit in exhibits}) == 1:
        why = (
            "wider ranges are needed"
            if f"'{COMPUTED}" in repr(known)
            else 'write `right` and `wrong` as queries, "= QUERY"'
        )
        return [f"`vary` gives every student the same numbers: {why}."]
    return []


def _of_training(ask: Ask, exhibit: Exhibit, margins: Sequence[Margin]) -> list[str]:
    """Whether there is something to be done, and whether the reference does it whatever the seed."""
    untouched = ask.judge(AS_IT_IS, exhibit)
    found = [] if untouched.state == "incorrect" else [f"the untouched start is {untouched.state}. {untouched.said}"]
    return found + [f"its reference is not sure: {one.words}." for one in margins if not one.is_sound]


def _given_away(step: LessonStep, ask: Ask, exhibit: Exhibit, drawn: Sequence[Picture]) -> list[str]:
    """Answers that stand in the text or in what is drawn: short whole numbers are too common to be told apart."""
    queries: list[str] = []
    if isinstance(ask.check, NumberCheck):
        queries = [ask.check.number]
    elif isinstance(ask.check, FieldsCheck):
        queries = list(ask.check.fields.values())
    places = {"in the text": step.text, "in a hint": " ".join(ask.common.hint)}
    drawing = " ".join(picture.text.plain for picture in drawn)
    if exhibit.circuit is None:
        places["in the drawing"] = drawing
    found = [
        f"the answer of {one} stands {place}."
        for place, text in places.items()
        for one in queries
        if any(is_right(typed(word), finite(one, exhibit)) for word in NUMBER.findall(text))
    ]
    found += [
        f"the answer of {one} stands in the drawing."
        for one in queries
        if one.startswith("net.") and f"{finite(one, exhibit):g} {one.removeprefix('net.')}" in drawing
    ]
    reference = written(ask.known(ask.common.right, exhibit))
    if len(reference) >= TELLING:
        found += [f"the reference {reference} stands {place}." for place, text in places.items() if reference in text]
    example = ask.check.form.rpartition("such as ")[2]
    if not isinstance(ask.check, DoCheck) and ask.judge(example, exhibit).state == "correct":
        found.append(f"the example in the empty line, {example}, is right.")
    return found + [f"the answer of {one} stands in the drawing." for one in queries if _is_drawn(one, exhibit)]


def _is_drawn(text: str, exhibit: Exhibit) -> bool:
    """Whether a circuit is drawn with this number. A value that another number happens to equal gives nothing away."""
    steps = exhibit.steps_shown
    return text.startswith("circuit.") and (steps is None or (steps > 0 and not text.startswith("circuit.d.")))
