"""`expression` and `text`: a formula that is judged by its values and gradients, and a sentence that is not judged."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from tui_nn.engine.random import stream
from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.graph.circuits import Circuit, CircuitError, evaluate, parse
from tui_nn.lesson.checks.judgement import Check, Judgement, Unreadable, text_of
from tui_nn.lesson.exhibit import Exhibit

POINTS = 20
WIDEST = 3.0  # inputs are drawn between this and its negative
EQUAL = 1e-9


class ExpressionCheck(Check):
    """expression: one that is right. The student's may be written otherwise: it counts what it computes."""

    form: ClassVar[str] = "a formula, such as max(x, 0)"
    expression: str

    def read(self, answer: Any) -> str:
        text = text_of(answer)
        try:
            circuit = parse(text)
            wanted = parse(self.expression).inputs
        except CircuitError as error:
            raise Unreadable(error.line) from None
        for name in circuit.inputs:
            if name not in wanted:
                raise Unreadable(f"there is no '{name}' here.{did_you_mean(name, wanted)}")
        return text

    def judge(self, read: str, exhibit: Exhibit) -> Judgement:  # noqa: ARG002
        key, own = parse(self.expression), parse(read)
        random = stream(0, "lesson/expression")
        compared = 0
        for _ in range(POINTS):
            at = {name: float(random.uniform(-WIDEST, WIDEST)) for name in key.inputs}
            wanted = _numbers(key, at, key.inputs)
            if wanted is None:
                continue
            compared += 1
            found = _numbers(own, at, key.inputs)
            where = ", ".join(f"{name} = {value:.3g}" for name, value in at.items())
            if found is None:
                return Judgement("incorrect", f"At {where} it has no value.")
            if not math.isclose(found[0], wanted[0], rel_tol=EQUAL, abs_tol=EQUAL):
                return Judgement("incorrect", f"At {where} it is {found[0]:.4g}, and should be {wanted[0]:.4g}.")
            if any(not math.isclose(a, b, rel_tol=EQUAL, abs_tol=EQUAL) for a, b in zip(found, wanted, strict=True)):
                return Judgement("incorrect", f"At {where} its value is right, its slope is not.")
        if not compared:
            raise ExperimentError(f"'{self.expression}' has no value at any of {POINTS} points.")
        return Judgement("correct")


def _numbers(circuit: Circuit, at: dict[str, float], names: tuple[str, ...]) -> list[float] | None:
    """The value and the gradient by each name; None where there is no finite value."""
    try:
        found = evaluate(circuit, {name: at[name] for name in circuit.inputs})
    except CircuitError:
        return None
    return [found.output, *(found.gradient(name) if name in circuit.inputs else 0.0 for name in names)]


class TextCheck(Check):
    """text: what the sentence is to be about. It is collected and not judged."""

    needs_wrong: ClassVar[bool] = False
    form: ClassVar[str] = "a sentence"
    text: str

    def read(self, answer: Any) -> str:
        return text_of(answer)

    def judge(self, read: str, exhibit: Exhibit) -> Judgement:  # noqa: ARG002
        return Judgement("correct", "Noted. This answer is not graded.")
