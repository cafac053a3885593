"""Requirements: what a trained model must reach, written as `metric[@part] OP number`.

A requirement with an unknown metric is an error before training starts, and NaN never passes.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.schema import Experiment

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
PARTS = ("train", "validation", "test")
FORM = re.compile(r"\s*(\w+)\s*(?:@\s*(\w+))?\s*(>=|<=|>|<)\s*(\S+)\s*")


@dataclass(frozen=True)
class Requirement:
    """One requirement; `text` is how the person wrote it."""

    text: str
    metric: str
    part: str
    sign: str
    bound: float

    def check(self, metrics: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
        """{"requirement", "value", "met"}; a value that is missing or NaN is not met."""
        value = metrics.get(self.part, {}).get(self.metric)
        met = value is not None and OPERATORS[self.sign](value, self.bound)
        return {"requirement": self.text, "value": value, "met": met}


def requirements(
    experiment: Experiment, extra: Sequence[str], metrics: Sequence[str], samples: Mapping[str, int]
) -> list[Requirement]:
    """Those of the experiment file and of `--require`, checked against the metrics and parts of this run."""
    texts = [f"{name} {comparison}" for name, comparison in experiment.require.items()]
    return [_parse(text, metrics, samples) for text in [*texts, *extra]]


def _parse(text: str, metrics: Sequence[str], samples: Mapping[str, int]) -> Requirement:
    match = FORM.fullmatch(text)
    if match is None:
        raise ExperimentError(
            f"requirement '{text}': expected metric[@part] OP number, such as 'accuracy@validation >= 0.95'."
        )
    metric, part, sign, number = match.groups()
    try:
        bound = float(number)
    except ValueError:
        raise ExperimentError(f"requirement '{text}': '{number}' is not a number.") from None
    if bound != bound:
        raise ExperimentError(f"requirement '{text}': nothing compares with NaN.")
    if metric not in metrics:
        raise ExperimentError(f"requirement '{text}': unknown metric '{metric}'.{did_you_mean(metric, metrics)}")
    if part is None:
        part = "validation" if samples.get("validation") else "train"
    if part not in PARTS:
        raise ExperimentError(f"requirement '{text}': unknown part '{part}'.{did_you_mean(part, PARTS)}")
    if not samples.get(part):
        raise ExperimentError(f"requirement '{text}': this experiment has no {part} part. Set data.{part} to a share.")
    return Requirement(text, metric, part, sign, bound)
