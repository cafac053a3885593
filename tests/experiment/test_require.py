"""Requirements: what can be said, what is refused before training, and what passes. Numbers by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.errors import ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.require import Vocabulary, parse, requirements
from tui_nn.experiment.requirement import Outcome, check_baseline

KNOWN = Vocabulary(
    ["loss", "accuracy", "cost"], {"train": 90, "validation": 30, "test": 0}, ("setosa", "lily, white", "4")
)


def outcome(accuracy=(0.5, 0.9, 0.8), loss=(2.0, 0.5, 0.75), seconds=3.0):
    return Outcome(
        columns={
            "train": {"loss": [1.0, 0.25], "cost": [1.5, 0.5]},
            "validation": {"accuracy": list(accuracy), "loss": list(loss)},
            "test": {},
        },
        classes=KNOWN.classes,
        confusion=((10, 0, 2), (1, 9, 0), (0, 3, 5)),
        facts={"seconds": seconds, "samples_per_second": 120.0, "parameters": 43, "epochs": 2, "steps": 6},
    )


@pytest.mark.parametrize(
    ("text", "value", "met"),
    [
        ("accuracy@validation >= 0.8", 0.8, True),
        ("accuracy>0.8", 0.8, False),
        ("accuracy:last >= 0.9", 0.8, False),
        ("accuracy@validation:best >= 0.9", 0.9, True),
        ("loss:best <= 0.5", 0.5, True),  # the operator says in which direction best is
        ("loss < 0.5", 0.75, False),
        ("loss@train == 0.25", 0.25, True),
        ("cost@train <= 0.5", 0.5, True),
        ("confusion[setosa,4] <= 1", 2, False),
        ("confusion[4, setosa]@validation == 0", 0, True),
        ('confusion["lily, white",setosa] < 2', 1, True),
        ("seconds <= 3", 3, True),
        ("samples_per_second > 1e2", 120, True),
        ("parameters <= 42", 43, False),
        ("steps == 6", 6, True),
    ],
)
def test_one_run(text, value, met):
    check = parse(text, KNOWN).check([outcome()])
    assert (check["value"], check["met"], check["requirement"]) == (value, met, text)


@pytest.mark.parametrize(
    ("text", "value", "met"),
    [
        ("accuracy >= 0.8", 0.7, False),  # every seed has to: the worst is shown
        ("accuracy:mean >= 0.79", 0.8, True),  # (0.7 + 0.8 + 0.9) / 3
        ("loss <= 0.75", 0.75, True),
        ("accuracy:best >= 0.9", 0.9, True),
        ("seconds:mean <= 3.5", 3.0, True),
    ],
)
def test_over_seeds(text, value, met):
    runs = [outcome(accuracy=(0.5, 0.9, last)) for last in (0.7, 0.8, 0.9)]
    check = parse(text, KNOWN).check(runs)
    assert check["value"] == pytest.approx(value)
    assert check["met"] is met


@pytest.mark.parametrize(
    ("text", "bound", "met"),
    [
        ("accuracy >= base - 0.125", 0.75, True),
        ("accuracy >= base", 0.875, False),
        ("loss <= base + 0.25", 0.75, True),
        ("seconds <= base * 1.5", 3.0, True),
        ("seconds <= base*1.25", 2.5, False),
    ],
)
def test_relative_to_a_baseline(text, bound, met):
    base = outcome(accuracy=(0.1, 0.875), loss=(0.5,), seconds=2.0)
    requirement = parse(text, KNOWN)
    check_baseline([requirement], base)
    check = requirement.check([outcome()], base)
    assert (check["bound"], check["met"]) == (bound, met)


def test_a_baseline_must_be_given_and_have_the_value():
    requirement = parse("accuracy >= base", KNOWN)
    with pytest.raises(ExperimentError, match="add --baseline RUN"):
        check_baseline([requirement], None)
    with pytest.raises(ExperimentError, match="the baseline run has no such value"):
        check_baseline([requirement], Outcome({"validation": {}}))
    with pytest.raises(ExperimentError, match="the baseline run has no such value"):
        check_baseline([requirement], outcome(accuracy=(math.nan,)))


@given(st.sampled_from([">=", "<=", "==", ">", "<"]), st.floats(allow_nan=False), st.sampled_from(["last", "mean"]))
def test_nan_never_passes(sign, bound, pick):
    requirement = parse(f"accuracy:{pick} {sign} {bound!r}", KNOWN)
    assert requirement.check([outcome(accuracy=(0.9, math.nan))])["met"] is False
    assert requirement.check([outcome(), outcome(accuracy=(math.nan,))])["met"] is False
    assert requirement.check([outcome(accuracy=())])["met"] is False
    assert requirement.check([])["met"] is False


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected metric"),
        ("accuracy", "expected metric"),
        ("accuracy => 1", "expected metric"),
        ("accuracy 0.9", "expected metric"),
        (">= 0.9", "expected metric"),
        ("accuracy >=", "expected metric"),
        ("acuracy >= 1", "unknown metric 'acuracy'. Did you mean 'accuracy'. Known: loss, accuracy, cost, seconds, .*"),
        ("accuracy@test > 0", "no test part. Set data.test"),
        ("accuracy@vlidation > 0", "unknown part 'vlidation'. Did you mean 'validation'"),
        ("accuracy:bset > 0", "unknown choice ':bset'. Did you mean 'best'"),
        ("accuracy > nan", "expected a number, not NaN"),
        ("accuracy > base - nan", "expected a number, not NaN"),
        ("accuracy > 0,9", "'0,9' is not a number"),
        ("accuracy > base / 2", "'base / 2' is not a number"),
        ("accuracy > 0.9 %", "'0.9 %' is not a number"),
        ("confusion[setosa] < 1", "expected confusion.TRUE,PREDICTED."),
        ("confusion < 1", "expected confusion.TRUE,PREDICTED."),
        ("confusion[setosa,5] < 1", "unknown class '5'"),
        ("confusion[setosa,setosa]@train < 1", "is measured on the validation part"),
        ("confusion[4,4]:best < 1", "one value per run"),
        ("loss[4,4] < 1", "'loss' has no cells"),
        ("seconds@train < 3", "remove '@train'"),
        ("seconds:best < 3", "one value per run"),
        ("cost@validation < 3", "expected 'cost@train'"),
    ],
)
def test_what_cannot_be_meant_is_refused(text, message):
    with pytest.raises(ExperimentError, match=message):
        parse(text, KNOWN)


def test_without_classes_there_is_no_confusion():
    with pytest.raises(ExperimentError, match="there are no classes"):
        parse("confusion[a,b] < 1", Vocabulary(["loss"], {"train": 3}))


def test_those_of_the_file_name_their_key(tmp_path):
    path = tmp_path / "e.toml"
    path.write_text('[require]\n"accuracy@validation" = ">= 0.5"\n')
    found = requirements(load_experiment(str(path)), ["loss < 3"], KNOWN)
    assert [(one.text, one.key) for one in found] == [
        ("accuracy@validation >= 0.5", "require.accuracy@validation"),
        ("loss < 3", ""),
    ]
    path.write_text('[require]\n"acc" = ">= 0.5"\n')
    with pytest.raises(ExperimentError) as error:
        requirements(load_experiment(str(path)), [], KNOWN)
    assert error.value.key == "require.acc"
