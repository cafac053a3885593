"""A model: the network of an experiment with any Theta put into it, to be asked what it answers.

Views and commands that need more than a run has recorded rebuild the network from the experiment file and the
recorded weights. Nothing here trains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn.engine.data import Dataset, Part, Splits
from tui_nn.engine.network import with_ones
from tui_nn.engine.walk import Walk, walk
from tui_nn.errors import DataError, did_you_mean
from tui_nn.experiment.build import build
from tui_nn.experiment.schema import Experiment
from tui_nn.plugin.registry import Registry

Array = np.ndarray[Any, np.dtype[Any]]

MOST = 2000  # samples that are asked: enough for a picture, and a few milliseconds' work
SIDE = 64  # points along each side of the plane


@dataclass(frozen=True)
class Answers:
    """What the network says of the first samples of a part.

    inputs (m, n), scaled as the network sees them; outputs (m, q), probabilities where the loss gives them; true and
    predicted (m,) classes, or (m, q) numbers for a regression. of: how many samples the part has.
    """

    part: str
    of: int
    inputs: Array
    outputs: Array
    true: Array
    predicted: Array


@dataclass(frozen=True)
class Plane:
    """What the network says all over the plane of a data set with two inputs, row 0 at the top.

    extent: x from, x to, y from, y to, in the data's own units. field: (rows, columns) in -1..1, or how sure the
    answer is where `labels` (rows, columns) names a class. inputs (2, rows, columns) and layers, each (units, rows,
    columns), are what the units say. points (m, 2) and classes (m,) are training samples; a regression's classes say
    whether its target is above 0. ranges: the open interval in which the units of each layer answer.
    """

    extent: tuple[float, float, float, float]
    field: Array
    labels: Array | None
    inputs: Array
    layers: tuple[Array, ...]
    points: Array
    classes: Array
    ranges: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Inside:
    """What goes on in the layers for some training samples.

    activations: (units, samples) a layer. gradients: of J, the shape of Theta each, for layers that have one.
    """

    activations: tuple[Array, ...]
    gradients: tuple[Array, ...]
    classes: Array


class Model:
    """Built once, then asked again and again; thetas are the matrices of the layers that have one, in order."""

    def __init__(self, experiment: Experiment, registry: Registry) -> None:
        setup = build(experiment, registry)
        self._trainer, self._network, self._splits = setup.trainer, setup.network, setup.splits
        loss = registry.create("loss", experiment.training.loss)
        last = self._network.layers[-1].activation.name
        # A loss that supplies the output function itself leaves the network with bare scores.
        own = last == "identity" and loss.canonical not in (None, "identity")
        self._link = registry.get("activation", loss.canonical) if own else None

    def _put(self, thetas: Sequence[Array]) -> None:
        own = [theta for theta in self._network.parameters.thetas if theta is not None]
        for theta, given in zip(own, thetas, strict=True):
            theta[...] = given

    def _probabilities(self, outputs: Array) -> Array:
        """(units, samples) of the last layer, through the loss's own function where it has one."""
        if self._link is None:
            return outputs
        a = np.empty_like(outputs)
        self._link.forward(np.ascontiguousarray(outputs), a)
        return a

    def _asked(self) -> tuple[str, Part]:
        splits = self._splits
        return ("validation", splits.validation) if len(splits.validation) else ("training", splits.train)

    def answers(self, thetas: Sequence[Array]) -> Answers:
        """For validation samples, or training samples where there are no others."""
        self._put(thetas)
        name, whole = self._asked()
        part = whole.head(MOST)
        inputs = part.x
        raw = self._network.predict(inputs)
        targets = self._trainer.targets
        true = part.y if targets.classes else targets.encode(part.y, self._network.dtype)
        return Answers(name, len(whole), inputs, self._probabilities(raw.T).T, true, targets.decode(raw))

    def inside(self, thetas: Sequence[Array]) -> Inside:
        """Activations of every layer and the gradient of J, for the first training samples."""
        self._put(thetas)
        network, trainer = self._network, self._trainer
        part = self._splits.train.head(min(MOST, 500))
        x = with_ones(part.x, network.dtype).T
        y = trainer.targets.encode(part.y, network.dtype).T
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            network.loss_and_grad(x, y, trainer.loss, trainer.penalty.decay)
            gradients = tuple(one.copy() for one in network.parameters.gradients if one is not None)
            network.forward(x)
        slots = network.workspace(x.shape[1]).slots
        classes = part.y if trainer.targets.classes else np.zeros(len(part), int)
        return Inside(tuple(slot.a.copy() for slot in slots), gradients, classes)

    def measured(self, thetas: Sequence[Array], data: Dataset | None = None) -> dict[str, dict[str, float]]:
        """part -> metric -> value: of the run's own parts, or of other data, scaled as the training part was.

        Raises DataError for data of another kind.
        """
        self._put(thetas)
        splits = self._splits
        parts = {"train": splits.train, "validation": splits.validation, "test": splits.test}
        if data is not None:
            parts = {data.name: self._other(data)}
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return {
                name: self._trainer.measure(part)[0] for name, part in parts.items() if part is not None and len(part)
            }

    def predicted(self, thetas: Sequence[Array], rows: Array) -> tuple[Array, Array]:
        """New inputs (m, n) in the data's own units -> outputs (m, q), probabilities where the loss gives them, and
        classes (m,) or numbers (m, q).
        """
        self._put(thetas)
        train = self._splits.train
        part = Part(rows, np.zeros(len(rows)), None, train.offset, train.factor, self._network.dtype)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            raw = self._network.predict(part)
        return self._probabilities(raw.T).T, self._trainer.targets.decode(raw)

    @property
    def splits(self) -> Splits:
        """The run's own data."""
        return self._splits

    def _other(self, data: Dataset) -> Part:
        """Other data as a part: scaled by what was fitted to the training part, classes by their names."""
        splits = self._splits
        if data.x.shape[1] != self._network.inputs:
            raise DataError(
                f"{data.name}: has {data.x.shape[1]} inputs; the network was trained on {self._network.inputs}."
            )
        if bool(data.classes) != bool(splits.classes):
            kinds = {True: "classes", False: "numbers"}
            raise DataError(
                f"{data.name}: its targets are {kinds[bool(data.classes)]}; expected {kinds[bool(splits.classes)]}."
            )
        y = data.y
        if data.classes:
            unknown = [name for name in data.classes if name not in splits.classes]
            if unknown:
                near = did_you_mean(unknown[0], splits.classes)
                raise DataError(f"{data.name}: class '{unknown[0]}' was not there in training.{near}")
            y = np.array([splits.classes.index(name) for name in data.classes], np.intp)[data.y]
        train = splits.train
        return Part(data.x, y, None, train.offset, train.factor, self._network.dtype)

    def walk(self, thetas: Sequence[Array], step: int) -> Walk:
        """The samples of the batch that came after this step, forward and backward; outputs are probabilities."""
        self._put(thetas)
        found = walk(self._trainer, step)
        return replace(found, outputs=self._probabilities(found.outputs))

    def plane(self, thetas: Sequence[Array]) -> Plane:
        """For data with two inputs; the square that holds the training samples, with a margin."""
        self._put(thetas)
        part = self._splits.train.head(MOST)
        points = part.x
        low, high = points.min(axis=0), points.max(axis=0)
        margin = np.maximum(high - low, 1e-6) * 0.08
        low, high = low - margin, high + margin
        across = np.linspace(low[0], high[0], SIDE)
        down = np.linspace(high[1], low[1], SIDE)
        grid = np.stack(np.meshgrid(across, down)).astype(self._network.dtype)
        x = with_ones(grid.reshape(2, -1).T, self._network.dtype).T
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            outputs = self._probabilities(self._network.forward(x))
        slots = self._network.workspace(x.shape[1]).slots
        layers = tuple(slot.a.reshape(-1, SIDE, SIDE).copy() for slot in slots)
        field, labels = self._field(outputs.reshape(-1, SIDE, SIDE))
        own = _unscaled(part, np.stack([low, high])), _unscaled(part, points)
        (left, bottom), (right, top) = own[0].tolist()
        classes = part.y if self._trainer.targets.classes else (part.y.reshape(len(part), -1)[:, 0] > 0).astype(int)
        ranges = tuple(layer.activation.range for layer in self._network.layers)
        return Plane((left, right, bottom, top), field, labels, grid, layers, own[1], classes, ranges)

    def _field(self, outputs: Array) -> tuple[Array, Array | None]:
        """(outputs, rows, columns) -> a field in -1..1, or sureness in 0..1 and labels."""
        targets = self._trainer.targets
        outputs = np.nan_to_num(outputs)
        low, high = (0.0, 1.0) if self._link is not None else (targets.low, targets.high)
        if not targets.classes:
            return outputs[0] / (np.abs(outputs[0]).max() or 1.0), None
        if len(outputs) == 1:
            return np.clip(2 * (outputs[0] - low) / (high - low) - 1, -1, 1), None
        if len(outputs) == 2:
            return np.clip((outputs[1] - outputs[0]) / (high - low), -1, 1), None
        return np.clip((outputs.max(axis=0) - low) / (high - low), 0, 1), outputs.argmax(axis=0)


def _unscaled(part: Part, values: Array) -> Array:
    """Scaled inputs (m, n) in the units they came in."""
    values = values.astype(np.float64)
    if part.factor is not None:
        values = values / part.factor
    return values if part.offset is None else values + part.offset
