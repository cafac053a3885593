"""`tui-nn lesson`: what a student, an author and a build server see."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from small_lesson import LESSON

from tui_nn.cli.main import main
from tui_nn.errors import ExperimentError
from tui_nn.lesson.catalogue import lesson_names
from tui_nn.lesson.proof import Fault, Proof


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "one.lesson.md"
    path.write_text(LESSON)
    return path


def run(*arguments):
    return CliRunner().invoke(main, ["lesson", *arguments])


def test_bundled_lessons_are_listed():
    done = run()
    assert done.exit_code == 0
    assert "06-chain-rule" in done.output


def test_a_sound_lesson_passes_its_check(lesson):
    done = run("check", str(lesson))
    assert done.exit_code == 0
    assert "1 references passed, 1 wrong answers failed; all holds." in done.output
    assert json.loads(run("check", str(lesson), "--json").output)[0]["faults"] == []


def test_all_bundled_lessons_are_checked_where_none_is_named(monkeypatch):
    """That each of them holds is a test of tests/lesson/test_lessons.py."""
    monkeypatch.setattr("tui_nn.lesson.proof.prove", lambda lesson, registry, folder: Proof(lesson, (), ()))
    proofs = json.loads(run("check", "--json").output)
    assert [proof["lesson"] for proof in proofs] == lesson_names()
    fault = Fault("a step", 3, "does not hold.")
    monkeypatch.setattr("tui_nn.lesson.proof.prove", lambda lesson, registry, folder: Proof(lesson, (), (fault,)))
    assert run("check", "--json").exit_code == 5


def test_a_key_turned_round_is_found(lesson):
    lesson.write_text(LESSON.replace("circuit.d.x", "circuit.d.y"))
    done = run("check", str(lesson))
    assert done.exit_code == 5
    assert f"{lesson}:8: The product: its reference '-3' is incorrect" in done.output
    faults = json.loads(run("check", str(lesson), "--json").output)[0]["faults"]
    assert [fault["line"] for fault in faults] == [8, 8]


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        ('x = "-3"', 0, "correct"),
        ("x = -3", 0, "correct"),
        ('x = "4"', 5, "Each input gets the value of the other."),
        ('x = "3"', 5, "The size is right, the sign is not."),
        ('x = "many"', 5, "not attempted"),
        ("", 5, "not attempted"),
    ],
)
def test_a_student_answers_from_a_file(lesson, answers, code, said):
    (lesson.parent / "answers.toml").write_text(answers)
    done = run("answer", str(lesson), "--answers", "answers.toml")
    assert (done.exit_code, said in done.output) == (code, True)


def test_a_step_is_shown_without_its_key(lesson):
    done = run("show", str(lesson))
    assert "What is df/dx?" in done.output
    assert "Answer (x): a number" in done.output
    assert "-3" not in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "none.lesson.md"], "there is no such lesson file. Did you mean 'one.lesson.md'?"),
        (["check", "chain-rul"], "neither a lesson file nor an installed lesson."),
        (["show", "one.lesson.md", "--step", "9"], "--step 9: the lesson has 1 step."),
        (["answer", "one.lesson.md", "--answers", "none.toml"], "none.toml: cannot be read"),
    ],
)
@pytest.mark.usefixtures("lesson")
def test_what_is_not_there_is_said(arguments, message):
    done = run(*arguments)
    assert isinstance(done.exception, ExperimentError)
    assert message in str(done.exception)


def test_an_answer_to_no_question_is_said(lesson):
    (lesson.parent / "answers.toml").write_text("y = 1")
    done = run("answer", str(lesson), "--answers", "answers.toml")
    assert str(done.exception) == "answers.toml, y: the lesson asks no 'y'. Known: x."
