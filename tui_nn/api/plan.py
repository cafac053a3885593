"""The experiment that the command line would make of the arguments of a call, and its data.

| data | treated like |
|---|---|
| an experiment file, the name of a bundled example | `tui-nn train NAME` |
| a file or folder of data | `tui-nn train FILE` |
| the name of a data set, a formula | the same, with the data that it names |
| arrays, a frame | the same, with a file that holds them |
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tui_nn.api import given
from tui_nn.api.components import Components, component_of
from tui_nn.api.keywords import LAYERS, LOSS, Plainer, keys_of, override
from tui_nn.api.layers import fitted, in_words
from tui_nn.datasets.table_dataset import with_features
from tui_nn.engine.data import Dataset
from tui_nn.errors import ExperimentError
from tui_nn.experiment import example_names, load_experiment
from tui_nn.experiment.build import Setup, build
from tui_nn.experiment.data import data_of, load_data, shape_of, table_settings
from tui_nn.experiment.default import default_for
from tui_nn.experiment.load import with_overrides
from tui_nn.experiment.places import located
from tui_nn.experiment.schema import Experiment
from tui_nn.files import is_there
from tui_nn.home import expanded
from tui_nn.plugin.file import read_plugin_files
from tui_nn.plugin.registry import Registry
from tui_nn.plugin.trust import allowed
from tui_nn.training.for_data import made_for, section_asked
from tui_nn.training.provenance import files_beside

Array = np.ndarray[Any, np.dtype[Any]]

CALL = "train()"  # where errors arise that are in no file


@dataclass(frozen=True)
class PlannedTraining:
    """A training that can begin. file: name and content of data that are in no file yet, None for others.

    unkept: what a run cannot keep, "" if it can keep all.
    """

    experiment: Experiment
    components: Components
    data: Dataset
    file: tuple[str, Callable[[], bytes]] | None = None
    unkept: str = ""

    @property
    def registry(self) -> Registry:
        """Everything that the experiment can name."""
        return self.components.registry

    def setup(self) -> Setup:
        """The experiment with its data, ready to run."""
        return build(self.experiment, self.registry, self.data)


@dataclass(frozen=True)
class _Call:
    """The request: KEY=VALUE without the layers, and the layers. own_loss: whether it names a loss."""

    overrides: tuple[str, ...]
    layers: list[dict[str, Any]] | None
    own_loss: bool
    components: Components


def planned(
    data: Any, y: Any, plugins: Sequence[Any], keywords: Mapping[str, Any], weights: Any = None
) -> PlannedTraining:
    """The plan of a call. Raises TuiNNError for whatever cannot be trained."""
    try:
        return _planned(data, y, plugins, keywords, weights)
    except ExperimentError as error:
        if not error.key or Path(error.file).is_file():
            raise
        raise ExperimentError(error.message, error.key, CALL) from None  # of an experiment that was made here


def _planned(data: Any, y: Any, plugins: Sequence[Any], keywords: Mapping[str, Any], weights: Any) -> PlannedTraining:
    plainer = Plainer()
    values = {key: plainer.plain(value, key) for key, value in keys_of(keywords).items()}
    files = [os.fspath(one) for one in plugins if isinstance(one, str | os.PathLike)]
    own = [component_of(one) for one in plugins if not isinstance(one, str | os.PathLike)]
    layers = in_words(values.pop(LAYERS)) if LAYERS in values else None
    overrides = tuple(override(key, value) for key, value in values.items())
    components = Components(read_plugin_files(files), (*own, *plainer.own))
    call = _Call(overrides, layers, LOSS in values, components)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if isinstance(data, str | os.PathLike | Mapping):
            if y is not None:
                raise ExperimentError("the data have their answers; name their column with target=.", "y")
            if weights is not None:
                raise ExperimentError("is for arrays and frames.", "sample_weight")
            return _named(data if isinstance(data, Mapping) else os.fspath(data), files, call)
        if isinstance(data, Dataset):
            return _dataset(data, call, given.ARRAYS)
        return _frame(data, y, call, weights) if given.is_frame(data) else _arrays(data, y, call, weights)


def _named(data: Any, files: Sequence[str], call: _Call) -> PlannedTraining:
    """The plan for a path or a name."""
    path = Path(expanded(data)) if isinstance(data, str) else None
    if path is not None and (path.suffix == ".toml" or data in dict(example_names())):
        return _experiment(data, files, call)
    registry = call.components.registry
    if path is not None and data not in registry.names("dataset") and is_there(path):
        made = made_for(path.stem, str(path.absolute()), call.overrides, registry)
        found = load_data(made.experiment, registry) if made.data is None else made.data
        return _plan(made.experiment, found, call)
    name = data if isinstance(data, str) else str(data.get("kind"))
    source = dict(data) if isinstance(data, Mapping) else data
    stem = name if name.isidentifier() else "data"
    asked = section_asked(stem, source, call.overrides)
    seed = with_overrides(Experiment(name=stem), call.overrides).training.seed
    try:
        found = data_of(asked, registry, seed)
    except ExperimentError as error:
        raise error.within("data.source") from None
    return _plan(made_for(stem, source, call.overrides, registry, data=found).experiment, found, call)


def _experiment(name: str, files: Sequence[str], call: _Call) -> PlannedTraining:
    """The plan for an experiment file or a bundled example; a run's file comes with the run's plugin files."""
    with located(name, call.overrides):
        experiment = load_experiment(name, call.overrides)
        if experiment.validation is not None:
            raise ExperimentError("trains several times; here is one training: `tui-nn train`.", "validation.folds")
        used = allowed(experiment.plugins, files_beside(name, files), experiment.name)
        components = Components(used, call.components.own)
        call = _Call(call.overrides, call.layers, call.own_loss, components)
        return _plan(experiment, load_data(experiment, components.registry), call)


def _frame(frame: Any, y: Any, call: _Call, weights: Any) -> PlannedTraining:
    """The plan for a frame, read as the table that it would be saved as."""
    held, targets = given.table_of(frame, y)
    stem = held.path.stem
    settings: dict[str, Any] = {f"data.{name}": value for name, value in given.READING.items()}
    if targets:
        settings["data.target"] = targets if len(targets) > 1 else targets[0]
    known = tuple(override(key, value) for key, value in settings.items())
    call = _Call((*known, *call.overrides), call.layers, call.own_loss, call.components)
    made = made_for(stem, held.path.name, call.overrides, call.components.registry, held=held)
    if made.data is None:
        raise ExperimentError("a frame is read with the settings of its own columns; save it to a file.", "data")
    data = replace(made.data, weights=given.weights_of(weights, made.data))
    plan = _plan(made.experiment, data, call, (held.path.name, lambda: held.content))
    return plan if weights is None else replace(plan, unkept="sample_weight of a frame")


def _arrays(x: Any, y: Any, call: _Call, weights: Any) -> PlannedTraining:
    """The plan for arrays, read as the archive that they would be saved as."""
    arrays, name = given.arrays_of(x, y), given.ARRAYS
    asked = section_asked(Path(name).stem, name, call.overrides)
    found = with_features(given.dataset(arrays, asked.task), table_settings(asked))
    found = replace(found, weights=given.weights_of(weights, found))
    return _dataset(found, call, name, lambda: given.archive(arrays, found.weights))


def _dataset(data: Dataset, call: _Call, name: str, content: Callable[[], bytes] | None = None) -> PlannedTraining:
    """The plan for a data set. content: that of a file with this name."""
    made = made_for(Path(name).stem, name, call.overrides, call.components.registry, data=data)
    plan = _plan(made.experiment, data, call, None if content is None else (name, content))
    return plan if content is not None else replace(plan, unkept="a data set of the program")


def _plan(
    experiment: Experiment, data: Dataset, call: _Call, file: tuple[str, Callable[[], bytes]] | None = None
) -> PlannedTraining:
    """The plan with the requested layers, which depend on the data."""
    if call.layers is not None:
        network = msgspec.structs.replace(experiment.network, layers=call.layers)
        experiment = msgspec.structs.replace(experiment, network=network)
        shape, registry = shape_of(data), call.components.registry
        usual = default_for(experiment.name, experiment.data, shape)
        experiment = fitted(experiment, usual, registry, shape, loss=not call.own_loss)
    return PlannedTraining(experiment, call.components, data, file)
