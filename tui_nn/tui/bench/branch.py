"""Where a new run takes its weights from: a moment of another run, or what that run itself began with."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tui_nn.engine.layer import IDENTITY
from tui_nn.errors import DataError, StorageError
from tui_nn.experiment import Experiment
from tui_nn.experiment.amended import amended
from tui_nn.experiment.weights import read_weights
from tui_nn.model.form import from_file
from tui_nn.runs import Run, layout
from tui_nn.runs.family import Parent, parent_of
from tui_nn.views.verdicts import as_begun

Array = np.ndarray[Any, np.dtype[Any]]
Shape = tuple[int, int]


@dataclass(frozen=True)
class Branch:
    """Where a new run comes from, and Theta of each of its layers, or None for one that starts anew."""

    parent: Parent
    thetas: tuple[Array | None, ...]

    @property
    def kept(self) -> int:
        """How many layers take their weights along."""
        return sum(theta is not None for theta in self.thetas)


def fitting_thetas(thetas: Sequence[Array], shapes: Sequence[Shape | None]) -> tuple[Array | None, ...]:
    """One entry a layer of the new network: the old Theta that fits, or None.

    Layers are matched from the front as long as they fit, then from the back, so that a layer put in between, or
    taken out, leaves the others what they were.
    """
    wanted = [shape for shape in shapes if shape is not None]
    found: list[Array | None] = [None] * len(wanted)
    front = 0
    while front < min(len(wanted), len(thetas)) and thetas[front].shape == wanted[front]:
        found[front] = thetas[front]
        front += 1
    back = 1
    while back <= min(len(wanted), len(thetas)) - front and thetas[-back].shape == wanted[-back]:
        found[-back] = thetas[-back]
        back += 1
    given = iter(found)
    return tuple(None if shape is None else next(given) for shape in shapes)


def at_hand(reader: Run) -> Experiment:
    """The experiment of a run as it is now, to go on with: what was changed while it trained is in it.

    The weights that a branch began with stay in the run: see `same_start`. Raises ExperimentError if the file, or
    what was changed, is damaged.
    """
    experiment = reader.fact(as_begun, None)
    if experiment is not None and experiment.data.scale_target is None and reader.fact(sees_targets_as_they_are, False):
        data = msgspec.structs.replace(experiment.data, scale_target="none")
        experiment = msgspec.structs.replace(experiment, data=data)
    if experiment is None:
        raise StorageError(f"{reader.path / layout.EXPERIMENT}: has not been read yet; try again in a moment.")
    if reader.fact(parent_of, None) is not None and str(experiment.network.weights).endswith(layout.INITIAL):
        network = msgspec.structs.replace(experiment.network, weights=None, weights_by_columns=None)
        experiment = msgspec.structs.replace(experiment, network=network)
    return amended(experiment, reader.history.by_hand)


def sees_targets_as_they_are(run: Path) -> bool:
    """Whether a run is of an earlier version, which did not scale the targets of a regression."""
    with contextlib.suppress(StorageError):
        form = from_file(run / layout.NET, links=False).form
        applied = form.layers[-1].get("activation")
        bare = applied is None or applied.get("kind") == IDENTITY.name
        return not form.classes and not form.factor and bare
    return False


def initial_of(run: Path) -> list[Array] | None:
    """What a branch began with, one array a layer; None where there are none that can be read."""
    if parent_of(run) is None:
        return None
    with contextlib.suppress(DataError):
        return [theta for theta in read_weights(run / layout.INITIAL, 0) if theta.size]
    return None


def same_start(reader: Run, shapes: Sequence[Shape | None]) -> Branch | None:
    """What a run began with, if it is a branch: to begin so once more. None: its experiment says it all."""
    parent = reader.fact(parent_of, None)
    if parent is None:
        return None
    thetas = reader.fact(initial_of, None)
    return Branch(parent, fitting_thetas(thetas, shapes) if thetas is not None else ())
