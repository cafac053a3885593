"""Answers of students: written down, judged again, and found where somebody has changed them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner
from small_lesson import LESSON

from tui_nn.cli.main import main
from tui_nn.errors import StorageError


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.lesson.md").write_text(LESSON)
    return "one.lesson.md"


def take(lesson, typed, student="Ada", out=None):
    return CliRunner().invoke(
        main, ["lesson", "take", lesson, "--student", student, "--out", out or f"{student}.jsonl"], input=typed
    )


def grade(*arguments):
    return CliRunner().invoke(main, ["lesson", "grade", *arguments, "--lesson", "one.lesson.md"])


def test_a_lesson_is_taken_and_graded(lesson):
    done = take(lesson, "4\n?\n-3\n")
    assert done.exit_code == 0
    for said in ("Each input gets the value of the other.", "Hold y.", "Right.", "Done."):
        assert said in done.output
    graded = json.loads(grade("Ada.jsonl", "--json").output)
    assert graded["students"][0]["right"] == {"x": True}
    assert graded["students"][0]["first"] == {"x": False}
    assert graded["students"][0]["tries"] == {"x": 2}
    assert graded["questions"][0]["wrong"] == [["4", 1, "Each input gets the value of the other."]]
    row = next(csv.DictReader(io.StringIO(grade("Ada.jsonl", "--csv").output)))
    assert (row["student"], row["right"], row["x"]) == ("Ada", "1.0000", "2")
    assert grade("Ada.jsonl", "--require", "right >= 1").exit_code == 0


def test_numbers_that_are_asked_for_are_masked_until_they_are_found(lesson):
    before, _, after = take(lesson, "-3\n").output.partition("Right.")
    assert "←" not in before.replace("below ←", "")
    assert "←-3" in after


def test_a_lesson_that_was_left_goes_on(lesson):
    assert "Left at step 1." in take(lesson, "4\n").output
    done = take(lesson, "-3\n")
    assert "Done." in done.output
    assert json.loads(grade("Ada.jsonl", "--json").output)["students"][0]["tries"] == {"x": 2}
    assert "What is df/dx?" not in take(lesson, "").output, "what is answered is not asked again"


def test_after_three_tries_a_right_answer_may_be_seen(lesson):
    assert "One right answer: -3" not in take(lesson, "4\n!\n", "Early").output
    assert "One right answer: -3" in take(lesson, "4\n5\n6\n!\n", "Late").output
    students = json.loads(grade("Early.jsonl", "Late.jsonl", "--json").output)["students"]
    assert [student["right"] for student in students] == [{"x": False}] * 2


def test_what_cannot_be_read_is_no_attempt(lesson):
    assert "is not a number" in take(lesson, "many\n-3\n").output
    assert json.loads(grade("Ada.jsonl", "--json").output)["students"][0]["first"] == {"x": True}


def spoiled(kind, lines):
    """The lines of a file of answers, forged in one way."""
    if kind == "claimed":
        return [line.replace('"state": "incorrect"', '"state": "correct"') for line in lines]
    if kind == "changed":
        return [line.replace('"answer": "4"', '"answer": "-3"') for line in lines]
    if kind == "dropped":
        return [lines[0], *lines[2:]]
    if kind == "reordered":
        return [lines[0], lines[2], lines[1], *lines[3:]]
    return [lines[0].replace('"sha256": "', '"sha256": "0'), *lines[1:]]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("claimed", "line 3 does not follow"),
        ("changed", "line 3 does not follow"),
        ("dropped", "line 2 does not follow"),
        ("reordered", "line 2 does not follow"),
        ("foreign", "answers to another lesson"),
    ],
)
def test_a_file_that_was_tampered_with_is_found(lesson, tmp_path, kind, said):
    take(lesson, "4\n5\n6\n")
    path = tmp_path / "Ada.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(spoiled(kind, lines)) + "\n")
    done = grade("Ada.jsonl")
    assert done.exit_code == 5
    assert said in done.output
    assert json.loads(grade("Ada.jsonl", "--json").output)["students"][0]["right"] == {"x": False} or kind == "changed"


def test_a_right_answer_is_one_that_the_engine_finds_right(lesson, tmp_path):
    """Even in a chain that somebody has forged anew from beginning to end."""
    from tui_nn.lesson.answers import AnswerBook
    from tui_nn.lesson.catalogue import lesson_at

    AnswerBook(tmp_path / "forged.jsonl", lesson_at(lesson)[0], "Eve").add("x", "4", "correct", 0, 1.0)
    done = grade("forged.jsonl")
    assert done.exit_code == 5
    assert "1 answers are marked right and are not" in done.output


def test_two_who_copied_are_found(lesson, tmp_path):
    take(lesson, "4\n-3\n")
    (tmp_path / "Bob.jsonl").write_text((tmp_path / "Ada.jsonl").read_text().replace("Ada", "Bob"))
    done = grade("Ada.jsonl", "Bob.jsonl")
    assert done.exit_code == 5
    assert [done.output.count(f"2 lines stand in {name}.jsonl too") for name in ("Ada", "Bob")] == [1, 1]
    take(lesson, "4\n-3\n", "Eve")
    assert grade("Ada.jsonl", "Eve.jsonl").exit_code == 0, "the same answers in files of their own are no copy"


def test_a_class_of_thirty(lesson):
    for number in range(30):
        take(lesson, "4\n-3\n" if number % 3 else "-3\n", f"s{number}")
    done = grade(*(f"s{number}.jsonl" for number in range(30)), "--json")
    question = json.loads(done.output)["questions"][0]
    assert (question["asked"], question["first"], question["right"]) == (30, 10, 30)
    assert question["wrong"][0][:2] == ["4", 20]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("no json\n", "answers.jsonl:1: is no line of answers"),
        ('{"format": 1}\n', "answers.jsonl:1: is no line of answers"),
        ("[" * 100_000 + "\n", "answers.jsonl:1: is no line of answers"),
    ],
)
def test_what_is_no_file_of_answers_is_said(lesson, tmp_path, text, said):
    (tmp_path / "answers.jsonl").write_text(text)
    done = take(lesson, "4\n", out="answers.jsonl")
    assert isinstance(done.exception, StorageError)
    assert said in str(done.exception)
    done = grade("answers.jsonl")
    assert done.exit_code == 5
    assert said in done.output


def test_answers_to_a_lesson_that_was_changed_are_not_mixed(lesson, tmp_path):
    take(lesson, "4\n")
    (tmp_path / lesson).write_text(LESSON + "\nMore.\n")
    done = take(lesson, "-3\n")
    assert isinstance(done.exception, StorageError)
    assert "choose another one with --out." in str(done.exception)


def test_nobody_is_told_that_a_guess_was_right(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    guess = LESSON.replace("number = ", "estimate = ")
    (tmp_path / "one.lesson.md").write_text(guess[: guess.index("wrong = ")] + guess[guess.index("hint = ") :])
    said = take("one.lesson.md", "7\n").output
    assert "Far off: it is -3." in said
    assert "Right." not in said
