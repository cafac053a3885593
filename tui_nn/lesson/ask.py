"""A question of a lesson: its check, and the answers that the file itself knows. One path for student and teacher."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.lesson.checks import CHECKS, Check, Judgement, Unreadable
from tui_nn.lesson.checks.comparing import computed
from tui_nn.lesson.checks.doing import DoCheck
from tui_nn.lesson.exhibit import Did, Exhibit, exhibit_of
from tui_nn.lesson.schema import Common
from tui_nn.lesson.source import Fence, Lesson, LessonStep
from tui_nn.lesson.varied import TRIES
from tui_nn.plugin.registry import Registry

COMPUTED = "="  # begins an answer that is a query
COMMON = [field.name for field in msgspec.structs.fields(Common)]


@dataclass(frozen=True)
class Ask:
    """kind: the key that names the check."""

    kind: str
    check: Check
    common: Common
    fence: Fence

    def judge(self, answer: Any, exhibit: Exhibit) -> Judgement:
        """What becomes of an answer. Raises ExperimentError, with the place, if the question itself is at fault."""
        if answer is None or (isinstance(answer, str) and not answer.strip()):
            return Judgement("not attempted")
        try:
            read = self.check.read(answer)
        except Unreadable as error:
            return Judgement("not attempted", str(error))
        try:
            outcome = self.check.judge(read, exhibit)
        except ExperimentError as error:
            raise error if error.line else self.fence.wrong(error.message, self.kind) from None
        why = self.why(read, exhibit) if outcome.state == "incorrect" else ""
        return replace(outcome, said=why) if why else outcome

    def why(self, read: Any, exhibit: Exhibit) -> str:
        """What the file says of this wrong answer; "" if it does not know it."""
        for wrong in self.common.wrong:
            try:
                if self.check.same(read, self.check.read(self.known(wrong.answer, exhibit))):
                    return wrong.why
            except Unreadable:
                continue
        return ""

    def known(self, answer: Any, exhibit: Exhibit) -> Any:
        """An answer that the file has, with the numbers of this student where it asks for them. Raises ExperimentError
        for what cannot be asked.
        """
        if isinstance(answer, dict):
            return {name: self.known(one, exhibit) for name, one in answer.items()}
        if not isinstance(answer, str) or not answer.startswith(COMPUTED):
            return answer
        try:
            return f"{computed(answer.removeprefix(COMPUTED), exhibit):.10g}"
        except ExperimentError as error:
            raise self.fence.wrong(error.message, "id") from None

    def is_fair(self, exhibit: Exhibit) -> bool:
        """Whether a student's own numbers keep right what is right, and wrong what is wrong, for its own reason."""
        right = self.judge(self.known(self.common.right, exhibit), exhibit)
        wrong = [(one, self.judge(self.known(one.answer, exhibit), exhibit)) for one in self.common.wrong]
        return right.state == "correct" and all(
            judged.state == "incorrect" and judged.said == one.why for one, judged in wrong
        )


def ask_of(step: LessonStep) -> Ask | None:
    """The question of a step. Raises ExperimentError at the key that does not fit."""
    fence = step.asked
    if fence is None:
        return None
    tree = fence.tree
    kinds = [key for key in tree if key in CHECKS]
    if len(kinds) != 1:
        if kinds:
            raise fence.wrong(f"found {' and '.join(kinds)}; expected one kind of question.", kinds[1])
        unknown = next((key for key in tree if key not in COMMON), "")
        near = did_you_mean(unknown, [*CHECKS, *COMMON]) if unknown else f" Known: {', '.join(CHECKS)}."
        raise fence.wrong(f"asks nothing; expected a kind of question.{near}", unknown)
    kind = kinds[0]
    own = {field.name for field in msgspec.structs.fields(CHECKS[kind])}
    for key in tree:
        if key not in own and key not in COMMON:
            raise fence.wrong(f"unknown key.{did_you_mean(key, [*own, *COMMON])}", key)
    common = fence.decoded({key: value for key, value in tree.items() if key in COMMON}, Common)
    check = fence.decoded({key: value for key, value in tree.items() if key in own}, CHECKS[kind])
    return Ask(kind, check, common, fence)


def did_of(lesson: Lesson, answers: Mapping[str, Any]) -> dict[str, Did]:
    """What has been trained in its steps, by the id of each question: as answered, or as the lesson itself has it."""
    done = {}
    for step in lesson.steps:
        ask = ask_of(step)
        if ask is None or not isinstance(ask.check, DoCheck):
            continue
        for answer in (answers.get(ask.common.id), ask.common.right):
            with contextlib.suppress(Unreadable):
                done[ask.common.id] = Did(step.show, ask.check.read(answer).texts)
                break
    return done


def exhibit_for(
    student: str, step: LessonStep, registry: Registry, folder: Path, did: Mapping[str, Did] | None = None
) -> Exhibit:
    """What a step shows to this student. Raises ExperimentError where no numbers are to be drawn that are fair."""
    exhibit = exhibit_of(step, registry, folder, did=did, student=student)
    ask = ask_of(step)
    if ask is None or not student or not step.show.vary:
        return exhibit
    for draw in range(1, TRIES):
        if ask.is_fair(exhibit):
            return exhibit
        exhibit = exhibit_of(step, registry, folder, did=did, student=student, draw=draw)
    raise exhibit.wrong(f"{TRIES} draws for '{student}' have no right answer, or a wrong one that is right.", "vary")
