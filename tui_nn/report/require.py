"""The judge of runs: requirements and the baseline they may refer to, for runs that end and runs that are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from tui_nn.experiment.build import Setup, vocabulary
from tui_nn.experiment.require import Vocabulary, parse, requirements
from tui_nn.experiment.requirement import Outcome, Requirement, check_baseline
from tui_nn.report.finished import Finished
from tui_nn.report.outcome import outcome
from tui_nn.runs import open_run
from tui_nn.runs.history import History
from tui_nn.runs.summary import Checked, Summary


@dataclass(frozen=True)
class Judge:
    """Requirements that can be met by these runs, and the outcome of the baseline where one is given."""

    wanted: Sequence[Requirement]
    base: Outcome | None = None

    @property
    def names(self) -> list[str]:
        """What is to be measured."""
        return [one.name for one in self.wanted]

    def check(self, outcomes: Sequence[Outcome]) -> list[Checked]:
        """Each requirement, over one run or over several seeds."""
        return [Checked(**requirement.check(outcomes, self.base)) for requirement in self.wanted]

    def key(self, check: Checked) -> str:
        """The key of the experiment file that asks for it, empty if the command line does."""
        return next((one.key for one in self.wanted if one.text == check.requirement), "")


def judge_of(setup: Setup, texts: Sequence[str], baseline: str | None, former: History | None = None) -> Judge:
    """The judge of a training, before it starts. Raises ExperimentError for what cannot be required of it.

    former: of a run that goes on, which is measured as it was.
    """
    begun = former is not None and former.started is not None
    known = _vocabulary(former) if former is not None and begun else vocabulary(setup)
    return _judge(requirements(setup.experiment, texts, known), baseline)


def with_requirements(
    summary: Summary, runs: Sequence[Finished], texts: Sequence[str], baseline: str | None
) -> Summary:
    """The summary of these runs with more requirements checked, after those that they were trained with."""
    known = _vocabulary(runs[0].reader.history)
    checks = _judge([parse(text, known) for text in texts], baseline).check([run.outcome for run in runs])
    return msgspec.structs.replace(summary, requirements=[*summary.requirements, *checks])


def _judge(wanted: Sequence[Requirement], baseline: str | None) -> Judge:
    base = outcome(open_run(baseline).history) if baseline is not None else None
    check_baseline(wanted, base)
    return Judge(wanted, base)


def _vocabulary(history: History) -> Vocabulary:
    """What can be required of a run that exists."""
    started = history.started
    assert started is not None
    return Vocabulary([*started.metrics, "cost"], started.samples, started.classes)
