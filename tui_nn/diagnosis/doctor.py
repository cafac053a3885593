"""The doctor: every rule looked at a run. Causes come before their effects, which are not told beside them."""

from __future__ import annotations

from collections.abc import Sequence

from tui_nn.diagnosis import layers, learning, samples
from tui_nn.diagnosis.case import Case
from tui_nn.diagnosis.verdict import Rule, Verdict, verdict
from tui_nn.engine.events import Started
from tui_nn.experiment.schema import Experiment
from tui_nn.runs.history import History


def causes_first(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules, each behind all that it may be because of; else as given. Raises ValueError for a ring."""
    waiting, ordered = list(rules), list[Rule]()
    while waiting:
        open_names = {rule.name for rule in waiting}
        ready = next((rule for rule in waiting if not open_names & set(rule.because_of)), None)
        if ready is None:
            raise ValueError(f"each of these is because of another: {', '.join(sorted(open_names))}")
        waiting.remove(ready)
        ordered.append(ready)
    return tuple(ordered)


RULES = causes_first((*samples.RULES, *layers.RULES, *learning.RULES))


def diagnose(history: History, experiment: Experiment) -> list[Verdict]:
    """What is wrong with a run, causes first; empty when nothing is, or nothing can be said yet."""
    if history.started is None or is_by_hand(history, experiment):
        return []
    case = Case(history.started, history, experiment)
    found = {rule.name: list(rule.judge(case, rule.threshold)) for rule in RULES}
    told = []
    for rule in RULES:
        causes = [cause for cause in RULES if cause.name in rule.because_of and found[cause.name]]
        if not causes or rule.stays:
            told += [verdict(rule, symptom, causes) for symptom in found[rule.name]]
    return told


def before_training(started: Started, experiment: Experiment) -> list[Verdict]:
    """What can be told wrong before anything is trained, from the data and the shape of the network alone."""
    return diagnose(History(started=started), experiment)


def is_by_hand(history: History, experiment: Experiment) -> bool:
    """Whether the weights were set by hand and nothing was trained: they are meant to be what they are."""
    return experiment.network.weights is not None and history.started is not None and history.started.epochs == 0


def looks_odd(history: History) -> list[str]:
    """Shares of hidden units that would worry in a net that does not learn, whatever it has learnt: "layer 1: ..."."""
    if history.started is None or not history.health:
        return []
    most = {rule.name: rule.threshold for rule in RULES}
    odd = []
    for number, (shape, health) in enumerate(
        zip(history.started.layers[:-1], history.health[-1], strict=False), start=1
    ):
        if health.dead is not None and health.dead >= most["dead_units"]:
            odd.append(f"layer {number}: {100 * health.dead:.0f} % of its {shape.activation} units are dead")
        if health.saturated is not None and health.saturated >= most["saturated_start"]:
            odd.append(f"layer {number}: {100 * health.saturated:.0f} % of the outputs are saturated")
    return odd
