"""The values of a circuit of one input along many values of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.graph.circuits.circuit import Circuit, CircuitError, Constant
from tui_nn.graph.circuits.operations import OPERATIONS

Array = np.ndarray[Any, np.dtype[Any]]


def along(circuit: Circuit, x: Array) -> Array:
    """f(x) for x (p,). Raises CircuitError for a circuit of several inputs, or where f is not finite."""
    if len(circuit.inputs) > 1:
        raise CircuitError(
            f"this has the inputs {', '.join(circuit.inputs)}; expected a function of one.", circuit.expression
        )
    values: list[Array] = []
    with np.errstate(all="ignore"):
        for gate in circuit.gates:
            if gate.operation == "input":
                values.append(np.asarray(x, np.float64))
                continue
            operands = [one.value if isinstance(one, Constant) else values[one] for one in gate.operands]
            found = operands[0] if gate.operation == "branch" else OPERATIONS[gate.operation].function(*operands)
            values.append(np.asarray(found, np.float64))
    bad = np.flatnonzero(~np.isfinite(values[-1]))
    if len(bad):
        name = circuit.inputs[0]
        raise CircuitError(f"no finite number at {name} = {x[bad[0]]:.4g}; choose other ends.", circuit.expression)
    return values[-1]
