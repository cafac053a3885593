"""The view of the health of layers."""

from __future__ import annotations

import bisect
import math
from typing import Any

from rich.text import Text

from tui_nn import render
from tui_nn.engine.events import Histogram
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.render import HealthBlock, Look
from tui_nn.render.health import Spread
from tui_nn.runs.family import counted
from tui_nn.views.subject import Subject


def _health(subject: Subject) -> tuple[int, list[HealthBlock]]:
    """The epoch of the newest look up to the moment that is shown, and what it saw of each layer."""
    history, started = subject.history, subject.started
    seen = bisect.bisect_right(history.health_epochs, math.inf if subject.epoch is None else subject.epoch)
    if started is None or not seen:
        raise Missing("Layer health has not been measured yet.", waiting=history.ended is None)
    epoch, looked = history.health_epochs[seen - 1], history.health[seen - 1]
    if subject.epoch is None and history.remeasured is not None and history.remeasured.health:
        epoch, looked = history.remeasured.epoch, history.remeasured.health
    layers = []
    for number, (shape, health) in enumerate(zip(started.layers, looked, strict=True), start=1):
        name = f"{number} {shape.kind} {shape.units} {shape.activation}"
        last = number == len(started.layers)
        layers.append(
            HealthBlock(
                name,
                _spread(health.activations),
                _spread(health.gradients) if health.gradients is not None else None,
                health.dead,
                None if last else health.saturated,  # an output that is sure is what is wanted
                health.gradient,
                health.update,
                health.twins,
            )
        )
    return epoch, layers


def _spread(histogram: Histogram) -> Spread:
    return Spread(histogram.low, histogram.high, histogram.counts, histogram.bad)


def _health_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Columns by layer."""
    epoch, layers = _health(subject)
    return {
        "epoch": epoch,
        "layer": [layer.name for layer in layers],
        "dead": [layer.dead for layer in layers],
        "saturated": [layer.saturated for layer in layers],
        "twins": [layer.twins for layer in layers],
        "gradient": [layer.gradient for layer in layers],
        "update": [layer.update for layer in layers],
    }


@view(
    numbers=_health_numbers,
    # Not every epoch has a look.
    title=lambda subject, knobs: f"layer health, epoch {counted(subject.offset, _health(subject)[0])}",
)
def health(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:  # noqa: ARG001
    """Activations and gradients of each layer, dead and saturated units, sizes of updates."""
    return render.health(_health(subject)[1], *box, look)
