"""Lessons in which something is trained: settings as an answer, what holds when, and questions to the run."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from circle_lesson import CIRCLE
from click.testing import CliRunner

from tui_nn.cli.main import main
from tui_nn.errors import ExperimentError
from tui_nn.lesson.ask import ask_of, did_of
from tui_nn.lesson.exhibit import exhibit_of
from tui_nn.lesson.proof import prove
from tui_nn.lesson.queries import asked
from tui_nn.lesson.source import lesson_of
from tui_nn.plugin.registry import load_registry
from tui_nn.runs import open_run

RIGHT = 'layers = ["4 tanh", "1 sigmoid"]'


@pytest.fixture(scope="module")
def registry():
    return load_registry()


def asked_about(text, registry, step=0, answers=None):
    lesson = lesson_of(text, "a.lesson.md", "a")
    exhibit = exhibit_of(lesson.steps[step], registry, Path(), did=did_of(lesson, answers or {}))
    return ask_of(lesson.steps[step]), exhibit


def test_settings_are_judged_by_what_they_reach(registry):
    ask, exhibit = asked_about(CIRCLE, registry)
    right = ask.judge(RIGHT, exhibit)
    assert right.state == "correct"
    assert re.fullmatch(r"All of it holds after epoch \d+\.", right.said)
    assert right.run.history.last_epoch == 40, "it is trained to its end"
    untouched = ask.judge("train", exhibit)
    assert untouched.state == "incorrect"
    assert untouched.said.startswith("accuracy@validation >= 0.9: it is 0.")
    large = ask.judge('layers = ["9 tanh", "1 sigmoid"]', exhibit)
    assert (large.state, "parameters <= 20: it is 37" in large.said) == ("incorrect", True)


def test_what_was_trained_is_shown_when_one_comes_back(registry):
    ask, exhibit = asked_about(CIRCLE, registry)
    seen = ask.check.as_set(ask.check.read(RIGHT), exhibit)
    assert exhibit.run is None
    assert seen.run.reader.weights().thetas[0].shape == (4, 3)


def test_the_same_settings_are_the_same_answer(registry):
    ask, exhibit = asked_about(CIRCLE, registry)
    forms = [
        'layers = ["1 tanh", "1 sigmoid"]',
        ['network.layers=["1 tanh","1 sigmoid"]'],
        'layers=[{kind="dense", units=1, activation="tanh"}, "1 sigmoid"]',
        "layers = ['1 tanh', '1 sigmoid'];",
    ]
    assert len({ask.check.read(form) for form in forms}) == 1
    assert ask.why(ask.check.read(forms[2]), exhibit) == "One hidden unit is one line."
    assert ask.check.read("rate=0.1; " + RIGHT) == ask.check.read(RIGHT + "; training.optimizer.rate = 0.1")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("epochs = 3", "'epochs' cannot be changed here."),
        ("data.source = xor", "'data.source' cannot be changed here."),
        ("layers", "expected KEY=VALUE"),
        ('layers = ["4 tanh", "1 sigmiod"]', "Did you mean 'sigmoid'?"),
        ('layers = ["4 tanh", "7 sigmoid"]', "7"),
        ("layers = 7", "layers"),
        ("rate = fast", "rate"),
        ("rate = " + "9" * 5000, "is not a value that can be read"),
        ("layers = " + "[" * 5000, ""),
        ("network.layers[9].units = 3", "[9]"),
    ],
)
def test_settings_that_do_not_fit_are_no_attempt(answer, said, registry):
    ask, exhibit = asked_about(CIRCLE, registry)
    judged = ask.judge(answer, exhibit)
    assert judged.state == "not attempted"
    assert said in judged.said


def test_each_moment_is_told_and_a_training_can_be_stopped(registry):
    ask, exhibit = asked_about(CIRCLE.replace("epochs=40", "epochs=41"), registry)
    epochs = []

    def watch(path, moment):
        epochs.append(moment.epoch)
        assert open_run(path).history.last_epoch == moment.epoch
        return moment.epoch < 3

    stopped = ask.judge(RIGHT, replace(exhibit, watch=watch))
    assert (stopped.state, stopped.said) == ("not attempted", "Stopped.")
    assert epochs[:4] == [0, 1, 2, 3]
    assert epochs[-1] < 40
    assert ask.judge(RIGHT, exhibit).state == "correct", "what was stopped is trained anew"


def test_a_run_that_diverges_says_so(registry):
    ask, exhibit = asked_about(CIRCLE.replace('"adam"', '"sgd"'), registry)
    judged = ask.judge('optimizer.rate = 1e300; layers=["4 relu", "1 identity"]', exhibit)
    assert judged.state in ("incorrect", "not attempted")


def test_time_is_limited(registry):
    ask, exhibit = asked_about(CIRCLE.replace("epochs=40", "epochs=1000000"), registry)
    judged = ask.judge("train", replace(exhibit, longest=0.05))
    assert (judged.state, "The time was up." in judged.said) == ("incorrect", True)


def proof_of(text, registry):
    return prove(lesson_of(text, "a.lesson.md", "a"), registry, Path())


def test_a_sound_do_is_proved_with_its_margin(registry):
    proof = proof_of(CIRCLE, registry)
    assert not proof.faults
    assert len(proof.steps[0].margins) == 2
    assert proof.steps[0].margins[1] == "parameters <= 20: 17 on 5 seeds, margin 3"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("accuracy@validation >= 0.9", "accuracy@validation >= 0.1", "the untouched start is correct."),
        (RIGHT, 'layers = ["2 tanh", "1 sigmoid"]', "its reference"),
        ("accuracy@validation >= 0.9", "accuracy@validation >= 0.99", "its reference is not sure: accuracy@validation"),
        ('layers = ["1 tanh"', 'layers = ["4 tanh"', "the wrong answer"),
        ('run = "circle"', 'run = "circle"\nviews = ["fit"]', ""),
    ],
)  # fmt: skip
def test_a_do_that_is_not_sound_is_found(old, new, message, registry):
    text = CIRCLE.replace(old, new)
    assert text != CIRCLE
    if message:
        assert any(message in fault.message for fault in proof_of(text, registry).faults)
    else:
        with pytest.raises(ExperimentError, match=r"a\.lesson\.md:34:1, views: the view fit cannot be drawn"):
            proof_of(text, registry)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('run = "circle"', 'run = "circel"', "a.lesson.md:33:1, run: no step before trains 'circel'."),
        ('run = "circle"', 'run = "circle"\ncircuit = "sum"', "a circuit, an experiment or a run"),
        ("accuracy@validation >=", "acuracy@validation >=", "a.lesson.md:23:1, do: requirement 'acuracy"),
        ("run.parameters", "run.paramters", "number: requirement 'paramters >= 0': unknown metric"),
        ("run.parameters", "run.seconds", "depends on the machine"),
        ("run.parameters", "run.recall[3]", "there is no such class"),
        ("run.parameters", "run.votes[0][9].unit", "found 4 units, counted from 0."),
        ("run.parameters", "run.votes[0][0]", "incomplete or too long"),
        (
            'run = "circle"',
            'run = "circle"\nwithout = ["1.9"]',
            "34:1, without: unit 1.9: layer 1 has units",
        ),
        ('run = "circle"', 'experiment = "xor"', "asks a run, and the step shows none"),
    ],
)
def test_a_question_about_a_run_that_cannot_be_asked_says_where(old, new, message, registry):
    text = CIRCLE.replace(old, new)
    with pytest.raises(ExperimentError, match=re.escape(message)):
        proof_of(text, registry)


def test_what_a_run_answers_is_what_its_directory_has(registry):
    _, exhibit = asked_about(CIRCLE, registry, step=1)
    run = exhibit.run
    last = run.reader.history.newest["validation"]
    assert asked("run.accuracy@validation", exhibit) == last["accuracy"]
    assert asked("run.accuracy@validation:best", exhibit) == max(
        moment.outcome.columns["validation"]["accuracy"][-1] for moment in run.moments
    )
    assert asked("run.epochs", exhibit) == 40
    confusion = run.reader.history.confusion
    names = run.reader.history.started.classes
    assert asked(f"run.confusion[{names[0]},{names[1]}]", exhibit) == confusion[0][1]
    assert asked(f"run.recall[{names[1]}]", exhibit) == confusion[1][1] / sum(confusion[1])
    theta = run.reader.weights().thetas[1]
    assert asked("net.theta[2][1][3]", exhibit) == pytest.approx(float(theta[0, 3]))
    assert asked("net.J", exhibit) == pytest.approx(run.reader.history.newest["train"]["cost"], rel=1e-5)


def test_votes_are_those_of_the_view(registry):
    _, exhibit = asked_about(CIRCLE, registry, step=1)
    done = CliRunner().invoke(main, ["show", str(exhibit.run.reader.path), "--view", "votes", "--json"])
    numbers = json.loads(done.output)
    pairs = sorted(zip(numbers["contribution"], numbers["unit"], strict=True), key=lambda pair: -abs(pair[0]))
    assert [asked(f"run.votes[0][{place}].unit", exhibit) for place in range(4)] == [unit for _, unit in pairs]
    assert asked("run.votes[0][0].adds", exhibit) == pytest.approx(pairs[0][0])


def test_a_unit_that_is_switched_off_is_missed(registry):
    whole = asked_about(CIRCLE, registry, step=1)[1]
    cut = asked_about(CIRCLE.replace('run = "circle"', 'run = "circle"\nwithout = ["votes[0][0]"]'), registry, step=1)[
        1
    ]
    assert asked("run.accuracy@validation", cut) < asked("run.accuracy@validation", whole)
    unit = int(asked("run.votes[0][0].unit", whole))
    named = asked_about(CIRCLE.replace('run = "circle"', f'run = "circle"\nwithout = ["1.{unit}"]'), registry, step=1)[
        1
    ]
    assert asked("run.accuracy@validation", cut) == asked("run.accuracy@validation", named)
    done = CliRunner().invoke(main, ["evaluate", str(whole.run.reader.path), "--without", f"1.{unit}", "--json"])
    assert f'"accuracy": {asked("run.accuracy@validation", cut)}' in done.output


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "circle.lesson.md").write_text(CIRCLE)
    return "circle.lesson.md"


def take(lesson, typed, student):
    return CliRunner().invoke(
        main, ["lesson", "take", lesson, "--student", student, "--out", f"{student}.jsonl"], input=typed
    )


def test_a_training_is_taken_and_graded_again(lesson):
    done = take(lesson, 'train\nlayers = ["5 tanh", "1 sigmoid"]; rate = 0.02\n21\n', "Ada")
    assert done.exit_code == 0
    said = done.output
    for part in ("needs parameters <= 20", 'to change: layers = ["1 sigmoid"]', "to change: rate = 0.01",
                 ": parameters <= 20", "accuracy@validation >= 0.9: it is 0."):  # fmt: skip
        assert part in said
    assert "parameters <= 20: it is 21" in said


def test_questions_about_a_run_are_about_the_students_own(lesson):
    take(lesson, 'layers = ["3 tanh", "1 sigmoid"]; rate = 0.03\n13\n', "Ada")
    take(lesson, f"{RIGHT}\n13\n17\n", "Bob")
    done = CliRunner().invoke(main, ["lesson", "grade", "Ada.jsonl", "Bob.jsonl", "--lesson", lesson, "--json"])
    students = json.loads(done.output)["students"]
    assert [one["faults"] for one in students] == [[], []]
    assert students[1]["right"] == {"circle": True, "parameters": True}
    assert students[1]["first"] == {"circle": True, "parameters": False}
    if students[0]["right"]["circle"]:
        assert students[0]["first"] == {"circle": True, "parameters": True}


def test_a_training_that_is_only_claimed_is_found(lesson, tmp_path):
    from tui_nn.lesson.answers import AnswerBook
    from tui_nn.lesson.catalogue import lesson_at

    AnswerBook(tmp_path / "forged.jsonl", lesson_at(lesson)[0], "Eve").add("circle", "train", "correct", 0, 1.0)
    done = CliRunner().invoke(main, ["lesson", "grade", "forged.jsonl", "--lesson", lesson])
    assert done.exit_code == 5
    assert "1 answers are marked right and are not" in done.output
