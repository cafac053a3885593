"""Weights set by hand while the network trains, or is paused: what would it do with other ones?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_nn.engine.events import LayerShape
from tui_nn.experiment.toml import toml_value
from tui_nn.runs.weights import Weights

FORM = "layer unit input weight, or layer unit: a whole row"
Place = tuple[int, int, int]  # layer and unit from 1, input from 0, which is the bias


@dataclass(frozen=True)
class WeightsSet:
    """Weights that were set in a run, keys with values as TOML has them: as they were, and as they are."""

    run: Path
    before: Mapping[str, str]
    after: Mapping[str, str]


def weights_set(run: Path, weights: Mapping[Place, float], now: Weights, layers: Sequence[LayerShape]) -> WeightsSet:
    """The change from the current weights to these."""
    numbered = [number for number, layer in enumerate(layers, start=1) if layer.theta is not None]
    thetas = dict(zip(numbered, now.thetas, strict=True))
    before = {place: float(thetas[place[0]][place[1] - 1, place[2]]) for place in weights}
    return WeightsSet(run, _keyed(before), _keyed(weights))


def _keyed(weights: Mapping[Place, float]) -> dict[str, str]:
    return {f"theta[{layer}][{unit}][{place}]": toml_value(one) for (layer, unit, place), one in weights.items()}


def parse(text: str, layers: Sequence[LayerShape]) -> dict[Place, float]:
    """Weights by their places. Raises ValueError with what is wrong.

    `1 2 0 -1/3` is layer 1, unit 2, input 0 (the bias); `1 2: -30 20 20` is the whole row of Theta, the bias first.
    Several are separated by semicolons. Layers and units count from 1, as on the slides.
    """
    weights: dict[Place, float] = {}
    for part in text.split(";"):
        if part.strip():
            weights.update(_parse_one(part.strip(), layers))
    if not weights:
        raise ValueError(f"Expected {FORM}.")
    return weights


def _parse_one(text: str, layers: Sequence[LayerShape]) -> dict[Place, float]:
    head, row, tail = text.replace(",", " ").replace("=", " ").partition(":")
    places, values = (head.split(), tail.split()) if row else (head.split()[:-1], head.split()[-1:])
    if len(places) != (2 if row else 3):
        raise ValueError(f"'{text}': expected {FORM}.")
    try:
        layer, unit, *inputs = (int(word) for word in places)
    except ValueError:
        raise ValueError(f"'{text}': layer, unit and input are whole numbers.") from None
    if not 1 <= layer <= len(layers):
        raise ValueError(f"There are layers 1 to {len(layers)}.")
    theta = layers[layer - 1].theta
    if theta is None:
        raise ValueError(f"Layer {layer}, {layers[layer - 1].kind}, has no weights.")
    if not 1 <= unit <= theta[0]:
        raise ValueError(f"Layer {layer} has units 1 to {theta[0]}.")
    if row and len(values) != theta[1]:
        raise ValueError(f"A row of layer {layer} has {theta[1]} weights, the bias first; found {len(values)}.")
    if inputs and not 0 <= inputs[0] < theta[1]:
        raise ValueError(f"Layer {layer} has inputs 1 to {theta[1] - 1}, and 0, the bias.")
    first = inputs[0] if inputs else 0
    return {(layer, unit, place): _number(word) for place, word in enumerate(values, start=first)}


def _number(word: str) -> float:
    """Also a fraction, such as -1/3."""
    above, _, below = word.partition("/")
    try:
        number = float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"'{word}' is not a weight; expected a number or a fraction.")
    return number
