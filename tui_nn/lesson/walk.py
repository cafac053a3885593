"""A student's way through a lesson: which step, what was tried, and what is said to an answer. One for every screen."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tui_nn.lesson.answers import AnswerBook
from tui_nn.lesson.ask import Ask, ask_of
from tui_nn.lesson.exhibit import Exhibit, exhibit_of
from tui_nn.lesson.source import Lesson, LessonStep
from tui_nn.plugin.registry import Registry

HINT, SKIP = "?", "!"  # typed instead of an answer
TRIES = 3  # wrong answers after which a right one may be seen
RIGHT, NOT_YET = "Right.", "Not yet."


@dataclass(frozen=True)
class Comment:
    """text: to the student. goes_on: whether the question is behind them. is_right: None where nothing was judged."""

    text: str
    goes_on: bool = False
    is_right: bool | None = None


class Walk:
    """Raises ExperimentError, when it is made, for a question that is not sound."""

    def __init__(self, lesson: Lesson, folder: Path, registry: Registry, book: AnswerBook) -> None:
        self.lesson, self.book = lesson, book
        self._folder, self._registry = folder, registry
        self.asks = tuple(ask_of(step) for step in lesson.steps)
        self.behind = {one.id for one in book.attempts if one.state in ("correct", "skipped")}
        self.right = {one.id for one in book.attempts if one.state == "correct"}
        self.at = next((at for at, ask in enumerate(self.asks) if ask and ask.common.id not in self.behind), 0)
        self._begin()

    def _begin(self) -> None:
        self._began, self.hints, self.tries = time.monotonic(), 0, 0
        self.__dict__.pop("exhibit", None)

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
        return exhibit_of(self.step, self._registry, self._folder)

    @property
    def is_masked(self) -> bool:
        """Whether what is asked for has to be found yet."""
        return self.ask is not None and self.ask.common.id not in self.behind

    @property
    def is_over(self) -> bool:
        """Whether every question is behind the student."""
        return all(ask is None or ask.common.id in self.behind for ask in self.asks)

    def turn(self, by: int) -> bool:
        """The next step, or the one before. False at the ends."""
        if not 0 <= self.at + by < len(self.lesson.steps):
            return False
        self.at += by
        self._begin()
        return True

    def reply(self, typed: str) -> Comment:
        """What is said to an answer, HINT or SKIP. Raises StorageError if it cannot be written down."""
        ask, typed = self.ask, typed.strip()
        if ask is None or not typed:
            return Comment("")
        if typed == HINT:
            self.hints += 1
            known = ask.common.hint
            return Comment(known[min(self.hints, len(known)) - 1] if known else "There is no hint.")
        seconds = time.monotonic() - self._began
        if typed == SKIP:
            self.book.add(ask.common.id, "", "skipped", self.hints, seconds)
            self.behind.add(ask.common.id)
            text = f"One right answer: {written(ask.common.right)}" if self.tries >= TRIES else "Skipped."
            return Comment(text, goes_on=True)
        judged = ask.judge(typed, self.exhibit)
        if judged.state == "not attempted":
            return Comment(judged.said)
        self.book.add(ask.common.id, typed, judged.state, self.hints, seconds)
        if judged.state == "correct":
            self.behind.add(ask.common.id)
            self.right.add(ask.common.id)
            return Comment(" ".join((RIGHT, judged.said)).strip(), goes_on=True, is_right=True)
        self.tries += 1
        text = " ".join((NOT_YET, judged.said)).strip()
        if self.tries >= TRIES:
            text += f" {SKIP} shows a right answer."
        return Comment(text, is_right=False)


def written(answer: object) -> str:
    """An answer as it is typed."""
    if isinstance(answer, dict):
        return " ".join(f"{name}={value}" for name, value in answer.items())
    return str(answer)
