"""The view of what becomes of the accuracy when pictures are turned and shifted."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from tui_nn import render
from tui_nn.model.robustness import Robustness, robustness_of
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Box, Missing, Question, view
from tui_nn.render import Look
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded
from tui_nn.views.kinds import not_classes
from tui_nn.views.subject import Subject

MOST = 10_000  # pictures: the whole test part of MNIST, which takes seconds
MEANWHILE = 500  # while the weights change: each update asks again


@dataclass(frozen=True)
class PartRobustness:
    """part: which one; of: how many samples it has."""

    part: str
    of: int
    found: Robustness


def _answer(recorded: Recorded, weights: Weights, most: int) -> Generator[float, None, PartRobustness]:
    study = recorded.study
    parts = {"test": study.splits.test, "validation": study.splits.validation, "training": study.splits.train}
    name, part = next((name, part) for name, part in parts.items() if part is not None and len(part))
    found = yield from robustness_of(recorded.net.with_thetas(weights.thetas), part, most)
    return PartRobustness(name, len(part), found)


ROBUSTNESS = Question[PartRobustness]("robustness", _answer)


def no_pictures(subject: Subject) -> str:
    """Why there is nothing to turn."""
    started = subject.started
    if started is None:
        return ""
    if started.picture is None:
        return "The inputs are not pictures."
    return not_classes(started)


def _asked(subject: Subject) -> PartRobustness:
    why = no_pictures(subject)
    if why:
        raise Missing(why)
    is_training = subject.at is None and subject.history.ended is None and subject.reader.state() == "live"
    return subject.ask(ROBUSTNESS, MEANWHILE if is_training else MOST)


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Accuracies; those of shifts as a matrix, its rows by pixels down, its columns by pixels right."""
    asked = _asked(subject)
    return {
        "part": asked.part,
        "pictures": asked.found.count,
        "of": asked.of,
        "angle": asked.found.angles.tolist(),
        "accuracy_at_angle": asked.found.turned.tolist(),
        "shift": asked.found.shifts.tolist(),
        "accuracy_at_shift": asked.found.shifted.tolist(),
    }


@view(asks=(ROBUSTNESS,), numbers=_numbers, suits=no_pictures)
def robustness(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:  # noqa: ARG001
    """How the accuracy changes when every picture is turned, or shifted right and down."""
    asked = _asked(subject)
    found = asked.found
    return render.robustness(
        found.angles, found.turned, found.shifts, found.shifted, asked.part, found.count, asked.of, *box, look
    )
