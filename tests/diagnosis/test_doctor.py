"""The command `doctor`, the view `verdict`, and that the document says what the code does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tui_nn.cli.doctor import command
from tui_nn.diagnosis import RULES
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.render import Look
from tui_nn.runs import open_run
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.session import Session
from tui_nn.training.whole import whole_of
from tui_nn.views import Knobs, Subject, find
from tui_nn.views.view import Missing


def train(folder, registry, name, *overrides):
    experiment = load_experiment(name, overrides)
    setup = build(experiment, registry)
    recorder = RunRecorder(folder, setup.trainer, whole_of(setup, registry, folder))
    recorder.finish(Session(setup.trainer, recorder).run(), [], 0)
    return folder


@pytest.fixture(scope="module")
def ill(tmp_path_factory, registry):
    return train(tmp_path_factory.mktemp("runs") / "ill", registry, "wine", "data.scale=none")


@pytest.fixture(scope="module")
def well(tmp_path_factory, registry):
    return train(tmp_path_factory.mktemp("runs") / "well", registry, "iris")


def doctor(*arguments):
    done = CliRunner().invoke(command, [str(argument) for argument in arguments])
    return done.exit_code, done.output


def test_it_says_what_and_why_and_what_next(ill):
    code, text = doctor(ill)
    assert code == 0
    assert '"proline" has a root mean square of' in text
    for part in ("should", "LeCun et al. (1998)", "why", "next", "data.scale=standard"):
        assert part in text
    assert text.endswith(f"try: tui-nn train {ill}/experiment.toml --set data.scale=standard\n")
    assert "\x1b" not in text


def test_strict_and_json(ill, well):
    assert doctor(ill, "--strict")[0] == 5
    assert doctor(well, "--strict") == (0, "✓ Nothing is wrong: 12 rules looked at epoch 60.\n")
    found = json.loads(doctor(ill, "--json")[1])["verdicts"]
    assert [one["name"] for one in found] == ["unscaled_inputs"]
    assert found[0]["number"] > found[0]["threshold"] == 10
    assert json.loads(doctor(well, "--json")[1])["verdicts"] == []


def test_the_view_keeps_to_its_box(ill, well):
    view = find("verdict")
    for run in (ill, well):
        subject = Subject(open_run(run))
        for width, height in ((30, 2), (60, 5), (80, 20), (20, 1)):
            lines = view.draw(subject, Knobs(), (width, height), Look("none", ascii=True)).plain.split("\n")
            assert len(lines) <= height
            assert max(map(len, lines)) <= width
            assert all(line.isascii() for line in lines)
    assert view.numbers(Subject(open_run(ill)), Knobs())["remedy"] == [("data.scale=standard",)]


def test_rules_are_documented_as_they_are():
    text = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text("utf-8")
    table = [line for line in text.splitlines() if line.startswith("| `")]
    assert table == [f"| `{rule.name}`: {rule.title} | {rule.limit} | {rule.source} |" for rule in RULES]
    listed = doctor("any", "--rules")[1]
    assert all(rule.name in listed and rule.source in listed for rule in RULES)


def test_the_thresholds_in_words_are_those_that_are_compared():
    words = {"rate_too_high": "30 %", "rate_too_low": "0.0001", "overfitting": "0.1", "loss_at_chance": "95 %",
             "symmetric_start": "half", "dead_units": "40 %", "saturated_units": "90 %", "unscaled_inputs": "10 ",
             "vanishing_gradient": "hundredth", "exploding_gradient": "hundred times",
             "class_imbalance": "0.4"}  # fmt: skip
    for rule in RULES:
        assert words.get(rule.name, "") in rule.limit


def test_a_run_without_its_experiment_is_no_crash(ill, tmp_path):
    (tmp_path / "events.jsonl").write_bytes((ill / "events.jsonl").read_bytes())
    with pytest.raises(Missing, match=r"experiment.toml: No such file"):
        find("verdict").draw(Subject(open_run(tmp_path)), Knobs(), (80, 24), Look())
