"""Hidden units by their names, LAYER.UNIT, both counted from 1: `1.13` is unit 13 of the first layer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tui_nn.engine.events import LayerShape
from tui_nn.errors import ExperimentError

Unit = tuple[int, int]  # layer and unit from 1

NAME = re.compile(r"(\d{1,6})\.(\d{1,6})")


def hidden_units(names: Iterable[str], layers: Sequence[LayerShape]) -> frozenset[Unit]:
    """The units of these names; a name may be several with commas. Raises ExperimentError for one that is not there."""
    return frozenset(_unit(one.strip(), layers) for name in names for one in name.split(","))


def _unit(name: str, layers: Sequence[LayerShape]) -> Unit:
    match = NAME.fullmatch(name)
    if match is None:
        raise ExperimentError(f"'{name}' is no unit; expected LAYER.UNIT, both counted from 1, such as 1.13.")
    layer, unit = map(int, match.groups())
    last = len(layers)
    if layer == last:
        raise ExperimentError(f"unit {name}: layer {last} is the output: its units are the answer. Name a hidden one.")
    if not 1 <= layer < last:
        hidden = f"from 1 to {last - 1}" if last > 2 else "1" if last == 2 else "none: this network has one layer"
        raise ExperimentError(f"unit {name}: there is no layer {layer}; hidden layers are {hidden}.")
    if not 1 <= unit <= layers[layer - 1].units:
        raise ExperimentError(f"unit {name}: layer {layer} has units 1 to {layers[layer - 1].units}.")
    return layer, unit


def named(units: Iterable[Unit]) -> str:
    """Their names: 1.4, 1.13."""
    return ", ".join(f"{layer}.{unit}" for layer, unit in sorted(units))
