"""Rules about layers: symmetric starts, dead and saturated units, gradients that vanish or explode."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tui_nn.diagnosis.case import Case
from tui_nn.diagnosis.remedy import CLIPPED, SCALED_INPUTS, activations, initializer
from tui_nn.diagnosis.verdict import Rule, Symptom

DATA = ("unscaled_inputs", "unreachable_targets", "unscaled_targets")  # troubles that come before the network's


def _symmetric(case: Case, threshold: float) -> Iterator[Symptom]:
    for number, shape, health in case.hidden(case.first_look):
        share = health.twins / shape.units
        if shape.units > 1 and share > threshold:
            says = f"layer {number}: {health.twins} of {shape.units} units start with the same weights as another"
            yield Symptom(says, share, (initializer(case.fitting_initializer),), number)


def _dead(case: Case, threshold: float) -> Iterator[Symptom]:
    found = [
        (number, shape, health.dead)
        for number, shape, health in case.hidden(case.last_look)
        if health.dead is not None and health.dead >= threshold
    ]
    leaky = activations("leaky_relu", [number for number, shape, _ in found if shape.activation == "relu"])
    at_start = max((health.dead or 0.0 for _, _, health in case.hidden(case.first_look)), default=0.0)
    # Alive at first, they were killed by a step; else they were born dead.
    remedy = (*leaky, initializer("he_normal")) if at_start >= threshold else (*case.slower, *leaky)
    for number, shape, dead in found:
        says = (
            f"layer {number}: {100 * dead:.0f} % of its {shape.units} {shape.activation} units are 0 for every sample"
        )
        yield Symptom(says, dead, remedy, number)


NEAR_AN_END = "outputs of its {} {} units are within 2.5 % of an end of their range"


def _saturated_start(case: Case, threshold: float) -> Iterator[Symptom]:
    if case.has_learnt:
        return
    for number, shape, health in case.hidden(case.first_look):
        if health.saturated is not None and health.saturated >= threshold:
            what = NEAR_AN_END.format(shape.units, shape.activation)
            says = f"layer {number}: before training {100 * health.saturated:.0f} % of the {what}"
            fits = case.initializer == case.fitting_initializer
            remedy = SCALED_INPUTS if fits and number == 1 else initializer(case.fitting_initializer)
            yield Symptom(says, health.saturated, (remedy,), number)


def _saturated(case: Case, threshold: float) -> Iterator[Symptom]:
    if not case.is_judged or case.has_learnt:
        return
    for number, shape, health in case.hidden(case.last_look):
        if health.saturated is not None and health.saturated >= threshold:
            what = NEAR_AN_END.format(shape.units, shape.activation)
            yield Symptom(
                f"layer {number}: {100 * health.saturated:.0f} % of the {what}", health.saturated, case.slower, number
            )


def _vanishing(case: Case, threshold: float) -> Iterator[Symptom]:
    speeds = case.speeds(case.last_look)
    if len(speeds) < 2 or case.has_learnt or not case.is_judged:
        return
    (number, first), (last_number, last) = speeds[0], speeds[-1]
    if last > 0 and first < threshold * last:
        hidden = [index for index, shape, _ in case.hidden(case.last_look) if shape.activation != "identity"]
        remedy = (*activations("relu", hidden), initializer("he_normal"), CLIPPED)
        times = last / first if first else math.inf
        says = f"layer {number} learns {times:.0f} times as slowly as layer {last_number}"
        yield Symptom(f"{says}: |dJ/db| is {first:.1e} and {last:.1e}", first / last, remedy, number)


def _exploding(case: Case, threshold: float) -> Iterator[Symptom]:
    # Hidden layers before training: that of the outputs cancels where classes are even, and later it is the steps.
    speeds = [(number, speed) for number, speed in case.speeds(case.first_look) if number < len(case.started.layers)]
    if len(speeds) < 2 or case.has_learnt:
        return
    (number, first), (last_number, last) = speeds[0], speeds[-1]
    if first > threshold * last:
        times = first / last if last else math.inf
        says = f"the gradient grows {times:.0f} times from layer {last_number} back to layer {number}"
        remedy = (initializer(case.fitting_initializer), CLIPPED)
        yield Symptom(f"{says}: |dJ/db| is {last:.1e} and {first:.1e}", times, remedy, number)


RULES = (
    Rule(
        "symmetric_start",
        "symmetric start",
        0.5,
        "at most {percent} % of a layer's units alike",
        "cs231n, Neural Networks 2: the pitfall of all zero initialization; the share is ours",
        "Units with the same weights get the same gradient and stay equal: together they act as one unit.",
        _symmetric,
        at_start=True,
    ),
    Rule(
        "saturated_start",
        "saturated from the start",
        0.5,
        "less than {percent} % of the outputs before training",
        "Glorot and Bengio (2010), section 3; LeCun et al. (1998), 4.4 to 4.6; the share is ours",
        "Near the ends of a sigmoid the slope is below a tenth of its maximum, so hardly any gradient passes.",
        _saturated_start,
        because_of=("unscaled_inputs",),
        at_start=True,
    ),
    Rule(
        "exploding_gradient",
        "exploding gradient",
        100.0,
        "at most {t} times the last hidden layer's, before training",
        "Nielsen, chapter 5; Pascanu et al. (2013), who clip its length",
        "A step that suits the last layer is far too large for the first ones.",
        _exploding,
        at_start=True,
    ),
    Rule(
        "dead_units",
        "dead units",
        0.4,
        "less than {percent} % of a layer",
        "cs231n, Neural Networks 1: as much as 40 % of a ReLU net can die if the rate is too high",
        "A unit that is 0 for every sample has no gradient, so it never recovers.",
        _dead,
        because_of=(*DATA, "symmetric_start", "rate_too_high"),
        at_start=True,
    ),
    Rule(
        "saturated_units",
        "saturated units",
        0.9,
        "less than {percent} % of the outputs, while little is learned",
        "Glorot and Bengio (2010), section 3; LeCun et al. (1998), 4.4 to 4.6; the share is ours",
        "Near the ends of a sigmoid the slope is below a tenth of its maximum, so hardly any gradient passes.",
        _saturated,
        because_of=(*DATA, "saturated_start", "rate_too_high"),
    ),
    Rule(
        "vanishing_gradient",
        "vanishing gradient",
        0.01,
        "at least 1/{share} of the speed of the last layer",
        "Nielsen, chapter 5: with four hidden layers the first learns about a hundred times as slowly",
        "Each layer multiplies the gradient by its slopes on the way back, and those of a sigmoid are at most 1/4.",
        _vanishing,
        because_of=(*DATA, "symmetric_start", "rate_too_high", "saturated_start", "saturated_units", "dead_units"),
    ),
)
