"""The decision boundary over the plane of two inputs, and the lines theta^T x = 0 that it is made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn import render
from tui_nn.model.plane import Plane
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import At, Cursor, Graph, Here, OpenView, Towards
from tui_nn.plugin.view import PHRASES, Box, Missing, view
from tui_nn.render import Look
from tui_nn.render.amount import amount
from tui_nn.render.canvas import fitting, wording
from tui_nn.render.drawing import Drawing
from tui_nn.views.subject import PLANE, Subject

Array = np.ndarray[Any, np.dtype[Any]]

PLANE_READINGS = ("smooth", "discretized")


def not_plane(subject: Subject) -> str:
    """Why there is no plane."""
    started = subject.started
    return "" if started is None or started.inputs == 2 else "Only data with two inputs are drawn in the plane."


def no_boundary(subject: Subject) -> str:
    """Why there is no single boundary on it."""
    started = subject.started
    several = started is not None and len(started.labels) > 1
    return not_plane(subject) or (
        "Each label has a boundary of its own; `neurons` draws the outputs." if several else ""
    )


def plane_at(subject: Subject) -> Plane:
    why = not_plane(subject)
    if why:
        raise Missing(why)
    return subject.ask(PLANE)


def _boundary_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """The field, row 0 at the top; bias and weights of each line, in the data's own units."""
    plane = plane_at(subject)
    found: dict[str, Any] = {"extent": plane.extent, "field": plane.field.tolist(), "lines": plane.lines.tolist()}
    return found if plane.labels is None else found | {"labels": plane.labels.tolist()}


def equation(line: Array, names: tuple[str, str]) -> str:
    """`3.47 x1 + 2.72 x2 - 1.98 = 0` of a row (bias, weight, weight)."""
    bias, *weights = line.tolist()
    text = ""
    for value, name in zip((*weights, bias), (*names, ""), strict=True):
        sign = "-" if value < 0 else "+"
        text += f" {sign} {amount(abs(value), 3)} {name}".rstrip()
    return f"{text.removeprefix(' + ').replace(' - ', '-', text.startswith(' - '))} = 0"


def _names(subject: Subject) -> tuple[str, str]:
    started = subject.started
    first, second = (started.features if started is not None else ()) or ("x1", "x2")
    return first, second


def _line_says(subject: Subject, line: Array) -> list[str]:
    return [equation(line, _names(subject)), f"normal ({amount(line[1], 3)}, {amount(line[2], 3)})"]


def _units(subject: Subject, knobs: Knobs) -> Graph:  # noqa: ARG001
    """The units of the first layer, each with its line."""
    count = len(plane_at(subject).lines)
    if not count:
        raise Missing("The first layer draws no lines: it is not dense.")
    links: dict[At, dict[Towards, At]] = {}
    for unit in range(1, count + 1):
        before, after = (max(unit - 1, 1),), (min(unit + 1, count),)
        links[unit,] = {"up": before, "left": before, "down": after, "right": after, "home": (1,), "end": (count,)}
    return Graph(links)


def _here(subject: Subject, knobs: Knobs) -> Here:
    unit = knobs.at[0]
    says = [f"unit {unit}: {equation(plane_at(subject).lines[unit - 1], _names(subject))}"]
    says += _line_says(subject, plane_at(subject).lines[unit - 1])[1:]
    return Here(PHRASES.join(says), OpenView("weights", Knobs(at=(unit - 1, 0))), "its weights")


def _weighs(subject: Subject, count: int) -> Array | None:
    """How much the next layer makes of each unit of the first: the length of its column of Theta; None: not told."""
    weights = subject.weights()
    if weights is None or len(weights.thetas) < 2 or weights.thetas[1].shape[-1] != count + 1:
        return None
    lengths: Array = np.linalg.norm(weights.thetas[1][:, 1:].astype(np.float64), axis=0)
    return lengths


@view(
    asks=("plane", "weights"),
    numbers=_boundary_numbers,
    suits=no_boundary,
    title=lambda subject, knobs: "decision boundary",
    readings=PLANE_READINGS,
    cursor=Cursor(_units, _here),
)
def boundary(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """The output over the plane of two inputs, with the data and the line of each unit of the first layer."""
    if why := no_boundary(subject):
        raise Missing(why)
    plane, started = plane_at(subject), subject.started
    assert started is not None
    field, lines = plane.field, plane.lines
    ends = float(field.min()) * plane.scale, float(field.max()) * plane.scale
    if knobs.reading % 2:
        field = np.sign(field) if plane.labels is None else np.ones_like(field)
    says = ""
    if len(lines) and knobs.at is None:
        short = f"{len(lines)} lines: z = 0"
        one = fitting(box[0], *_line_says(subject, lines[0]), gap=PHRASES)
        says = one if len(lines) == 1 else wording(box[0], f"{short} of each unit of layer 1", short)
    chosen = knobs.at[0] - 1 if knobs.at is not None else None
    around = (plane.points, plane.classes, plane.extent, started.classes)
    weighs = _weighs(subject, len(lines))
    drawn = render.boundary(field, plane.labels, *around, *box, look, lines, chosen, says, weighs, ends)
    return Drawing(drawn.text, {(number + 1,): spot for (number,), spot in drawn.spots.items()})
