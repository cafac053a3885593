"""Rules about layers: symmetric starts, dead and saturated units, gradients that vanish or explode."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tui_nn.diagnosis.case import Case
from tui_nn.diagnosis.verdict import Finding, Rule

SATURATED_AT_START = 0.5  # a share: training has not yet had a reason to drive them there


def _symmetric(case: Case, threshold: float) -> Iterator[Finding]:
    for number, shape, health in case.hidden(case.first_look):
        share = health.twins / shape.units
        if shape.units > 1 and share > threshold:
            says = f"layer {number}: {health.twins} of {shape.units} units start with the same weights as another"
            yield Finding(says, share, (f"network.initialiser={case.fitting_initialiser}",), number)


def _dead(case: Case, threshold: float) -> Iterator[Finding]:
    found = [
        (number, shape, health.dead)
        for number, shape, health in case.hidden(case.last_look)
        if health.dead is not None and health.dead >= threshold
    ]
    remedy = (
        *case.with_activation("leaky_relu", [number for number, shape, _ in found if shape.activation == "relu"]),
        "network.initialiser=he_normal",
    )
    for number, shape, dead in found:
        says = (
            f"layer {number}: {100 * dead:.0f} % of its {shape.units} {shape.activation} units are 0 for every sample"
        )
        yield Finding(says, dead, remedy, number)


def _saturated(case: Case, threshold: float) -> Iterator[Finding]:
    at_start = {number: health.saturated or 0.0 for number, _, health in case.hidden(case.first_look)}
    for number, shape, health in case.hidden(case.last_look):
        what = f"outputs of its {shape.units} {shape.activation} units are within 2.5 % of an end of their range"
        if at_start.get(number, 0.0) >= SATURATED_AT_START:
            says = f"layer {number}: before training {100 * at_start[number]:.0f} % of the {what}"
            yield Finding(says, at_start[number], (f"network.initialiser={case.fitting_initialiser}",), number)
        elif health.saturated is not None and health.saturated >= threshold and case.is_judged and not case.has_learnt:
            says = f"layer {number}: {100 * health.saturated:.0f} % of the {what}"
            yield Finding(says, health.saturated, case.slower(), number)


def _slow(case: Case) -> tuple[int, float, int, float] | None:
    """(first layer, its speed, last layer, its speed), if there are two and the run has not learnt."""
    speeds = case.speeds(case.last_look)
    if len(speeds) < 2 or case.has_learnt:
        return None
    return *speeds[0], *speeds[-1]


def _vanishing(case: Case, threshold: float) -> Iterator[Finding]:
    found = _slow(case)
    if found is None or not case.is_judged:
        return
    number, first, last_number, last = found
    if last > 0 and first < threshold * last:
        hidden = [index for index, shape, _ in case.hidden(case.last_look) if shape.activation != "identity"]
        remedy = (*case.with_activation("relu", hidden), "network.initialiser=he_normal")
        times = last / first if first else math.inf
        says = f"layer {number} learns {times:.0f} times as slowly as layer {last_number}"
        yield Finding(f"{says}: |dJ/db| is {first:.1e} and {last:.1e}", first / last, remedy, number)


def _exploding(case: Case, threshold: float) -> Iterator[Finding]:
    found = _slow(case)
    if found is None:
        return
    number, first, last_number, last = found
    if first > threshold * last:
        times = first / last if last else math.inf
        says = f"the gradient grows {times:.0f} times from layer {last_number} back to layer {number}"
        remedy = (f"network.initialiser={case.fitting_initialiser}", "training.clip_norm=1.0")
        yield Finding(f"{says}: |dJ/db| is {last:.1e} and {first:.1e}", times, remedy, number)


RULES = (
    Rule(
        "symmetric_start",
        "symmetric start",
        0.5,
        "at most half of a layer's units",
        "cs231n, Neural Networks 2: the pitfall of all zero initialisation; the half is ours",
        "Units with the same weights get the same gradient and stay the same: together they are one unit.",
        _symmetric,
        hides=("dead_units", "vanishing_gradient", "rate_too_low", "rate_too_high", "loss_at_chance"),
    ),
    Rule(
        "dead_units",
        "dead units",
        0.4,
        "less than 40 % of a layer",
        "cs231n, Neural Networks 1: as much as 40 % of a ReLU net can die if the rate is too high",
        "A unit that is 0 for every sample has no gradient, so it never comes back.",
        _dead,
        hides=("vanishing_gradient", "rate_too_low", "loss_at_chance"),
    ),
    Rule(
        "saturated_units",
        "saturated units",
        0.9,
        "less than 50 % of the outputs at the start, 90 % later while little is learnt",
        "Glorot and Bengio (2010), section 3; LeCun et al. (1998), 4.4 to 4.6; the shares are ours",
        "Near the ends of a sigmoid its slope is below a tenth of the largest, so hardly any gradient comes through.",
        _saturated,
        hides=("vanishing_gradient", "rate_too_low", "loss_at_chance"),
    ),
    Rule(
        "vanishing_gradient",
        "vanishing gradient",
        0.01,
        "at least a hundredth of the last layer's",
        "Nielsen, chapter 5: with four hidden layers the first learns about a hundred times as slowly",
        "Every layer on the way back multiplies the gradient with its slopes, and those of a sigmoid are at most 1/4.",
        _vanishing,
        hides=("rate_too_low", "loss_at_chance"),
    ),
    Rule(
        "exploding_gradient",
        "exploding gradient",
        100.0,
        "at most a hundred times the last layer's",
        "Nielsen, chapter 5; Pascanu et al. (2013), who clip its length",
        "A step that suits the last layer throws the first ones far away.",
        _exploding,
        hides=("loss_at_chance", "rate_too_low", "rate_too_high"),
    ),
)
