"""Branches: runs that begin with the weights of another run, and the file that says which.

The weights go into the new run's directory, so that its experiment file repeats it even when the other run is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from tui_nn.errors import StorageError
from tui_nn.experiment import Experiment
from tui_nn.tui.changes import Branch

WEIGHTS = "initial.npz"
PARENT = "parent.json"


@dataclass(frozen=True)
class Parent:
    """The run that was left, by the name of its directory, and where."""

    run: str
    step: int
    epoch: int


def start_from(branch: Branch, experiment: Experiment, run: Path) -> Experiment:
    """Write the weights and the parent into the directory of a new run; the experiment that begins with them.

    Layers without a matrix keep the weights that the initialiser draws. Raises StorageError.
    """
    arrays = [np.empty(0) if theta is None else theta for theta in branch.thetas]
    try:
        with (run / WEIGHTS).open("wb") as file:
            np.savez(file, *arrays)
        (run / PARENT).write_bytes(msgspec.json.encode(Parent(branch.run, branch.step, branch.epoch)))
    except OSError as error:
        raise StorageError(f"{run}: the weights of the branch cannot be written: {error.strerror}.") from None
    network = msgspec.structs.replace(experiment.network, weights=str((run / WEIGHTS).resolve()))
    return msgspec.structs.replace(experiment, network=network)


def parent_of(run: Path) -> Parent | None:
    """The run that this one branched off, if any."""
    try:
        return msgspec.json.decode((run / PARENT).read_bytes(), type=Parent)
    except (OSError, msgspec.DecodeError):
        return None
