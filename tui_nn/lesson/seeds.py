"""The reference of a `do` on five seeds: it must hold at the end of each, by more than the seeds differ."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from tui_nn.errors import ExperimentError
from tui_nn.experiment.requirement import Requirement
from tui_nn.lesson.checks.doing import DoCheck
from tui_nn.lesson.exhibit import Exhibit
from tui_nn.lesson.training import trained

SEEDS = 5


@dataclass(frozen=True)
class Margin:
    """A requirement over the seeds. margin: of the worst one to the bound; below 0 where it does not hold."""

    requirement: str
    low: float
    high: float
    margin: float

    @property
    def is_sound(self) -> bool:
        """Whether a student's other seed may be trusted to pass as well."""
        spread = self.high - self.low
        return self.margin >= 0 and (not spread or self.margin > spread)

    @property
    def words(self) -> str:
        """One line of it."""
        span = f"{self.low:.4g}" if self.low == self.high else f"{self.low:.4g} to {self.high:.4g}"
        return f"{self.requirement}: {span} on {SEEDS} seeds, margin {self.margin:.3g}"


def margins_of(check: DoCheck, reference: Any, exhibit: Exhibit) -> list[Margin]:
    """Each requirement, at the end of five runs. Raises ExperimentError for a reference that cannot be trained."""
    read = check.read(reference)
    first = exhibit.experiment_with(read.texts).training.seed
    values: dict[Requirement, list[float]] = {one: [] for one in check.requirements(exhibit)}
    for seed in range(first, first + SEEDS):
        experiment = exhibit.experiment_with((*read.texts, f"training.seed={seed}"))
        run = trained(experiment, exhibit.registry, exhibit.setup.data, None, exhibit.longest)
        for one, found in values.items():
            value = one.value(run.moments[-1].outcome)
            found.append(math.nan if value is None else value)
    return [_margin(one, found) for one, found in values.items()]


def _margin(requirement: Requirement, values: list[float]) -> Margin:
    if any(math.isnan(value) for value in values):
        return Margin(requirement.text, math.nan, math.nan, -math.inf)
    bound, low, high = requirement.bound.number, min(values), max(values)
    if requirement.sign == "==":
        raise ExperimentError(f"'{requirement.text}': a `do` needs a bound with a margin, such as >=.")
    return Margin(requirement.text, low, high, low - bound if requirement.sign in (">=", ">") else bound - high)
