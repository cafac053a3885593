"""What came of a run, in the terms in which requirements speak: columns of metrics, confusion, facts."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tui_nn.engine.events import Reason
from tui_nn.experiment.requirement import Outcome
from tui_nn.runs.history import History
from tui_nn.runs.summary import samples_per_second


def outcome(history: History) -> Outcome:
    """The outcome of a run, from its events alone.

    A run that diverged ended with numbers that are no model: its last values are NaN, whatever it had reached before.
    """
    started, ended = history.started, history.ended
    diverged = ended is not None and ended.reason == Reason.DIVERGED

    def columns(name: str, part: Iterable[str]) -> dict[str, list[float]]:
        """The lowest and highest over all epochs, and at the end the value of the weights that the run ended with."""
        last = {} if diverged else history.newest[name]
        low, high = history.low.get(name, {}), history.high.get(name, {})
        ends = {metric: [low[metric][1], high[metric][1]] if metric in low else [] for metric in part}
        return {metric: [*values, last.get(metric, math.nan)] for metric, values in ends.items()}

    test = {name: [value] for name, value in ended.test.items()} if ended is not None else {}
    parameters = started.parameters if started is not None else math.nan
    return Outcome(
        columns={
            "train": columns("train", history.train),
            "validation": columns("validation", history.validation),
            "test": test,
        },
        classes=started.classes if started is not None else (),
        confusion=None if diverged else history.confusion,
        confusion_part="validation" if started is not None and started.samples.get("validation") else "train",
        facts={
            "seconds": history.seconds,
            "samples_per_second": samples_per_second(history),
            "parameters": parameters,
            "epochs": history.last_epoch,
            "steps": history.last_step,
            "dead_units": _share(history, "dead"),
            "saturated_units": _share(history, "saturated"),
        },
    )


def _share(history: History, state: str) -> float:
    """The share of units in this state when the layers were last looked at, of the layers that can be in it.

    0 where no layer can: a sigmoid never dies. NaN where nothing was looked at.
    """
    if history.started is None or not history.newest_health:
        return math.nan
    pairs = zip(history.started.layers, history.newest_health, strict=True)
    known = [(layer.units, getattr(health, state)) for layer, health in pairs if getattr(health, state) is not None]
    units = sum(count for count, _ in known)
    return sum(count * share for count, share in known) / units if units else 0.0
