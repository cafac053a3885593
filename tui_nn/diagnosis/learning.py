"""Rules about learning: the first NaN, a loss or answers at chance, a rate too high or too low, overfitting."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from tui_nn.diagnosis.case import ENOUGH_STEPS, Case
from tui_nn.diagnosis.layers import DATA
from tui_nn.diagnosis.remedy import (
    ADAM,
    MORE_SAMPLES,
    OTHER_INPUTS,
    STOPPED_EARLY,
    Remedy,
    amount,
    hidden_layer,
    penalty,
)
from tui_nn.diagnosis.verdict import Rule, Symptom
from tui_nn.engine.divergence import describe
from tui_nn.engine.events import Reason
from tui_nn.experiment.schema import chosen_kind

RECENT = 10  # epochs whose losses are compared with each other
GAP = 0.1  # of accuracy or R2, from which on training samples are known better than others
FEWEST = 20  # samples of which a share, or an R2, says something


def _not_finite(case: Case, threshold: float) -> Iterator[Symptom]:
    ended = case.history.ended
    if float(ended is not None and ended.reason == Reason.DIVERGED) <= threshold or ended is None:
        return
    found = ended.divergence
    step, epoch = (found.step, found.epoch) if found is not None else (ended.step, ended.epoch)
    batch = f", batch {found.batch}" if found is not None else ""
    where = f": {describe(found, case.started.features)}" if found is not None else ""
    says = f"a number is not finite at step {step} (epoch {epoch}{batch}){where}"
    yield Symptom(says, float(step), case.slower, found.layer if found is not None else None)


def _at_chance(case: Case, threshold: float) -> Iterator[Symptom]:
    losses = case.train("loss")
    if not case.is_judged or case.has_learnt or not losses or math.isnan(case.skill):
        return
    remedy = (_more_able(case),)
    if case.chance is None:
        if case.skill <= 1 - threshold:
            says = f"{case.measure}@train is {case.now(case.measure):.3g}: a constant output does as well"
            yield Symptom(says, 1 - case.skill, remedy)
    elif case.now("loss") >= threshold * case.chance:
        loss = case.now("loss")
        says = f"the training loss is {amount(loss, 4)}, and the best constant output costs {amount(case.chance, 4)}"
        yield Symptom(says, loss / case.chance, remedy)


def _more_able(case: Case) -> Remedy:
    """A hidden layer where there is none, else an optimizer that finds its way more often."""
    connected = [shape for shape in case.started.layers if not shape.is_random]
    return hidden_layer(connected[0].units, connected[0].activation) if len(connected) == 1 else ADAM


def _at_guess(case: Case, threshold: float) -> Iterator[Symptom]:
    started, history = case.started, case.history
    late = history.ended is not None or history.last_epoch >= started.epochs / 2
    if not case.is_judged or not late or (history.last_step < ENOUGH_STEPS and history.last_epoch < RECENT):
        return
    part = "validation" if started.samples.get("validation") else "train"
    name, guess, answer = case.guess
    # Half way from the guess to 1 must be beyond it by two standard errors, or luck may have brought it back.
    fewest = max(FEWEST, 4 * (1 + guess) / (1 - guess)) if guess < 1 else math.inf
    found = case.now(name, part)
    if math.isnan(found) or started.of.get(part, 0) < fewest:
        return
    skill = (found - guess) / (1 - guess)
    if skill <= threshold:
        says = f"{name}@{part} is {amount(found)}; always answering {answer} gives {amount(guess)}"
        yield Symptom(says, skill, _against_guesses(case, skill))


def _against_guesses(case: Case, skill: float) -> tuple[Remedy, ...]:
    """Against what it has learnt by heart; else what may make it learn; in the end the inputs are in doubt."""
    if case.skill >= skill + GAP:
        return (_against_overfitting(case, rises=True), OTHER_INPUTS)
    remedy, optimizer = _more_able(case), case.experiment.training.optimizer
    is_tried = remedy is ADAM and chosen_kind(optimizer) == "adam"
    return (OTHER_INPUTS if is_tried else remedy,)


def _too_high(case: Case, threshold: float) -> Iterator[Symptom]:
    losses = case.train("loss")
    if not losses or case.rate is None:
        return
    ended = case.history.ended
    diverged = ended is not None and ended.reason == Reason.DIVERGED
    first = case.largest_update(case.first_look)
    worse = len(losses) > 1 and losses[-1] > min(losses[0], case.chance or math.inf)
    if first is not None and first[1] > threshold and (diverged or ((worse or case.is_judged) and not case.has_learnt)):
        number, update = first
        came = "and a number soon stopped being finite" if diverged else f"and the loss is {amount(losses[-1], 4)} now"
        says = f"the first step moves the weights of layer {number} by {100 * update:.0f} % of their length, {came}"
        yield Symptom(says, update, case.slower, number)
        return
    rise = max(_rises(case)[-RECENT + 1 :], default=0.0)
    measure = case.chance or losses[0]
    if len(losses) > RECENT and rise > threshold * measure:
        share = f"{100 * rise / measure:.0f} % of what chance costs"
        epochs = case.history.epochs
        span = epochs[-1] - epochs[-RECENT - 1]  # more than RECENT where not every epoch is recorded
        within = f"in one of the last {RECENT} epochs" if span == RECENT else f"within the last {span} epochs"
        says = f"the training loss rose by {amount(rise, 4)} {within}, {share}"
        # Weights that cost more than a constant output are too far away for small steps to bring them back.
        yield Symptom(says, rise / measure, case.slower, anew=case.chance is not None and losses[-1] > case.chance)


def _rises(case: Case) -> list[float]:
    """By how much the training loss rose from a recorded epoch to the next; 0 where somebody set weights in between."""
    steps, losses = case.history.epoch_steps, case.train("loss")
    by_hand = [change.step for change in case.history.changes if change.is_weight]
    moments = itertools.pairwise(zip(steps, losses, strict=True))
    return [
        0.0 if any(start <= step < end for step in by_hand) else after - before
        for (start, before), (end, after) in moments
    ]


def _too_low(case: Case, threshold: float) -> Iterator[Symptom]:
    first, last = case.largest_update(case.first_look), case.largest_update(case.last_look)
    if not case.is_judged or case.has_learnt or first is None or last is None or math.isnan(case.skill):
        return
    # Steps that have become small by themselves are those of a minimum or a plateau.
    update, number = max((share, layer) for layer, share in (first, last))
    if 0 < update < threshold:
        says = f"no step moves a layer's weights by more than {update:.1e} of their length (layer {number})"
        yield Symptom(says, update, case.suitable_rate(update), number, anew=False)


def _overfitting(case: Case, threshold: float) -> Iterator[Symptom]:
    name = "r2" if case.train("r2") else "accuracy"
    train, validation = case.now(name), case.now(name, "validation")
    lowest = case.history.low.get("validation", {}).get("loss")
    if not case.is_judged or math.isnan(train) or math.isnan(validation) or lowest is None:
        return
    if case.skill <= 0:
        return  # what was not learnt is not remembered
    patience = max(RECENT, case.started.epochs // 4)
    rises = lowest[0] <= case.history.last_epoch - patience
    if case.history.ended is None and not rises:
        return  # the best of validation is not long ago: let it train
    gap, samples = train - validation, case.started.samples.get("validation", 0)
    # Of a share that is measured on few samples, half is luck.
    error = math.sqrt(max(validation * (1 - validation), 0.0) / samples) if name == "accuracy" else 0.0
    if gap < threshold or gap < 2 * error:
        return
    says = f"{name} is {train:.3f} on training and {validation:.3f} on validation data"
    yield Symptom(says, gap, (_against_overfitting(case, rises),))


def _against_overfitting(case: Case, rises: bool) -> Remedy:
    """More samples if they are there, else an early end if the validation loss rises again, else smaller weights."""
    training, samples = case.experiment.training, case.started.samples
    if samples.get("validation", 0) > samples["train"]:
        return MORE_SAMPLES
    if rises and training.early_stopping is None:
        return STOPPED_EARLY
    # lambda is divided by the number of samples: a hundredth of each weight counts, whatever that number is.
    return penalty(10 * training.lambda_ or 0.01 * samples["train"])


# What keeps a net from learning by itself; what is measured of learning only shows it.
HINDRANCES = (
    *DATA,
    "symmetric_start",
    "saturated_start",
    "exploding_gradient",
    "rate_too_high",
    "dead_units",
    "saturated_units",
    "vanishing_gradient",
)
RULES = (
    Rule(
        "rate_too_high",
        "learning rate too high",
        0.3,
        "a first step of at most {percent} % of the weights, no rise of the loss by more than {percent} % of chance",
        "cs231n, Neural Networks 3: updates of about {published} of the weights; {times} times that is our bound",
        "Steps overshoot the minimum, and may push units to where they no longer learn.",
        _too_high,
        because_of=(*DATA, "symmetric_start", "exploding_gradient"),
        published=0.001,
    ),
    Rule(
        "not_finite",
        "a number is not finite",
        0,
        "no such number",
        "IEEE 754: any result computed from NaN is NaN",
        "Every result computed from it is not finite either, so the network can no longer learn.",
        _not_finite,
        because_of=(*DATA, "exploding_gradient", "rate_too_high"),
        stays=True,
        at_start=True,
    ),
    Rule(
        "rate_too_low",
        "learning rate too low",
        1e-4,
        "at least {t} of the weights a step",
        "cs231n, Neural Networks 3: updates of about {published} of the weights; 1/{times} of that is our bound",
        "The weights hardly move, so learning would take ten times as long or more.",
        _too_low,
        because_of=HINDRANCES,
        published=0.001,
    ),
    Rule(
        "overfitting",
        "overfitting",
        GAP,
        "a gap of less than {t}, or of twice its standard error",
        "cs231n, Neural Networks 3: the gap of the accuracies; its bound is ours",
        "The network memorizes the training samples instead of what they have in common.",
        _overfitting,
        because_of=("unreachable_targets", "unscaled_targets"),
    ),
    Rule(
        "loss_at_chance",
        "loss at chance",
        0.95,
        "below {percent} % of the cost of the best constant",
        "cs231n, Neural Networks 3: ln 10 = 2.303 for softmax over ten even classes; the {percent} % are ours",
        "The outputs do not depend on the inputs yet.",
        _at_chance,
        because_of=(*HINDRANCES, "not_finite", "rate_too_low"),
    ),
    Rule(
        "answers_at_chance",
        "answers at chance",
        0.05,
        "more than {percent} % of the way from a constant to 1",
        "scikit-learn, DummyClassifier and DummyRegressor: constant answers to compare with; the {percent} % are ours",
        "An answer that ignores the inputs does about as well.",
        _at_guess,
        because_of=(*HINDRANCES, "class_imbalance", "not_finite", "rate_too_low", "overfitting", "loss_at_chance"),
    ),
)
