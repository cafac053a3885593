"""Requirements on runs that are over: the same checks as at the end of a training, with the same words."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tui_nn.experiment.require import Vocabulary, check_baseline, parse
from tui_nn.report.finished import Finished
from tui_nn.runs.history import History
from tui_nn.runs.summary import Checked


def with_requirements(run: Finished, texts: Sequence[str], baseline: Finished | None = None) -> Finished:
    """The run with these requirements checked, after those that it was trained with."""
    if not texts:
        return run
    known = vocabulary(run.reader.history)
    wanted = [parse(text, known) for text in texts]
    base = baseline.outcome if baseline is not None else None
    check_baseline(wanted, base)
    checks = [Checked(**requirement.check([run.outcome], base)) for requirement in wanted]
    summary = msgspec.structs.replace(run.summary, requirements=[*run.summary.requirements, *checks])
    return Finished(run.reader, summary)


def vocabulary(history: History) -> Vocabulary:
    """What can be required of a run that exists."""
    started = history.started
    assert started is not None
    return Vocabulary([*started.metrics, "cost"], started.samples, started.classes)
