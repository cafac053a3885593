"""A circuit gate by gate, in words: forward the values, backward the chain rule with symbols, numbers and result.

What is printed is true: numbers on the way to a result have as many digits as give that result, to its last digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from tui_nn.graph.circuits.circuit import Circuit, CircuitError, Constant
from tui_nn.graph.circuits.evaluate import Evaluation
from tui_nn.graph.circuits.operations import BRANCH, OPERATIONS, WITH_CONSTANT
from tui_nn.graph.circuits.parse import parse_number
from tui_nn.graph.circuits.remarks import remark

EXACT = 17  # digits that tell every float64 from its neighbours


@dataclass(frozen=True)
class Step:
    """phase: "forward" or "backward", at which gate. lines: what happens. pattern: what the gate does to a gradient.

    remark: what must be known of its local gradients at these numbers; empty where they are ordinary.
    """

    phase: str
    gate: int
    lines: tuple[str, ...]
    pattern: str = ""
    remark: str = ""


def number(value: float, digits: int = 2) -> str:
    """As on the slides: two digits behind the point, none for whole numbers, a power of ten where those say nothing.

    What is not a number is a derivative that does not exist.
    """
    if not math.isfinite(value):
        return "undefined" if math.isnan(value) else f"{value}"
    if value == int(value) and abs(value) < 10**6:
        return f"{int(value)}"
    if abs(value) >= 10**6 or abs(value) < 0.5 * 10**-digits:
        return f"{value:.{max(digits - 1, 0)}e}".replace("e-0", "e-").replace("e+0", "e")
    return f"{value:.{digits}f}"


def constant(value: float, digits: int = 4) -> str:
    """A number that stands in the expression, as one types it: 0.1, and not 0.1000."""
    mantissa, power, exponent = number(value, digits).partition("e")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + power + exponent


def label(circuit: Circuit, index: int) -> str:
    """What is drawn in a gate: +, *, exp, +1, 1/x, ...; an input's name."""
    gate = circuit.gates[index]
    if gate.operation in ("input", "branch"):
        return gate.name
    if gate.constant is None:
        return OPERATIONS[gate.operation].label
    place, value = gate.constant
    text = WITH_CONSTANT[gate.operation, place][0].format(c=constant(value))
    return text.replace("+-", "-").replace("--", "+")


def pattern(circuit: Circuit, index: int) -> str:
    """What the gate does to a gradient on its way back."""
    gate = circuit.gates[index]
    if gate.operation == "input":
        return ""
    if gate.operation == "branch":
        return BRANCH
    if gate.constant is None:
        return OPERATIONS[gate.operation].pattern
    place, value = gate.constant
    return WITH_CONSTANT[gate.operation, place][2].format(c=constant(value))


def order(circuit: Circuit) -> list[tuple[str, int]]:
    """(phase, gate): forward through all gates, then backward through all of them, from f to the inputs."""
    gates = [index for index, gate in enumerate(circuit.gates) if gate.operation != "input"]
    return [("forward", index) for index in gates] + [("backward", index) for index in reversed(gates)]


def step_at(evaluation: Evaluation, phase: str, gate: int, digits: int = 2) -> Step:
    """What happens at this gate on the way forward or back."""
    lines = [_forward(evaluation, gate, digits)] if phase == "forward" else _backward(evaluation, gate, digits)
    said = remark(evaluation, gate) if phase == "backward" else ""
    return Step(phase, gate, tuple(lines), pattern(evaluation.circuit, gate), said)


def steps(evaluation: Evaluation, digits: int = 2) -> list[Step]:
    """All steps, explained."""
    return [step_at(evaluation, phase, gate, digits) for phase, gate in order(evaluation.circuit)]


def formula(circuit: Circuit, index: int, position: int, digits: int = 4) -> str:
    """The local gradient of a gate for one of its sources, in the names of the circuit; constants with these digits."""
    gate = circuit.gates[index]
    if gate.operation == "branch":
        return "1"
    names = {"y": gate.name}
    for letter, operand in zip("ab", gate.operands, strict=False):
        names[letter] = (
            constant(operand.value, digits) if isinstance(operand, Constant) else circuit.gates[operand].name
        )
    if gate.constant is None:
        return OPERATIONS[gate.operation].formulas[position].format(**names)
    place, value = gate.constant
    # The one operand that is no constant is called a, wherever it stands.
    names["a"] = circuit.gates[gate.sources[0]].name
    if gate.operation == "power" and place == 1:
        return _power_rule(value, names["a"], digits)
    text = WITH_CONSTANT[gate.operation, place][1]
    return text.format(c=_signed(constant(value, digits), text.strip("{}") != "c"), **names)


def _power_rule(exponent: float, name: str, digits: int) -> str:
    """The slope of name^exponent: 2 x, 3 x^2, -1 x^(-2)."""
    less = constant(exponent - 1, digits)
    power = "" if less == "1" else f"^{_signed(less)}"
    return f"{constant(exponent, digits)} {name}{power}"


def true_sides(write: Callable[[int], list[str]], result: str, digits: int = 2) -> list[str]:
    """The sides of an equation, `write(digits)`, with as few digits as give the printed result, from `digits` on.

    2 * 0.1966 is 0.3932: beside a result of 0.39 it is not 2 * 0.20, which is 0.40, but 2 * 0.197.
    """
    for more in range(digits, EXACT):
        sides = write(more)
        if all(_gives(side, result, digits) for side in sides):
            return sides
    return write(EXACT)


def _gives(side: str, result: str, digits: int) -> bool:
    """Whether a side amounts to the result, to half of its last digit. What is not made of numbers alone may pass."""
    try:
        found, wanted = parse_number(side), float(result)
    except (CircuitError, ValueError):
        return True
    # Digits behind the point; a whole number is meant to as many as others are written with.
    exponent = int(Decimal(result).as_tuple().exponent)
    last = 10.0 ** (exponent if "e" in result or "." in result else -digits)
    return abs(found - wanted) <= 0.5 * last * (1 + 1e-9)


def _signed(text: str, brackets: bool = True) -> str:
    """A negative number in brackets, where it follows a sign of its own."""
    return f"({text})" if text.startswith("-") and brackets else text


def _expression(circuit: Circuit, index: int, operands: list[str]) -> str:
    """The gate's operation written out with these operands."""
    gate = circuit.gates[index]
    signs = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "^"}
    if gate.operation in signs:
        return f"{_signed(operands[0])} {signs[gate.operation]} {_signed(operands[1])}"
    if gate.operation == "square":
        return f"{_signed(operands[0])}^2"
    return f"{OPERATIONS[gate.operation].label}({', '.join(operands)})"


def _forward(evaluation: Evaluation, index: int, digits: int) -> str:
    circuit = evaluation.circuit
    gate, value = circuit.gates[index], number(evaluation.values[index], digits)
    if gate.operation == "branch":
        return f"{gate.name} = {value} is used {len(circuit.consumers[index])} times: each gets a copy"

    def write(more: int) -> list[str]:
        names, values = [], []
        for operand in gate.operands:
            if isinstance(operand, Constant):
                names.append(constant(operand.value, max(more, 4)))
                values.append(names[-1])
            else:
                names.append(circuit.gates[operand].name)
                values.append(number(evaluation.values[operand], more))
        return [_expression(circuit, index, names), _expression(circuit, index, values)]

    return " = ".join([gate.name, *true_sides(write, value, digits), value])


def _backward(evaluation: Evaluation, index: int, digits: int) -> list[str]:
    circuit = evaluation.circuit
    gate, f = circuit.gates[index], circuit.gates[-1].name
    upstream = evaluation.gradients[index]
    if gate.operation == "branch":
        copies = [evaluation.edges[user][position] for user, position in circuit.consumers[index]]
        total = number(upstream, digits)
        (added,) = true_sides(lambda more: [" + ".join(_signed(number(one, more)) for one in copies)], total, digits)
        return [f"d{f}/d{gate.name} = {added} = {total}"]
    lines = [f"d{f}/d{f} = 1: the way back starts here"] if index == len(circuit.gates) - 1 else []
    for position, source in enumerate(gate.sources):
        name, wanted = circuit.gates[source].name, circuit.copy_of(index, position)
        slope, found = evaluation.slopes[index][position], number(evaluation.edges[index][position], digits)

        def write(more: int, position: int = position, slope: float = slope) -> list[str]:
            above = _signed(number(upstream, more))
            local = formula(circuit, index, position, max(more, 4))
            return [f"{_bracketed(local)} * {above}", f"{_signed(number(slope, more))} * {above}"]

        # Symbols, then the slope's formula, then numbers; what would be said twice is left out.
        parts = [*true_sides(write, found, digits), found]
        if gate.name != f:
            parts.insert(0, f"d{gate.name}/d{name} * d{f}/d{gate.name}")
        lines.append(f"d{f}/d{wanted} = " + " = ".join(dict.fromkeys(parts)))
    return lines


def _bracketed(local: str) -> str:
    return f"({local})" if " " in local or local.startswith("-") else local
