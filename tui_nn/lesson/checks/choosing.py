"""`choice` and `order`: pick one, or sort them. Which is right is a comparison of queries where that can be said."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from tui_nn.errors import ExperimentError
from tui_nn.lesson.checks.comparing import holds
from tui_nn.lesson.checks.judgement import Check, Judgement, Unreadable, text_of
from tui_nn.lesson.exhibit import Exhibit
from tui_nn.lesson.queries import asked
from tui_nn.plurals import plural


class ChoiceCheck(Check):
    """choice: the options. when: of each option the comparison that makes it right; or right_one: its number, from 1,
    where no query can say it.
    """

    form: ClassVar[str] = "the number of an option"
    choice: list[str]
    when: list[str] = msgspec.field(default_factory=list)
    right_one: int = 0

    def read(self, answer: Any) -> int:
        text = text_of(answer)
        if not text.isdecimal() or not 1 <= int(text) <= len(self.choice):
            raise Unreadable(f"'{text}' is none of the options; expected 1 to {len(self.choice)}.")
        return int(text)

    def judge(self, read: int, exhibit: Exhibit) -> Judgement:
        return Judgement("correct" if read == self._key(exhibit) else "incorrect")

    def _key(self, exhibit: Exhibit) -> int:
        if bool(self.when) == bool(self.right_one):
            raise ExperimentError("a choice has `when` or `right_one`, and not both.")
        if not self.when:
            return self.right_one
        if len(self.when) != len(self.choice):
            raise ExperimentError(
                f"found {plural(len(self.when), 'comparison')} in `when` for {plural(len(self.choice), 'option')}."
            )
        right = [number for number, one in enumerate(self.when, start=1) if holds(one, exhibit)]
        if len(right) != 1:
            raise ExperimentError(f"{len(right)} of the options are right here; expected one.")
        return right[0]


class OrderCheck(Check):
    """order: the items, as they are shown. rising: of each item the query by which they are sorted, smallest first."""

    form: ClassVar[str] = "the numbers of the items in order, such as 2 1 3"
    order: list[str]
    rising: list[str]

    def read(self, answer: Any) -> tuple[int, ...]:
        words = text_of(answer).replace(",", " ").split()
        if sorted(words) != sorted(str(number) for number in range(1, len(self.order) + 1)):
            raise Unreadable(f"expected each of 1 to {len(self.order)} once.")
        return tuple(int(word) for word in words)

    def judge(self, read: tuple[int, ...], exhibit: Exhibit) -> Judgement:
        if len(self.rising) != len(self.order):
            raise ExperimentError(
                f"found {plural(len(self.rising), 'query', 'queries')} in `rising` "
                f"for {plural(len(self.order), 'item')}."
            )
        values = [asked(self.rising[number - 1], exhibit) for number in read]
        placed = [value == wanted for value, wanted in zip(values, sorted(values), strict=True)]
        if all(placed):
            return Judgement("correct")
        in_place = placed.index(False)
        return Judgement("incorrect", f"The first {in_place} are in place." if in_place else "Another one is first.")
