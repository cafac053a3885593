"""Views of what the network answers: the confusion matrix, its mistakes, and for a regression prediction and truth."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.experiment.study import Answers
from tui_nn.plugin.knobs import LAYER, Knobs
from tui_nn.plugin.places import Cursor, Grid, Here, OpenView, Shelf
from tui_nn.plugin.view import HISTORY, Box, Missing, view
from tui_nn.render import Look, Mistake
from tui_nn.render.confusion import READINGS
from tui_nn.render.drawing import Drawing
from tui_nn.views.perturb import NUMBER
from tui_nn.views.robustness import no_pictures
from tui_nn.views.subject import ANSWERS, Subject
from tui_nn.views.trace.asked import PART

Array = np.ndarray[Any, np.dtype[Any]]


def no_classes(subject: Subject) -> str:
    """Why there is nothing to confuse."""
    started = subject.started
    return "" if started is None or started.classes else "The targets are numbers, not classes."


def only_regression(subject: Subject) -> str:
    """Why prediction is not drawn against truth."""
    started = subject.started
    return "" if started is None or not started.classes else "The targets are classes, not numbers."


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
    """How often, and with Enter which."""
    row, column = knobs.at
    assert subject.started is not None
    matrix, classes = _matrix(subject), subject.started.classes
    count, of = int(matrix[row, column]), int(matrix[row].sum())
    taken = "right" if row == column else f"taken for {classes[column]}"
    says = f"{classes[row]}: {count} of {of} {taken}"
    if not count:
        return Here(says)
    answers = subject.answers()
    samples = [] if answers is None else np.flatnonzero((answers.true == row) & (answers.predicted == column)).tolist()
    if answers is not None and samples:
        return Here(says, follow(answers, samples[0], column, len(subject.started.layers)), "follows one")
    return Here(says) if row == column else Here(says, OpenView("mistakes"), "shows mistakes")


@view(
    asks=(HISTORY, "answers"),
    numbers=_confusion_numbers,
    suits=no_classes,
    readings=READINGS,
    cursor=Cursor(_cells, _cell),
)
def confusion(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """Which class is mistaken for which, and the pairs most confused."""
    matrix = _matrix(subject)
    assert subject.started is not None
    epoch = subject.history.last_epoch if subject.epoch is None else subject.epoch
    return render.confusion(
        matrix, subject.started.classes, *box, look, knobs.pick(READINGS), is_untrained=epoch + subject.offset == 0
    )


def follow(answers: Answers, number: int, answer: int, layers: int) -> OpenView:
    """Sample `number` of the part that was asked, from 0, at the output of the class that it is taken for."""
    unit = 1 if answers.outputs.shape[1] == 1 else answer + 1
    return OpenView("sample", Knobs(sample=number, at=(layers, unit), own={PART.name: answers.part}))


def _mistakes(subject: Subject) -> tuple[Answers, list[Mistake]]:
    why = no_classes(subject)
    if why:
        raise Missing(why)
    answers, started = subject.ask(ANSWERS), subject.started
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


def _mistakes_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Columns by mistake, the surest first; samples count from 1."""
    answers, mistakes = _mistakes(subject)
    return {
        "part": answers.part,
        "asked": len(answers.true),
        "sample": [mistake.number + 1 for mistake in mistakes],
        "true": [mistake.true for mistake in mistakes],
        "predicted": [mistake.predicted for mistake in mistakes],
        "sure_percent": [mistake.sure for mistake in mistakes],
    }


def _mistake_places(subject: Subject, knobs: Knobs) -> Shelf:  # noqa: ARG001
    """(number of the sample from 1,) each, the surest first."""
    numbers = [mistake.number + 1 for mistake in _mistakes(subject)[1]]
    if not numbers:
        raise Missing("No sample is wrong.")
    return Shelf([(number,) for number in numbers])


def _mistake(subject: Subject, knobs: Knobs) -> Here:
    """What it is, what it is taken for; Enter has a picture moved and drawn on, and follows anything else."""
    answers, wrong = _mistakes(subject)
    one = next(mistake for mistake in wrong if (mistake.number + 1,) == knobs.at)
    says = f"{answers.part} sample {one.number + 1}   is {one.true}, answer {one.predicted}   sure {one.sure:.0f} %"
    if no_pictures(subject):
        assert subject.started is not None
        taken = int(answers.predicted[one.number])
        return Here(says, follow(answers, one.number, taken, len(subject.started.layers)), "follows it")
    return Here(says, OpenView("perturb", Knobs(own={NUMBER.name: one.number})), "turns it, draws on it")


@view(
    asks=("answers",), numbers=_mistakes_numbers, suits=no_classes, cursor=Cursor(_mistake_places, _mistake, pages=True)
)
def mistakes(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """Misclassified samples, the most confident first."""
    answers, wrong = _mistakes(subject)
    assert subject.started is not None
    started = subject.started
    at = next((place for place, one in enumerate(wrong) if (one.number + 1,) == knobs.at), -1)
    return render.gallery(wrong, len(answers.true), answers.part, started.picture, started.features, *box, look, at)


def _column(subject: Subject, knobs: Knobs) -> tuple[Array, Array]:
    why = only_regression(subject)
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
    suits=only_regression,
    title=lambda subject, knobs: "prediction and truth",
    knobs=(LAYER,),
    layers=lambda subject: subject.outputs,
)
def fit(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """Prediction against truth with R2: for a regression."""
    return render.scatter(*_column(subject, knobs), *box, look)
