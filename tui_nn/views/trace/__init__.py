"""The view of one sample on its way through the network and back: a debugger of backpropagation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.engine.events import Started
from tui_nn.experiment.tracing import BATCH, Matrices, Traced
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import At, Cursor, Here, OpenView
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.render import Look
from tui_nn.render.drawing import Drawing
from tui_nn.render.passage import Passage, passage
from tui_nn.render.passage import Stage as PassageStage
from tui_nn.render.trace import TraceRow, TraceStage, trace
from tui_nn.views.robustness import no_pictures
from tui_nn.views.stack import SHORT, called
from tui_nn.views.subject import Subject
from tui_nn.views.trace.asked import KNOBS, TRACE, ask, not_typed
from tui_nn.views.trace.places import Stage, TracePlaces
from tui_nn.views.trace.telling import costs, head, here_of, largest_terms, output_names, told
from tui_nn.views.trace.words import written

__all__ = ["sample"]

TERMS = 40  # that are ever listed
BENEATH, PICTURED = (5, 70), (12, 80)  # lines and cells in which all stages have room beneath one


def _asked(subject: Subject, knobs: Knobs) -> tuple[Traced, Started, TracePlaces]:
    if subject.started is None:
        raise Missing("Nothing has been recorded yet.", waiting=True)
    traced = ask(subject, knobs)
    return traced, subject.started, TracePlaces(traced, len(costs(traced, subject.started)))


def _places(subject: Subject, knobs: Knobs) -> TracePlaces:
    return _asked(subject, knobs)[2]


def _here(subject: Subject, knobs: Knobs) -> Here:
    traced, started, _ = _asked(subject, knobs)
    here = here_of(traced, started, knobs.at)
    measured = "validation" if started.samples["validation"] else "training"
    if knobs.at[0] == "x" and traced.part == measured and not no_pictures(subject):
        return replace(
            here, enter=OpenView("perturb", Knobs(own={"number": traced.number})), does="turns it, draws on it"
        )
    return here


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Everything, by layer; of the place of the cursor also how it comes about."""
    traced, started, places = _asked(subject, knobs)
    one, update = traced.trace, traced.update
    layers = {}
    for number, (shape, seen) in enumerate(zip(started.layers, one.passes, strict=True), start=1):
        layers[str(number)] = {
            "kind": shape.kind,
            "activation": shape.activation,
            "theta": _listed(seen.theta),
            "x": _listed(seen.x),
            "z": _listed(seen.z),
            "a": _listed(seen.a),
            "delta": _listed(seen.delta),
            "gradient": _listed(seen.gradient),
            **({} if update is None else {
                "batch_gradient": _listed(update.mean[number - 1]),
                "step_gradient": _listed(update.gradient[number - 1]),
                "change": _listed(update.change[number - 1]),
            }),
        }  # fmt: skip
    classes = started.classes
    found: dict[str, Any] = {
        "sample": head(traced, started),
        "part": traced.part,
        "number": traced.number + 1,
        "index": traced.index + 1,
        "class": None if traced.truth is None else classes[traced.truth],
        "answer": None if traced.answer is None else classes[traced.answer],
        "wrong": traced.is_wrong,
        "inputs": _listed(one.passes[0].x[1:]),
        "input_gradient": _listed(one.passes[0].backward),
        "outputs": _listed(one.outputs),
        "targets": _listed(one.y),
        "loss": traced.loss[0],
        "cost_terms": _listed(one.terms),
        "cost": one.cost,
        "mean_cost": traced.mean,
        "penalties": list(traced.penalties),
        "J": None if traced.mean is None else traced.mean + math.fsum(traced.penalties),
        "layers": layers,
        "optimizer": None if update is None else update.optimizer,
        "rate": None if update is None else update.rate,
        "without_update": traced.without_update or None,
    }
    if knobs.at in places:
        found["lines"] = _written_out(traced, started, places, knobs.at)
    return found


def _written_out(traced: Traced, started: Started, places: TracePlaces, at: At) -> dict[str, str]:
    """How a place comes about, and of a unit also its delta and its row of dJ/dTheta."""
    asked = [at]
    if isinstance(at[0], int):
        asked.append(("delta", *at))
        seen = traced.trace.passes[at[0] - 1]
        if seen.gradient is not None and len(seen.gradient) == len(seen.a):
            asked += [("grad", *at, column) for column in range(seen.gradient.shape[1])]
    found = {}
    for place in asked:
        if place in places:
            one = told(traced, started, place)
            if not one.lines:
                found[one.name] = one.text()
            for line in one.lines:
                found[line.name] = written(line)
    return found


def _listed(values: Any) -> Any:
    return None if values is None else values.tolist()


@view(asks=(TRACE,), numbers=_numbers, knobs=KNOBS, cursor=Cursor(_places, _here), settled=not_typed)
def sample(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """One sample, term by term: forward to its cost, back to its input, and the resulting update."""
    traced, started, places = _asked(subject, knobs)
    if knobs.at not in places:
        return Drawing(passage(_passage(traced, started, places, box[0]), *box, look))
    stage = places.stage(knobs.at)
    listed = places.of(stage, knobs.at)
    chosen = listed.index(knobs.at)

    def row(number: int) -> TraceRow:
        one = told(traced, started, listed[number])
        return TraceRow(one.name, one.value, one.text)

    here = told(traced, started, knobs.at)
    symbols, terms, rest = largest_terms(here, TERMS)
    span, largest = _scale(traced, stage)
    if stage[0] in ("grad", "update"):
        largest = max(abs(told(traced, started, at).value or 0.0) for at in listed[:2])
    forward, backward, at = _way(traced, started, places, stage)
    shown = TraceStage(
        head(traced, started, box[0]), None if traced.truth is None else not traced.is_wrong, forward, backward, at,
        row, len(listed), chosen, span, largest, symbols, terms, rest, here.about, _picture(traced, started, stage),
        stage[0] in ("x", "dx"),
    )  # fmt: skip
    drawn = trace(shown, *box, look)
    text = drawn.text
    spare = box[1] - len(text.plain.split("\n")) - 1
    lines, cells = BENEATH if started.picture is None else PICTURED
    if spare >= lines and box[0] >= cells:  # where there is room, all stages stand beneath the one that is looked at
        whole = passage(_passage(traced, started, places, box[0], stage), box[0], spare + 1, look)
        text = Text("\n", no_wrap=True, end="").join([text, Text(), *whole.split("\n", allow_blank=True)[1:]])
    return Drawing(text, {listed[number]: spot for number, spot in drawn.spots.items()})


def _way(
    traced: Traced, started: Started, places: TracePlaces, stage: Stage
) -> tuple[list[str], list[str], tuple[int, int]]:
    """The names of the stages there and back, and where in them `stage` is."""
    shapes = started.layers
    names: dict[Stage, str] = {("x",): f"x {started.inputs:,}", ("J",): "J", ("dx",): "dJ/dx", ("grad",): "dJ/dTheta"}
    for number, (shape, seen) in enumerate(zip(shapes, traced.trace.passes, strict=True), start=1):
        link = traced.trace.link if number == len(shapes) else None
        function = link.name if link is not None else shape.activation if seen.z is not None else shape.kind
        symbols = f"z{number} a{number}" if seen.z is not None or link is not None else f"a{number}"
        names[(number,)] = f"{symbols} {shape.units:,} {SHORT.get(function, function)}"
        names[("delta", number)] = f"delta{number}" if seen.delta is not None else f"dJ/da{number}"
    names[("update",)] = "update"
    layers = [(number,) for number in range(1, len(shapes) + 1)]
    there: list[Stage] = [("x",), *layers, ("J",)]
    back: list[Stage] = [("dx",), *(("delta", number) for (number,) in layers), ("",), ("grad",), ("update",)]
    forward = [names[one] if one in places.stages else "" for one in there]
    backward = [names[one] if one in places.stages else "" for one in back]
    at = (0, there.index(stage)) if stage in there else (1, back.index(stage))
    return forward, backward, at


def _scale(traced: Traced, stage: Stage) -> tuple[tuple[float, float], float]:
    """The range of a bounded activation, and the largest number of the stage."""
    one, span = traced.trace, (-math.inf, math.inf)
    values: Any = None
    if stage[0] == "x":
        values = one.passes[0].x[1:]
    elif stage[0] == "dx":
        values = one.passes[0].backward
    elif stage[0] == "delta":
        seen = one.passes[stage[1] - 1]
        values = seen.delta if seen.delta is not None else seen.upstream
    elif stage[0] == "J":
        values = np.array([one.cost or 0.0, (traced.mean or 0.0) + math.fsum(traced.penalties)])
    elif isinstance(stage[0], int):
        is_last = stage[0] == len(one.passes)
        link = one.link if is_last else None
        span = link.range if link is not None else one.layers[stage[0] - 1].activation.range
        values = one.outputs if is_last else one.passes[stage[0] - 1].a
    finite = np.abs(values[np.isfinite(values)]) if values is not None else np.zeros(0)
    return span, float(finite.max(initial=0.0))


def _picture(traced: Traced, started: Started, stage: Stage) -> Any:
    """The sample where it is a picture, or dJ/dx on the way back."""
    if started.picture is None:
        return None
    first = traced.trace.passes[0]
    values = first.backward if stage[0] in ("delta", "grad", "dx") else first.x[1:]
    return None if values is None else values.reshape(started.picture)


def _passage(
    traced: Traced, started: Started, places: TracePlaces, width: int, seen_above: Stage | None = None
) -> Passage:
    """All of it at once, before a stage is looked at, or below it."""
    one = traced.trace

    def lines_of(number: int, unit: int) -> list[Callable[[int], str]]:
        both = [at for at in ((number, unit + 1), ("delta", number, unit + 1)) if at in places]
        return [told(traced, started, at).within for at in both if places.stage(at) != seen_above]

    stages = []
    for number, (shape, seen) in enumerate(zip(started.layers, one.passes, strict=True), start=1):
        name = f"{number} {shape.units} {called(shape)}"
        length = None if seen.gradient is None else float(np.linalg.norm(seen.gradient))
        span = one.layers[number - 1].activation.range
        stages.append(PassageStage(name, seen.a, length, span, partial(lines_of, number)))
    backward = one.passes[0].backward
    return Passage(
        head(traced, started, width), one.passes[0].x[1:], backward, started.picture, started.features, stages,
        output_names(traced, started), one.outputs, one.y, one.cost, traced.mean, _along(traced),
        _taken(traced, started),
    )  # fmt: skip


def _taken(traced: Traced, started: Started) -> list[bool] | None:
    """Which outputs are the answer; None where they are numbers."""
    outputs = traced.trace.outputs
    if started.labels:
        return [output > 0.5 for output in outputs.tolist()]
    if not started.classes:
        return None
    first = len(started.classes) - 1 if len(outputs) == 1 else 0  # a single output speaks for the last class
    return [traced.answer == first + place for place in range(len(outputs))]


def _along(traced: Traced) -> float | None:
    """The cosine between the gradient of the sample and that of its batch."""
    if traced.update is None or traced.part != BATCH:
        return None
    own = _flat(tuple(seen.gradient for seen in traced.trace.passes))
    mean = _flat(traced.update.mean)
    product = float(np.linalg.norm(own) * np.linalg.norm(mean))
    return float(own @ mean) / product if product else 0.0


def _flat(matrices: Matrices) -> Any:
    return np.concatenate([np.zeros(0), *(one.ravel() for one in matrices if one is not None)])
