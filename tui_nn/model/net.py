"""A trained network as a value. Asking it changes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from tui_nn.engine.data import Dataset, Part
from tui_nn.engine.layer import Layer
from tui_nn.engine.network import Network, with_ones
from tui_nn.errors import DataError, did_you_mean
from tui_nn.model.head import Head
from tui_nn.model.preparation import Preparation
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]

NUMBERED = re.compile(r"column \d+")  # what a column is called that has no name


@dataclass(frozen=True)
class Prediction:
    """What a network says of m rows.

    outputs (m, q): probabilities where the loss speaks of such, for a regression the answers in the data's own units,
    else what the last layer gives. labels: which class, by its number, (m,); of several labels 0 or 1 for each, (m, q);
    None for a regression, whose outputs are the answer. classes: the names of the classes.
    """

    outputs: Array
    labels: Array | None
    classes: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The class of each row by its name; empty for a regression and for several labels."""
        return [] if self.labels is None or not self.classes else [self.classes[label] for label in self.labels]


@dataclass(frozen=True)
class Trace:
    """One row on its way through a network, and back if its answer is known.

    inputs (n,): as the network sees them. activations: (units,) a layer. outputs (q,). cost: of this row. gradients:
    of that cost, the shape of Theta each, for layers that are trained; input_gradient (n,): with respect to inputs.
    """

    inputs: Array
    activations: tuple[Array, ...]
    outputs: Array
    cost: float | None = None
    gradients: tuple[Array, ...] = ()
    input_gradient: Array | None = None


@dataclass(frozen=True)
class Net:
    """Preparation, layers, Theta and head. `parameters` is flat: Theta^(1) row by row, then Theta^(2), ...

    off: hidden units, (layer, unit) from 1, that are switched off: they give 0 in whatever it is asked.
    """

    preparation: Preparation
    layers: tuple[Layer, ...]
    head: Head
    parameters: Array
    off: frozenset[tuple[int, int]] = frozenset()

    def __getstate__(self) -> dict[str, Any]:
        """Pickled without the network, which is made of the rest."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def network(self) -> Network:
        """The layers with these parameters, to be asked."""
        network = Network(self.preparation.inputs, self.layers, self.parameters.dtype)
        network.parameters.values[...] = self.parameters
        network.switch_off(self.off)
        return network

    @property
    def thetas(self) -> tuple[Array | None, ...]:
        """Theta^(j) of each layer, (s_j, s_{j-1} + 1) with the bias in column 0; None where a layer has none."""
        return self.network.parameters.thetas

    def with_thetas(self, thetas: Sequence[Array]) -> Net:
        """The same network with other matrices: one for each layer that has one, in order."""
        flat = [np.asarray(theta, self.parameters.dtype).ravel() for theta in thetas]
        values = np.concatenate(flat) if flat else np.empty(0, self.parameters.dtype)
        if values.shape != self.parameters.shape:
            raise ValueError(f"{plural(len(values), 'parameter')} for a network that has {len(self.parameters)}")
        return replace(self, parameters=values)

    def part(self, rows: Array, y: Array | None = None) -> Part:
        """Rows (m, n) in the data's own units, prepared. Raises DataError for another number of columns."""
        rows = np.atleast_2d(rows)
        if rows.shape[1] != self.preparation.inputs:
            raise DataError(
                f"found rows of {plural(rows.shape[1], 'value')}; the network was trained on {self.preparation.inputs}."
            )
        return self.preparation.part(rows, y, self.parameters.dtype)

    def part_of(self, data: Dataset) -> Part:
        """A data set, prepared: its columns and classes by their names. Raises DataError for data of another kind."""
        classes = self.head.classes
        if data.x.shape[1] != self.preparation.inputs:
            raise DataError(
                f"{data.name}: has {plural(data.x.shape[1], 'input')}; "
                f"the network was trained on {self.preparation.inputs}."
            )
        found = _kind(bool(data.classes), data.multi_label)
        expected = _kind(bool(classes), self.head.targets.multi_label)
        if found != expected:
            raise DataError(f"{data.name}: its targets are {found}; expected {expected}.")
        y = data.y
        if data.classes:
            unknown = [name for name in data.classes if name not in classes]
            if unknown:
                near = did_you_mean(unknown[0], classes)
                raise DataError(f"{data.name}: class '{unknown[0]}' was not in the training data.{near}")
            y = np.array([classes.index(name) for name in data.classes], np.intp)[data.y]
        return self.part(data.x[:, self._columns(data)], y)

    def _columns(self, data: Dataset) -> Array | slice:
        """Which columns of a data set are the inputs, in their order; as they come where either has no names.

        A pixel of a picture is known by its place, whatever it is called.
        """
        wanted, found = self.preparation.features, data.features
        if data.picture is not None and data.picture == self.preparation.picture:
            return slice(None)
        if not wanted or not found or wanted == found or all(NUMBERED.fullmatch(name) for name in found):
            return slice(None)
        absent = [name for name in wanted if name not in found]
        if absent:
            near = did_you_mean(absent[0], found)
            raise DataError(f"{data.name}: has no column '{absent[0]}', which is an input.{near}")
        return np.array([found.index(name) for name in wanted])

    def predict(self, rows: Array) -> Prediction:
        """Answers for rows (m, n) in the data's own units."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            raw = self.network.predict(self.part(rows))
            outputs = self.head.answers(raw.T).T
        targets = self.head.targets
        labels = targets.decode(raw) if targets.classes or targets.multi_label else None
        return Prediction(outputs, labels, self.head.classes)

    def activations(self, rows: Array) -> tuple[Array, ...]:
        """What every layer gives for rows (m, n) in the data's own units: (m, units) each, the last as `predict`."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            found = self.inside(self.part(rows).x)
        answers = self.head.targets.in_own_units(found[-1].T)
        return (*(a.T for a in found[:-1]), answers)

    def inside(self, x: Array) -> tuple[Array, ...]:
        """What every layer gives for prepared inputs (m, n): (units, m) each, the last through the head's link."""
        network = self.network
        network.forward(with_ones(x, network.dtype).T)
        found = [slot.a.copy() for slot in network.workspace(len(x)).slots]
        return (*found[:-1], self.head.outputs(found[-1]))

    def gradients(self, rows: Array, answers: Array) -> tuple[Array, ...]:
        """dJ/dTheta of every layer that has one, J being the mean cost of these rows without a penalty.

        answers: labels (m,), or targets (m, q) of a regression. Layers that draw or average (dropout, batch_norm) do
        so as in training, and nothing of it stays.
        """
        network, part = self.network, self.part(rows, answers)
        x = with_ones(part.x, network.dtype).T
        y = self.head.targets.encode(part.y, network.dtype).T
        with network.undisturbed(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            network.backpropagate(x, y, self.head.cost, x.shape[1])
            return tuple(one.copy() for one in network.parameters.gradients if one is not None)

    def trace(self, row: Array, answer: int | float | Array | None = None) -> Trace:
        """One row (n,) in the data's own units, forward; with its class or its target also backward."""
        x = self.part(row).x
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            activations = tuple(a[:, 0] for a in self.inside(x))
        if answer is None:
            return Trace(x[0], activations, activations[-1])
        network, head = self.network, self.head
        y = head.targets.encode(np.asarray([answer]), network.dtype).T
        with network.undisturbed(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            costed = network.backpropagate(with_ones(x, network.dtype).T, y, head.cost, 1, to_inputs=True)
            cost = float(head.cost.costs(costed, y, at_z=network.takes_scores(head.cost))[0])
            gradients = tuple(one.copy() for one in network.parameters.gradients if one is not None)
            backward = network.workspace(1).slots[0].input_gradient[:, 0].copy()
        return Trace(x[0], activations, activations[-1], cost, gradients, backward)


def _kind(classes: bool, labels: bool) -> str:
    """What answers are."""
    return "classes" if classes else "several labels" if labels else "numbers"
