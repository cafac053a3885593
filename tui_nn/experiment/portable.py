"""An experiment whose files are named so that it can travel: relative to a run directory, or by what is in them."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import msgspec
import numpy as np

from tui_nn.errors import DataError
from tui_nn.experiment.schema import Experiment
from tui_nn.experiment.weights import FOREIGN, read_weights
from tui_nn.files import read_bytes

MOST_WEIGHTS = 4 << 30  # bytes of a file of them
INITIAL = "./initial.npz"  # weights that an experiment takes from a file are kept in the run


def relative_to(run: Path, file: str | Path) -> str:
    """A file as it is called from within a run directory, never without a slash: a bare word is no path."""
    try:
        relative = Path(os.path.relpath(Path(file).absolute(), run.resolve())).as_posix()
    except ValueError:  # on another drive
        return Path(file).absolute().as_posix()
    return relative if relative.startswith("..") else f"./{relative}"


def from_run(run: Path, file: str) -> Path:
    """Where such a file lies, the run directory being where it is now."""
    return Path(os.path.normpath(run.resolve() / file))


def portable(experiment: Experiment, run: Path) -> Experiment:
    """The experiment as the run's own file has it: paths relative to the run, weights beside it."""
    source, weights = experiment.data.source, experiment.network.weights
    if is_file(source):
        source = relative_to(run, str(source))
    test = experiment.data.test
    return _with_files(
        experiment, source, relative_to(run, test) if isinstance(test, str) else test,
        INITIAL if isinstance(weights, str) else weights,
        [relative_to(run, plugin) for plugin in experiment.plugins],
    )  # fmt: skip


def identity(experiment: Experiment) -> Experiment:
    """The experiment without the folders of its files: its data by name, its weights by their hash.

    Raises DataError for a file of weights that cannot be read.
    """
    source, weights = experiment.data.source, experiment.network.weights
    if is_file(source):
        source = Path(str(source)).name
    if isinstance(weights, str):
        weights = f"sha256 {hashlib.sha256(read_initial(experiment)).hexdigest()}"
    test = experiment.data.test
    if isinstance(test, str):
        test = Path(test).name
    return _with_files(experiment, source, test, weights, [Path(plugin).name for plugin in experiment.plugins])


def read_initial(experiment: Experiment) -> bytes:
    """The file of weights that an experiment names, as an .npz. Raises DataError, StorageError, ExperimentError."""
    file = str(experiment.network.weights)
    if Path(file).suffix.lower() in FOREIGN:
        content = io.BytesIO()
        matrices = read_weights(Path(file), 0, experiment.network.weights_by_columns)
        np.savez(
            content, allow_pickle=False, **{f"theta_{number}": one for number, one in enumerate(matrices, start=1)}
        )
        return content.getvalue()
    try:
        return read_bytes(file, MOST_WEIGHTS, links=True)
    except OSError as error:
        raise DataError(f"{file}: {error.strerror}.") from None


def is_file(source: object) -> bool:
    """Whether a data source is a path: once an experiment is loaded, every path in it is absolute."""
    return isinstance(source, str) and Path(source).is_absolute()


def _with_files(
    experiment: Experiment, source: object, test: object, weights: object, plugins: list[str]
) -> Experiment:
    return msgspec.structs.replace(
        experiment,
        plugins=plugins,
        data=msgspec.structs.replace(experiment.data, source=source, test=test),
        network=msgspec.structs.replace(experiment.network, weights=weights, weights_by_columns=None),
    )
