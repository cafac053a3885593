"""The data of an experiment, and what the shapes of a network depend on in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np

from tui_nn.datasets import load_path
from tui_nn.datasets.choice import TableSettings
from tui_nn.datasets.formula import from_formula
from tui_nn.datasets.remotes import REMOTES
from tui_nn.datasets.source import STDIN
from tui_nn.datasets.table_dataset import TableDataset, with_features
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError, ExperimentError, did_you_mean
from tui_nn.experiment.division import division_of
from tui_nn.experiment.schema import DataSection, Experiment
from tui_nn.experiment.values import is_formula
from tui_nn.files import is_there
from tui_nn.plugin.registry import Registry

READING = ("delimiter", "quote", "header", "comment", "decimal", "thousands", "encoding")  # keys that readers know


@dataclass(frozen=True)
class DataShape:
    """What shapes depend on in a data set. doubt: how else its answers may be meant, or ""."""

    inputs: int
    outputs: int
    classes: tuple[str, ...]
    picture: tuple[int, int] | None
    samples: int
    doubt: str = ""
    multi_label: bool = False


def load_data(experiment: Experiment, registry: Registry) -> Dataset:
    """The data set that `data.source` names: a registered one, a formula, or a path."""
    try:
        return data_of(experiment.data, registry, experiment.training.seed)
    except ExperimentError as error:
        raise error.within("data.source").of_file(experiment.file) from None


def data_of(settings: DataSection, registry: Registry, seed: int = 0) -> Dataset:
    """What a section [data] says. Raises DataError, and ExperimentError for a source that there is not."""
    source, names = settings.source, registry.names("dataset")
    if isinstance(source, str) and source not in names:
        if is_formula(source):
            return with_features(from_formula(source, seed), table_settings(settings))
        path = Path(source)
        if source == STDIN or is_there(path) or path.is_absolute() or source in REMOTES:
            return load_path(
                path, settings=table_settings(settings), readers=registry.in_order("reader"), test=_test_of(settings)
            )
        raise ExperimentError(
            f"'{source}' is neither a data set nor a file or folder.{did_you_mean(source, [*names, *REMOTES])} "
            "A folder of MNIST's IDX files, for instance, is given with --set data.source=FOLDER."
        )
    if (test := _test_of(settings)) is not None:
        raise ExperimentError(f"data.test is {test.name}, and these data are not read from a file; expected a share.")
    dataset: Dataset = registry.create("dataset", source).load(seed)
    return with_features(dataset, table_settings(settings))


def _test_of(settings: DataSection) -> Path | None:
    return Path(settings.test) if isinstance(settings.test, str) else None


def table_settings(data: DataSection) -> TableSettings:
    """What is made of a table, as the experiment says it. The column that divides the samples is no input by itself."""
    division = division_of(data)
    aside = [division.column] if division.column and data.inputs is None and data.features is None else []
    reading = {name: getattr(data, name) for name in READING if getattr(data, name) is not None}
    return TableSettings(
        data.target, data.task, data.inputs, (*(data.ignore or ()), *aside), tuple(data.categories or ()), data.missing,
        data.unknown or "error", data.dates or "error", reading, data.picture, data.features,
        data.variables,
    )  # fmt: skip


@lru_cache(maxsize=8)
def _cached_shape(settings: bytes, modified: float, registry: Registry) -> DataShape:  # noqa: ARG001
    data = msgspec.json.decode(settings, type=DataSection)
    return shape_of(data_of(data, registry))


def shape_of(data: Dataset) -> DataShape:
    """Raises DataError for a single class."""
    if data.classes and len(found := np.unique(data.y)) == 1:
        raise DataError(
            f"{data.name}: all {len(data.y)} samples are of class '{data.classes[int(found[0])]}': "
            "expected at least two classes."
        )
    outputs = len(data.classes) or (data.y.shape[1] if data.y.ndim == 2 else 1)
    doubt = data.doubt if isinstance(data, TableDataset) else ""
    return DataShape(data.x.shape[1], outputs, data.classes, data.picture, len(data.x), doubt, data.multi_label)


def shape_named_by(experiment: Experiment, registry: Registry) -> DataShape:
    """The shape of the data that it names, remembered for as long as their file is the same."""
    source = experiment.data.source
    path = Path(source) if isinstance(source, str) and not is_formula(source) else None
    modified = path.stat().st_mtime if path is not None and is_there(path) else 0.0
    try:
        # A section has no hash: it may hold tables. Shares and scales do not matter to shapes.
        settings = msgspec.structs.replace(experiment.data, validation=0.0, test=0.0, scale="none")
        return _cached_shape(msgspec.json.encode(settings), modified, registry)
    except ExperimentError as error:
        raise error.within("data.source").of_file(experiment.file) from None
