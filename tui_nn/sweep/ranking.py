"""The settings of a sweep beside each other: each judged by the mean of a metric over its seeds, the best first.

A run that diverged or failed has no value. It does not lower a mean; a setting with fewer values stands behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui_nn.engine.metric import Better, direction
from tui_nn.errors import ExitCode, ExperimentError, did_you_mean
from tui_nn.sweep.plan import Plan
from tui_nn.sweep.results import UNREADABLE, Result
from tui_nn.sweep.statistics import Estimate, estimate

SAID: dict[str, Better | None] = {"": None, "low": "low", "high": "high"}
PREFERRED = tuple(
    f"{name}@{part}" for name in ("accuracy", "f1_micro", "r2", "loss") for part in ("validation", "train")
)


@dataclass(frozen=True)
class Criterion:
    """What settings are ranked by: a metric of a part of the data, and which way is better."""

    name: str
    part: str
    better: Better

    @property
    def text(self) -> str:
        """As people write it."""
        return f"{self.name}@{self.part}"

    def of(self, result: Result) -> float | None:
        """Its value after the last epoch."""
        return result.value(self.name, self.part)


def measured(results: Sequence[Result]) -> list[str]:
    """Everything that was measured, as metric@part."""
    found = (f"{name}@{part}" for one in results for part in one.metrics for name in one.metrics[part])
    return list(dict.fromkeys(found))


def rankable(plan: Plan, results: Sequence[Result]) -> list[str]:
    """What was measured and says which way is better, as metric@part."""
    return [text for text in measured(results) if plan.metrics.get(text.partition("@")[0])]


def criterion_of(wanted: str | None, plan: Plan, results: Sequence[Result] = ()) -> Criterion:
    """`METRIC[@PART][:low|high]`, or what suits the results. Raises ExperimentError for a metric that is not measured.

    Before there are results it is held against what the plan's trials will measure, so that nothing is trained in vain.
    """
    if wanted is None:
        known = rankable(plan, results)
        chosen = next((name for name in PREFERRED if name in known), known[0] if known else PREFERRED[0])
        name, _, part = chosen.partition("@")
        return Criterion(name, part, plan.metrics.get(name) or "high")
    option = f"--metric {wanted}"
    text, _, said = wanted.partition(":")
    known = measured(results)
    if "@" not in text:
        text = next((f"{text}@{part}" for part in ("validation", "train") if f"{text}@{part}" in known), text)
    name, _, part = text.partition("@")
    if said not in SAID:
        raise ExperimentError(f"{option}: unknown direction '{said}'; expected :low or :high.")
    if (known and text not in known) or (not known and plan.metrics and name not in plan.metrics):
        raise ExperimentError(
            f"{option}: is not measured by this experiment.{did_you_mean(text, known or plan.metrics)}"
        )
    how = f"Add it, as in --metric {text}:low or {text}:high"
    return Criterion(name, part, direction(name, plan.metrics.get(name), SAID[said], how))


@dataclass(frozen=True)
class Ranked:
    """One setting with its results, a result a seed, and what its values amount to."""

    settings: dict[str, Any]
    results: tuple[Result, ...]
    values: tuple[float | None, ...]
    estimate: Estimate

    @property
    def seconds(self) -> float:
        """Of training, the mean over seeds."""
        return sum(one.seconds for one in self.results) / max(len(self.results), 1)

    @property
    def states(self) -> str:
        """What did not end as it should: "1 diverged, 2 failed"; empty if nothing."""
        found = [one.state for one in self.results if one.state != "done"]
        return ", ".join(f"{found.count(state)} {state}" for state in dict.fromkeys(found))


def setting_key(settings: Mapping[str, Any]) -> str:
    """The same for trials of one setting, which differ in their seeds."""
    return repr(sorted(settings.items()))


def _by_setting(results: Sequence[Result]) -> list[list[Result]]:
    """The results of each setting, in the order of the plan."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(setting_key(result.settings), []).append(result)
    return list(groups.values())


def in_plan(plan: Plan, results: Sequence[Result], criterion: Criterion) -> list[Ranked]:
    """The same as `ranked`, and behind them the settings of the plan that have no result yet."""
    known = ranked(results, criterion)
    told = {setting_key(one.settings) for one in known}
    waiting = {setting_key(trial.settings): trial.settings for trial in plan.trials}
    return known + [Ranked(one, (), (), estimate([])) for key, one in waiting.items() if key not in told]


def _judged(group: Sequence[Result], criterion: Criterion) -> Ranked:
    """One setting by its results."""
    values = tuple(criterion.of(result) for result in group)
    measured = [value for value in values if value is not None]
    return Ranked(group[0].settings, tuple(group), values, estimate(measured))


def ranked(results: Sequence[Result], criterion: Criterion) -> list[Ranked]:
    """The settings, best first: those with the most values, then by their mean, then as planned."""

    def key(one: Ranked) -> tuple[int, float]:
        mean = one.estimate.mean
        if mean is None:
            return (0, 0.0)
        return (-one.estimate.n, mean if criterion.better == "low" else -mean)

    return sorted((_judged(group, criterion) for group in _by_setting(results)), key=key)


def exit_code(plan: Plan, results: Sequence[Result]) -> int:
    """That of the first failure; else 5 if no setting meets its requirements with every seed; else 0."""
    for result in results:
        if result.state in ("failed", UNREADABLE):
            return result.exit_code if result.exit_code > 0 else ExitCode.UNEXPECTED
    required = any(trial.require or trial.experiment.get("require") for trial in plan.trials)
    if required and not any(all(one.met for one in group) for group in _by_setting(results)):
        return ExitCode.REQUIREMENT
    return ExitCode.DONE
