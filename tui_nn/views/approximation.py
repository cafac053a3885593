"""A regression of one input as a curve: the function f, the network's answer g, their distance, and what units add."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.engine.layer import IDENTITY
from tui_nn.model.curve import Curve, farthest
from tui_nn.plugin.knobs import LAYER, Knob, Knobs
from tui_nn.plugin.places import Cursor, Grid, Here
from tui_nn.plugin.view import PHRASES, Box, Missing, view
from tui_nn.render import Look, Series
from tui_nn.render.amount import amount
from tui_nn.render.axes import LABELS
from tui_nn.render.canvas import boxed, fitting
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.palette import DIM, DISTINCT, TRAIN, VALIDATION
from tui_nn.views.stack import SHORT
from tui_nn.views.subject import CURVE, Subject

Array = np.ndarray[Any, np.dtype[Any]]

READINGS = ("function", "error", "units")
EPSILON = Knob("epsilon", (0.1, 0.05, 0.02, 0.01, 1.0, 0.5, 0.2), "z", "epsilon", "The width of the band around f.")
STOPS = 40  # of the cursor, from end to end
# Of units: the first blue is that of the chosen one, a shade off. Orange is that of g; of few colours yellow nearly is.
OF_UNITS = tuple(DISTINCT[place] for place in (4, 0, 1, 6, 3))
DRAWN, FEW, LINES = 5, 3, 5  # units that have a line of their own at most and at least, and lines of the box for each


def not_one_input(subject: Subject) -> str:
    """Why there is no curve."""
    started = subject.started
    if started is None:
        return ""
    if started.classes:
        return "The targets are classes, not numbers."
    return "" if started.inputs == 1 else "A curve needs data with one input."


def asked(subject: Subject, knobs: Knobs) -> tuple[Curve, int]:
    """The curve, and which of its outputs is shown, from 0. Raises Missing."""
    why = not_one_input(subject)
    if why:
        raise Missing(why)
    curve = subject.ask(CURVE)
    return curve, knobs[LAYER] % curve.outputs.shape[1]


def differences(curve: Curve, output: int) -> tuple[Array, Array]:
    """x and g - f: along the curve where the function is known, else for the training samples, by their x."""
    if curve.function is not None:
        return curve.x, curve.outputs[:, output] - curve.function[:, output]
    order = np.argsort(curve.samples, kind="stable")
    return curve.samples[order], (curve.answers - curve.targets)[order, output]


def terms(curve: Curve, output: int) -> Array:
    """Theta_ik a_k along the curve, (s + 1, p), the bias first. Raises Missing where the last layer is no sum."""
    if curve.theta is None or curve.hidden is None:
        raise Missing("The last layer is not a weighted sum of units.")
    found: Array = curve.theta[output][:, None] * curve.hidden
    return found


def _verdict(curve: Curve, output: int, epsilon: float, width: int) -> list[str]:
    """max |f - g| with its place, and how much of it lies in the band."""
    x, difference = differences(curve, output)
    most, at = farthest(x, difference)
    if not len(x):
        return ["The data are not here: nothing to compare with"]
    f, of = ("f", "points") if curve.function is not None else ("y", "training samples")
    within = int((np.abs(difference) < epsilon).sum())
    share = f"all {len(x):,}" if within == len(x) else f"{within:,} of {len(x):,}"
    far = fitting(width, f"max |{f} - g| = {amount(most)}", f"at x = {amount(at)}", gap=" ")
    return [far, f"below {epsilon:g} at {share} {of}"]


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns along x; of the units, a column each: Theta_ik a_k, bias first."""
    curve, output = asked(subject, knobs)
    x, difference = differences(curve, output)
    most, at = farthest(x, difference)
    found: dict[str, Any] = {
        "max_error": most, "max_error_at": at, "epsilon": knobs[EPSILON],
        "within": float((np.abs(difference) < knobs[EPSILON]).mean()) if len(x) else None,
        "x": curve.x.tolist(), "g": curve.outputs[:, output].tolist(),
    }  # fmt: skip
    if curve.function is not None:
        found["f"] = curve.function[:, output].tolist()
    else:
        found |= {"sample": curve.samples.tolist(), "target": curve.targets[:, output].tolist()}
    if knobs.pick(READINGS) == "units":
        names = ["bias", *(f"unit {number}" for number in range(1, len(terms(curve, output))))]
        found |= dict(zip(names, terms(curve, output).tolist(), strict=True))
    return found


# The cursor


def _stops(curve: Curve) -> Array:
    """Where along the curve the cursor stands."""
    return np.linspace(0, len(curve.x) - 1, STOPS + 1).astype(int)


def _places(subject: Subject, knobs: Knobs) -> Grid:
    curve, output = asked(subject, knobs)
    rows = ["g"]
    if knobs.pick(READINGS) == "units":
        rows += [str(number) for number in range(1, len(terms(curve, output)))]
    return Grid(rows, [amount(x) for x in curve.x[_stops(curve)]])


def _here(subject: Subject, knobs: Knobs) -> Here:
    curve, output = asked(subject, knobs)
    row, stop = knobs.at
    place = _stops(curve)[stop]
    g = float(curve.outputs[place, output])
    says = [f"x = {amount(curve.x[place])}", f"g = {amount(g)}"]
    if knobs.pick(READINGS) == "units" and row:
        assert curve.theta is not None
        assert curve.hidden is not None
        weight, a = float(curve.theta[output, row]), float(curve.hidden[row, place])
        says.append(
            f"unit {row} adds {amount(weight)} * {f'({amount(a)})' if a < 0 else amount(a)} = {amount(weight * a)}"
        )
    elif curve.function is not None:
        f = float(curve.function[place, output])
        says += [f"f = {amount(f)}", f"g - f = {amount(g - f)}"]
    return Here(PHRASES.join(says))


# The picture


def _band(curve: Curve, middle: Array, name: str, epsilon: float, look: Look) -> list[Series]:
    """Its two ends, of which one stands in the legend."""
    name = f"{name}{'+-' if look.ascii else '±'} {epsilon:g}"
    return [
        Series(name, curve.x, middle - epsilon, DIM, "·", ".", is_edge=True),
        Series("", curve.x, middle + epsilon, DIM, "·", ".", is_edge=True),
    ]


def _function(curve: Curve, output: int, epsilon: float, look: Look) -> list[Series]:
    answer = Series("g, the network", curve.x, curve.outputs[:, output], VALIDATION, "○", "o")
    if curve.function is None:
        samples = Series("y, samples", curve.samples, curve.targets[:, output], TRAIN, is_joined=False)
        return [samples, answer] if len(curve.samples) else [answer]
    f = curve.function[:, output]
    return [Series("f", curve.x, f, TRAIN), answer, *_band(curve, f, "f ", epsilon, look)]


def _error(curve: Curve, output: int, epsilon: float, look: Look) -> list[Series]:
    x, difference = differences(curve, output)
    if not len(x):
        raise Missing("The data are not here: nothing to compare with.")
    name = "g - f" if curve.function is not None else "g - y"
    error = Series(name, x, difference, VALIDATION, is_joined=curve.function is not None)
    return [error, *_band(curve, np.zeros_like(curve.x), "", epsilon, look)]


def _units(curve: Curve, output: int, chosen: int, most: int) -> tuple[list[Series], str]:
    """g, at most so many of the units whose terms change most and the one at the cursor, and the sum of the others."""
    parts = terms(curve, output)
    order = (np.argsort(-np.nan_to_num(np.ptp(parts[1:], axis=1)), kind="stable") + 1).tolist()
    if chosen:
        order = [chosen, *(unit for unit in order if unit != chosen)]
    shown, others = sorted(order[:most], key=lambda unit: (unit != chosen, unit)), order[most:]
    z = Series("g" if curve.activation == IDENTITY.name else "z", curve.x, parts.sum(axis=0), VALIDATION, "○", "o")
    lines = [
        Series(f"unit {unit}", curve.x, parts[unit], TRAIN if unit == chosen else OF_UNITS[place % len(OF_UNITS)],
               str(unit % 10), str(unit % 10))
        for place, unit in enumerate(shown)
    ]  # fmt: skip
    if others:
        lines.append(Series(f"{len(others)} more", curve.x, parts[others].sum(axis=0), DIM, "·", "."))
    g = "g" if curve.activation == IDENTITY.name else f"g = {SHORT.get(curve.activation, curve.activation)}(z), z"
    return [z, *lines], f"{g} = {amount(parts[0, 0])} + sum Theta_{output + 1}k a_k"


def _title(subject: Subject, knobs: Knobs) -> str:
    started = subject.started
    if started is None or started.layers[-1].units == 1:
        return "curve"
    return f"curve of output {knobs[LAYER] % started.layers[-1].units + 1}"


@view(
    asks=(CURVE,),
    numbers=_numbers,
    suits=not_one_input,
    title=_title,
    readings=READINGS,
    knobs=(LAYER, EPSILON),
    layers=lambda subject: subject.outputs,
    cursor=Cursor(_places, _here),
)
def curve(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """The output of a network along its one input, beside the function it should learn, and what each unit adds."""
    found, output = asked(subject, knobs)
    reading, (width, height) = knobs.pick(READINGS), box
    grid = _places(subject, knobs)
    at = knobs.at if knobs.at in grid else None
    says = _verdict(found, output, knobs[EPSILON], width)
    if reading == "units":
        most = min(DRAWN, max(FEW, height // LINES))
        series, sums = _units(found, output, at[0] if at else 0, most)
        says = [sums, *says]
    else:
        series = (_function if reading == "function" else _error)(found, output, knobs[EPSILON], look)
    heads = [Text(fitting(width, *says, gap=PHRASES))] if height > 8 else []
    features = subject.started.features if subject.started is not None else ()
    cursor = None if at is None else float(found.x[_stops(found)[at[1]]])
    picture = render.curve(
        series, width, height - len(heads), look, features[0] if features else "x", cursor=cursor, has_values=bool(at)
    )
    text = boxed([*heads, *picture.split("\n", allow_blank=True)], width, height)
    return Drawing(text, _spots(grid, at, width, height, len(heads) + 1), is_marked=True)


def _spots(grid: Grid, at: Any, width: int, height: int, first: int) -> dict[tuple[int, int], Spot]:
    """A strip of the picture for each stop of the cursor, in the row where it is."""
    columns, stops = width - LABELS - 1, len(grid.columns)
    row, tall = (at[0] if at else 0), height - first - 2
    if columns < stops or tall < 1:
        return {}
    middles = np.rint(np.arange(stops) / (stops - 1) * (columns - 1)).astype(int).tolist()
    edges = [0, *((left + right + 1) // 2 for left, right in itertools.pairwise(middles)), columns]
    return {
        (row, stop): Spot(LABELS + 1 + left, first, right - left, tall)
        for stop, (left, right) in enumerate(itertools.pairwise(edges))
    }
