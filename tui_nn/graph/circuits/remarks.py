"""Where a gate has no derivative, or one by convention only: what is then said beside its numbers."""

from __future__ import annotations

import math

from tui_nn.graph.circuits.circuit import Constant, Gate
from tui_nn.graph.circuits.evaluate import Evaluation
from tui_nn.graph.circuits.operations import SYMMETRIC


def remark(evaluation: Evaluation, index: int) -> str:
    """What must be known about the local gradients of this gate at these numbers; empty where they are ordinary."""
    gate = evaluation.circuit.gates[index]
    upstream = evaluation.gradients[index]
    if any({abs(slope), abs(upstream)} == {0, math.inf} for slope in evaluation.slopes[index]):
        return "0 times infinite is undefined: the chain rule does not say"
    values = [one.value if isinstance(one, Constant) else evaluation.values[one] for one in gate.operands]
    names = [
        f"{one.value:g}" if isinstance(one, Constant) else evaluation.circuit.gates[one].name for one in gate.operands
    ]
    if gate.operation in SYMMETRIC and values[0] == values[1]:
        return _tie(gate, names)
    if gate.operation == "power":
        return _power(gate, values, names)
    if values and values[0] == 0:
        return AT_ZERO.get(gate.operation, "").format(names[0])
    return ""


AT_ZERO = {
    "absolute": "{} = 0 is a kink: slope -1 from the left, 1 from the right; 0 is taken",
    "relu": "{} = 0 is a kink: slope 0 from the left, 1 from the right; 0 is taken",
    "sqrt": "at {} = 0 the slope is infinite",
}


def _tie(gate: Gate, names: list[str]) -> str:
    if gate.constant is not None:
        return f"{names[0]} = {names[1]} is a kink: slope 0 on one side, 1 on the other; 0 is taken"
    return f"a tie: the gradient goes to the second, {names[1]}; the lecture's formula gives it to both"


def _power(gate: Gate, values: list[float], names: list[str]) -> str:
    (base, exponent), (a, b) = values, names
    constant = None if gate.constant is None else gate.constant[0]
    if base < 0 and constant != 1:
        return f"powers of a negative number exist only for some exponents: no derivative with respect to {b}"
    if base == exponent == 0 and constant != 1:
        return f"0^0 is taken as 1, and 0^{b} jumps there: no derivative with respect to {b}"
    if base == 0 and constant != 0 and exponent != int(exponent):
        slope = "infinite" if exponent < 1 else "0, and there is nothing to the left"
        return f"at {a} = 0 the slope from the right is {slope}"
    return ""
