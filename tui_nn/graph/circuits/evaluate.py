"""All numbers of a circuit: values forward, then gradients backward, each edge's own.

The gradient of an edge is the chain rule for one place: the local gradient of the gate times what comes from above.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tui_nn.errors import did_you_mean
from tui_nn.graph.circuits.circuit import Circuit, CircuitError, Constant, Gate
from tui_nn.graph.circuits.forms import slope_form, value_form
from tui_nn.graph.circuits.operations import OPERATIONS

MOST_PATHS = 50


@dataclass(frozen=True)
class Evaluation:
    """values, gradients: df/d(result) of each gate. slopes: of each gate, the local gradient for each of its sources.

    edges: of each gate, the gradient that it hands to each source: slope times its own gradient. forms: of each gate
    that computes, the Python (see `forms`) of its value and of its slopes, which gives these very numbers.
    """

    circuit: Circuit
    inputs: Mapping[str, float]
    values: tuple[float, ...]
    gradients: tuple[float, ...]
    slopes: tuple[tuple[float, ...], ...]
    edges: tuple[tuple[float, ...], ...]
    forms: tuple[tuple[str, ...], ...]

    @property
    def output(self) -> float:
        """The value of the expression."""
        return self.values[-1]

    def gradient(self, name: str) -> float:
        """df/d(input)."""
        return next(
            gradient
            for gate, gradient in zip(self.circuit.gates, self.gradients, strict=True)
            if gate.operation == "input" and gate.name == name
        )


def evaluate(circuit: Circuit, inputs: Mapping[str, float]) -> Evaluation:
    """Forward and backward. Raises CircuitError for an input without a value, one too many, or a result not finite."""
    _check(circuit, inputs)
    values: list[float] = []
    slopes: list[tuple[float, ...]] = []
    forms: list[tuple[str, ...]] = []
    with np.errstate(all="ignore"):
        for gate in circuit.gates:
            if gate.operation == "input":
                values.append(float(inputs[gate.name]))
                slopes.append(())
                forms.append(())
            elif gate.operation == "branch":
                values.append(values[gate.sources[0]])
                slopes.append((1.0,))
                forms.append(())
            else:
                operands = tuple(o.value if isinstance(o, Constant) else values[o] for o in gate.operands)
                found = _computed(gate, operands)
                if found is None:
                    shown = ", ".join(f"{operand:g}" for operand in operands)
                    raise CircuitError(
                        f"'{OPERATIONS[gate.operation].label}' of {shown} is not a finite number. Choose other inputs.",
                        circuit.expression,
                        gate.column,
                    )
                values.append(found[0][1])
                slopes.append(tuple(slope for _, slope in found[1:]))
                forms.append(tuple(form for form, _ in found))
    gradients = [0.0] * len(values)
    gradients[-1] = 1.0
    edges: list[tuple[float, ...]] = [()] * len(values)
    for index in reversed(range(len(values))):
        edges[index] = tuple(slope * gradients[index] for slope in slopes[index])
        for source, part in zip(circuit.gates[index].sources, edges[index], strict=True):
            gradients[source] += part
    return Evaluation(circuit, dict(inputs), tuple(values), tuple(gradients), tuple(slopes), tuple(edges), tuple(forms))


def _computed(gate: Gate, operands: tuple[float, ...]) -> list[tuple[str, float]] | None:
    """(form, number) of the value and of the local gradient for each source; None if the value is not finite."""
    operation = OPERATIONS[gate.operation]
    given = tuple(map(np.float64, operands))
    reference = operation.function(*given)
    if not np.isfinite(reference):
        return None
    a, b = operands[0], operands[-1]
    value = value_form(gate, float(reference), a, b)
    local = operation.locals(gate.operation, reference, given, gate.constant is not None and gate.constant[0] == 0)
    return [value] + [
        slope_form(gate, place, float(local[place]), a, b, value[1])
        for place, operand in enumerate(gate.operands)
        if isinstance(operand, int)
    ]


def _check(circuit: Circuit, inputs: Mapping[str, float]) -> None:
    for name in inputs:
        if name not in circuit.inputs:
            raise CircuitError(f"the expression has no input '{name}'.{did_you_mean(name, circuit.inputs)}")
    missing = [name for name in circuit.inputs if name not in inputs]
    if missing:
        plural = "inputs need values" if len(missing) > 1 else "input needs a value"
        raise CircuitError(f"{len(missing)} {plural}; add for example {' '.join(f'{name}=1' for name in missing)}")
    for name, value in inputs.items():
        if not np.isfinite(value):
            raise CircuitError(f"{name} is {value}; expected a finite number.")


def paths(evaluation: Evaluation, name: str) -> list[list[tuple[int, float]]]:
    """Every way from an input to the output, as (gate, its slope) from the input on; at most MOST_PATHS of them.

    df/d(input) is the sum over the ways of the product of the slopes on each.
    """
    circuit = evaluation.circuit
    start = next(i for i, gate in enumerate(circuit.gates) if gate.operation == "input" and gate.name == name)
    found: list[list[tuple[int, float]]] = []
    stack: list[tuple[int, list[tuple[int, float]]]] = [(start, [])]
    while stack and len(found) < MOST_PATHS:
        gate, way = stack.pop()
        if gate == len(circuit.gates) - 1:
            found.append(way)
        for consumer, position in reversed(circuit.consumers[gate]):
            stack.append((consumer, [*way, (consumer, evaluation.slopes[consumer][position])]))
    return found
