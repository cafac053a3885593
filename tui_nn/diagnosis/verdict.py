"""A verdict: what is wrong with a run, the number it rests on, the threshold and where that comes from, and what next.

A rule is a pure function of what a run has recorded. It says nothing when nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tui_nn.diagnosis.case import Case


@dataclass(frozen=True)
class Finding:
    """What a rule found: the sentence, the number in it, and KEY=VALUE changes of the experiment that may help.

    layer counts from 1; None where no single layer is meant. anew: the remedy asks for new weights; else what has been
    learnt is worth going on from.
    """

    says: str
    number: float
    remedy: tuple[str, ...]
    layer: int | None = None
    anew: bool = True


@dataclass(frozen=True)
class Rule:
    """One kind of trouble.

    threshold: what the number is compared with; limit: the same in words, with the unit. source: where the threshold
    comes from. why: what the trouble does, in one sentence. hides: rules whose findings this trouble explains.
    """

    name: str
    title: str
    threshold: float
    limit: str
    source: str
    why: str
    judge: Callable[[Case, float], Iterable[Finding]]
    hides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """A finding with the rule it comes from: everything that a person is told."""

    name: str
    title: str
    says: str
    number: float
    threshold: float
    limit: str
    source: str
    why: str
    remedy: tuple[str, ...]
    layer: int | None = None
    anew: bool = True


def verdict(rule: Rule, finding: Finding) -> Verdict:
    """What is told of a finding."""
    return Verdict(
        rule.name, rule.title, finding.says, finding.number, rule.threshold, rule.limit, rule.source, rule.why,
        finding.remedy, finding.layer, finding.anew,
    )  # fmt: skip
