"""The data of an experiment, and what the shapes of a network depend on in them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from tui_nn.datasets import load_path
from tui_nn.datasets.fetch import REMOTES
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError, ExperimentError, did_you_mean
from tui_nn.experiment.schema import Choice, DataSection, Experiment
from tui_nn.files import is_there
from tui_nn.plugin.registry import Registry


@dataclass(frozen=True)
class DataShape:
    """What shapes depend on in a data set."""

    inputs: int
    outputs: int
    classes: tuple[str, ...]
    picture: tuple[int, int] | None
    samples: int


def load_data(experiment: Experiment, registry: Registry) -> Dataset:
    """The data set that `data.source` names: a registered one, or a path."""
    source = experiment.data.source
    try:
        return _load(source, experiment.data, experiment.training.seed, registry)
    except ExperimentError as error:
        raise error.within("data.source").of_file(experiment.file) from None


def _load(source: Choice, settings: DataSection, seed: int, registry: Registry) -> Dataset:
    names = registry.names("dataset")
    if isinstance(source, str) and source not in names:
        path = Path(source)
        if is_there(path) or path.is_absolute() or source in REMOTES:
            return load_path(path, settings.target, settings.missing)
        raise ExperimentError(
            f"'{source}' is neither a data set nor a file or folder.{did_you_mean(source, [*names, *REMOTES])} "
            "A folder of MNIST's IDX files, for instance, is given with --set data.source=FOLDER."
        )
    dataset: Dataset = registry.create("dataset", source).load(seed)
    return dataset


@lru_cache(maxsize=8)
def _cached_shape(source: str, settings: DataSection, modified: float, registry: Registry) -> DataShape:  # noqa: ARG001
    return shape_of(_load(json.loads(source), settings, 0, registry))


def shape_of(data: Dataset) -> DataShape:
    """Raises DataError for a single class."""
    if data.classes and len(found := np.unique(data.y)) == 1:
        raise DataError(
            f"{data.name}: all {len(data.y)} samples are of class '{data.classes[int(found[0])]}': "
            "expected at least two classes."
        )
    outputs = len(data.classes) or (data.y.shape[1] if data.y.ndim == 2 else 1)
    return DataShape(data.x.shape[1], outputs, data.classes, data.picture, len(data.x))


def shape_named_by(experiment: Experiment, registry: Registry) -> DataShape:
    """The shape of the data that it names, remembered for as long as their file is the same."""
    source = experiment.data.source
    path = Path(source) if isinstance(source, str) else None
    modified = path.stat().st_mtime if path is not None and is_there(path) else 0.0
    try:
        # The source may be a table, which has no hash; of the rest only what decides how a file is read.
        settings = DataSection("", experiment.data.target, experiment.data.missing)
        return _cached_shape(json.dumps(source, sort_keys=True), settings, modified, registry)
    except ExperimentError as error:
        raise error.within("data.source").of_file(experiment.file) from None
