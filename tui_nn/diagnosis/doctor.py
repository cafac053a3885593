"""The doctor: every rule looked at a run, and what one trouble explains is not told as another."""

from __future__ import annotations

from tui_nn.diagnosis import layers, learning, samples
from tui_nn.diagnosis.case import Case
from tui_nn.diagnosis.verdict import Rule, Verdict, verdict
from tui_nn.experiment.schema import Experiment
from tui_nn.runs.history import History

_ORDER = (
    "not_finite", "unscaled_inputs", "symmetric_start", "dead_units", "saturated_units", "exploding_gradient",
    "rate_too_high", "vanishing_gradient", "rate_too_low", "class_imbalance", "overfitting", "loss_at_chance",
)  # fmt: skip
_BY_NAME = {rule.name: rule for rule in (*learning.RULES, *layers.RULES, *samples.RULES)}

# Causes before symptoms: the order in which they are told. A rule hides later ones only.
RULES: tuple[Rule, ...] = tuple(_BY_NAME[name] for name in _ORDER)


def diagnose(history: History, experiment: Experiment) -> list[Verdict]:
    """What is wrong with a run, causes first; empty when nothing is, or nothing can be said yet."""
    if history.started is None or history.started.epochs == 0:
        return []  # weights that are set by hand are meant to be what they are
    case = Case(history.started, history, experiment)
    found = [(rule, list(rule.judge(case, rule.threshold))) for rule in RULES]
    hidden = {name for rule, findings in found if findings for name in rule.hides}
    return [verdict(rule, finding) for rule, findings in found if rule.name not in hidden for finding in findings]
