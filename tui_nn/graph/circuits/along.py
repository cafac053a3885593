"""The value of a circuit for many values of its inputs at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tui_nn.graph.circuits.circuit import Circuit, CircuitError, Constant
from tui_nn.graph.circuits.operations import OPERATIONS

Array = np.ndarray[Any, np.dtype[Any]]


def evaluated(circuit: Circuit, inputs: Mapping[str, Array]) -> Array:
    """The output for inputs (p,) by their names, (p,): what is no finite number stays so."""
    values: list[Array] = []
    with np.errstate(all="ignore"):
        for gate in circuit.gates:
            if gate.operation == "input":
                values.append(np.asarray(inputs[gate.name], np.float64))
                continue
            operands = [one.value if isinstance(one, Constant) else values[one] for one in gate.operands]
            found = operands[0] if gate.operation == "branch" else OPERATIONS[gate.operation].function(*operands)
            values.append(np.asarray(found, np.float64))
    return values[-1]


def along(circuit: Circuit, x: Array) -> Array:
    """f(x) for x (p,). Raises CircuitError for a circuit of several inputs, or where f is not finite."""
    if len(circuit.inputs) > 1:
        raise CircuitError(
            f"this has the inputs {', '.join(circuit.inputs)}; expected a function of one.", circuit.expression
        )
    (name,) = circuit.inputs
    values = evaluated(circuit, {name: x})
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise CircuitError(f"no finite number at {name} = {x[bad[0]]:.4g}; choose other ends.", circuit.expression)
    return values
