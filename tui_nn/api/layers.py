"""Layers in words: "25 relu" is {kind = "dense", units = 25, activation = "relu"}; the last may omit its units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tui_nn.engine.layer import IDENTITY
from tui_nn.errors import ExperimentError
from tui_nn.experiment.data import DataShape
from tui_nn.experiment.parts import parts_of
from tui_nn.experiment.schema import Experiment
from tui_nn.plugin.registry import Registry

Tables = list[dict[str, Any]]


def in_words(layers: Any) -> Tables:
    """Tables of layers, made from words, numbers of units, and tables. Raises ExperimentError."""
    if isinstance(layers, str) or not isinstance(layers, Sequence) or not layers:
        raise ExperimentError(f'found {layers!r}; expected a list such as ["25 relu", "softmax"].', "network.layers")
    return [_table(layer, index) for index, layer in enumerate(layers)]


def _table(layer: Any, index: int) -> dict[str, Any]:
    if isinstance(layer, dict):
        return layer
    words = str(layer).split()
    units, names = [int(word) for word in words[:1] if word.isdecimal()], [w for w in words if not w.isdecimal()]
    if isinstance(layer, bool) or len(names) > 1 or len(units) + len(names) != len(words) or not words:
        raise ExperimentError(
            f'found {layer!r}; expected units and activation, such as "25 relu", or a table {{"kind": ...}}.',
            f"network.layers[{index}]",
        )
    table: dict[str, Any] = {"kind": "dense"}
    if units:
        table["units"] = units[0]
    if names:
        table["activation"] = names[0]
    return table


def fitted(
    experiment: Experiment, usual: Experiment, registry: Registry, shape: DataShape, *, loss: bool
) -> Experiment:
    """The experiment with the units that the last layer omits, as the data need them.

    loss: whether to choose the loss that goes with its activation. usual: the default experiment for such data. Raises
    ExperimentError for what does not fit.
    """
    layers = [*experiment.network.layers]
    last = layers[-1]
    if "units" not in last and last.get("kind") == usual.network.layers[-1]["kind"]:
        mixes = _mixes(last, len(layers) - 1, experiment, registry)
        units = shape.outputs if mixes else usual.network.layers[-1]["units"]
        layers[-1] = {**last, "units": units}
        network = msgspec.structs.replace(experiment.network, layers=layers)
        experiment = msgspec.structs.replace(experiment, network=network)
    return _with_loss(experiment, usual, registry, shape) if loss else experiment


def _mixes(layer: dict[str, Any], index: int, experiment: Experiment, registry: Registry) -> bool:
    """Whether the layer's activation mixes its outputs, so that two classes need two of them."""
    try:
        activation = registry.create("activation", layer.get("activation", IDENTITY.name))
    except ExperimentError as error:
        raise error.within(f"network.layers[{index}].activation").of_file(experiment.file) from None
    return activation.jacobian_product is not None


def _with_loss(experiment: Experiment, usual: Experiment, registry: Registry, shape: DataShape) -> Experiment:
    """The first that fits: a loss whose own activation the last layer has, the loss as it is, the usual one."""
    output = experiment.network.layers[-1].get("activation", IDENTITY.name)
    name = output if isinstance(output, str) else output.get("kind")
    own = experiment.training.loss
    others = [one.name for one in registry.all("loss") if one.canonical == name != IDENTITY.name]
    ordered = [*([own] if own in others else []), *others, own, usual.training.loss]
    problem: ExperimentError | None = None
    for loss in ordered:
        tried = msgspec.structs.replace(experiment, training=msgspec.structs.replace(experiment.training, loss=loss))
        try:
            parts_of(tried, registry, shape)
        except ExperimentError as error:
            problem = error if problem is None or loss == own else problem
        else:
            return tried
    assert problem is not None
    raise problem
