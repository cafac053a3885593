"""`fields = {name = QUERY}`: blanks in the drawing, each right or wrong by itself."""

from __future__ import annotations

from typing import Any, ClassVar

from tui_nn.errors import did_you_mean
from tui_nn.lesson.checks.judgement import Check, Judgement, Unreadable, named
from tui_nn.lesson.checks.number import Typed, direction, finite, is_right, typed
from tui_nn.lesson.exhibit import Exhibit


class FieldsCheck(Check):
    """fields: what each blank is called -> the query that is its key."""

    form: ClassVar[str] = "a number for each blank, such as x=1 y=-2"
    fields: dict[str, str]
    tolerance: float = 0.0

    @property
    def asks_for(self) -> str:
        return f"a number for each of {', '.join(self.fields)}"

    def read(self, answer: Any) -> dict[str, Typed]:
        """A table, or a line: `name=number` words, or the numbers alone in the order of the blanks."""
        blanks = named(answer, list(self.fields), self.asks_for)
        for name in blanks:
            if name not in self.fields:
                raise Unreadable(f"there is no blank '{name}'.{did_you_mean(name, self.fields)}")
        missing = [name for name in self.fields if str(blanks.get(name, "")).strip() == ""]
        if missing:
            raise Unreadable(f"fill in {', '.join(missing)} too.")
        return {name: typed(blanks[name]) for name in self.fields}

    def same(self, read: dict[str, Typed], known: dict[str, Typed]) -> bool:
        return all(is_right(read[name], known[name].value) for name in self.fields)

    def judge(self, read: dict[str, Typed], exhibit: Exhibit) -> Judgement:
        keys = {name: finite(one, exhibit) for name, one in self.fields.items()}
        right = {name: is_right(read[name], keys[name], self.tolerance) for name in self.fields}
        if all(right.values()):
            return Judgement("correct", parts=right)
        first = next(name for name, found in right.items() if not found)
        said = f"{sum(right.values())} of {len(right)} are right. {first}: {direction(read[first], keys[first])}"
        return Judgement("incorrect", said, right)
