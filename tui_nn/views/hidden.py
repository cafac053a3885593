"""Hidden space: the samples as a layer sees them, where classes that were entangled come apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.plugin.knobs import LAYER, Knobs
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.plurals import plural
from tui_nn.render import Look
from tui_nn.render.amount import amount
from tui_nn.render.canvas import boxed, fitting
from tui_nn.render.cloud import cloud
from tui_nn.views.subject import INSIDE, Subject

Array = np.ndarray[Any, np.dtype[Any]]

NAMED = 60  # cells from which on the axis upwards has its name, be the legend a line longer for it


@dataclass(frozen=True)
class Cloud:
    """points (m, 2) of samples with classes (m,), or the third that the target is in, 0 to 2, and the names of these.
    targets (m,): of a regression of one number. layer from 1, of so many units.

    share: of the variance of the activations that the two directions have; None where they are the two units.
    """

    points: Array
    classes: Array
    names: tuple[str, ...]
    targets: Array | None
    layer: int
    units: int
    share: float | None


def principal(a: Array) -> tuple[Array, float]:
    """a (units, m) -> its coordinates (m, 2) along the two directions of most variance, and their share of it.

    The sign of a direction is that in which its largest entry is positive.
    """
    centred = a.astype(np.float64) - a.mean(axis=1, keepdims=True)
    directions, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    directions = directions[:, :2]
    directions = directions * np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(directions.shape[1])])
    points = np.zeros((a.shape[1], 2))
    points[:, : directions.shape[1]] = centred.T @ directions
    total = float(np.square(sizes).sum())
    return points, float(np.square(sizes[:2]).sum()) / total if total else 1.0


def _cloud(subject: Subject, knobs: Knobs) -> Cloud:
    inside = subject.ask(INSIDE)
    layer = knobs.layer % len(inside.activations)
    a = inside.activations[layer]
    good = np.isfinite(a).all(axis=0)
    if len(a) < 2:
        raise Missing(f"Layer {layer + 1} has one unit; a plane takes two or more.")
    if not good.any():
        raise Missing(f"No activation of layer {layer + 1} is a finite number.")
    started = subject.started
    assert started is not None
    a, classes, names, targets = a[:, good], inside.classes[good], started.classes, None
    if not names and not started.labels and len(inside.wanted) == 1:
        targets = inside.wanted[0, good].astype(np.float64)
        classes, names = _thirds(targets)
    if len(a) == 2:
        return Cloud(a.T.astype(np.float64), classes, names, targets, layer + 1, 2, None)
    points, share = principal(a)
    return Cloud(points, classes, names, targets, layer + 1, len(a), share)


def _thirds(targets: Array) -> tuple[Array, tuple[str, ...]]:
    """In which third of the targets (m,) each is, from 0, and what the thirds are called."""
    low, high = np.quantile(targets, (1 / 3, 2 / 3))
    ends = [amount(float(end), 3) for end in (low, high)]
    if not targets.min() < low < high or ends[0] == ends[1]:
        return np.zeros(len(targets), int), ()
    return np.searchsorted((low, high), targets, side="right"), (f"y below {ends[0]}", f"to {ends[1]}", "above")


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns by sample of the training part, the first ones."""
    cloud = _cloud(subject, knobs)
    names = cloud.names if cloud.targets is None else ()
    return {
        "layer": cloud.layer, "units": cloud.units, "share": cloud.share,
        "x": cloud.points[:, 0].tolist(), "y": cloud.points[:, 1].tolist(),
        **({"class": [names[kind] for kind in cloud.classes.tolist()]} if names else {}),
        **({"target": cloud.targets.tolist()} if cloud.targets is not None else {}),
    }  # fmt: skip


def no_space(subject: Subject) -> str:
    """Why no layer has a plane of its own."""
    started = subject.started
    return "" if started is None or any(layer.units > 1 for layer in started.layers) else "No layer has two units."


@view(
    asks=(INSIDE,),
    numbers=_numbers,
    suits=no_space,
    title=lambda subject, knobs: f"hidden space of layer {_cloud(subject, knobs).layer}",
    knobs=(LAYER,),
    layers=lambda subject: len(subject.started.layers) if subject.started is not None else 0,
)
def hidden(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """The samples as a layer sees them: its two units, or the two principal directions of more."""
    seen, (width, height) = _cloud(subject, knobs), box
    says = ["the two units as they are"]
    if seen.share is not None:
        says = [f"{plural(seen.units, 'unit')}: two principal directions", f"{seen.share:.1%} of the variance"]
        if len(says[0]) > width:
            says = [f"{plural(seen.units, 'unit')}, {seen.share:.1%}"]
    says.append(f"{len(seen.points):,} training samples")
    axes = ("a_1", "a_2 upwards") if seen.share is None else ("1st direction", "2nd direction upwards")
    series = cloud(seen.points, seen.classes, seen.names, look, are_classes=seen.targets is None)
    heads = [Text(fitting(width, *says, gap=", "))] if height > 8 else []
    legend = len(axes[1]) + sum(len(f"   ● {one.name}") for one in series if one.name)
    upwards = axes[1] if width >= NAMED or legend <= width else ""
    picture = render.curve(series, width, height - len(heads), look, axes[0], upwards, has_values=False)
    return boxed([*heads, *picture.split("\n", allow_blank=True)], width, height)
