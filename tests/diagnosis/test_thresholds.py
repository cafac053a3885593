"""Each rule speaks beyond its threshold and is silent before it: the number that is declared is the one compared."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tui_nn.diagnosis import RULES
from tui_nn.diagnosis.case import ENOUGH_STEPS, Case
from tui_nn.engine.events import (
    DataFacts,
    Divergence,
    Ended,
    EpochFinished,
    Histogram,
    LayerHealth,
    LayerShape,
    Reason,
    SettingChanged,
    Started,
    TargetFacts,
)
from tui_nn.experiment import load_experiment
from tui_nn.runs.history import History

CHANCE = math.log(2)  # softmax over two even classes
MANY = 1_000_000


def layer(**known):
    nothing = {"dead": 0.0, "saturated": 0.0, "twins": 0, "gradient": 1.0, "bias_gradient": 1.0, "norm": 1.0}
    spread = Histogram(0.0, 1.0, (1,), 0)
    return LayerHealth(**{"activations": spread, "gradients": spread, **nothing, "update": 0.01, **known})


FINE = (layer(), layer(), layer())


def case(first=FINE, last=FINE, losses=(CHANCE, CHANCE), accuracy=0.5, validation=0.5, confusion=None, targets=None,
         span=(None, None), rms=1.0, counts=(MANY, MANY), reason=Reason.EPOCHS, held_out=MANY):  # fmt: skip
    """A run of three layers, of MANY units each, that has ended, having learnt nothing unless it is said."""
    shapes = tuple(LayerShape("dense", MANY, "sigmoid", (MANY, MANY + 1)) for _ in range(3))
    history = History()
    history.apply(
        Started(
            schema=1, experiment="made", inputs=MANY, parameters=1, layers=shapes,
            classes=() if targets else ("a", "b"), features=(), picture=None,
            samples={"train": MANY, "validation": held_out, "test": 0}, batches=100,
            epochs=len(losses) - 1, seed=0, loss="mean_squared_error" if targets else "softmax_cross_entropy",
            metrics=("loss",), data=DataFacts(0.0, 1.0, 0, rms, () if targets else counts, targets), rate=0.1,
            output_range=span, chance=None if targets else CHANCE,
        )
    )  # fmt: skip
    for epoch, loss in enumerate(losses):
        look = first if epoch == 0 else last if epoch == len(losses) - 1 else ()
        name = "r2" if targets else "accuracy"
        values = ({"loss": loss, name: accuracy}, {"loss": loss, name: validation})
        history.apply(EpochFinished(epoch, 100 * epoch, *values, confusion, 1.0, look))
    bad = Divergence("z", 1, step=1, epoch=1, batch=1) if reason == Reason.DIVERGED else None
    history.apply(Ended(reason, len(losses) - 1, 100, divergence=bad))
    return Case(history.started, history, load_experiment("digits"))


def with_first(**known):
    return (layer(**known), *FINE[1:])


def imbalanced(even):
    """Two classes, one with this part of an even share, of which nothing is found."""
    rare = round(even * MANY)
    return case(counts=(rare, 2 * MANY - rare), confusion=((0, 100), (0, 9900)), accuracy=0.99)


LONG = [0.4 * CHANCE] * 6
STEADY = TargetFacts(0.0, 1.0, 0.5, 0.5)


def guessing(accuracy, right=(50, 50), **known):
    """Of two classes, the first as common as that in the held-out part, the answers there are as right as that."""
    known = {"accuracy": 0.6, "losses": LONG, "confusion": ((right[0], 0), (right[1], 0)), **known}
    return case(validation=accuracy, **known)


# Rule -> a case in which its number is n. -1 after it where small numbers are the bad ones.
BY_NUMBER = {
    "unscaled_inputs": (lambda n: case(rms=n), 1),
    "unreachable_targets": (lambda n: case(targets=TargetFacts(0.0, 1 + n, 0.5, 0.5), span=(0.0, 1.0), accuracy=0), 1),
    "unscaled_targets": (lambda n: case(targets=TargetFacts(n, n, 0.6 * n, 0.8 * n), accuracy=0), 1),
    "unscaled_targets, small": (lambda n: case(targets=TargetFacts(1 / n, 1 / n, 0.6 / n, 0.8 / n), accuracy=0), 1),
    "symmetric_start": (lambda n: case(first=with_first(twins=round(n * MANY))), 1),
    "saturated_start": (lambda n: case(first=with_first(saturated=n)), 1),
    "exploding_gradient": (lambda n: case(first=with_first(bias_gradient=n)), 1),
    "rate_too_high": (lambda n: case(first=with_first(update=n), losses=(CHANCE, 2 * CHANCE)), 1),
    "rate_too_high, later": (lambda n: case(losses=[CHANCE] * 15 + [CHANCE * (1 + n)]), 1),
    "not_finite": (lambda n: case(reason=Reason.DIVERGED if n > 0 else Reason.EPOCHS), 1),
    "dead_units": (lambda n: case(last=with_first(dead=n)), 1),
    "saturated_units": (lambda n: case(last=with_first(saturated=n)), 1),
    "vanishing_gradient": (lambda n: case(last=with_first(bias_gradient=n)), -1),
    "rate_too_low": (lambda n: case(first=[layer(update=n)] * 3, last=[layer(update=n / 2)] * 3), -1),
    "class_imbalance": (imbalanced, -1),
    "overfitting": (lambda n: case(accuracy=0.9, validation=0.9 - n), 1),
    "answers_at_chance": (lambda n: guessing(0.5 + n / 2), -1),
    "answers_at_chance, numbers": (lambda n: case(targets=STEADY, accuracy=0.6, validation=n, losses=LONG), -1),
    "loss_at_chance": (lambda n: case(losses=(CHANCE, n * CHANCE)), 1),
}


def test_every_rule_is_tried():
    assert {name.partition(",")[0] for name in BY_NUMBER} == {rule.name for rule in RULES}


@pytest.mark.parametrize("moved", [1.0, 0.7], ids=["as declared", "another threshold"])
@pytest.mark.parametrize("name", BY_NUMBER)
def test_the_verdict_flips_at_the_threshold(name, moved):
    rule = next(rule for rule in RULES if rule.name == name.partition(",")[0])
    make, bad = BY_NUMBER[name]
    threshold = rule.threshold * moved
    step = 1e-3 * threshold or 1e-3
    silent, loud = threshold - bad * step, threshold + bad * step
    assert list(rule.judge(make(silent), threshold)) == []
    found = list(rule.judge(make(loud), threshold))
    assert len(found) == 1
    if name != "not_finite":  # whose number is the step
        assert found[0].number == pytest.approx(loud, rel=1e-5, abs=1e-9)


def test_the_words_follow_the_threshold():
    for rule in RULES:
        assert "{" not in rule.limit + rule.source
    by_name = {rule.name: rule for rule in RULES}
    assert "40 %" in by_name["dead_units"].limit
    assert "1/100 " in by_name["vanishing_gradient"].limit
    assert "0.001 of the weights; 300 times" in by_name["rate_too_high"].source
    assert "0.001 of the weights; 1/10 of" in by_name["rate_too_low"].source


def test_a_run_has_learnt_half_way_from_a_constant_answer():
    """Of two even classes that is an accuracy of 0.75; of a regression an R2 of 0.5."""
    assert [case(accuracy=found).has_learnt for found in (0.749, 0.75)] == [False, True]
    regression = TargetFacts(0.0, 1.0, 0.5, 0.5)
    assert [case(accuracy=r2, targets=regression).has_learnt for r2 in (0.499, 0.5)] == [False, True]


def test_a_live_run_is_judged_after_enough_steps():
    made = case()
    made.history.ended = None
    for steps, judged in ((ENOUGH_STEPS - 1, False), (ENOUGH_STEPS, True)):
        made.history.epoch_steps[-1] = steps
        assert made.is_judged is judged


def told(name, made):
    rule = next(rule for rule in RULES if rule.name == name)
    return list(rule.judge(made, rule.threshold)) != []


@pytest.mark.parametrize(("now", "anew"), [(0.5 * CHANCE, False), (30 * CHANCE, True)])
def test_weights_that_cost_more_than_a_constant_are_not_where_a_smaller_rate_begins(now, anew):
    """iris at a rate of 200: weights of thousands, 74 % right, and a loss of 34 that small steps left where it was."""
    rule = next(rule for rule in RULES if rule.name == "rate_too_high")
    (symptom,) = rule.judge(case(losses=[CHANCE] * 10 + [40 * CHANCE] + [now] * 3, accuracy=0.9), rule.threshold)
    assert symptom.anew is anew


def test_a_loss_that_rose_because_weights_were_set_by_hand_is_no_rate_too_high():
    spoilt = case(losses=[CHANCE] * 10 + [9.0] * 3)
    assert told("rate_too_high", spoilt)
    spoilt.history.apply(SettingChanged(step=950, epoch=9, key="training.lambda", value="1"))
    assert told("rate_too_high", spoilt)
    spoilt.history.apply(SettingChanged(step=950, epoch=9, key="theta[2][1][0]", value="-30"))
    assert not told("rate_too_high", spoilt)


def test_what_was_not_learnt_is_not_overfitted():
    assert told("overfitting", case(accuracy=0.9, validation=0.5))
    assert not told("overfitting", case(accuracy=0.5, validation=0.2))


def test_what_a_constant_reaches_is_counted_on_the_held_out_part():
    """The commonest class of training may come less often there."""
    common = {"counts": (3 * MANY, MANY), "right": (60, 40)}
    assert told("answers_at_chance", guessing(0.6, **common))
    assert not told("answers_at_chance", guessing(0.7, **common))


@pytest.mark.parametrize(("right", "few", "enough"), [((50, 50), 19, 20), ((90, 10), 75, 77)])
def test_a_small_part_says_nothing_of_constant_answers(right, few, enough):
    """Of 76 samples with 90 % of one class, a share of 0.95 has a standard error of 0.025: half of what it is above."""
    for samples, is_told in ((few, False), (enough, True)):
        made = guessing(right[0] / 100, right=right, counts=[MANY * part for part in right], held_out=samples)
        assert told("answers_at_chance", made) is is_told


def test_constant_answers_are_no_trouble_early():
    few = {"losses": LONG[:2]}
    assert not told("answers_at_chance", guessing(0.5, **few))
    live = guessing(0.5)
    live.history.ended = None
    for planned, is_told in ((5, True), (10, True), (11, False)):
        under_way = Case(replace(live.started, epochs=planned), live.history, live.experiment)
        assert told("answers_at_chance", under_way) is is_told
