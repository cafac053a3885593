"""Which units of a run were frozen at the moment that is looked at."""

from __future__ import annotations

import contextlib

from tui_nn.errors import TuiNNError
from tui_nn.experiment.amended import amended
from tui_nn.experiment.frozen import parsed
from tui_nn.experiment.hidden_units import Unit
from tui_nn.views.subject import Subject
from tui_nn.views.verdicts import as_begun


def frozen_units(subject: Subject) -> frozenset[Unit]:
    """(layer, unit) from 1; none while the run's experiment is not known."""
    started, at = subject.started, subject.at
    with contextlib.suppress(TuiNNError):
        begun = subject.reader.fact(as_begun, None)
        if begun is None or started is None:
            return frozenset()
        done = [change for change in subject.history.by_hand if at is None or change.step <= at]
        found = set()
        for layer, unit in map(parsed, amended(begun, done).training.frozen or ()):
            units = started.layers[layer - 1].units if 1 <= layer <= len(started.layers) else 0
            found |= {(layer, one) for one in range(1, units + 1) if unit in (None, one)}
        return frozenset(found)
    return frozenset()
