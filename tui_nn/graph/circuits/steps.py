"""A circuit gate by gate, in words: forward the values, backward the chain rule with symbols, numbers and result."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tui_nn.graph.circuits.circuit import Circuit, Constant
from tui_nn.graph.circuits.evaluate import Evaluation
from tui_nn.graph.circuits.operations import BRANCH, OPERATIONS, WITH_CONSTANT


@dataclass(frozen=True)
class Step:
    """phase: "forward" or "backward", at which gate. lines: what happens. pattern: what the gate does to a gradient."""

    phase: str
    gate: int
    lines: tuple[str, ...]
    pattern: str = ""


def number(value: float, digits: int = 2) -> str:
    """As on the slides: two digits behind the point, none for whole numbers, a power of ten where those say nothing."""
    if not math.isfinite(value):
        return f"{value}"
    if value == int(value) and abs(value) < 10**6:
        return f"{int(value)}"
    if abs(value) >= 10**6 or abs(value) < 0.5 * 10**-digits:
        return f"{value:.{max(digits - 1, 0)}e}".replace("e-0", "e-").replace("e+0", "e")
    return f"{value:.{digits}f}"


def label(circuit: Circuit, index: int) -> str:
    """What is drawn in a gate: +, *, exp, +1, 1/x, ...; an input's name."""
    gate = circuit.gates[index]
    if gate.operation in ("input", "branch"):
        return gate.name
    constant = _constant(circuit, index)
    if constant is None:
        return OPERATIONS[gate.operation].label
    place, value = constant
    shown = number(value, 4)
    text = WITH_CONSTANT[gate.operation, place][0].format(c=shown)
    return text.replace("+-", "-").replace("--", "+")


def pattern(circuit: Circuit, index: int) -> str:
    """What the gate does to a gradient on its way back."""
    gate = circuit.gates[index]
    if gate.operation == "input":
        return ""
    if gate.operation == "branch":
        return BRANCH
    constant = _constant(circuit, index)
    if constant is None:
        return OPERATIONS[gate.operation].pattern
    return WITH_CONSTANT[gate.operation, constant[0]][2].format(c=number(constant[1], 4))


def order(circuit: Circuit) -> list[tuple[str, int]]:
    """(phase, gate): forward through all gates, then backward through all of them, from f to the inputs."""
    gates = [index for index, gate in enumerate(circuit.gates) if gate.operation != "input"]
    return [("forward", index) for index in gates] + [("backward", index) for index in reversed(gates)]


def step_at(evaluation: Evaluation, phase: str, gate: int, digits: int = 2) -> Step:
    """What happens at this gate on the way forward or back."""
    lines = [_forward(evaluation, gate, digits)] if phase == "forward" else _backward(evaluation, gate, digits)
    return Step(phase, gate, tuple(lines), pattern(evaluation.circuit, gate))


def steps(evaluation: Evaluation, digits: int = 2) -> list[Step]:
    """All steps, explained."""
    return [step_at(evaluation, phase, gate, digits) for phase, gate in order(evaluation.circuit)]


def formula(circuit: Circuit, index: int, position: int) -> str:
    """The local gradient of a gate for one of its sources, in the names of the circuit."""
    gate = circuit.gates[index]
    if gate.operation == "branch":
        return "1"
    names = {"y": gate.name}
    for letter, operand in zip("ab", gate.operands, strict=False):
        names[letter] = number(operand.value, 4) if isinstance(operand, Constant) else circuit.gates[operand].name
    constant = _constant(circuit, index)
    if constant is not None:
        # The one operand that is no constant is called a, wherever it stands.
        names["a"] = circuit.gates[gate.sources[0]].name
        if gate.operation == "power" and constant[0] == 1:
            return _power_rule(constant[1], names["a"])
        text = WITH_CONSTANT[gate.operation, constant[0]][1]
        return text.format(c=_signed(number(constant[1], 4), text.strip("{}") != "c"), **names)
    return OPERATIONS[gate.operation].formulas[position].format(**names)


def _power_rule(exponent: float, name: str) -> str:
    """The slope of name^exponent: 2 x, 3 x^2, -1 x^(-2)."""
    less = number(exponent - 1, 4)
    power = "" if less == "1" else f"^{_signed(less)}"
    return f"{number(exponent, 4)} {name}{power}"


def _constant(circuit: Circuit, index: int) -> tuple[int, float] | None:
    """(place, value) of the constant of a gate that has one."""
    for place, operand in enumerate(circuit.gates[index].operands):
        if isinstance(operand, Constant):
            return place, operand.value
    return None


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
    names, values = [], []
    for operand in gate.operands:
        if isinstance(operand, Constant):
            names.append(number(operand.value, 4))
            values.append(names[-1])
        else:
            names.append(circuit.gates[operand].name)
            values.append(number(evaluation.values[operand], digits))
    return f"{gate.name} = {_expression(circuit, index, names)} = {_expression(circuit, index, values)} = {value}"


def _backward(evaluation: Evaluation, index: int, digits: int) -> list[str]:
    circuit = evaluation.circuit
    gate, f = circuit.gates[index], circuit.gates[-1].name
    if gate.operation == "branch":
        parts = [number(evaluation.edges[user][position], digits) for user, position in circuit.consumers[index]]
        total = number(evaluation.gradients[index], digits)
        return [f"d{f}/d{gate.name} = {' + '.join(_signed(part) for part in parts)} = {total}"]
    upstream = number(evaluation.gradients[index], digits)
    lines = [f"d{f}/d{f} = 1: the way back starts here"] if index == len(circuit.gates) - 1 else []
    for position, source in enumerate(gate.sources):
        name, wanted = circuit.gates[source].name, circuit.copy_of(index, position)
        local, slope = formula(circuit, index, position), number(evaluation.slopes[index][position], digits)
        found = number(evaluation.edges[index][position], digits)
        # Symbols, then the slope's formula, then numbers; what would be said twice is left out.
        parts = [f"{_bracketed(local)} * {_signed(upstream)}", f"{_signed(slope)} * {_signed(upstream)}", found]
        if gate.name != f:
            parts.insert(0, f"d{gate.name}/d{name} * d{f}/d{gate.name}")
        lines.append(f"d{f}/d{wanted} = " + " = ".join(dict.fromkeys(parts)))
    return lines


def _bracketed(local: str) -> str:
    return f"({local})" if " " in local or local.startswith("-") else local
