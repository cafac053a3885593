"""An experiment whose data are another kind of answer now: its output layer and its loss follow."""

from __future__ import annotations

from typing import Any

import msgspec

from tui_nn.errors import ExperimentError
from tui_nn.experiment.data import shape_named_by
from tui_nn.experiment.default import default_for
from tui_nn.experiment.parts import parts_of
from tui_nn.experiment.schema import Choice, Experiment
from tui_nn.plugin.registry import Registry


def suited(experiment: Experiment, registry: Registry) -> Experiment:
    """The same if it fits its data; else with as many outputs as they need, or with the usual output layer and loss.

    Raises whatever is wrong with the data, and ExperimentError if nothing of that fits.
    """
    shape = shape_named_by(experiment, registry)
    usual = default_for(experiment.name, experiment.data, shape)
    layers, loss = experiment.network.layers, experiment.training.loss
    tried = (
        experiment,
        _ending(experiment, {**layers[-1], "units": shape.outputs}, loss),
        _ending(experiment, usual.network.layers[-1], usual.training.loss),
    )
    for one in tried:
        try:
            parts_of(one, registry, shape)
        except ExperimentError as error:
            problem = error
        else:
            return one
    raise problem


def _ending(experiment: Experiment, layer: dict[str, Any], loss: Choice) -> Experiment:
    network = msgspec.structs.replace(experiment.network, layers=[*experiment.network.layers[:-1], layer])
    return msgspec.structs.replace(
        experiment, network=network, training=msgspec.structs.replace(experiment.training, loss=loss)
    )
