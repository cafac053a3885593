"""The forward pass as products of matrices: Theta1 . X^T = z1, a1 = s(z1) with a row of ones, on to H beside Y."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.layer import IDENTITY
from tui_nn.engine.network import with_ones
from tui_nn.model.forward import LayerPass, forward_pass
from tui_nn.plugin.knobs import LAYER, Knobs
from tui_nn.plugin.places import Cursor, Grid, Here, OpenView
from tui_nn.plugin.view import Box, Question, view
from tui_nn.plurals import plural
from tui_nn.render import Look
from tui_nn.render.amount import amount
from tui_nn.render.drawing import Drawing
from tui_nn.render.products import Product, products
from tui_nn.render.sums import weighted_sum
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded
from tui_nn.views.stack import SHORT
from tui_nn.views.subject import Subject

Array = np.ndarray[Any, np.dtype[Any]]

SAMPLES = 100  # the first ones of the training part


@dataclass(frozen=True)
class Passed:
    """The first samples of the training part: layer by layer, and their targets (q, m). of: how many it has.

    middle: between the targets of a class that a sample is and one that it is not; None for a regression.
    """

    passes: tuple[LayerPass, ...]
    targets: Array
    of: int
    middle: float | None


def _passed(recorded: Recorded, weights: Weights) -> Passed:
    study = recorded.study
    net = study.net.with_thetas(weights.thetas)
    part = study.splits.train.head(SAMPLES)
    targets = net.head.targets.encode(part.y, net.network.dtype)
    middle = (float(targets.min()) + float(targets.max())) / 2 if net.head.classes else None
    return Passed(forward_pass(net, part.x), targets.T, len(study.splits.train), middle)


FORWARD = Question[Passed]("forward pass", _passed)


def _g(name: str) -> str:
    """The letter or the name of an activation; nothing for none."""
    return "" if name == IDENTITY.name else SHORT.get(name, name)


def _products(found: Passed) -> list[Product]:
    last = len(found.passes)
    layers = []
    for number, one in enumerate(found.passes, start=1):
        came = "X^T" if number == 1 else f"[1; a{number - 1}]"
        a = f"a{number}" if number < last else "H"
        g = f"{_g(one.activation)}(z{number})" if _g(one.activation) else f"z{number}"
        says = (f"{g}, by the loss" if one.link else g) if one.z is not None else one.kind
        layers.append(
            Product(
                one.theta if one.z is not None else None,
                one.x if one.z is not None else None,
                one.z,
                one.a,
                (f"Theta{number}", came, f"z{number}", a),
                says,
                number < last,
                found.targets if number == last else None,
                found.middle,
            )
        )
    return layers


def _layers(subject: Subject) -> int:
    return 0 if subject.started is None else len(subject.started.layers)


def _number(found: Passed, knobs: Knobs) -> int:
    return knobs.layer % len(found.passes)


def _places(subject: Subject, knobs: Knobs) -> Grid:
    """Units and samples of the layer that is shown, from 1."""
    found = subject.ask(FORWARD)
    units, samples = found.passes[_number(found, knobs)].a.shape
    return Grid([str(number + 1) for number in range(units)], [str(number + 1) for number in range(samples)])


def _here(subject: Subject, knobs: Knobs) -> Here:
    """Row times column: the sum of this unit for this sample."""
    found = subject.ask(FORWARD)
    number = _number(found, knobs)
    one, (unit, sample) = found.passes[number], knobs.at
    a = f"a{unit + 1}({number + 1})" if number < len(found.passes) - 1 else f"h{unit + 1}"
    if one.z is None or one.theta is None:
        return Here(f"{a} = {amount(one.a[unit, sample])} of sample {sample + 1}: layer {one.kind}")
    z = one.z[unit, sample]
    total = weighted_sum(one.theta[unit], one.x[:, sample])
    g = _g(one.activation)
    result = f"{a} = {g}({amount(z)}) = {amount(one.a[unit, sample])}" if g else f"{a} = z"
    weighing = [place for place, layer in enumerate(found.passes) if layer.theta is not None]
    opened = OpenView("weights", Knobs(layer=weighing.index(number), at=(unit, 0)))
    return Here(f"z{unit + 1}({number + 1}) = {total}; {result}", opened, "its weights")


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """All matrices of the layer that is shown: theta . x = z, a; and y for the last."""
    found = subject.ask(FORWARD)
    number = _number(found, knobs)
    one = found.passes[number]
    shown: dict[str, Any] = {
        "layer": number + 1, "kind": one.kind, "activation": one.activation,
        "samples": one.a.shape[1], "of": found.of,
        "theta": None if one.theta is None else one.theta.tolist(), "x": one.x.tolist(),
        "z": None if one.z is None else one.z.tolist(),
        "a": one.a.tolist() if number == len(found.passes) - 1 else with_ones(one.a.T, one.a.dtype).T.tolist(),
    }  # fmt: skip
    return shown | ({"y": found.targets.tolist()} if number == len(found.passes) - 1 else {})


def _title(subject: Subject, knobs: Knobs) -> str:
    """forward pass from layer 2, samples 1-100 of 4,000."""
    found = subject.ask(FORWARD)
    samples = found.passes[0].a.shape[1]
    which = plural(samples, "sample") if samples == found.of else f"samples 1-{samples} of {found.of:,}"
    number = _number(found, knobs)
    return f"forward pass{f' from layer {number + 1}' if number else ''}, {which}"


@view(
    asks=(FORWARD,), numbers=_numbers, knobs=(LAYER,), layers=_layers, title=_title, cursor=Cursor(_places, _here)
)  # fmt: skip
def forward(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """The forward pass as matrix products with their numbers: Theta . X = z, g(z) = a, and the answers beside Y."""
    found = subject.ask(FORWARD)
    number = _number(found, knobs)
    at = knobs.at if knobs.at in _places(subject, knobs) else (0, 0)
    drawn = products(_products(found), *box, look, at, number)
    spots = {(unit, sample): spot for (layer, unit, sample), spot in drawn.spots.items() if layer == number}
    return Drawing(drawn.text, spots)
