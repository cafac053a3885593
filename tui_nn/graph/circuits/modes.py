"""Forward mode beside reverse mode: the same chain rule, from the inputs on or from the output back.

Forward mode carries d(result)/d(input) along and needs a sweep for each input; reverse mode carries d(output)/d(result)
back and has all inputs after one sweep. That is why networks, with many inputs and one cost, are trained backward.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui_nn.graph.circuits.evaluate import Evaluation


@dataclass(frozen=True)
class Cost:
    """Operations on derivatives, counted while they are done; the values of the forward pass are not in it.

    slopes: local gradients that were evaluated, one for each edge passed. multiplications: slope times derivative.
    additions: where two derivatives meet. A branch copies: it multiplies nothing.
    """

    sweeps: int
    slopes: int
    multiplications: int
    additions: int


def forward_mode(evaluation: Evaluation, names: Sequence[str]) -> tuple[dict[str, tuple[float, ...]], Cost]:
    """(input -> d(result)/d(input) for each gate, the cost): one sweep an input, only over what depends on it."""
    circuit = evaluation.circuit
    tangents: dict[str, tuple[float, ...]] = {}
    slopes = additions = 0
    for name in names:
        tangent: list[float | None] = []
        for gate, slope in zip(circuit.gates, evaluation.slopes, strict=True):
            if gate.operation == "input":
                tangent.append(1.0 if gate.name == name else None)
                continue
            total: float | None = None
            for source, one in zip(gate.sources, slope, strict=True):
                before = tangent[source]
                if before is None:
                    continue
                if gate.operation == "branch":
                    total = before
                    continue
                slopes += 1
                additions += total is not None
                total = one * before + (total or 0.0)
            tangent.append(total)
        tangents[name] = tuple(one or 0.0 for one in tangent)
    return tangents, Cost(len(names), slopes, slopes, additions)


def reverse_mode(evaluation: Evaluation, names: Sequence[str]) -> tuple[dict[str, float], Cost]:
    """(input -> df/d(input), the cost): one sweep back, only over what these inputs have to do with."""
    circuit = evaluation.circuit
    needed = [gate.operation == "input" and gate.name in names for gate in circuit.gates]
    for index, gate in enumerate(circuit.gates):
        needed[index] = needed[index] or any(needed[source] for source in gate.sources)
    gradients: list[float | None] = [None] * len(circuit.gates)
    gradients[-1] = 1.0
    slopes = additions = 0
    for index in reversed(range(len(circuit.gates))):
        gate, upstream = circuit.gates[index], gradients[index]
        if upstream is None:
            continue
        for source, slope in zip(gate.sources, evaluation.slopes[index], strict=True):
            if not needed[source]:
                continue
            before = gradients[source]
            part = upstream
            if gate.operation != "branch":
                slopes += 1
                part = slope * upstream
            additions += before is not None
            gradients[source] = part if before is None else before + part
    found = {
        gate.name: gradient or 0.0
        for gate, gradient in zip(circuit.gates, gradients, strict=True)
        if gate.operation == "input" and gate.name in names
    }
    return found, Cost(1, slopes, slopes, additions)
