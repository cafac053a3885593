"""Folding: a group of gates whose derivative is known becomes one gate, and back.

The sigmoid is the lecture's example: x(-1), exp, +1 and 1/x are four gates, or one whose slope is y (1 - y).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui_nn.graph.circuits.circuit import Circuit, Constant, Gate, Operand, used

ONE, ZERO, MINUS = Constant(1.0), Constant(0.0), Constant(-1.0)


def fold(circuit: Circuit) -> Circuit:
    """1 / (1 + exp(-x)) as one sigmoid gate, log(1 + exp(x)) as softplus, max(0, x) as relu."""
    gates = circuit.plain
    counts = used(gates)
    folded: dict[int, Gate] = {}
    gone: set[int] = set()
    for index, gate in enumerate(gates):
        for name, match in (("sigmoid", _sigmoid), ("softplus", _softplus), ("relu", _relu)):
            found = match(gates, gate)
            # What else uses a result on the way would lose it.
            if found is not None and all(counts[one] == 1 and not gates[one].name for one in found[1]):
                folded[index] = Gate(name, (found[0],), gate.name, gate.column)
                gone.update(found[1])
    return _rebuilt(circuit, lambda index, gate: [] if index in gone else [folded.get(index, gate)])


def unfold(circuit: Circuit) -> Circuit:
    """The opposite: sigmoid, softplus, relu and square gates as the elementary gates that they stand for."""

    def parts(_: int, gate: Gate) -> list[Gate]:
        # -1 stands for the gate just before; the first part takes the operand.
        steps: dict[str, list[tuple[str, tuple[Operand | None, ...]]]] = {
            "sigmoid": [
                ("multiply", (None, MINUS)),
                ("exp", (None,)),
                ("add", (None, ONE)),
                ("divide", (ONE, None)),
            ],
            "softplus": [("exp", (None,)), ("add", (None, ONE)), ("log", (None,))],
            "relu": [("maximum", (None, ZERO))],
            "square": [("power", (None, Constant(2.0)))],
        }
        if gate.operation not in steps:
            return [gate]
        made = []
        for number, (operation, places) in enumerate(steps[gate.operation]):
            before = gate.operands[0] if number == 0 else -1
            operands = tuple(before if place is None else place for place in places)
            made.append(Gate(operation, operands, "", gate.column))
        made[-1] = Gate(made[-1].operation, made[-1].operands, gate.name, gate.column)
        return made

    return _rebuilt(circuit, parts)


def _rebuilt(circuit: Circuit, parts: Callable[[int, Gate], list[Gate]]) -> Circuit:
    """Each gate replaced by none, one or several; of several, operand -1 means the one before."""
    where: list[int] = []
    gates: list[Gate] = []
    for index, gate in enumerate(circuit.plain):
        for part in parts(index, gate):
            operands = tuple(
                one if isinstance(one, Constant) else len(gates) - 1 if one == -1 else where[one]
                for one in part.operands
            )
            gates.append(Gate(part.operation, operands, part.name, part.column))
        where.append(len(gates) - 1)
    return Circuit(circuit.expression, tuple(gates))


Found = tuple[int, tuple[int, ...]] | None


def _with(gates: Sequence[Gate], operand: Operand, operation: str, constant: Constant | None = None) -> int | None:
    """The other operand of a gate of this operation with this constant on either side."""
    if not isinstance(operand, int) or gates[operand].operation != operation:
        return None
    others = [one for one in gates[operand].operands if one != constant]
    return others[0] if len(others) == 1 and isinstance(others[0], int) else None


def _sigmoid(gates: Sequence[Gate], gate: Gate) -> Found:
    if gate.operation != "divide" or gate.operands[0] != ONE or not isinstance(gate.operands[1], int):
        return None
    total = gate.operands[1]
    power = _with(gates, total, "add", ONE)
    negative = None if power is None else _with(gates, power, "exp")
    x = None if negative is None else _with(gates, negative, "multiply", MINUS)
    if power is None or negative is None or x is None:
        return None
    return x, (total, power, negative)


def _softplus(gates: Sequence[Gate], gate: Gate) -> Found:
    if gate.operation != "log" or not isinstance(gate.operands[0], int):
        return None
    total = gate.operands[0]
    power = _with(gates, total, "add", ONE)
    x = None if power is None else _with(gates, power, "exp")
    return None if power is None or x is None else (x, (total, power))


def _relu(gates: Sequence[Gate], gate: Gate) -> Found:  # noqa: ARG001
    if gate.operation != "maximum" or ZERO not in gate.operands:
        return None
    others = gate.sources
    return (others[0], ()) if len(others) == 1 else None
