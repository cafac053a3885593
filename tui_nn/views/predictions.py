"""Views of what the network answers: the confusion matrix, and for a regression prediction and truth."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.plugin.knobs import LAYER, Knobs
from tui_nn.plugin.places import Cursor, Grid, Here, OpenView
from tui_nn.plugin.view import HISTORY, Box, Missing, view
from tui_nn.render import Look
from tui_nn.render.confusion import READINGS
from tui_nn.render.drawing import Drawing
from tui_nn.views.kinds import no_classes, no_numbers
from tui_nn.views.subject import ANSWERS, Subject

Array = np.ndarray[Any, np.dtype[Any]]


def _matrix(subject: Subject) -> Array:
    """The recorded matrix for the present; what the network says now of an earlier moment, or without some units."""
    why = no_classes(subject)
    if why:
        raise Missing(why)
    if subject.at is None and not subject.history.edited and not subject.off:
        if subject.history.confusion is None:
            raise Missing("No epoch has been evaluated yet.", waiting=True)
        return np.array(subject.history.confusion)
    assert subject.started is not None
    answers = subject.ask(ANSWERS)
    matrix = np.zeros((len(subject.started.classes),) * 2, int)
    np.add.at(matrix, (answers.true, answers.predicted), 1)
    return matrix


def _confusion_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Classes and counts."""
    matrix = _matrix(subject)
    assert subject.started is not None
    return {"classes": subject.started.classes, "confusion": matrix.tolist()}


def _cells(subject: Subject, knobs: Knobs) -> Grid:  # noqa: ARG001
    """The cursor begins at the pair that is confused most."""
    classes = subject.started.classes if subject.started is not None else ()
    matrix = _matrix(subject)
    wrong = matrix - np.diag(np.diag(matrix))
    row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
    return Grid(classes, classes, (int(row), int(column)))


def _cell(subject: Subject, knobs: Knobs) -> Here:
    """How often, and with Enter which: what is right too."""
    row, column = knobs.at
    assert subject.started is not None
    matrix, classes = _matrix(subject), subject.started.classes
    count, of = int(matrix[row, column]), int(matrix[row].sum())
    taken = "right" if row == column else f"taken for {classes[column]}"
    says = f"{classes[row]}: {count} of {of} {taken}"
    if not count:
        return Here(says)
    cell = f"{classes[row]}.{classes[column]}"
    return Here(says, OpenView("mistakes", Knobs(own={"cell": cell})), "shows " + ("it" if count == 1 else "them"))


@view(
    asks=(HISTORY, "answers"),
    numbers=_confusion_numbers,
    suits=no_classes,
    readings=READINGS,
    cursor=Cursor(_cells, _cell),
)
def confusion(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """Which class is mistaken for which, and the most confused pairs."""
    matrix = _matrix(subject)
    assert subject.started is not None
    epoch = subject.history.last_epoch if subject.epoch is None else subject.epoch
    return render.confusion(
        matrix, subject.started.classes, *box, look, knobs.pick(READINGS), is_untrained=epoch + subject.offset == 0
    )


def _column(subject: Subject, knobs: Knobs) -> tuple[Array, Array]:
    why = no_numbers(subject)
    if why:
        raise Missing(why)
    answers = subject.ask(ANSWERS)
    column = knobs.layer % answers.outputs.shape[1]
    return answers.true[:, column], answers.outputs[:, column]


def _fit_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns by sample."""
    true, predicted = _column(subject, knobs)
    return {"true": true.tolist(), "predicted": predicted.tolist()}


@view(
    asks=("answers",),
    numbers=_fit_numbers,
    suits=no_numbers,
    title=lambda subject, knobs: "prediction and truth",
    knobs=(LAYER,),
    layers=lambda subject: subject.outputs,
)
def fit(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """For a regression: predictions against true values, with R2."""
    return render.scatter(*_column(subject, knobs), *box, look)
