"""Rules about learning: the first NaN, a loss at chance, a rate that is too high or too low, overfitting."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from tui_nn.diagnosis.case import Case
from tui_nn.diagnosis.verdict import Finding, Rule
from tui_nn.engine.divergence import describe
from tui_nn.engine.events import Reason

RECENT = 10  # epochs whose losses are compared with each other


def _not_finite(case: Case, threshold: float) -> Iterator[Finding]:  # noqa: ARG001 - any is one too many
    ended = case.history.ended
    if ended is None or ended.reason != Reason.DIVERGED:
        return
    found = ended.divergence
    step, epoch = (found.step, found.epoch) if found is not None else (ended.step, ended.epoch)
    batch = f", batch {found.batch}" if found is not None else ""
    where = f": {describe(found, case.started.features)}" if found is not None else ""
    says = f"a number is not finite at step {step} (epoch {epoch}{batch}){where}"
    yield Finding(says, float(step), case.slower(), found.layer if found is not None else None)


def _at_chance(case: Case, threshold: float) -> Iterator[Finding]:
    losses = case.train("loss")
    if not case.is_judged or not losses or math.isnan(case.skill):
        return
    connected = [shape for shape in case.started.layers if not shape.is_random]
    if len(connected) == 1:
        # One layer draws straight lines.
        units = connected[0].units
        activation = f", activation = '{connected[0].activation}'" if connected[0].activation != "identity" else ""
        remedy: tuple[str, ...] = (
            "network.layers=[{kind = 'dense', units = 16, activation = 'tanh'}, "
            f"{{kind = 'dense', units = {units}{activation}}}]",
        )
    else:
        remedy = ("training.optimizer={kind = 'adam', rate = 0.003}",)
    if case.chance is None:
        if case.skill <= 1 - threshold:
            name = "r2" if case.train("r2") else "accuracy"
            value = case.train(name)[-1]
            yield Finding(f"{name}@train is {value:.3g}: a constant answer does as well", 1 - case.skill, remedy)
    elif losses[-1] >= threshold * case.chance:
        says = f"the training loss is {losses[-1]:.4g}, and the best constant answer costs {case.chance:.4g}"
        yield Finding(says, losses[-1] / case.chance, remedy)


def _too_high(case: Case, threshold: float) -> Iterator[Finding]:
    losses = case.train("loss")
    if len(losses) < 2 or case.rate is None:
        return
    first = case.largest_update(case.first_look)
    worse = losses[-1] > min(losses[0], case.chance or math.inf)
    if first is not None and first[1] > threshold and worse and not case.has_learnt:
        number, update = first
        says = (
            f"the first step moves the weights of layer {number} by {100 * update:.0f} % of their length, "
            f"and the loss is {losses[-1]:.4g} now"
        )
        yield Finding(says, update, case.slower(), number)
        return
    recent = losses[-RECENT:]
    rise = max((after - before for before, after in itertools.pairwise(recent)), default=0.0)
    measure = case.chance or losses[0]
    if len(losses) > RECENT and rise > threshold * measure:
        share = f"{100 * rise / measure:.0f} % of what chance costs"
        says = f"the training loss rose by {rise:.4g} in one of the last {RECENT} epochs, {share}"
        yield Finding(says, rise / measure, case.slower(), anew=False)


def _too_low(case: Case, threshold: float) -> Iterator[Finding]:
    largest = case.largest_update(case.last_look)
    if not case.is_judged or case.has_learnt or largest is None or math.isnan(case.skill):
        return
    number, update = largest
    if 0 < update < threshold:
        says = f"a step moves no layer's weights by more than {update:.1e} of their length (layer {number})"
        factor = 10 ** math.ceil(math.log10(1e-3 / update))
        yield Finding(says, update, case.slower(factor), number, anew=False)


def _overfitting(case: Case, threshold: float) -> Iterator[Finding]:
    name = "r2" if case.train("r2") else "accuracy"
    train, validation = case.train(name), case.history.validation.get(name, [])
    if not case.is_judged or not train or not validation:
        return
    losses = case.history.validation.get("loss", [])
    patience = max(RECENT, case.started.epochs // 4)
    if case.history.ended is None and losses.index(min(losses)) >= len(losses) - patience:
        return  # the best of validation is not long ago: let it train
    gap, samples = train[-1] - validation[-1], case.started.samples.get("validation", 0)
    # Of a share that is measured on few samples, half is luck.
    error = math.sqrt(max(validation[-1] * (1 - validation[-1]), 0.0) / samples) if name == "accuracy" else 0.0
    if gap < threshold or gap < 2 * error:
        return
    lambda_ = case.experiment.training.lambda_
    remedy: tuple[str, ...] = (f"training.lambda={10 * lambda_ if lambda_ else 1.0:g}",)
    if case.experiment.training.early_stopping is None:
        remedy += ("training.early_stopping={patience = 5}",)
    yield Finding(f"{name} is {train[-1]:.3f} on training and {validation[-1]:.3f} on validation data", gap, remedy)


RULES = (
    Rule(
        "not_finite",
        "numbers that are not finite",
        1,
        "no such number",
        "IEEE 754: what is computed from NaN is NaN",
        "What is computed from it is not finite either, so nothing more can be learnt.",
        _not_finite,
        hides=("rate_too_high", "loss_at_chance", "exploding_gradient"),
    ),
    Rule(
        "rate_too_high",
        "learning rate too high",
        0.3,
        "a step of at most 30 % of the weights, or a rise of at most 30 % of the loss at chance",
        "cs231n, Neural Networks 3: updates of about 0.001 of the weights; 300 times that is our bound",
        "Steps overshoot: they jump over the minimum, and may drive units where they no longer learn.",
        _too_high,
        hides=("vanishing_gradient", "loss_at_chance"),
    ),
    Rule(
        "rate_too_low",
        "learning rate too low",
        1e-4,
        "at least 0.0001 of the weights a step",
        "cs231n, Neural Networks 3: updates of about 0.001 of the weights; a tenth of that is our bound",
        "The weights hardly move, so that learning would take ten times as long or more.",
        _too_low,
        hides=("loss_at_chance",),
    ),
    Rule(
        "overfitting",
        "overfitting",
        0.1,
        "a gap of less than 0.1, or of twice its standard error",
        "cs231n, Neural Networks 3: the gap of the accuracies; its bound is ours",
        "The net remembers the training samples instead of what they have in common.",
        _overfitting,
    ),
    Rule(
        "loss_at_chance",
        "loss at chance",
        0.95,
        "below 95 % of what the best constant answer costs",
        "cs231n, Neural Networks 3: ln 10 = 2.303 for softmax over ten even classes; the 5 % are ours",
        "The outputs do not depend on the inputs yet.",
        _at_chance,
    ),
)
