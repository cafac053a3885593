"""Weights set by hand: of a run that trains, at the start of one to come, or on a branch of one that has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tui_nn.engine.events import LayerShape
from tui_nn.experiment import Experiment
from tui_nn.experiment.toml import toml_value
from tui_nn.runs.weights import Weights
from tui_nn.tui.bench.pasted import Rows, read_rows

Array = np.ndarray[Any, np.dtype[Any]]
Place = tuple[int, int, int]  # layer and unit from 1, input from 0, which is the bias

MOST_IN_FILE = 50_000  # weights that are written into an experiment, where a person can still read them


@dataclass(frozen=True)
class WeightsSet:
    """Weights that were set in a run, keys with values as TOML has them: as they were, and as they are."""

    run: Path
    before: Mapping[str, str]
    after: Mapping[str, str]


def fitting_rows(text: str, theta: tuple[int, int]) -> Rows:
    """What was typed or pasted for Theta (rows, columns): a number, a row, a column, or all of it.

    Raises ValueError with the shapes that would fit, or with what cannot be read.
    """
    found = read_rows(text)
    fits = ((1, 1), theta, (1, theta[1]), (theta[0], 1))
    for rows in found:
        if (len(rows), len(rows[0])) in fits:
            return rows
    shape = (len(found[0]), len(found[0][0]))
    point = "; a decimal has a point" if shape == (1, 2) and "," in text else ""
    raise ValueError(f"Found {shape[0]} x {shape[1]}; expected {shapes_of(theta)}{point}.")


def placed(rows: Rows, at: Place, theta: tuple[int, int]) -> dict[Place, float]:
    """Rows that fit, each number at its place in the layer: `at` is where one was typed, or where its row begins."""
    layer, unit, source = at
    shape = (len(rows), len(rows[0]))
    if shape != (1, 1):
        unit = unit if shape[0] == 1 else 1
        source = source if shape[1] == 1 and theta[1] > 1 else 0
    return {
        (layer, unit + row, source + column): value
        for row, line in enumerate(rows)
        for column, value in enumerate(line)
    }


def parts_of(theta: tuple[int, int]) -> str:
    """What of Theta (rows, columns) can be typed or pasted, but for all of it."""
    rows, columns = theta
    column = f", a column of {rows}" if rows > 1 else ""
    return f"a number, a row of {columns}, bias first{column}"


def shapes_of(theta: tuple[int, int]) -> str:
    """What can be pasted into Theta (rows, columns)."""
    return f"{parts_of(theta)}, or all {theta[0]} x {theta[1]}"


def changed_only(weights: Mapping[Place, float], now: Mapping[int, Array]) -> dict[Place, float]:
    """Those of the weights that are others in the matrices that there are, by their layers."""
    return {
        (layer, unit, source): value
        for (layer, unit, source), value in weights.items()
        if now[layer].dtype.type(value) != now[layer][unit - 1, source]
    }


def by_layer(now: Weights, layers: Sequence[LayerShape]) -> dict[int, Array]:
    """Its matrices by their layers, counted from 1."""
    numbered = [number for number, layer in enumerate(layers, start=1) if layer.theta is not None]
    return dict(zip(numbered, now.thetas, strict=True))


def weights_set(run: Path, weights: Mapping[Place, float], now: Mapping[int, Array]) -> WeightsSet:
    """The change from the current weights to these."""
    before = {place: float(now[place[0]][place[1] - 1, place[2]]) for place in weights}
    return WeightsSet(run, keyed(before), keyed(weights))


def keyed(weights: Mapping[Place, float]) -> dict[str, str]:
    """The same with keys as events have them, and values as TOML has."""
    return {f"theta[{layer}][{unit}][{place}]": toml_value(one) for (layer, unit, place), one in weights.items()}


def with_weights(now: Mapping[int, Array], weights: Mapping[Place, float]) -> dict[int, Array]:
    """Copies of the matrices with these weights in them."""
    after = {layer: theta.copy() for layer, theta in now.items()}
    for (layer, unit, source), value in weights.items():
        after[layer][unit - 1, source] = value
    return after


def beginning_with(experiment: Experiment, thetas: Mapping[int, Array], layers: int) -> Experiment:
    """The experiment with these matrices written out as its initial weights, as short as brings every bit back."""
    written = [
        [[float(str(value)) for value in row] for row in thetas[number]] if number in thetas else []
        for number in range(1, layers + 1)
    ]
    network = msgspec.structs.replace(experiment.network, weights=written, weights_by_columns=None)
    return msgspec.structs.replace(experiment, network=network)
