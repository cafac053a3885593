"""The table of views. To add one: a render function that draws arrays, a function here that finds them, an entry."""

from __future__ import annotations

from functools import partial
from typing import Any

from rich.text import Text

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.render import Look
from tui_nn.render.confusion import READINGS
from tui_nn.views import curves, insides, matrices, network, output, passages, predictions, verdicts
from tui_nn.views.knobs import Knobs
from tui_nn.views.subject import Subject
from tui_nn.views.view import Box, Missing, View


def _metric(subject: Subject, knobs: Knobs) -> str:
    names = curves.metric_names(subject)
    if not names:
        raise Missing("No epoch has been evaluated yet.", waiting=True)
    return names[knobs.reading % len(names)]


def _draw_metric(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    return curves.draw(_metric(subject, knobs), subject, knobs, box, look)


def _metric_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    name = _metric(subject, knobs)
    return {"metric": name, **curves.numbers(name, subject, knobs)}


def _metric_epoch(subject: Subject, knobs: Knobs, width: int, column: int) -> float | None:
    return curves.epoch_at(_metric(subject, knobs), subject, knobs, width, column)


def _metric_title(subject: Subject, knobs: Knobs) -> str:
    return curves.title(_metric(subject, knobs), subject, knobs)


VIEWS = (
    View(
        "network",
        "The net itself: units and weights from left to right, and what it makes of one sample.",
        network.draw,
        network.numbers,
        readings=lambda subject: network.READINGS,
        layers=matrices.layer_count,
        slow=True,
    ),
    View(
        "loss",
        "The mean cost on training and validation data, and the newest batches.",
        partial(curves.draw, "loss"),
        partial(curves.numbers, "loss"),
        title=partial(curves.title, "loss"),
        epoch_at=partial(curves.epoch_at, "loss"),
    ),
    View(
        "accuracy",
        "The share of samples classified correctly.",
        partial(curves.draw, "accuracy"),
        partial(curves.numbers, "accuracy"),
        partial(curves.no_metric, "accuracy"),
        partial(curves.title, "accuracy"),
        epoch_at=partial(curves.epoch_at, "accuracy"),
    ),
    View(
        "metrics",
        "Every other metric measured after an epoch, one at a time.",
        _draw_metric,
        _metric_numbers,
        title=_metric_title,
        epoch_at=_metric_epoch,
        readings=curves.metric_names,
    ),
    View(
        "confusion",
        "Which class is mistaken for which, and the pairs most confused.",
        predictions.draw_confusion,
        predictions.confusion_numbers,
        predictions.no_classes,
        readings=lambda subject: READINGS,
    ),
    View(
        "weights",
        "Theta of a layer as a matrix: weights, gradient, update, change since the start.",
        matrices.draw_weights,
        matrices.weights_numbers,
        title=matrices.weights_title,
        readings=lambda subject: matrices.WEIGHT_READINGS,
        layers=matrices.layer_count,
        slow=True,
    ),
    View(
        "units",
        "What each unit of the first layer looks for, as a picture.",
        matrices.draw_units,
        matrices.units_numbers,
        matrices.no_units,
        title=lambda subject, knobs: "hidden units",
        slow=True,
    ),
    View(
        "boundary",
        "The output over the plane of two inputs, with the data.",
        insides.draw_boundary,
        insides.boundary_numbers,
        insides.not_plane,
        title=lambda subject, knobs: "decision boundary",
        readings=lambda subject: insides.PLANE_READINGS,
        slow=True,
    ),
    View(
        "neurons",
        "The output of each neuron over the plane of two inputs.",
        insides.draw_neurons,
        insides.neurons_numbers,
        insides.not_plane,
        readings=lambda subject: insides.PLANE_READINGS,
        layers=lambda subject: len(subject.started.layers) if subject.started is not None else 0,
        slow=True,
    ),
    View(
        "fit",
        "Prediction against truth with R2: for a regression.",
        predictions.draw_fit,
        predictions.fit_numbers,
        predictions.only_regression,
        title=lambda subject, knobs: "prediction and truth",
        slow=True,
    ),
    View(
        "mistakes",
        "Misclassified samples, the most confident first.",
        predictions.draw_mistakes,
        predictions.mistakes_numbers,
        predictions.no_classes,
        slow=True,
    ),
    View(
        "votes",
        "Which hidden units vote for a class, and which against it.",
        matrices.draw_votes,
        matrices.votes_numbers,
        matrices.no_votes,
        readings=matrices.class_names,
        slow=True,
    ),
    View(
        "health",
        "Activations and gradients of each layer, dead and saturated units, size of updates.",
        insides.draw_health,
        insides.health_numbers,
        title=insides.health_title,
    ),
    View(
        "sample",
        "One sample of the next batch: forward to its cost, and back to the input.",
        passages.draw,
        passages.numbers,
        slow=True,
    ),
    View(
        "output",
        "The output printed by the trainer and its plugins.",
        output.draw,
        output.numbers,
        slow=True,
    ),
    View(
        "verdict",
        "Why a run does not learn: the number, its threshold and source, and what to try.",
        verdicts.draw,
        verdicts.numbers,
    ),
)


def find(name: str) -> View:
    """The view of this name. Raises ExperimentError with the nearest one."""
    for view in VIEWS:
        if view.name == name:
            return view
    raise ExperimentError(f"unknown view '{name}'.{did_you_mean(name, [view.name for view in VIEWS])}")


def suitable(subject: Subject | None) -> list[View]:
    """The views that can show this run; all of them while nothing is known of it."""
    if subject is None or subject.started is None:
        return list(VIEWS)
    return [view for view in VIEWS if not view.suits(subject)]
