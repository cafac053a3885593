"""What came of a run, in the terms in which requirements speak: columns of metrics, confusion, facts."""

from __future__ import annotations

import math

from tui_nn.experiment.require import Outcome
from tui_nn.runs.history import History


def outcome(history: History) -> Outcome:
    """The outcome of a run, from its events alone."""
    started, ended = history.started, history.ended
    test = {name: [value] for name, value in ended.test.items()} if ended is not None else {}
    parameters = started.parameters if started is not None else math.nan
    return Outcome(
        columns={"train": history.train, "validation": history.validation, "test": test},
        classes=started.classes if started is not None else (),
        confusion=history.confusion,
        confusion_part="validation" if started is not None and started.samples.get("validation") else "train",
        facts={
            "seconds": history.seconds,
            "samples_per_second": samples_per_second(history),
            "parameters": parameters,
            "epochs": history.epochs[-1] if history.epochs else 0,
            "steps": history.last_step,
        },
    )


def samples_per_second(history: History) -> float:
    """Training samples that were learnt from, a second of the trainer's clock; 0 before anything was timed."""
    if history.started is None or history.ended is None or not history.seconds:
        return 0.0
    epochs = history.ended.step / max(history.started.batches, 1)
    return epochs * history.started.samples["train"] / history.seconds
