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

COUNT = 24  # of the most, and of the least, that are found
KEPT = 1 << 24  # activations


@dataclass(frozen=True)
class Excited:
    """Samples of a part, by the activation of one unit.

    samples (n,): their numbers from 0; activations (n,); inputs (n, features) in the data's own units; labels: their
    classes (n,), or their targets (n, q).
    """

    samples: Array
    activations: Array
    inputs: Array
    labels: Array


@dataclass(frozen=True)
class Excitation:
    """most, least: the first of them the extreme. of: samples of the part. mean: activation over all of them;
    by_class (k,): over those of each class, NaN for one without samples. targets: what the columns of the labels are
    called, for a regression.
    """

    of: int
    most: Excited
    least: Excited
    mean: float
    by_class: Array
    targets: tuple[str, ...] = ()


def excitation(study: Study, thetas: Sequence[Array], step: int, part: str, unit: Unit) -> Excitation | None:
    """Of the training, validation or test part, with the weights after this step; None for a part without samples."""
    parts = {"training": study.splits.train, "validation": study.splits.validation, "test": study.splits.test}
    whole = parts[part]
    if whole is None or not len(whole):
        return None
    study.put(thetas)
    a = _of_unit(study, step, part, whole, unit)
    order = np.argsort(a, kind="stable")
    by_class = [a[whole.y == label] for label in range(study.trainer.targets.classes)]
    return Excitation(
        len(whole),
        _those(whole, a, np.argsort(-a, kind="stable")[:COUNT]),
        _those(whole, a, order[:COUNT]),
        float(a.mean()),
        np.array([one.mean() if len(one) else np.nan for one in by_class]),
        study.splits.targets,
    )


def activations(network: Network, part: Part, layer: int, units: slice) -> Array:
    """What these units of a layer, from 1, give for every sample, (units, m); what is not finite counts as the largest
    number there is.
    """
    found = np.empty((len(range(*units.indices(network.sizes[layer]))), len(part)), network.dtype)
    window = Window(part, min(CHUNK, len(part)), network.dtype)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for start in range(0, len(part), CHUNK):
            chunk = slice(start, min(start + CHUNK, len(part)))
            count = chunk.stop - start
            network.forward(window.read(chunk, count).T)
            found[:, chunk] = network.workspace(count).slots[layer - 1].a[units]
    finite: Array = np.nan_to_num(found, copy=False)
    return finite


def _of_unit(study: Study, step: int, part: str, whole: Part, unit: Unit) -> Array:
    """(m,), float64. The pass is kept for the other units of the layer, which are asked for next, where it is small."""
    network, (layer, place) = study.trainer.network, unit
    if network.sizes[layer] * len(whole) > KEPT:
        alone: Array = activations(network, whole, layer, slice(place - 1, place))[0].astype(np.float64)
        return alone
    key = (step, part, layer, network.off)
    if study.kept is None or study.kept[0] != key:
        study.kept = (key, activations(network, whole, layer, slice(None)))
    of_unit: Array = study.kept[1][place - 1].astype(np.float64)
    return of_unit


def _those(part: Part, a: Array, chosen: Array) -> Excited:
    return Excited(chosen, a[chosen], part.unscaled(chosen), part.y[chosen])
