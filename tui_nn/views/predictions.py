"""Views of what the network answers: the confusion matrix, its mistakes, and for a regression prediction and truth."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.experiment.study import Answers
from tui_nn.render import Look, Mistake
from tui_nn.render.confusion import READINGS
from tui_nn.views.knobs import Knobs
from tui_nn.views.subject import Subject
from tui_nn.views.view import Box, Missing, unanswered

Array = np.ndarray[Any, np.dtype[Any]]


def no_classes(subject: Subject) -> str:
    """Why there is nothing to confuse."""
    started = subject.started
    return "" if started is None or started.classes else "The targets are numbers, not classes."


def only_regression(subject: Subject) -> str:
    """Why prediction is not drawn against truth."""
    started = subject.started
    return "" if started is None or not started.classes else "The targets are classes, not numbers."


def _answers(subject: Subject) -> Answers:
    answers = subject.answers()
    if answers is None:
        raise unanswered(subject, "answers")
    return answers


def _matrix(subject: Subject) -> Array:
    """The recorded matrix for the present; for an earlier moment, recomputed with the weights of that moment."""
    why = no_classes(subject)
    if why:
        raise Missing(why)
    if subject.at is None and not subject.history.edited:
        if subject.history.confusion is None:
            raise Missing("No epoch has been evaluated yet.", waiting=True)
        return np.array(subject.history.confusion)
    assert subject.started is not None
    answers = _answers(subject)
    matrix = np.zeros((len(subject.started.classes),) * 2, int)
    np.add.at(matrix, (answers.true, answers.predicted), 1)
    return matrix


def draw_confusion(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """Counts or per cent."""
    matrix = _matrix(subject)
    assert subject.started is not None
    return render.confusion(matrix, subject.started.classes, *box, look, READINGS[knobs.reading % len(READINGS)])


def confusion_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Classes and counts."""
    matrix = _matrix(subject)
    assert subject.started is not None
    return {"classes": subject.started.classes, "confusion": matrix.tolist()}


def _mistakes(subject: Subject) -> tuple[Answers, list[Mistake]]:
    why = no_classes(subject)
    if why:
        raise Missing(why)
    answers, started = _answers(subject), subject.started
    assert started is not None
    wrong = np.flatnonzero(answers.true != answers.predicted)
    outputs = answers.outputs
    if outputs.shape[1] == 1:
        sure = np.where(answers.predicted == 1, outputs[:, 0], 1 - outputs[:, 0])
    else:
        sure = outputs[np.arange(len(outputs)), answers.predicted]
    order = wrong[np.argsort(-np.nan_to_num(sure[wrong]), kind="stable")]
    return answers, [
        Mistake(
            int(index),
            started.classes[int(answers.true[index])],
            started.classes[int(answers.predicted[index])],
            100 * float(sure[index]),
            answers.inputs[index],
        )
        for index in order
    ]


def draw_mistakes(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:  # noqa: ARG001
    """Pictures, or lines of numbers."""
    answers, mistakes = _mistakes(subject)
    assert subject.started is not None
    started = subject.started
    return render.gallery(mistakes, len(answers.true), answers.part, started.picture, started.features, *box, look)


def mistakes_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Columns by mistake, the surest first."""
    answers, mistakes = _mistakes(subject)
    return {
        "part": answers.part,
        "asked": len(answers.true),
        "sample": [mistake.number for mistake in mistakes],
        "true": [mistake.true for mistake in mistakes],
        "predicted": [mistake.predicted for mistake in mistakes],
        "sure_percent": [mistake.sure for mistake in mistakes],
    }


def _column(subject: Subject, knobs: Knobs) -> tuple[Array, Array]:
    why = only_regression(subject)
    if why:
        raise Missing(why)
    answers = _answers(subject)
    column = knobs.layer % answers.outputs.shape[1]
    return answers.true[:, column], answers.outputs[:, column]


def draw_fit(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """Prediction over truth."""
    return render.scatter(*_column(subject, knobs), *box, look)


def fit_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns by sample."""
    true, predicted = _column(subject, knobs)
    return {"true": true.tolist(), "predicted": predicted.tolist()}
