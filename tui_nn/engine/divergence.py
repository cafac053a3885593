"""Where a run broke: the first number that was not finite, in which layer, which batch, and for which sample.

A loss of NaN is seen many steps after its cause, for steps are taken in bursts. So the epoch is taken again from its
start, one step at a time: the same steps, bit for bit, and at the first bad one its batch is looked through.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.data import Part
from tui_nn.engine.events import Divergence, StepsFinished
from tui_nn.engine.loss import Loss
from tui_nn.engine.network import CHUNK, Network, with_ones
from tui_nn.engine.stepper import Stepper
from tui_nn.engine.targets import Targets

Array = np.ndarray[Any, np.dtype[Any]]


class Rewind:
    """Parameters and optimizer state at one moment, to go back to."""

    def __init__(self, stepper: Stepper) -> None:
        self._stepper = stepper
        self._values = np.empty_like(stepper.network.parameters.values)
        self._state = {name: np.empty_like(array) for name, array in stepper.state.items()}

    def keep(self) -> None:
        """Remember this moment."""
        self._values[...] = self._stepper.network.parameters.values
        for name, array in self._stepper.state.items():
            self._state[name][...] = array

    def restore(self) -> None:
        """Go back to it."""
        self._stepper.network.parameters.values[...] = self._values
        for name, array in self._stepper.state.items():
            array[...] = self._state[name]


@dataclass(frozen=True)
class Samples:
    """What batches are made of. order: the samples of the epoch in their order."""

    part: Part
    targets: Targets
    batch: int
    order: Array
    weights: Array | None  # (m,), how much each counts

    def rows(self, batch: int) -> Array:
        """The samples of a batch, which counts from 1."""
        return self.order[(batch - 1) * self.batch : batch * self.batch]


def first_bad(stepper: Stepper, steps: Iterable[StepsFinished], last: int, samples: Samples) -> Divergence | None:
    """Take steps, one at a time and from a good state, until a number is not finite; None if none is up to `last`.

    The parameters and the optimizer's state are left as they were before the bad step.
    """
    parameters = stepper.network.parameters
    before = Rewind(stepper)
    before.keep()
    for event in steps:
        finite = math.isfinite(event.losses[-1]) and np.isfinite(parameters.gradient).all()
        if not (finite and np.isfinite(parameters.values).all()):
            after = parameters.values.copy()
            before.restore()
            found = look_through(stepper.network, stepper.loss, samples, event, after)
            before.restore()  # a forward pass in training may move running means
            return found
        if event.step >= last:
            return None
        before.keep()
    return None


def look_through(
    network: Network, loss: Loss, samples: Samples, event: StepsFinished, after: Array
) -> Divergence | None:
    """The first bad number of the step that `event` was; the parameters are those before it, `after` those after it."""
    rows = samples.rows(event.batch)
    x = with_ones(_inputs(samples.part, rows), network.dtype).T
    y = samples.targets.encode(samples.part.y[rows], network.dtype).T
    weights = None if samples.weights is None else samples.weights[rows]
    network.step = event.step
    with np.errstate(all="ignore"):
        found = _in_forward(network, loss, x, y) or _in_backward(network, loss, x, y, weights)
        if found is None:
            for layer, theta in enumerate(network.parameters.views(after), start=1):
                if theta is not None and not np.isfinite(theta).all():
                    found = "theta", layer, _steepest(network, loss, x, y, weights)
                    break
    if found is None:
        return None
    what, layer_number, column = found
    place = Divergence(what, layer_number, event.step, event.epoch, event.batch)
    return place if column is None else _with_sample(place, samples.part, int(rows[column]), x[1:, column])


def describe(found: Divergence, features: tuple[str, ...]) -> str:
    """`first in z of layer 2, for row 218 of the data, whose inputs go from 0 to 4096 (column "height")`."""
    names = {"z": "z", "a": "a", "gradient": "the gradient", "theta": "Theta"}
    where = f"first in {names[found.what]} of layer {found.layer}" if found.layer is not None else "first in the loss"
    if found.row is None:
        return where
    name = ""
    if found.column is not None:
        name = f' (column "{features[found.column]}")' if features else f" (column {found.column + 1})"
    return f"{where}, for row {found.row + 1} of the data, whose inputs go from {found.low:g} to {found.high:g}{name}"


Found = tuple[str, int | None, int | None]  # what, layer, column of the batch


def _in_forward(network: Network, loss: Loss, x: Array, y: Array) -> Found | None:
    whole = network.mixes_samples
    for start in range(0, x.shape[1], x.shape[1] if whole else CHUNK):
        chunk = slice(start, None if whole else start + CHUNK)
        costs = network.costs(x[:, chunk], y[:, chunk], loss, training=True)
        slots = network.workspace(len(costs)).slots
        for number, (layer, slot) in enumerate(zip(network.layers, slots, strict=True), start=1):
            for what, values in (("z", slot.z), ("a", slot.a)) if layer.keeps_z else (("a", slot.a),):
                bad = ~np.isfinite(values).all(axis=0)
                if bad.any():
                    return what, number, start + int(bad.argmax())
        bad = ~np.isfinite(costs)
        if bad.any():
            return "loss", None, start + int(bad.argmax())
    return None


def _in_backward(network: Network, loss: Loss, x: Array, y: Array, weights: Array | None) -> Found | None:
    network.loss_and_grad(x, y, loss, weights=weights)
    # From the last layer to the first, as they are computed.
    for index in range(len(network.layers) - 1, -1, -1):
        gradient = network.parameters.gradients[index]
        if gradient is not None and not np.isfinite(gradient).all():
            return "gradient", index + 1, _steepest(network, loss, x, y, weights)
    return None


def _steepest(network: Network, loss: Loss, x: Array, y: Array, weights: Array | None) -> int | None:
    """The sample whose own gradient is the longest, or the first that is not finite; None if they hang together."""
    if network.mixes_samples:
        return None
    best, longest = 0, -1.0
    for column in range(min(x.shape[1], CHUNK)):
        one = slice(column, column + 1)
        network.backpropagate(x[:, one], y[:, one], loss, 1, None if weights is None else weights[one])
        length = float(np.abs(network.parameters.gradient).max())
        if not math.isfinite(length):
            return column
        if length > longest:
            best, longest = column, length
    return best


def _inputs(part: Part, rows: Array) -> Array:
    x = np.empty((len(rows), part.source.shape[1]), part.dtype)
    part.read(rows, x)
    return x


def _with_sample(place: Divergence, part: Part, sample: int, x: Array) -> Divergence:
    """The same place, with the sample and its inputs. NaN among the inputs is itself the column to blame."""
    row = sample if part.rows is None else int(part.rows[sample])
    bad = np.flatnonzero(~np.isfinite(x))
    column = int(bad[0]) if bad.size else int(np.abs(x).argmax())
    finite = x[np.isfinite(x)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (None, None)
    return Divergence(place.what, place.layer, place.step, place.epoch, place.batch, sample, row, low, high, column)
