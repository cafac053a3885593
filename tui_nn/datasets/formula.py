"""Data made by a formula, for teaching: `y = sin(3*x) + 0.1*noise; x in [-2, 2]; n = 500`.

Inputs are drawn evenly from their ranges, `noise` from the standard normal distribution, anew for each answer. A
comparison makes two classes: `y = x1^2 + x2^2 < 1`. Nothing is executed: the formulas are read as circuits are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tui_nn.engine.data import Dataset
from tui_nn.engine.random import stream
from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.graph.circuits import Circuit, CircuitError, evaluated, parse, parse_number

Array = np.ndarray[Any, np.dtype[Any]]

SAMPLES, FEWEST, MOST = 200, 2, 1_000_000
NOISE = "noise"
CLASSES = ("no", "yes")
FORM = "expected such as y = sin(3*x) + 0.1*noise; x in [-2, 2]; n = 500"
RANGE = re.compile(r"([A-Za-z_]\w*)\s+in\s*\[([^,\[\]]+),([^,\[\]]+)\]", re.ASCII)
ASSIGNED = re.compile(r"([A-Za-z_]\w*)\s*=(?!=)(.*)", re.ASCII | re.DOTALL)
COMPARED = re.compile(r"[<>]=?")
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def from_formula(source: str, seed: int = 0) -> Dataset:
    """The data set that a formula makes; the same seed, the same samples. Raises ExperimentError."""
    ranges, formulas, samples = _read(source)
    used = {name for text in formulas.values() for name in NAME.findall(text)}
    targets = [name for name in formulas if name not in used]
    circuits = {name: _circuit(name, formulas, ranges) for name in targets}
    classes = [name for name in targets if COMPARED.search(formulas[name])]
    if classes and len(targets) > 1:
        raise ExperimentError(f"'{classes[0]}' makes classes: expected one answer; found {', '.join(targets)}.")
    columns = {
        name: stream(seed, f"data/formula/{name}").uniform(low, high, samples) for name, (low, high) in ranges.items()
    }
    answers = [
        _values(circuit, {**columns, NOISE: stream(seed, f"data/formula/{NOISE}/{name}").normal(size=samples)}, name)
        for name, circuit in circuits.items()
    ]
    x, y = np.column_stack(list(columns.values())), np.column_stack(answers)
    if classes:
        return Dataset("formula", x, (y[:, 0] > 0).astype(np.intp), CLASSES, tuple(ranges), description=source)
    return Dataset(
        "formula", x, y, (), tuple(ranges), description=source, targets=tuple(targets),
        function=_without_noise(circuits, tuple(ranges)),
    )  # fmt: skip


def _read(source: str) -> tuple[dict[str, tuple[float, float]], dict[str, str], int]:
    """Ranges of the inputs, formulas of the results, and the number of samples."""
    ranges: dict[str, tuple[float, float]] = {}
    formulas: dict[str, str] = {}
    samples = SAMPLES
    for piece in filter(None, (part.strip() for part in re.split(r"[;\n]", source))):
        between, assigned = RANGE.fullmatch(piece), ASSIGNED.fullmatch(piece)
        name = between[1] if between else assigned[1] if assigned else ""
        if not name:
            raise ExperimentError(f"'{piece}' is neither a formula nor a range: {FORM}.")
        if name == NOISE or name in ranges or name in formulas:
            why = "is drawn for each sample" if name == NOISE else "is given twice"
            raise ExperimentError(f"'{name}' {why}; choose another name.")
        if between:
            low, high = _number(between[2]), _number(between[3])
            if not low < high:
                raise ExperimentError(f"{name} in [{low:g}, {high:g}]: expected the smaller end first.")
            ranges[name] = low, high
        elif assigned and name == "n":
            count = _number(assigned[2])
            if count != int(count) or not FEWEST <= count <= MOST:
                raise ExperimentError(f"n = {count:g}: expected a whole number from {FEWEST} to {MOST:,}.")
            samples = int(count)
        elif assigned:
            formulas[name] = assigned[2].strip()
    if not formulas:
        raise ExperimentError(f"there is no formula: {FORM}.")
    return ranges, formulas, samples


def _number(text: str) -> float:
    try:
        return parse_number(text.strip())
    except CircuitError as error:
        raise ExperimentError(f"'{text.strip()}' is no number: {error.line}") from None


def _circuit(name: str, formulas: Mapping[str, str], ranges: Mapping[str, tuple[float, float]]) -> Circuit:
    """The circuit of one answer, with the results that it is made of; of a comparison what must be above 0."""
    needed = _needed(name, formulas, ())
    text = formulas[name]
    sides = COMPARED.split(text)
    if len(sides) > 2:
        raise ExperimentError(f"{name} = {text}: expected one comparison.")
    if len(sides) == 2:
        larger, smaller = sides if ">" in text else sides[::-1]
        text = f"({larger}) - ({smaller})"
    expression = "; ".join([*(f"{one} = {formulas[one]}" for one in needed), text])
    try:
        circuit = parse(expression)
    except CircuitError as error:
        raise ExperimentError(f"{name} = {formulas[name]}: {error.line}") from None
    unknown = [one for one in circuit.inputs if one not in ranges and one != NOISE]
    if unknown:
        near = did_you_mean(unknown[0], [*ranges, NOISE])
        raise ExperimentError(f"{name} = {formulas[name]}: '{unknown[0]}' has no range, such as x in [-2, 2].{near}")
    return circuit


def _needed(name: str, formulas: Mapping[str, str], above: tuple[str, ...]) -> list[str]:
    """The results that a result is made of, each after those that it is made of itself."""
    if name in above:
        raise ExperimentError(f"'{name}' is made of itself.")
    found: list[str] = []
    for one in NAME.findall(formulas[name]):
        if one in formulas:
            if COMPARED.search(formulas[one]):
                raise ExperimentError(f"'{one}' makes classes, and cannot be part of '{name}'.")
            found += [*_needed(one, formulas, (*above, name)), one]
    return list(dict.fromkeys(found))


def _values(circuit: Circuit, inputs: Mapping[str, Array], name: str) -> Array:
    values = np.broadcast_to(evaluated(circuit, inputs), next(iter(inputs.values())).shape)
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        where = ", ".join(f"{one} = {inputs[one][bad[0]]:.4g}" for one in circuit.inputs)
        raise ExperimentError(f"'{name}' is no finite number at {where}; choose other ranges.")
    return values


def _without_noise(circuits: Mapping[str, Circuit], names: tuple[str, ...]) -> Callable[[Array], Array]:
    def function(x: Array) -> Array:
        inputs = {**dict(zip(names, x.T, strict=True)), NOISE: np.zeros(len(x))}
        return np.column_stack([np.broadcast_to(evaluated(one, inputs), len(x)) for one in circuits.values()])

    return function
