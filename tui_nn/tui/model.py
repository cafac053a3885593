"""Editing an experiment: each change gives a new one, checked like a file that a person wrote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tui_nn.errors import ExperimentError, TuiNNError
from tui_nn.experiment import Experiment
from tui_nn.experiment.build import Shapes, check
from tui_nn.experiment.load import decode
from tui_nn.experiment.schema import chosen_kind
from tui_nn.plugin.blame import blaming
from tui_nn.plugin.registry import Registry


@dataclass(frozen=True)
class Draft:
    """An experiment with its shapes, or with the reason why it cannot be trained.

    problem: the same without the place, for where a person has just typed it.
    """

    experiment: Experiment
    shapes: Shapes | None
    error: str = ""
    problem: str = ""


def draft(experiment: Experiment, registry: Registry) -> Draft:
    """Check an experiment. Never raises for what a person may have entered."""
    try:
        with blaming(registry.plugins):
            return Draft(experiment, check(experiment, registry))
    except TuiNNError as error:
        return Draft(experiment, None, str(error), problem_of(error))


def problem_of(error: TuiNNError) -> str:
    """What an error says without the place in a file that nobody has typed."""
    return error.message if isinstance(error, ExperimentError) else str(error)


def set_key(experiment: Experiment, section: str, key: str, value: Any) -> Experiment:
    """One key of a section changed. Raises ExperimentError if the value does not fit."""
    tree = msgspec.to_builtins(experiment)
    tree[section][key] = value
    return decode(tree, experiment.name)


def set_option(experiment: Experiment, section: str, key: str, option: str, value: Any) -> Experiment:
    """One option of a choice, such as the rate of the optimizer."""
    choice = msgspec.to_builtins(experiment)[section][key]
    table = {"kind": choice} if isinstance(choice, str) else choice
    return set_key(experiment, section, key, {**table, option: value})


def set_layer(experiment: Experiment, index: int, **changes: Any) -> Experiment:
    """One layer changed."""
    layers = [dict(layer) for layer in experiment.network.layers]
    layers[index] |= changes
    return set_key(experiment, "network", "layers", layers)


def add_layer(experiment: Experiment, index: int) -> Experiment:
    """A new hidden layer behind layer `index`, but before the output layer."""
    layers = [dict(layer) for layer in experiment.network.layers]
    at = min(index + 1, len(layers) - 1)
    like = layers[max(0, at - 1)].get("activation", "sigmoid") if len(layers) > 1 else "sigmoid"
    layers.insert(at, {"kind": "dense", "units": 16, "activation": like})
    return set_key(experiment, "network", "layers", layers)


def insert_layer(experiment: Experiment, index: int) -> Experiment:
    """A new hidden layer before layer `index`."""
    layers = [dict(layer) for layer in experiment.network.layers]
    layers.insert(index, {"kind": "dense", "units": 16, "activation": layers[index].get("activation", "sigmoid")})
    if index == len(layers) - 2 and index > 0:
        layers[index]["activation"] = layers[index - 1].get("activation", "sigmoid")
    return set_key(experiment, "network", "layers", layers)


def duplicate_layer(experiment: Experiment, index: int) -> Experiment:
    """The same layer once more, before it: a copy of the output layer becomes a hidden one."""
    layers = [dict(layer) for layer in experiment.network.layers]
    layers.insert(index, dict(layers[index]))
    return set_key(experiment, "network", "layers", layers)


def replace_layer(experiment: Experiment, index: int, spec: dict[str, Any]) -> Experiment:
    """Layer `index` as this table says."""
    layers = [dict(layer) for layer in experiment.network.layers]
    layers[index] = spec
    return set_key(experiment, "network", "layers", layers)


def change_kind(experiment: Experiment, index: int, kind: str, options: dict[str, Any]) -> Experiment:
    """Layer `index` of another kind, with what the two have in common kept, the rest at its default."""
    old = experiment.network.layers[index]
    spec: dict[str, Any] = {"kind": kind}
    for option, default in options.items():
        if option in old:
            spec[option] = old[option]
        elif default is None:
            spec[option] = 16 if option == "units" else 2
        elif option != "activation":
            spec[option] = default
    return replace_layer(experiment, index, spec)


def remove_layer(experiment: Experiment, index: int) -> Experiment:
    """Without layer `index`. Raises ExperimentError for the output layer: something must answer."""
    layers = [dict(layer) for layer in experiment.network.layers]
    if index == len(layers) - 1:
        raise ExperimentError("the output layer cannot be removed; remove a hidden layer, or change this one.")
    del layers[index]
    return set_key(experiment, "network", "layers", layers)


def move_layer(experiment: Experiment, index: int, by: int) -> Experiment:
    """Layer `index` exchanged with its neighbour; the output layer stays where it is."""
    layers = [dict(layer) for layer in experiment.network.layers]
    other = index + by
    if not (0 <= index < len(layers) - 1 and 0 <= other < len(layers) - 1):
        raise ExperimentError("a layer can only move among the hidden layers; the output layer stays last.")
    layers[index], layers[other] = layers[other], layers[index]
    return set_key(experiment, "network", "layers", layers)


def set_data(experiment: Experiment, source: str | dict[str, Any], registry: Registry) -> Experiment:
    """Another data set; the output layer follows the number of its classes."""
    changed = set_key(experiment, "data", "source", source)
    data = registry.create("dataset", source).load()
    last = experiment.network.layers[-1]
    single = len(data.classes) == 2 and last.get("units") == 1
    if not single:
        outputs = len(data.classes) or (data.y.shape[1] if data.y.ndim == 2 else 1)
        changed = set_layer(changed, len(changed.network.layers) - 1, units=outputs)
    if len(data.x) < 20:
        # A truth table is learnt by heart: nothing is left to validate on.
        changed = set_key(changed, "data", "validation", 0.0)
    return changed


def set_initializer(experiment: Experiment, initializer: str | dict[str, Any]) -> Experiment:
    """Initial weights that are drawn, also where they were set by hand until now."""
    for key, value in (("weights", None), ("weights_by_columns", None), ("initializer", initializer)):
        experiment = set_key(experiment, "network", key, value)
    return experiment


def initial_weights(experiment: Experiment) -> str:
    """Where they come from: the initializer, a file, or the experiment itself."""
    weights = experiment.network.weights
    if weights is None:
        return chosen_kind(experiment.network.initializer)
    return Path(weights).name if isinstance(weights, str) else "by hand"


def parse(text: str) -> Any:
    """What a person typed: a number, or true or false, where it is one, else the text."""
    if text.strip() in ("true", "false"):
        return text.strip() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip()
