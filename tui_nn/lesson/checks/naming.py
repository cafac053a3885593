"""`verdict` and `truth`: the student names what is wrong with a run, or says what a network answers."""

from __future__ import annotations

from typing import Any, ClassVar

from tui_nn.diagnosis import RULES
from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.lesson.checks.judgement import Check, Judgement, Unreadable, text_of
from tui_nn.lesson.exhibit import Exhibit
from tui_nn.lesson.queries import asked
from tui_nn.lesson.run_queries import run_of
from tui_nn.views.verdicts import verdicts_of


class VerdictCheck(Check):
    """verdict: names of the doctor's verdicts to choose from; right is the one that it gives first, the cause."""

    form: ClassVar[str] = "the number or the name of a verdict"
    verdict: list[str]

    def read(self, answer: Any) -> str:
        text = text_of(answer).replace(" ", "_")
        if text.isdecimal() and 1 <= int(text) <= len(self.verdict):
            return self.verdict[int(text) - 1]
        if text not in self.verdict:
            raise Unreadable(f"'{text}' is none of them.{did_you_mean(text, self.verdict)}")
        return text

    def judge(self, read: str, exhibit: Exhibit) -> Judgement:
        known = [rule.name for rule in RULES]
        for name in self.verdict:
            if name not in known:
                raise ExperimentError(f"the doctor has no verdict '{name}'.{did_you_mean(name, known)}")
        found = [one.name for one in verdicts_of(run_of(exhibit, "verdict")[0].reader)]
        if not found or found[0] not in self.verdict:
            says = f"finds {found[0]}" if found else "finds nothing"
            raise ExperimentError(f"the doctor {says} here, which is none of the verdicts to choose from.")
        if read == found[0]:
            return Judgement("correct")
        return Judgement("incorrect", "True, but it has a cause, and the cause comes first." if read in found else "")


class TruthCheck(Check):
    """truth: the query of a unit, such as net.h[1], asked for each row of binary inputs."""

    form: ClassVar[str] = "0 or 1 for each row, such as 0 0 0 1"
    truth: str

    def read(self, answer: Any) -> tuple[int, ...]:
        words = text_of(answer).replace(",", " ").split() if isinstance(answer, str) else [str(one) for one in answer]
        if len(words) == 1:
            words = list(words[0])
        if any(word not in ("0", "1") for word in words):
            raise Unreadable(f"expected {self.form}.")
        return tuple(int(word) for word in words)

    def judge(self, read: tuple[int, ...], exhibit: Exhibit) -> Judgement:
        rows = self._rows(exhibit)
        if len(read) != len(rows):
            return Judgement("not attempted", f"found {len(read)} answers; expected {len(rows)}, one for each row.")
        right = {
            " ".join(map(str, row)): (value > 0.5) == given for (row, value), given in zip(rows, read, strict=True)
        }
        if all(right.values()):
            return Judgement("correct", parts=right)
        first = next(row for row, found in right.items() if not found)
        return Judgement("incorrect", f"{sum(right.values())} of {len(right)} rows are right. Wrong: {first}.", right)

    def _rows(self, exhibit: Exhibit) -> list[tuple[tuple[int, ...], float]]:
        """Binary inputs in the order of counting, and the answer to each. Raises ExperimentError for other inputs."""
        inputs = int(asked("net.inputs", exhibit))
        rows = {}
        for sample in range(1, min(2**inputs, len(exhibit.setup.splits.train)) + 1):
            row = tuple(asked(f"net.x[{number}]@{sample}", exhibit) for number in range(1, inputs + 1))
            rows[tuple(int(value) for value in row if value in (0, 1))] = asked(f"{self.truth}@{sample}", exhibit)
        if len(rows) < 2**inputs or any(len(row) < inputs for row in rows):
            raise ExperimentError("the first training samples are no truth table; expected each row of 0 and 1 once.")
        return sorted(rows.items())
