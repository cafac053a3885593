"""Units whose weights training leaves as they are: `training.frozen = ["1.13", "2"]`, a unit, and all of layer 2."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tui_nn.engine.network import Network
from tui_nn.errors import ExperimentError
from tui_nn.experiment.hidden_units import Unit

Array = np.ndarray[Any, np.dtype[Any]]

KEY = "training.frozen"
NAME = re.compile(r"(\d{1,6})(?:\.(\d{1,6}))?")


def parsed(name: str) -> tuple[int, int | None]:
    """Layer and unit from 1; None for all units of the layer. Raises ExperimentError."""
    match = NAME.fullmatch(name.strip())
    if match is None:
        raise ExperimentError(f"found '{name}'; expected LAYER.UNIT, such as \"1.13\", or LAYER, both from 1.", KEY)
    return int(match[1]), int(match[2]) if match[2] else None


def frozen_places(names: Iterable[str], network: Network) -> Array | None:
    """Where in the flat vector of parameters their weights and biases stand; None for no names.

    Raises ExperimentError for a layer or unit that is not there, or has no weights of its own.
    """
    parameters = network.parameters
    places = parameters.views(np.arange(len(parameters)))
    found = [_rows(name, network, places) for name in names]
    return np.unique(np.concatenate(found)) if found else None


def _rows(name: str, network: Network, places: Sequence[Array | None]) -> Array:
    layer, unit = parsed(name)
    if not 1 <= layer <= len(places):
        raise ExperimentError(f"found '{name}'; expected a layer from 1 to {len(places)}.", KEY)
    rows, shape, made = places[layer - 1], network.shapes()[layer - 1], network.layers[layer - 1]
    if rows is None or not made.is_trained:
        raise ExperimentError(f"found '{name}'; layer {layer}, {shape.kind}, has no weights that are trained.", KEY)
    if unit is None:
        return rows.ravel()
    if not 1 <= unit <= shape.units:
        raise ExperimentError(f"found '{name}'; layer {layer} has units 1 to {shape.units}.", KEY)
    if len(rows) != shape.units * shape.pieces:
        raise ExperimentError(
            f"found '{name}'; the units of layer {layer}, {shape.kind}, share their weights: freeze all of it, "
            f'"{layer}".', KEY,
        )  # fmt: skip
    return rows[(unit - 1) * shape.pieces : unit * shape.pieces].ravel()


def toggled(names: Sequence[str], unit: Unit, units: int) -> list[str]:
    """The names with this unit, of a layer of so many, frozen if it was not, and free if it was."""
    layer, place = unit
    name, every = f"{layer}.{place}", [f"{layer}.{one}" for one in range(1, units + 1)]
    listed = [one for each in names for one in (every if parsed(each) == (layer, None) else [each])]
    return [one for one in listed if one != name] if name in listed else [*listed, name]
