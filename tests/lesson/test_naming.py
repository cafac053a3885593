"""`verdict` and `truth`: what the doctor finds, and what a network answers to each row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_nn.errors import ExperimentError
from tui_nn.lesson.ask import ask_of
from tui_nn.lesson.exhibit import exhibit_of
from tui_nn.lesson.source import lesson_of
from tui_nn.plugin.registry import load_registry

TEXT = (
    '# A\n\n```toml lesson\nformat = 1\n```\n\n## S\n\n```toml show\n{show}\n```\n\n```toml ask\nid = "a"\n{ask}\n```\n'
)
SICK = 'experiment = "xor"\ntrained = true\nset = ["network.initializer=zeros", "training.epochs=30"]'
VERDICTS = 'verdict = ["dead_units", "symmetric_start", "loss_at_chance"]'
BY_HAND = 'experiment = "xnor-by-hand"'


@pytest.fixture(scope="module")
def registry():
    return load_registry()


def judge_of(show, ask, registry):
    step = lesson_of(TEXT.format(show=show, ask=ask), "a.lesson.md", "a").steps[0]
    exhibit = exhibit_of(step, registry, Path())
    return lambda answer: ask_of(step).judge(answer, exhibit)


def test_the_verdict_is_the_doctors_first(registry):
    judge = judge_of(SICK, VERDICTS, registry)
    assert judge("symmetric_start").state == judge("symmetric start").state == judge("2").state == "correct"
    assert judge("dead_units").state == "incorrect"
    for answer in ("4", "0", "sick", ""):
        assert judge(answer).state == "not attempted"


@pytest.mark.parametrize(
    ("show", "ask", "message"),
    [
        (SICK, 'verdict = ["ded_units"]', "the doctor has no verdict 'ded_units'. Did you mean 'dead_units'?"),
        (SICK, 'verdict = ["dead_units"]', "the doctor finds symmetric_start here"),
        (SICK.replace("trained = true\n", ""), VERDICTS, "asks a run, and the step shows none"),
        ('experiment = "xor"\ntrained = true', VERDICTS, "the doctor finds nothing here"),
    ],
)
def test_a_verdict_that_cannot_be_asked_for_says_so(show, ask, message, registry):
    with pytest.raises(ExperimentError) as error:
        judge_of(show, ask, registry)("1")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("query", "rows"), [("net.h[1]", "1 0 0 1"), ("net.a[1][1]", "0 0 0 1"), ("net.a[1][2]", "1 0 0 0")]
)
def test_a_truth_table_is_what_the_net_answers(query, rows, registry):
    judge = judge_of(BY_HAND, f'truth = "{query}"', registry)
    assert (
        judge(rows).state
        == judge(rows.replace(" ", "")).state
        == judge(list(map(int, rows.split()))).state
        == "correct"
    )
    wrong = judge("0 1 1 0")
    assert wrong.state == "incorrect"
    assert "rows are right. Wrong: " in wrong.said
    assert judge("1 0 0").state == judge("1 0 0 2").state == judge("yes").state == "not attempted"


def test_what_is_no_truth_table_is_said(registry):
    with pytest.raises(ExperimentError, match="are no truth table"):
        judge_of('experiment = "forward-3-4-2"', 'truth = "net.h[1]"', registry)("0 0 0 0 0 0 0 0")
