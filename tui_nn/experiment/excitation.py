"""Which inputs of a part excite a hidden unit most, and least: found by sending all of them through the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.data import Part, Window
from tui_nn.engine.network import CHUNK, Network
from tui_nn.experiment.hidden_units import Unit
from tui_nn.experiment.study import Study

Array = np.ndarray[Any, np.dtype[Any]]

COUNT = 24  # of the most, and of the least, that are kept


@dataclass(frozen=True)
class Excited:
    """Samples of a part, by the activation of one unit.

    samples (n,): their numbers from 0; activations (n,); inputs (n, features) as the network sees them; labels: their
    classes (n,), or their targets (n, q).
    """

    samples: Array
    activations: Array
    inputs: Array
    labels: Array


@dataclass(frozen=True)
class Excitation:
    """most, least: the first of them the extreme. of: samples of the part. mean: activation over all of them;
    by_class (k,): over those of each class, NaN for one without samples.
    """

    of: int
    most: Excited
    least: Excited
    mean: float
    by_class: Array


def excitation(study: Study, thetas: Sequence[Array], part: str, unit: Unit) -> Excitation | None:
    """Of the training, validation or test part; None for a part without samples."""
    parts = {"training": study.splits.train, "validation": study.splits.validation, "test": study.splits.test}
    whole = parts[part]
    if whole is None or not len(whole):
        return None
    study.put(thetas)
    a = activations(study.trainer.network, whole, unit)
    order = np.argsort(a, kind="stable")
    by_class = [a[whole.y == label] for label in range(study.trainer.targets.classes)]
    return Excitation(
        len(whole),
        _those(whole, a, np.argsort(-a, kind="stable")[:COUNT]),
        _those(whole, a, order[:COUNT]),
        float(a.mean()),
        np.array([one.mean() if len(one) else np.nan for one in by_class]),
    )


def activations(network: Network, part: Part, unit: Unit) -> Array:
    """What a unit gives for every sample, (m,), float64; what is not finite counts as the largest number there is."""
    layer, place = unit
    found = np.empty(len(part))
    window = Window(part, min(CHUNK, len(part)), network.dtype)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for start in range(0, len(part), CHUNK):
            chunk = slice(start, min(start + CHUNK, len(part)))
            count = chunk.stop - start
            network.forward(window.read(chunk, count).T)
            found[chunk] = network.workspace(count).slots[layer - 1].a[place - 1]
    return np.nan_to_num(found)


def _those(part: Part, a: Array, chosen: Array) -> Excited:
    rows = Window(part, len(chosen), a.dtype).read(chosen, len(chosen))
    return Excited(chosen, a[chosen], rows[:, 1:].copy(), part.y[chosen])
