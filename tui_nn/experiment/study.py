"""A study: what can be asked of a network only with the samples that it was trained on. Nothing here trains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.data import Part
from tui_nn.engine.measuring import Confusion, measure, measured_part
from tui_nn.engine.network import with_ones
from tui_nn.experiment.build import Setup
from tui_nn.model.moving import REST, Move, moved_part

Array = np.ndarray[Any, np.dtype[Any]]

Measurement = tuple[dict[str, float], Confusion | None]  # metric -> value; true classes as rows

MOST = 2000  # samples that are asked: enough for a picture, and a few milliseconds' work
INSIDE = 500  # samples whose activations are looked at


@dataclass(frozen=True)
class Answers:
    """What the network says of the first samples of a part, or of those in one cell of its confusion matrix.

    numbers (m,): which samples of the part these are, from 0. asked: how many of it the network was asked about.
    inputs (m, n), in the data's own units; outputs (m, q), probabilities where the loss gives them; true and
    predicted (m,) classes, or (m, q) numbers for a regression, which are in the data's own units, as its outputs are.
    of: how many samples the part has.
    """

    part: str
    of: int
    asked: int
    numbers: Array
    inputs: Array
    outputs: Array
    true: Array
    predicted: Array


@dataclass(frozen=True)
class Inside:
    """What goes on in the layers for the first training samples.

    activations: (units, samples) a layer, as the network answers. gradients: of J over these samples, penalty and
    weights of classes included, before any clipping; the shape of Theta each, for layers that have one. inputs
    (n, samples) as the network sees them; outputs (q, samples), through the `link` that the loss adds, "" for none;
    targets (q, samples). ranges: the open interval of each layer's activations, the last through the link;
    by_unit: whether each of them depends on its own z alone, as not with softmax. of: samples of the training part.
    answers, wanted (q, samples): outputs and targets again, those of a regression in the data's own units.
    """

    activations: tuple[Array, ...]
    gradients: tuple[Array, ...]
    classes: Array
    inputs: Array
    outputs: Array
    targets: Array
    ranges: tuple[tuple[float, float], ...]
    by_unit: tuple[bool, ...]
    link: str
    of: int
    answers: Array
    wanted: Array


class Study:
    """Built once, then asked again and again; thetas are the matrices of the layers that have one, in order."""

    def __init__(self, setup: Setup) -> None:
        self.net = setup.net
        self.trainer = setup.trainer
        self.splits = setup.splits
        self._metrics = setup.metrics  # whatever is measured after each epoch
        self.kept: tuple[Any, Array] | None = None  # what was asked for, and activations (units, m): see excitation

    def put(self, thetas: Sequence[Array]) -> None:
        """Have these matrices in the trainer's network."""
        own = [theta for theta in self.trainer.network.parameters.thetas if theta is not None]
        for theta, given in zip(own, thetas, strict=True):
            theta[...] = given

    def answers(self, thetas: Sequence[Array], cell: tuple[int, int] | None = None) -> Answers:
        """For validation samples, or training samples where there are no others.

        cell: true class and answer, for those samples of the whole part alone: what is counted there is found.
        """
        self.put(thetas)
        splits, targets, network = self.splits, self.trainer.targets, self.trainer.network
        name, whole = ("validation", splits.validation) if len(splits.validation) else ("training", splits.train)
        part = whole.head(MOST) if cell is None else whole
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            raw = network.predict(part)
            outputs = self.net.head.answers(raw.T).T
        predicted, numbers = targets.decode(raw), np.arange(len(part))
        if cell is not None:
            numbers = np.flatnonzero((part.y == cell[0]) & (predicted == cell[1]))
        shown = part if cell is None else part.take(numbers)
        true = shown.y if targets.classes else shown.y.reshape(len(shown), -1)
        return Answers(
            name, len(whole), len(part), numbers, shown.unscaled(), outputs[numbers], true, predicted[numbers]
        )

    def inside(self, thetas: Sequence[Array], samples: int = INSIDE) -> Inside:
        """Activations of every layer and the gradient of J, for so many training samples."""
        return self._inside(thetas, 0, samples)

    def glance(self, thetas: Sequence[Array], sample: int) -> Inside:
        """The same for one training sample, from 0, without gradients: a hundredth of the work."""
        return self._inside(thetas, sample, sample + 1, with_gradients=False)

    def _inside(self, thetas: Sequence[Array], start: int, stop: int, *, with_gradients: bool = True) -> Inside:
        self.put(thetas)
        network, trainer = self.trainer.network, self.trainer
        part = self.splits.train.head(stop)
        labels = part.y[start:]
        x = with_ones(part.x[start:], network.dtype).T
        y = trainer.targets.encode(labels, network.dtype).T
        every, penalty, m = trainer.sample_weights(), trainer.penalty, x.shape[1]
        weights = None if every is None else every[:m]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            network.forward(x)
            activations = tuple(slot.a.copy() for slot in network.workspace(m).slots)
            gradients: tuple[Array, ...] = ()
            if with_gradients:
                with network.undisturbed():
                    network.backpropagate(x, y, trainer.loss, m, weights)
                    network.parameters.add_decay(penalty.decay, penalty.absolute)
                    gradients = tuple(one.copy() for one in network.parameters.gradients if one is not None)
            outputs = self.net.head.outputs(activations[-1])
        classes = labels if trainer.targets.classes else np.zeros(m, int)
        link = self.net.head.link
        functions = [layer.activation for layer in network.layers]
        functions[-1] = link or functions[-1]
        return Inside(
            activations, gradients, classes, x[1:].copy(), outputs, y.copy(),
            tuple(function.range for function in functions),
            tuple(function.jacobian_product is None for function in functions),
            link.name if link is not None else "", len(self.splits.train),
            self.net.head.answers(activations[-1]), self.net.head.in_own_units(y),
        )  # fmt: skip

    def measured(self, thetas: Sequence[Array], move: Move = REST) -> dict[str, Measurement]:
        """Of every part that has samples; of the training part as after an epoch.

        Raises DataError for a move of what are no pictures.
        """
        self.put(thetas)
        parts = {
            "train": measured_part(self.splits.train),
            "validation": self.splits.validation,
            "test": self.splits.test,
        }
        preparation = self.net.preparation
        return {
            name: self._measure(moved_part(part, preparation, move))
            for name, part in parts.items()
            if part is not None and len(part)
        }

    def confused(self, thetas: Sequence[Array]) -> tuple[str, Confusion | None]:
        """The part whose matrix an epoch has, validation or else training, and that matrix, true classes as rows."""
        self.put(thetas)
        if len(self.splits.validation):
            return "validation", self._measure(self.splits.validation)[1]
        return "training", self._measure(measured_part(self.splits.train))[1]

    def _measure(self, part: Part) -> Measurement:
        trainer = self.trainer
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return measure(trainer.network, part, trainer.targets, trainer.loss, self._metrics)
