"""The settings of a sweep beside each other: each judged by the mean of a metric over its seeds, the best first.

A run that diverged or failed has no value. It does not lower a mean; a setting with fewer values stands behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tui_nn.engine.stopping import FALLING
from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.sweep.plan import Plan
from tui_nn.sweep.results import Result
from tui_nn.sweep.statistics import Estimate, estimate

PREFERRED = ("accuracy@validation", "accuracy@train", "r2@validation", "r2@train", "loss@validation", "loss@train")


@dataclass(frozen=True)
class Metric:
    """A metric of a part of the data, and which way is better."""

    name: str
    part: str

    @staticmethod
    def parse(text: str) -> Metric:
        """From metric@part."""
        name, _, part = text.partition("@")
        return Metric(name, part)

    @property
    def text(self) -> str:
        """As people write it."""
        return f"{self.name}@{self.part}"

    @property
    def smaller_is_better(self) -> bool:
        """Losses and errors shall fall."""
        return self.name in FALLING

    def of(self, result: Result) -> float | None:
        """Its value after the last epoch."""
        return result.value(self.name, self.part)


def metrics(results: Sequence[Result]) -> list[str]:
    """Everything that was measured, as metric@part."""
    found = (f"{name}@{part}" for one in results for part in one.metrics for name in one.metrics[part])
    return list(dict.fromkeys(found))


def metric_of(wanted: str | None, results: Sequence[Result]) -> Metric:
    """What is ranked by: `metric[@part]`, or what suits the results. Raises ExperimentError for an unknown one."""
    known = metrics(results)
    if wanted is None:
        wanted = next((name for name in PREFERRED if name in known), known[0] if known else PREFERRED[0])
    elif "@" not in wanted:
        wanted = next((f"{wanted}@{part}" for part in ("validation", "train") if f"{wanted}@{part}" in known), wanted)
    if known and wanted not in known:
        raise ExperimentError(f"--metric {wanted}: is not measured here.{did_you_mean(wanted, known)}")
    return Metric.parse(wanted)


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


def by_setting(results: Sequence[Result], metric: Metric) -> list[Ranked]:
    """The settings in the order of the plan."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(repr(sorted(result.settings.items())), []).append(result)
    found = []
    for group in groups.values():
        values = tuple(metric.of(result) for result in group)
        measured = [value for value in values if value is not None]
        found.append(Ranked(group[0].settings, tuple(group), values, estimate(measured)))
    return found


def ranked(results: Sequence[Result], metric: Metric) -> list[Ranked]:
    """The settings, best first: those with the most values, then by their mean, then as planned."""

    def key(one: Ranked) -> tuple[int, float]:
        mean = one.estimate.mean
        if mean is None:
            return (0, 0.0)
        return (-one.estimate.n, mean if metric.smaller_is_better else -mean)

    return sorted(by_setting(results, metric), key=key)


def exit_code(plan: Plan, results: Sequence[Result]) -> int:
    """That of the first failure; else 5 if no setting meets its requirements with every seed; else 0."""
    for result in results:
        if result.state == "failed":
            return result.exit_code if result.exit_code > 0 else 1
    if any(trial.require or trial.experiment.get("require") for trial in plan.trials):
        metric = Metric("loss", "train")
        if not any(all(one.met for one in setting.results) for setting in by_setting(results, metric)):
            return 5
    return 0
