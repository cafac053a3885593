"""What the picture of a network is made of at one moment: Theta, or what is shown of it, and what a sample comes to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tui_nn.engine.events import LayerShape, Started
from tui_nn.experiment.study import Inside
from tui_nn.model.plane import Plane
from tui_nn.plugin.knobs import Knob, Knobs
from tui_nn.plugin.view import Missing, Question
from tui_nn.views.matrices import no_picture, thetas, update_words
from tui_nn.views.stack import is_connected, is_unitwise
from tui_nn.views.subject import INSIDE, Subject

Array = np.ndarray[Any, np.dtype[Any]]

EXAMPLE = Knob("example", (), "p", "next sample", "The next sample of the training part, in the network.")
GLANCE = Question[Inside]("glance", lambda recorded, weights, sample: recorded.study.glance(weights.thetas, sample))
SEEN = 500  # training samples that one goes through
READINGS = ("W", "names", "gradient", "update", "W - W0")


@dataclass(frozen=True)
class LayerGroup:
    """Layers that make one column: the first of them, and what follows it unit by unit, such as dropout.

    Layers count from 1; the group of the inputs begins with 0. is_block: its units are not drawn one by one.
    """

    first: int
    last: int
    is_block: bool


def groups_of(started: Started) -> list[LayerGroup]:
    """The columns of the picture."""
    sizes = [started.inputs, *(shape.units for shape in started.layers)]
    groups = [LayerGroup(0, 0, started.picture is not None)]
    for number, (shape, inputs) in enumerate(zip(started.layers, sizes, strict=False), start=1):
        if is_unitwise(shape, inputs):
            groups[-1] = LayerGroup(groups[-1].first, number, groups[-1].is_block)
        else:
            groups.append(LayerGroup(number, number, not is_connected(shape, inputs)))
    return groups


@dataclass(frozen=True)
class Scene:
    """thetas, shown: one a layer, None for one without parameters; Theta, and what of it the edges show.

    says: what the edges show. sample: of the first training samples, from 0. has_names: whether units have the names of
    the lecture. has_pictures: whether the first layer looks at a picture.
    """

    started: Started
    thetas: tuple[Array | None, ...]
    shown: tuple[Array | None, ...]
    inside: Inside | None
    plane: Plane | None
    says: str
    sample: int
    has_names: bool
    has_pictures: bool

    @cached_property
    def groups(self) -> list[LayerGroup]:
        """One a column."""
        return groups_of(self.started)

    @cached_property
    def is_blank(self) -> bool:
        """Whether no edge is drawn, because all that they show is 0."""
        return not any(one is not None and one.any() for one in self.shown)

    @property
    def shows_weights(self) -> bool:
        """Whether the edges are Theta itself."""
        return self.shown is self.thetas

    def shape(self, group: LayerGroup) -> LayerShape:
        """Of the first layer of a group that is not the inputs'."""
        return self.started.layers[group.first - 1]

    def units(self, group: LayerGroup) -> int:
        """How many there are."""
        return self.started.inputs if group.first == 0 else self.shape(group).units

    def activations(self, number: int) -> Array | None:
        """(units,) of the sample, as layer `number` gives them, 0 for the inputs; of the last one, through the link."""
        if self.inside is None:
            return None
        if number == 0:
            found = self.inside.inputs
        elif number == len(self.started.layers):
            found = self.inside.outputs
        else:
            found = self.inside.activations[number - 1]
        return np.asarray(found[:, 0])

    @property
    def answer(self) -> int | None:
        """The class that the sample is taken for; None while that is unknown, or for what is no number."""
        if self.inside is None or not self.started.classes:
            return None
        outputs = self.inside.outputs[:, 0]
        if not np.isfinite(outputs).all():
            return None
        if len(outputs) == 1:
            low, high = self.inside.ranges[-1]
            return int(outputs[0] > (low + high) / 2)
        return int(outputs.argmax())

    @property
    def truth(self) -> int | None:
        """The class of the sample."""
        return int(self.inside.classes[0]) if self.inside is not None and self.started.classes else None


def by_layer(started: Started, matrices: tuple[Array, ...]) -> tuple[Array | None, ...]:
    """One entry a layer, None for one without Theta."""
    rest = iter(matrices)
    return tuple(next(rest) if shape.theta is not None else None for shape in started.layers)


def scene_of(subject: Subject, knobs: Knobs) -> Scene:
    """Raises Missing without weights, or without what the reading shows."""
    own = whole(subject)
    started = subject.started
    assert started is not None
    sample = knobs[EXAMPLE] % max(1, min(SEEN, started.samples.get("train", 1)))
    try:
        inside = subject.ask(GLANCE, sample)
    except Missing:
        inside = None  # not yet, or not without the data: the weights are drawn all the same
    says, shown = _shown(subject, own, knobs.pick(READINGS))
    return Scene(
        started,
        own,
        shown,
        inside,
        subject.plane() if started.inputs == 2 else None,
        says,
        sample,
        knobs.pick(READINGS) == READINGS[1],
        not no_picture(subject),
    )


def whole(subject: Subject) -> tuple[Array | None, ...]:
    """Theta at the moment shown, one entry a layer. Raises Missing."""
    started = subject.started
    if started is None:
        raise Missing("Nothing has been recorded yet.", waiting=True)
    return by_layer(started, thetas(subject)[1])


def _shown(subject: Subject, own: tuple[Array | None, ...], reading: str) -> tuple[str, tuple[Array | None, ...]]:
    """What is shown of Theta, in words and as matrices."""
    started = subject.started
    assert started is not None
    if reading in READINGS[:2]:
        return "Theta", own
    if reading == READINGS[2]:
        return "dJ/dTheta", by_layer(started, subject.ask(INSIDE).gradients)
    other = subject.before() if reading == READINGS[3] else subject.initial()
    now = subject.weights()
    assert now is not None  # or there were no `own`
    if other is None:
        return "no earlier Theta to compare with", tuple(None if one is None else np.zeros_like(one) for one in own)
    says = update_words(now.step, other.step) if reading == READINGS[3] else reading
    differences = tuple(one - before for one, before in zip(now.thetas, other.thetas, strict=True))
    return says if any(map(np.any, differences)) else f"{says} = 0", by_layer(started, differences)
