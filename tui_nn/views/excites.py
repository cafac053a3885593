"""The view of the inputs that excite a hidden unit most and least, of a whole part of the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.errors import ExperimentError
from tui_nn.experiment.excitation import Excitation, Excited, excitation
from tui_nn.experiment.hidden_units import Unit, hidden_units
from tui_nn.plugin.knobs import Knob, Knobs
from tui_nn.plugin.places import At, Cursor, Here, OpenView, Towards
from tui_nn.plugin.view import PHRASES, Box, Missing, Question, view
from tui_nn.plurals import plural
from tui_nn.render import Look
from tui_nn.render.amount import amount
from tui_nn.render.drawing import Drawing
from tui_nn.render.excited import ExcitedGroup, ExcitedTile, excited
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded
from tui_nn.views.frozen import frozen_units
from tui_nn.views.subject import Subject
from tui_nn.views.trace.asked import PART as TRACE_PART

UNIT = Knob("unit", ("",), "i", "unit", "Type a hidden unit: 1.13 is unit 13 of layer 1.", is_text=True)
PART = Knob("part", ("training", "validation", "test"), "p", "part", "Inputs of the training, validation or test part.")
NOTHING = "nothing"


def _excitation(recorded: Recorded, weights: Weights, part: str, unit: Unit) -> Excitation | str:
    """Of the unit itself switched on: what it is given is that of the network as it is looked at."""
    study = recorded.study
    study.trainer.network.switch_off(recorded.off - {unit})
    return excitation(study, weights.thetas, weights.step, part, unit) or NOTHING


EXCITATION = Question[Excitation | str]("excitation", _excitation)


def no_hidden(subject: Subject) -> str:
    """Why no unit is hidden."""
    started = subject.started
    return "" if started is None or len(started.layers) > 1 else "This network has no hidden units."


def _unit(subject: Subject, knobs: Knobs) -> Unit:
    """The one of the cursor, else of the knob, else the first."""
    why = no_hidden(subject)
    if why or subject.started is None:
        raise Missing(why or "Nothing has been recorded yet.", waiting=not why)
    layers = subject.started.layers
    if isinstance(knobs.at, tuple) and len(knobs.at) == 3:
        layer, unit = knobs.at[:2]
        if layer in range(1, len(layers)) and unit in range(1, layers[layer - 1].units + 1):
            return layer, unit
    if not knobs[UNIT]:
        return 1, 1
    try:
        return min(hidden_units([knobs[UNIT]], layers))
    except ExperimentError as error:
        raise Missing(str(error)) from None


def _asked(subject: Subject, knobs: Knobs) -> Excitation:
    found = subject.ask(EXCITATION, knobs[PART], _unit(subject, knobs))
    if isinstance(found, str):
        raise Missing(f"This run has no {knobs[PART]} part.")
    return found


@dataclass(frozen=True)
class ExcitedPlaces:
    """(layer, unit, rank): 1 excites the unit most, -1 least, 0 is the unit itself. Pages go from unit to unit."""

    layers: tuple[int, ...]  # units of each hidden layer
    unit: Unit
    count: int

    @property
    def first(self) -> At:
        return (*self.unit, 1)

    def __contains__(self, at: object, /) -> bool:
        return (
            isinstance(at, tuple) and len(at) == 3 and all(isinstance(part, int) for part in at)
            and 1 <= at[0] <= len(self.layers) and 1 <= at[1] <= self.layers[at[0] - 1] and abs(at[2]) <= self.count
        )  # fmt: skip

    def __iter__(self) -> Iterator[At]:
        for layer, units in enumerate(self.layers, start=1):
            for unit in range(1, units + 1):
                yield from ((layer, unit, rank) for rank in range(-self.count, self.count + 1))

    def step(self, at: At, towards: Towards) -> At:
        layer, unit, rank = at
        if towards in ("pageup", "pagedown"):
            return (*self._neighbour(layer, unit, 1 if towards == "pagedown" else -1), rank)
        if towards in ("up", "down"):
            return (layer, unit, max(1, abs(rank)) * (1 if towards == "up" else -1))
        sign = -1 if rank < 0 else 1
        size = abs(rank) + {"left": -1, "right": 1}.get(towards, 0)
        size = {"home": 1, "end": self.count}.get(towards, size)
        return (layer, unit, sign * min(max(size, 0 if sign > 0 else 1), self.count))

    def _neighbour(self, layer: int, unit: int, by: int) -> Unit:
        """The unit before or after, of the next hidden layer after the last; the same at either end of all."""
        if 1 <= unit + by <= self.layers[layer - 1]:
            return layer, unit + by
        to = layer + by
        if not 1 <= to <= len(self.layers):
            return layer, unit
        return to, 1 if by > 0 else self.layers[to - 1]

    def name(self, at: At) -> str:
        return f"{at[0]}.{at[1]}" + (f".{at[2]}" if at[2] else "")


def _places(subject: Subject, knobs: Knobs) -> ExcitedPlaces:
    unit = _unit(subject, knobs)
    assert subject.started is not None
    count = len(_asked(subject, knobs).most.samples)
    return ExcitedPlaces(tuple(layer.units for layer in subject.started.layers[:-1]), unit, count)


def _arrives(subject: Subject, knobs: Knobs) -> Knobs:
    """The unit stays when the cursor goes."""
    layer, unit = _unit(subject, knobs)
    return knobs.put(UNIT, f"{layer}.{unit}")


def _here(subject: Subject, knobs: Knobs) -> Here:
    found, (layer, unit, rank) = _asked(subject, knobs), knobs.at
    if not rank:
        says = [f"unit {unit} of layer {layer}", f"mean a {amount(found.mean, 3)}", *_by_class(subject, found)]
        return Here(PHRASES.join(says), *_weights(subject, layer, unit), unit=(layer, unit))
    group = found.most if rank > 0 else found.least
    place = abs(rank) - 1
    number, a = int(group.samples[place]), float(group.activations[place])
    says = [f"a_{unit}^({layer}) = {amount(a)}", f"{knobs[PART]} sample {number + 1}"]
    label = _label(subject, group, place)
    says += [f"is {label}"] if subject.started is not None and subject.started.classes else [f"target {label}"]
    asked = Knobs(sample=number, at=(layer, unit), own={TRACE_PART.name: knobs[PART]})
    return Here(PHRASES.join(says), OpenView("sample", asked), "follows it", unit=(layer, unit))


def _weights(subject: Subject, layer: int, unit: int) -> tuple[OpenView | None, str]:
    """What Enter does at the unit itself."""
    assert subject.started is not None
    shapes = subject.started.layers
    theta, pieces = shapes[layer - 1].theta, shapes[layer - 1].pieces
    if theta is None or theta[0] != shapes[layer - 1].units * pieces:
        return None, ""
    number = sum(one.theta is not None for one in shapes[: layer - 1])
    return OpenView("weights", Knobs(layer=number, at=((unit - 1) * pieces, 0))), "shows its weights"


def _by_class(subject: Subject, found: Excitation) -> list[str]:
    """Its mean for the classes, the largest first."""
    classes = subject.started.classes if subject.started is not None else ()
    order = np.argsort(-np.nan_to_num(found.by_class, nan=-np.inf), kind="stable")
    return [f"of {classes[place]} {found.by_class[place]:.2f}" for place in order if np.isfinite(found.by_class[place])]


def _label(subject: Subject, group: Excited, place: int) -> str:
    """The class of a sample, or its targets."""
    classes = subject.started.classes if subject.started is not None else ()
    if classes:
        return classes[int(group.labels[place])]
    return " ".join(amount(float(one)) for one in np.atleast_1d(group.labels[place]))


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns by rank: those that excite it most, then those that do least; samples count from 1."""
    found, (layer, unit) = _asked(subject, knobs), _unit(subject, knobs)
    both = [(1, found.most), (-1, found.least)]
    ranked = [(sign * (place + 1), group, place) for sign, group in both for place in range(len(group.samples))]
    classes = subject.started.classes if subject.started is not None else ()
    return {
        "part": knobs[PART],
        "samples": found.of,
        "layer": layer,
        "of_unit": unit,
        "mean": found.mean,
        "mean_by_class": {
            name: float(mean) for name, mean in zip(classes, found.by_class, strict=False) if np.isfinite(mean)
        },
        "rank": [rank for rank, _, _ in ranked],
        "sample": [int(group.samples[place]) + 1 for _, group, place in ranked],
        "activation": [float(group.activations[place]) for _, group, place in ranked],
        "label": [_label(subject, group, place) for _, group, place in ranked],
    }


def _title(subject: Subject, knobs: Knobs) -> str:
    layer, unit = _unit(subject, knobs)
    frozen = ", frozen" if (layer, unit) in frozen_units(subject) else ""
    off = ", switched off" if (layer, unit) in subject.off else ""
    return f"what excites unit {unit} of layer {layer}{frozen}{off}"


@view(
    asks=(EXCITATION, "weights"),
    numbers=_numbers,
    suits=no_hidden,
    title=_title,
    knobs=(PART, UNIT),
    cursor=Cursor(_places, _here, _arrives, pages=True),
)
def excites(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """The inputs of a part that excite a hidden unit most and least, with its activation and their labels."""
    found, (layer, unit) = _asked(subject, knobs), _unit(subject, knobs)
    started = subject.started
    assert started is not None
    groups = []
    for sign, name, group in ((1, "most", found.most), (-1, "least", found.least)):
        tiles = [
            ExcitedTile(
                (layer, unit, sign * (place + 1)),
                (f"{float(group.activations[place]):.2f}", _label(subject, group, place)),
                group.inputs[place],
            )
            for place in range(len(group.samples))
        ]
        groups.append(ExcitedGroup(name, tiles))
    picture = _own_picture(subject, layer, unit)
    if picture is not None:
        groups[0] = ExcitedGroup("most", [ExcitedTile((layer, unit, 0), ("weights",), picture), *groups[0].tiles])
    head = [plural(found.of, f"{knobs[PART]} sample"), f"mean a {amount(found.mean, 3)}", *_by_class(subject, found)]
    label = "label" if started.classes else " ".join(found.targets) or "target"
    return excited(head, groups, started.picture, started.features, *box, look, knobs.at, label)


def _own_picture(subject: Subject, layer: int, unit: int) -> Any:
    """Its weights, where they are a picture; None elsewhere."""
    started, weights = subject.started, subject.weights()
    if started is None or started.picture is None or weights is None or layer != 1 or started.layers[0].pieces > 1:
        return None
    rows, columns = started.picture
    theta = started.layers[0].theta
    if theta is None or theta != (started.layers[0].units, rows * columns + 1):
        return None
    return weights.thetas[0][unit - 1, 1:]
