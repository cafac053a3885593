"""A circuit as tables: its gates with what each does to a gradient, and what forward and reverse mode cost."""

from __future__ import annotations

import contextlib

from tui_nn.graph.circuits.evaluate import Evaluation
from tui_nn.graph.circuits.modes import forward_mode, reverse_mode
from tui_nn.graph.circuits.steps import formula, label, number, pattern

COST_HEADER = ["derivatives by", "sweeps", "local gradients", "products", "additions"]


def gate_header(evaluation: Evaluation) -> list[str]:
    """What the columns of `gate_rows` are."""
    f = evaluation.circuit.gates[-1].name
    return ["", "gate", "value", f"d{f}/d...", "local gradients", "on the way back it"]


def gate_rows(evaluation: Evaluation) -> list[list[str]]:
    """A row for each gate but the inputs, in the order of the forward pass."""
    circuit = evaluation.circuit
    rows = []
    for index, gate in enumerate(circuit.gates):
        if gate.operation == "input":
            continue
        shown, local = "branch", "copies"
        if gate.operation != "branch":
            shown = label(circuit, index)
            local = ", ".join(
                f"d{gate.name}/d{circuit.gates[source].name} = {_equal(formula(circuit, index, place), number(slope))}"
                for place, (source, slope) in enumerate(zip(gate.sources, evaluation.slopes[index], strict=True))
            )
        value, gradient = number(evaluation.values[index]), number(evaluation.gradients[index])
        rows.append([gate.name, shown, value, gradient, local, pattern(circuit, index)])
    return rows


def mode_header(evaluation: Evaluation, name: str) -> list[str]:
    """What the columns of `mode_rows` are."""
    f = evaluation.circuit.gates[-1].name
    return ["", "gate", "value", f"forward mode: d.../d{name}", f"reverse mode: d{f}/d..."]


def mode_rows(evaluation: Evaluation, name: str) -> list[list[str]]:
    """Both modes gate by gate: what forward mode carries along from one input, what reverse mode brings back."""
    circuit = evaluation.circuit
    tangents = forward_mode(evaluation, [name])[0][name]
    return [
        [
            gate.name,
            label(circuit, index) if gate.sources else "input",
            number(value),
            number(tangent),
            number(gradient),
        ]
        for index, (gate, value, tangent, gradient) in enumerate(
            zip(circuit.gates, evaluation.values, tangents, evaluation.gradients, strict=True)
        )
        if gate.operation != "branch"
    ]


def cost_rows(evaluation: Evaluation) -> list[list[str]]:
    """Both modes, for the first input and for all of them."""
    inputs = evaluation.circuit.inputs
    groups = [(inputs[:1], inputs[0])] + ([(inputs, f"all {len(inputs)}")] if len(inputs) > 1 else [])
    rows = []
    for names, words in groups:
        for mode, cost in (
            ("forward", forward_mode(evaluation, names)[1]),
            ("reverse", reverse_mode(evaluation, names)[1]),
        ):
            counts = (cost.sweeps, cost.slopes, cost.multiplications, cost.additions)
            rows.append([f"{mode} mode, {words}", *map(str, counts)])
    return rows


def _equal(formula: str, value: str) -> str:
    """A formula and what it comes to; a number says that itself."""
    with contextlib.suppress(ValueError):
        if number(float(formula)) == value:
            return formula
    return f"({formula}) = {value}" if " if " in formula else f"{formula} = {value}"
