"""What a change of the experiment means for a network that is trained already: nothing is thrown away unasked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tui_nn.errors import DataError
from tui_nn.experiment import Experiment, load_experiment
from tui_nn.experiment.weights import read_weights
from tui_nn.runs import layout
from tui_nn.runs.family import Parent, parent_of

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


def at_hand(run: Path) -> Experiment:
    """The experiment of a run, to go on with. The weights that a branch began with stay in the run: see `same_start`.

    Raises ExperimentError if its file is damaged.
    """
    experiment = load_experiment(str(run / layout.EXPERIMENT))
    if parent_of(run) is None or not str(experiment.network.weights).endswith(layout.INITIAL):
        return experiment
    return msgspec.structs.replace(experiment, network=msgspec.structs.replace(experiment.network, weights=None))


def same_start(run: Path, shapes: Sequence[Shape | None]) -> Branch | None:
    """What a run began with, if it is a branch: to begin so once more. None: its seed says it all."""
    parent = parent_of(run)
    if parent is None:
        return None
    try:
        thetas = read_weights(run / layout.INITIAL, len(shapes))
    except DataError:
        return Branch(parent, ())
    return Branch(parent, fitting_thetas([theta for theta in thetas if theta.size], shapes))


# What a running net takes without a new start.
SETTABLE = ("optimizer.rate", "schedule", "lambda", "batch")


def live_settings(before: Experiment, after: Experiment) -> dict[str, Any] | None:
    """{"training.batch": 64, ...} if nothing else has changed; None if something has that needs a new run."""
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    changed: dict[str, Any] = {}
    for section in old:
        if section != "training" and old[section] != new[section]:
            return None
    for key, value in new["training"].items():
        if value == old["training"][key]:
            continue
        if key == "optimizer":
            was, now = _table(old["training"][key]), _table(value)
            rates = was.pop("rate", None), now.pop("rate", None)
            if was != now or rates[1] is None:
                return None
            changed["training.optimizer.rate"] = rates[1]
        elif key in SETTABLE:
            changed[f"training.{key}"] = value
        else:
            return None
    return changed


def _table(choice: Any) -> dict[str, Any]:
    return {"kind": choice} if isinstance(choice, str) else dict(choice)
