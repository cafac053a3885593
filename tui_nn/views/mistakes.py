"""The view of samples that the network takes for another class, or of those in one cell of the confusion matrix."""

from __future__ import annotations

import contextlib
from itertools import product
from typing import Any

import numpy as np

from tui_nn import render
from tui_nn.errors import did_you_mean
from tui_nn.experiment.study import Answers
from tui_nn.plugin.knobs import Knob, Knobs
from tui_nn.plugin.places import Cursor, Here, OpenView, Shelf
from tui_nn.plugin.view import PHRASES, Box, Missing, view
from tui_nn.render import Look, Mistake
from tui_nn.render.canvas import wording
from tui_nn.render.drawing import Drawing
from tui_nn.render.inputs import input_names
from tui_nn.render.likeness import Likeness
from tui_nn.views.kinds import no_classes
from tui_nn.views.subject import ANSWERS, Subject
from tui_nn.views.trace.asked import PART

Array = np.ndarray[Any, np.dtype[Any]]

CELL = Knob("cell", ("",), "z", "cell", "Only one cell of the confusion matrix: 2.7 is 2 taken for 7.", is_text=True)
RIGHT = 200  # samples that are shown where none is wrong
NAMED, MOST = 3, 10  # answers that the line of a sample names, and that its bars show


def _cell(subject: Subject, knobs: Knobs) -> tuple[int, int] | None:
    """True and predicted class of the samples that are shown; None for all that are wrong. Raises Missing."""
    name, classes = knobs[CELL].strip(), subject.started.classes if subject.started is not None else ()
    if not name:
        return None
    pairs = product(range(len(classes)), repeat=2)
    cells = {f"{classes[row]}.{classes[column]}": (row, column) for row, column in pairs}
    if name not in cells:
        raise Missing(f"There is no cell '{name}'.{did_you_mean(name, cells)}")
    return cells[name]


def _title(subject: Subject, knobs: Knobs) -> str:
    """What the samples that are shown have in common."""
    cell = _cell(subject, knobs)
    if cell is None or subject.started is None:
        return "mistakes"
    true, taken = (subject.started.classes[place] for place in cell)
    return f"samples of {true}, taken for {taken}" if cell[0] != cell[1] else f"samples of {true} that are right"


def _shares(answers: Answers) -> Array:
    """(m, classes): what is said for each class, in per cent of the span of an output."""
    outputs = answers.outputs
    if outputs.shape[1] == 1:
        outputs = np.hstack([1 - outputs, outputs])
    found: Array = 100 * np.nan_to_num(outputs)
    return found


def _shown(subject: Subject, knobs: Knobs) -> tuple[Answers, list[Mistake]]:
    """The surest first; of those that are right the least sure, and only these where none is wrong."""
    why = no_classes(subject)
    if why:
        raise Missing(why)
    started, cell = subject.started, _cell(subject, knobs)
    answers = subject.ask(ANSWERS) if cell is None else subject.ask(ANSWERS, cell)
    assert started is not None
    chosen = np.arange(len(answers.true)) if cell is not None else np.flatnonzero(answers.true != answers.predicted)
    is_right = (cell is not None and cell[0] == cell[1]) or (cell is None and not len(chosen))
    chosen = np.arange(len(answers.true)) if is_right else chosen
    shares = _shares(answers)
    sure = shares[chosen, answers.predicted[chosen]]
    order = chosen[np.argsort(sure if is_right else -sure, kind="stable")]
    order = order[:RIGHT] if cell is None and is_right else order
    ranked = np.argsort(-shares[order], axis=1, kind="stable")
    return answers, [
        Mistake(
            int(answers.numbers[index]),
            started.classes[int(answers.true[index])],
            started.classes[int(answers.predicted[index])],
            float(shares[index, answers.predicted[index]]),
            answers.inputs[index],
            tuple((started.classes[place], float(shares[index, place])) for place in best[:MOST]),
        )
        for index, best in zip(order, ranked, strict=True)
    ]


def _likeness(subject: Subject, one: Mistake) -> Likeness | None:
    """Its inputs beside the means of its class and of the one it is taken for, or that comes next if it is right."""
    answers, started = subject.ask(ANSWERS), subject.started
    assert started is not None
    other = next((name for name, _ in one.best if name != one.true), one.predicted)
    inputs = answers.inputs.astype(np.float64)
    known = np.isfinite(inputs)
    if not known.any(axis=0).all():
        return None
    sample = one.inputs.astype(np.float64)  # of a cell it may be none of those
    low = np.fmin(np.where(known, inputs, np.inf).min(axis=0), sample)
    high = np.fmax(np.where(known, inputs, -np.inf).max(axis=0), sample)
    own, far = (inputs[answers.true == started.classes.index(name)] for name in (one.true, other))
    of = f"{len(inputs):,} {answers.part} samples"
    names = input_names(started.features, inputs.shape[1])
    return Likeness(one.number, (one.true, other), names, sample, _mean(own), _mean(far), low, high, of, (own, far))


def _mean(samples: Array) -> Array:
    """(m, n) -> (n,), of the numbers that there are; NaN without any."""
    known = np.isfinite(samples)
    found: Array = np.where(known, samples, 0.0).sum(axis=0) / np.where(known.any(axis=0), known.sum(axis=0), np.nan)
    return found


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    """Columns by sample, the surest first; samples count from 1."""
    answers, shown = _shown(subject, knobs)
    shown = [one for one in shown if knobs[CELL] or one.true != one.predicted]
    return {
        "part": answers.part,
        "asked": answers.asked,
        "sample": [one.number + 1 for one in shown],
        "true": [one.true for one in shown],
        "predicted": [one.predicted for one in shown],
        "sure_percent": [one.sure for one in shown],
        "second": [one.best[1][0] for one in shown],
        "second_percent": [one.best[1][1] for one in shown],
    }


def _places(subject: Subject, knobs: Knobs) -> Shelf:
    """(number of the sample from 1,) each."""
    numbers = [one.number + 1 for one in _shown(subject, knobs)[1]]
    if not numbers:
        raise Missing("No sample is in this cell.")
    return Shelf([(number,) for number in numbers])


def _here(subject: Subject, knobs: Knobs) -> Here:
    """What it is, what it is taken for and what comes next; Enter follows it."""
    answers, shown = _shown(subject, knobs)
    one = next(sample for sample in shown if (sample.number + 1,) == knobs.at)
    best = ", ".join(f"{name} {share:.0f} %" for name, share in one.best[:NAMED])
    says = [f"{answers.part} sample {one.number + 1}", f"is {one.true}, answer {one.predicted}", best]
    started = subject.started
    assert started is not None
    unit = 1 if answers.outputs.shape[1] == 1 else started.classes.index(one.predicted) + 1
    at = (len(started.layers), unit)
    follow = OpenView("sample", Knobs(sample=one.number, at=at, own={PART.name: answers.part}))
    return Here(PHRASES.join(says), follow, "follows it")


@view(
    asks=("answers",),
    numbers=_numbers,
    suits=no_classes,
    title=_title,
    knobs=(CELL,),
    cursor=Cursor(_places, _here, pages=True),
)
def mistakes(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """Misclassified samples, the most confident first; all, or those of one cell of the confusion matrix."""
    answers, shown = _shown(subject, knobs)
    assert subject.started is not None
    started, asked = subject.started, answers.asked
    of = f"the first {asked:,}" if asked < answers.of else f"{asked:,}"
    at = next((place for place, one in enumerate(shown) if (one.number + 1,) == knobs.at), -1)
    part = f"{of} {answers.part} samples"
    wrong = sum(one.true != one.predicted for one in shown)
    if knobs[CELL]:
        what = _title(subject, knobs).removeprefix("samples ")
        head = (f"{len(shown)} of {part}", what, f"({100 * len(shown) / max(1, asked):.1f} %)")
    elif shown and not wrong:
        head = (wording(box[0], *(f"none of {some} is wrong; the least sure:" for some in (part, of))), "", "")
    else:
        what, share = "is wrong" if wrong == 1 else "are wrong", f"({100 * wrong / max(1, asked):.1f} %)"
        first = f"{wrong} of {part}"
        head = (first if len(f"{first} {what}") <= box[0] else f"{wrong} of {of}", what, share)
    closer = None
    with contextlib.suppress(Missing):  # of a cell the others are asked for besides: it is shown without them till then
        closer = _likeness(subject, shown[max(0, at)]) if shown and started.picture is None else None
    return render.gallery(shown, head, started.picture, started.features, *box, look, at, closer)
