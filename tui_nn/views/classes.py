"""The view of the accuracy by class, beside what it is with the units that are switched off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.experiment.hidden_units import named
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import Cursor, Grid, Here, OpenView
from tui_nn.plugin.view import PHRASES, Box, Missing, Question, view
from tui_nn.render import Look
from tui_nn.render.drawing import Drawing
from tui_nn.render.shares import ShareRow, shares
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded
from tui_nn.views.kinds import NUMBERS, no_classes
from tui_nn.views.subject import Subject

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class ByClass:
    """part: that is measured after an epoch. samples (k,) of each class; right (k,), and without the units that are
    off.
    """

    part: str
    samples: Array
    right: Array
    without: Array

    def shares(self, right: Array) -> Array:
        """The share that is right, of each class and last of all samples; NaN where there are none."""
        counts = np.append(self.samples, self.samples.sum())
        found: Array = np.append(right, right.sum()) / np.where(counts > 0, counts, np.nan)
        return found


def _by_class(recorded: Recorded, weights: Weights) -> ByClass | str:
    part, without = recorded.study.confused(weights.thetas)
    study = recorded.study
    study.trainer.network.switch_off(())
    _, matrix = (part, without) if not recorded.off else study.confused(weights.thetas)
    if matrix is None or without is None:
        return NUMBERS
    then, now = np.array(matrix), np.array(without)
    return ByClass(part, then.sum(axis=1), np.diag(then), np.diag(now))


BY_CLASS = Question[ByClass | str]("by class", _by_class)


def _asked(subject: Subject) -> ByClass:
    why = no_classes(subject)
    found = why or subject.ask(BY_CLASS)
    if isinstance(found, str):
        raise Missing(found)
    return found


def lost(subject: Subject) -> list[str]:
    """What the units that are off cost, in phrases, the class that loses most first. Raises Missing."""
    found = _asked(subject)
    assert subject.started is not None
    before, after = 100 * found.shares(found.right), 100 * found.shares(found.without)
    says = [f"accuracy {before[-1]:.1f} -> {after[-1]:.1f} %"]
    changes = np.nan_to_num(before[:-1] - after[:-1])
    for place in np.argsort(-np.abs(changes), kind="stable"):
        if changes[place]:
            says.append(f"{subject.started.classes[place]}: {before[place]:.1f} -> {after[place]:.1f}")
    return says


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Columns by class."""
    found = _asked(subject)
    assert subject.started is not None
    numbers: dict[str, Any] = {
        "part": found.part,
        "class": list(subject.started.classes),
        "samples": found.samples.tolist(),
        "accuracy": [None if np.isnan(one) else one for one in found.shares(found.right)[:-1].tolist()],
    }
    if subject.off:
        numbers["units_off"] = named(subject.off)
        numbers["without"] = [None if np.isnan(one) else one for one in found.shares(found.without)[:-1].tolist()]
    return numbers


def _places(subject: Subject, knobs: Knobs) -> Grid:  # noqa: ARG001
    _asked(subject)
    assert subject.started is not None
    return Grid(subject.started.classes, ["accuracy"])


def _here(subject: Subject, knobs: Knobs) -> Here:
    """A class: how many are right, and with Enter the units that vote for it."""
    found, place = _asked(subject), knobs.at[0]
    assert subject.started is not None
    name, count = subject.started.classes[place], int(found.samples[place])
    says = [f"{name}: {int(found.right[place])} of {count} {found.part} samples right"]
    if subject.off:
        says.append(f"{int(found.without[place])} without {named(subject.off)}")
    return Here(PHRASES.join(says), OpenView("votes", Knobs(reading=place)), "shows who votes for it")


@view(
    asks=(BY_CLASS,),
    numbers=_numbers,
    suits=no_classes,
    title=lambda subject, knobs: "accuracy by class",
    cursor=Cursor(_places, _here),
)
def classes(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
    """The share of each class that is right, and how switching units off changes it."""
    found = _asked(subject)
    assert subject.started is not None
    before, after = found.shares(found.right), found.shares(found.without)
    rows = [
        ShareRow(name, int(samples), float(one), float(other) if subject.off else None)
        for name, samples, one, other in zip(
            [*subject.started.classes, "all"], [*found.samples, found.samples.sum()], before, after, strict=True
        )
    ]
    without = f"without {named(subject.off)}" if subject.off else ""
    return shares(rows, f"{found.part} samples", without, *box, look, knobs.at[0] if knobs.at is not None else 0)
