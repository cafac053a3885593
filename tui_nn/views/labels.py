"""The view of several labels a sample: each is right or wrong by itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.render import Look
from tui_nn.render.drawing import Drawing
from tui_nn.render.label_counts import LabelCounts, label_counts
from tui_nn.views.kinds import no_labels
from tui_nn.views.subject import ANSWERS, Subject


def _counted(subject: Subject) -> tuple[str, list[LabelCounts]]:
    """The part, and the confusion of each label: predicted yes and no beside what is true."""
    why = no_labels(subject)
    if why:
        raise Missing(why)
    answers, started = subject.ask(ANSWERS), subject.started
    assert started is not None
    true, said = np.asarray(answers.true) > 0, np.asarray(answers.predicted) > 0
    kinds = (true & said, ~true & said, true & ~said, ~true & ~said)
    counts = zip(*(kind.sum(axis=0).tolist() for kind in kinds), strict=True)
    return answers.part, [LabelCounts(name, *four) for name, four in zip(started.labels, counts, strict=True)]


def _numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001
    """Columns by label; true and false positives and negatives are counts of samples."""
    part, found = _counted(subject)
    return {
        "part": part,
        "label": [one.name for one in found],
        "true_positive": [one.hits for one in found],
        "false_positive": [one.alarms for one in found],
        "false_negative": [one.misses for one in found],
        "true_negative": [one.passes for one in found],
        "accuracy": [one.accuracy for one in found],
        "f1": [one.f1 for one in found],
    }


@view(asks=("answers",), numbers=_numbers, suits=no_labels, title=lambda subject, knobs: "accuracy by label")
def labels(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:  # noqa: ARG001
    """For several labels per sample: how often each is right, its true and false positives and negatives, and F1."""
    part, found = _counted(subject)
    return Drawing(label_counts(found, f"{part} samples", *box, look), {})
