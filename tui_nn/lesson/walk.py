"""A student's way through a lesson: which step, what was tried, and what is said to an answer. One for every screen."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from tui_nn.errors import TuiNNError
from tui_nn.experiment.requirement import Requirement
from tui_nn.lesson.answers import SUFFIX, AnswerBook
from tui_nn.lesson.ask import Ask, ask_of, did_of, exhibit_for
from tui_nn.lesson.catalogue import lesson_at
from tui_nn.lesson.checks import Unreadable
from tui_nn.lesson.checks.doing import DoCheck, Tick, ticks
from tui_nn.lesson.exhibit import Exhibit
from tui_nn.lesson.source import Lesson, LessonStep
from tui_nn.lesson.training import Reached, Watch
from tui_nn.plugin.registry import Registry
from tui_nn.runs import RunReader

HINT, SKIP = "?", "!"  # typed instead of an answer
TRIES = 3  # wrong answers after which a right one may be seen
RIGHT, NOT_YET = "Right.", "Not yet."


@dataclass(frozen=True)
class Comment:
    """text: to the student. goes_on: whether the question is behind them. is_right: None where nothing was judged. run:
    what was trained for it.
    """

    text: str
    goes_on: bool = False
    is_right: bool | None = None
    run: RunReader | None = None


class Walk:
    """Raises ExperimentError, when it is made, for a question that is not sound."""

    def __init__(self, lesson: Lesson, folder: Path, registry: Registry, book: AnswerBook) -> None:
        self.lesson, self.book = lesson, book
        self._folder, self._registry = folder, registry
        self.asks = tuple(ask_of(step) for step in lesson.steps)
        self.behind = {one.id for one in book.attempts if one.state in ("correct", "skipped")}
        self.right = {one.id: one.answer for one in book.attempts if one.state == "correct"}
        self.at = next((at for at, ask in enumerate(self.asks) if ask and ask.common.id not in self.behind), 0)
        self._begin()

    def _begin(self) -> None:
        self._began, self.hints, self.tries = time.monotonic(), 0, 0
        self._set: Exhibit | None = None
        for name in ("exhibit", "wanted", "_answered"):
            self.__dict__.pop(name, None)

    @property
    def step(self) -> LessonStep:
        """The step that is looked at."""
        return self.lesson.steps[self.at]

    @property
    def ask(self) -> Ask | None:
        """Its question, if it has one."""
        return self.asks[self.at]

    @cached_property
    def exhibit(self) -> Exhibit:
        """What it shows. Raises TuiNNError for what cannot be set up."""
        did = did_of(self.lesson, self.right) if self.step.show.run else {}
        return exhibit_for(self.book.student, self.step, self._registry, self._folder, did)

    @property
    def seen(self) -> Exhibit:
        """The same with what the student has set: inputs of a circuit, weights, or settings that were trained; now, or
        when the question was answered. Raises TuiNNError.
        """
        return self._set or self._answered or self.exhibit

    @cached_property
    def _answered(self) -> Exhibit | None:
        """With what the right answer of an earlier look set; None where nothing was, or where it no longer fits."""
        ask = self.ask
        if ask is None or ask.common.id not in self.right:
            return None
        with contextlib.suppress(Unreadable, TuiNNError):
            return ask.check.as_set(ask.check.read(self.right[ask.common.id]), self.exhibit)
        return None

    @property
    def is_masked(self) -> bool:
        """Whether what is asked for has to be found yet."""
        return self.ask is not None and self.ask.common.id not in self.behind

    @property
    def is_right(self) -> bool:
        """Whether there is nothing to be answered any more; what was skipped still may be."""
        return self.ask is None or self.ask.common.id in self.right

    @property
    def is_over(self) -> bool:
        """Whether every question is behind the student."""
        return all(ask is None or ask.common.id in self.behind for ask in self.asks)

    @property
    def next_open(self) -> int | None:
        """The step of the next question that is not behind the student, after this one or else from the beginning."""
        open_ones = [at for at, ask in enumerate(self.asks) if ask and ask.common.id not in self.behind]
        return next((at for at in open_ones if at > self.at), open_ones[0] if open_ones else None)

    def turn(self, by: int) -> bool:
        """The next step, or the one before. False at the ends."""
        if not 0 <= self.at + by < len(self.lesson.steps):
            return False
        self.at += by
        self._begin()
        return True

    @cached_property
    def wanted(self) -> list[Requirement]:
        """What a training of this step has to reach; nothing where it asks for none. Raises ExperimentError."""
        check = self.ask and self.ask.check
        return check.requirements(self.exhibit) if isinstance(check, DoCheck) else []

    @property
    def may_change(self) -> list[str]:
        """Keys of the experiment that may be set in this step, with what they are now. Raises TuiNNError."""
        check = self.ask and self.ask.check
        return check.present(self.exhibit) if isinstance(check, DoCheck) else []

    def ticks(self, moment: Reached) -> list[Tick]:
        """What a training has reached of it."""
        return ticks(self.wanted, moment)

    def trains(self, typed: str) -> bool:
        """Whether an answer is settings, which take a while to be tried."""
        return isinstance(self.ask and self.ask.check, DoCheck) and typed.strip() not in ("", HINT, SKIP)

    def reply(self, typed: str, watch: Watch | None = None) -> Comment:
        """What is said to an answer, HINT or SKIP. Raises StorageError if it cannot be written down.

        watch: told of what is trained for it.
        """
        ask, typed = self.ask, typed.strip()
        if ask is None or not typed:
            return Comment("")
        if typed == HINT:
            self.hints += 1
            known = ask.common.hint
            if not known:
                return Comment("There is no hint.")
            number = min(self.hints, len(known))
            return Comment((f"Hint {number} of {len(known)}: " if len(known) > 1 else "") + known[number - 1])
        seconds = time.monotonic() - self._began
        if typed == SKIP:
            self.book.add(ask.common.id, "", "skipped", self.hints, seconds)
            self.behind.add(ask.common.id)
            text = "Skipped. You can still answer it."
            if self.tries >= TRIES:
                text = f"One right answer: {written(ask.known(ask.common.right, self.exhibit))}"
            return Comment(text, goes_on=True)
        judged = ask.judge(typed, self.exhibit if watch is None else replace(self.exhibit, watch=watch))
        if judged.state == "not attempted":
            return Comment(judged.said)
        self._set = ask.check.as_set(ask.check.read(typed), self.exhibit)
        self.book.add(ask.common.id, typed, judged.state, self.hints, seconds)
        if judged.state == "correct":
            self.behind.add(ask.common.id)
            self.right[ask.common.id] = typed
            if not ask.check.needs_wrong:  # a guess or a sentence: nothing of it is right or wrong
                return Comment(judged.said, goes_on=True)
            return Comment(" ".join((RIGHT, judged.said)).strip(), goes_on=True, is_right=True, run=judged.run)
        self.tries += 1
        text = " ".join((NOT_YET, judged.said)).strip()
        if self.tries >= TRIES:
            text += f" {SKIP} shows a right answer."
        return Comment(text, is_right=False, run=judged.run)


def written(answer: object) -> str:
    """An answer as it is typed."""
    if isinstance(answer, dict):
        return " ".join(f"{name}={value}" for name, value in answer.items())
    if isinstance(answer, list) and all(isinstance(one, str) for one in answer):
        return "; ".join(answer)
    return str(answer)


def begun(name_or_path: str, registry: Registry, student: str = "", out: Path | None = None) -> Walk:
    """The way through a lesson, from where it was left. out: the file of answers, ./LESSON.answers.jsonl if it is None.

    Raises TuiNNError.
    """
    found, folder = lesson_at(name_or_path)
    return Walk(found, folder, registry, AnswerBook(out or Path(f"{found.name}{SUFFIX}"), found, student))
