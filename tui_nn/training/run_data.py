"""The data that a run was trained on: found again, and only ever the same."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tui_nn.datasets.digest import digest
from tui_nn.datasets.table_dataset import TableDataset
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError
from tui_nn.experiment.data import load_data
from tui_nn.experiment.portable import is_file
from tui_nn.experiment.schema import Experiment
from tui_nn.model.form import from_file
from tui_nn.plugin.registry import Registry
from tui_nn.runs import layout
from tui_nn.runs.recipe import Recipe


def data_of_run(
    run: Path, experiment: Experiment, recipe: Recipe | None, registry: Registry
) -> tuple[Experiment, Dataset]:
    """The run's own data, and its experiment with the place where they are now.

    Raises DataError if they are gone, or are not what they were.

    A file is looked for where it was, seen from the run, then in the run and beside it: wherever a run is sent, its
    data can be put. A run of the first version did not say what its data were: there they are taken as they are.
    """
    source = experiment.data.source
    if recipe is None or not is_file(source):
        data = load_data(experiment, registry)
        if recipe is not None:
            _check(run, str(data.name), data, recipe)
        return experiment, data
    found = _found(run, Path(str(source)))
    here = msgspec.structs.replace(experiment.data, source=str(found.absolute()))
    if isinstance(here.test, str):
        here = msgspec.structs.replace(here, test=str(_found(run, Path(here.test)).absolute()))
    experiment = msgspec.structs.replace(experiment, data=here)
    data = load_data(experiment, registry)
    if digest(data) != recipe.data.sha256:
        data = _as_before(run, experiment, data, registry)
    _check(run, str(found), data, recipe)
    return experiment, data


def _found(run: Path, was: Path) -> Path:
    places = [was, run / was.name, run.parent / was.name]
    found = next((place for place in places if place.exists()), None)
    if found is None:
        raise DataError(
            f"{run}: its data, {was.name}, were not found: looked at {was}, in the run and next to it. "
            "Put them back, or a copy of them beside the run."
        )
    return found


def _as_before(run: Path, experiment: Experiment, data: Dataset, registry: Registry) -> Dataset:
    """The data with all columns that the network has as inputs: row numbers were such, before they were left out."""
    form = from_file(run / layout.NET, links=False).form
    if not isinstance(data, TableDataset) or form.columns or not form.features or data.features == form.features:
        return data
    wanted = msgspec.structs.replace(experiment.data, inputs=list(form.features))
    try:
        return load_data(msgspec.structs.replace(experiment, data=wanted), registry)
    except DataError:  # which are other data then
        return data


def _check(run: Path, name: str, data: Dataset, recipe: Recipe) -> None:
    if digest(data) == recipe.data.sha256:
        return
    then, now = recipe.data.samples, len(data.x)
    counts = f" ({then} samples then, {now} now)" if then != now else ""
    raise DataError(
        f"{name}: not the data that {run} was trained on: they have changed since{counts}. Put them back as they were; "
        f"to evaluate the run on these, run tui-nn evaluate {run} DATA."
    )
