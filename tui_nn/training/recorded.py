"""A recorded network: what a run trained, asked by itself, or about the data of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from tui_nn.engine.data import Dataset, Part
from tui_nn.engine.events import LayerShape
from tui_nn.engine.measuring import measure, suited
from tui_nn.errors import DataError, StorageError
from tui_nn.experiment.amended import amended
from tui_nn.experiment.build import Setup, build
from tui_nn.experiment.hidden_units import Unit
from tui_nn.experiment.schema import Experiment
from tui_nn.experiment.study import Measurement, Study
from tui_nn.model import Net
from tui_nn.model.curve import Curve, curve_of
from tui_nn.model.form import from_file, net_of
from tui_nn.model.moving import REST, Move, moved_part
from tui_nn.model.plane import Plane, plane_of
from tui_nn.plugin.registry import Registry
from tui_nn.runs import Run, layout
from tui_nn.runs.recipe import Recipe, plugin_versions
from tui_nn.training.run_data import data_of_run

Array = np.ndarray[Any, np.dtype[Any]]
Thetas = Sequence[Array]


class Recorded:
    """The network of a run with any Theta put into it.

    `net` needs no data. `study` needs those that the run was trained on, raises DataError where they are gone or have
    changed, and is made when it is first asked for. off: hidden units that both have switched off.
    """

    def __init__(self, reader: Run, experiment: Experiment, recipe: Recipe | None, registry: Registry) -> None:
        self.reader, self.experiment, self.recipe, self.registry = reader, experiment, recipe, registry
        self.off: frozenset[Unit] = frozenset()
        self._study: tuple[int, Study] | None = None  # and how much had been done to the run by hand

    @property
    def owners(self) -> Mapping[str, str]:
        """ "activation tanh" -> the plugin that gave it."""
        return self.setup.owners if self.recipe is None else self.recipe.owners

    @property
    def versions(self) -> Mapping[str, str]:
        """Plugin -> version when the run was trained."""
        return {} if self.recipe is None else plugin_versions(self.recipe)

    @property
    def net(self) -> Net:
        """The network by itself, its Theta 0. Raises StorageError for a run whose file `net` is damaged."""
        return replace(self._whole, off=self.off) if self.off else self._whole

    @cached_property
    def _whole(self) -> Net:
        if self.recipe is None:
            return self.setup.net  # of the first version: only its experiment and its data say what it was
        path = self.reader.path / layout.NET
        net = net_of(from_file(path, links=False), self.registry)
        started = self.reader.history.started
        if started is not None and _sizes(net.network.shapes()) != _sizes(started.layers):
            raise StorageError(f"{path}: is of another network than the run was trained with.")
        return net

    @cached_property
    def _own(self) -> tuple[Experiment, Dataset]:
        experiment, data = data_of_run(self.reader.path, self.experiment, self.recipe, self.registry)
        if data.multi_label and self.recipe is not None and not self._whole.head.targets.multi_label:
            data = replace(data, multi_label=False)  # an earlier version took labels for numbers
        return experiment, data

    @cached_property
    def setup(self) -> Setup:
        """The experiment that the run began with, and its data. Raises DataError if they are not what they were."""
        experiment, data = self._own
        return build(experiment, self.registry, data, self._scale_target)

    @property
    def _scale_target(self) -> str | None:
        """ "none" for a run whose network sees targets as they are: an earlier version did so where nobody said."""
        return None if self.recipe is not None and self.net.head.targets.are_scaled else "none"

    @property
    def study(self) -> Study:
        """What needs the samples of the run, with its settings as they are now."""
        by_hand = self.reader.history.by_hand
        if self._study is None or self._study[0] != len(by_hand):
            experiment, data = self._own
            setup = self.setup
            if by_hand:
                setup = build(amended(experiment, by_hand), self.registry, data, self._scale_target)
            self._study = (len(by_hand), Study(setup))
        study = self._study[1]
        study.trainer.network.switch_off(self.off)
        return study

    def plane(self, thetas: Thetas) -> Plane:
        """For a network of two inputs; with training samples on it where they are here, unchanged."""
        return plane_of(self.net.with_thetas(thetas), self._samples)

    def curve(self, thetas: Thetas) -> Curve:
        """For a regression of one input; with training samples and their function where they are here, unchanged."""
        function = None if self._samples is None else self.study.splits.function
        return curve_of(self.net.with_thetas(thetas), self._samples, function)

    @cached_property
    def _samples(self) -> Part | None:
        """The training part, None where the data are gone or have changed."""
        try:
            return self.study.splits.train
        except DataError:
            return None

    def measured(self, thetas: Thetas, data: Dataset | None = None, move: Move = REST) -> dict[str, Measurement]:
        """Of the run's own parts, or of other data; of pictures that were moved before.

        Raises DataError for data of another kind, where the run's own are not what they were, and for a move of what
        are no pictures.
        """
        if data is None:
            return self.study.measured(thetas, move)
        net = self.net.with_thetas(thetas)
        head, part = net.head, moved_part(net.part_of(data), net.preparation, move)
        metrics = suited(self.registry.all("metric"), net.network, head.cost, head.targets)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return {data.name: measure(net.network, part, head.targets, head.cost, metrics)}


def _sizes(layers: Sequence[LayerShape]) -> list[tuple[int, tuple[int, int] | None]]:
    return [(layer.units, layer.theta) for layer in layers]
