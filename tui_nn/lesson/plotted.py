"""A circuit of one input as a curve: what it makes of the values around the one that stands in it."""

from __future__ import annotations

import numpy as np
from rich.text import Text

from tui_nn.graph.circuits import CircuitError, Evaluation, evaluate
from tui_nn.render import Look, Series, curve
from tui_nn.render.palette import FORWARD, TRAIN

POINTS = 240
SMALL = 5.0  # up to it a number may have either sign
BEYOND = 1.25  # times a larger one, which counts something, the curve goes on from 0
NEAREST, STEEP = 0.9, 5.0  # of all values, whose range is shown alone where that of all is so many times larger


def plotted(found: Evaluation, width: int, height: int, look: Look, *, masked: bool) -> Text | None:
    """None for a circuit of several inputs. masked: without numbers beside it that would say how large it is."""
    if len(found.inputs) != 1:
        return None
    ((name, at),) = found.inputs.items()
    here, f = found.values[-1], found.circuit.gates[-1].name
    x = np.unique(np.append(np.linspace(*_span(at), POINTS), at))
    y = np.array([_value(found, name, value) for value in x.tolist()])
    finite = y[np.isfinite(y)]
    near = np.sort(np.abs(finite - here))[: max(1, int(NEAREST * len(finite)))].max()
    if np.abs(finite - here).max() > STEEP * near:
        y[np.abs(y - here) > near] = np.nan
    good = np.isfinite(y)
    line = Series("" if masked else f, x[good], y[good], TRAIN)
    point = Series("", np.array([at]), np.array([here]), FORWARD, "●", "O")
    return curve([line, point], width, height, look, name, cursor=at, cursor_name=f"= {at:.4g}", has_scale=not masked)


def _span(at: float) -> tuple[float, float]:
    """Of a share all shares, of a small number both signs, of a larger one its way from 0."""
    if 0 < at < 1:
        return 0.0, 1.0
    if abs(at) <= SMALL:
        return -SMALL, SMALL
    return min(0.0, BEYOND * at), max(0.0, BEYOND * at)


def _value(found: Evaluation, name: str, value: float) -> float:
    """Not a number where the circuit has no value."""
    try:
        return float(evaluate(found.circuit, {name: value}).values[-1])
    except CircuitError:
        return float("nan")
