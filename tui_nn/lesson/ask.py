"""A question of a lesson: its check, and the answers that the file itself knows. One path for student and teacher."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.lesson.checks import CHECKS, Check, Judgement, Unreadable
from tui_nn.lesson.checks.doing import DoCheck
from tui_nn.lesson.exhibit import Did, Exhibit
from tui_nn.lesson.schema import Common
from tui_nn.lesson.source import Fence, Lesson, LessonStep

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
        why = self.why(read) if outcome.state == "incorrect" else ""
        return replace(outcome, said=why) if why else outcome

    def why(self, read: Any) -> str:
        """What the file says of this wrong answer; "" if it does not know it."""
        for wrong in self.common.wrong:
            try:
                if self.check.read(wrong.answer) == read:
                    return wrong.why
            except Unreadable:
                continue
        return ""


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
