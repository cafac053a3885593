"""A class: thirty files in one command, everything that is wrong with them found; gates, tables, and the picture."""

from __future__ import annotations

import csv
import io
import json
import re
from xml.etree import ElementTree

import pytest
from a_class import FAULTY, HONEST, SHORT, hand_in
from click.testing import CliRunner

from tui_nn.cli.main import main
from tui_nn.errors import ExperimentError
from tui_nn.lesson.catalogue import lesson_at
from tui_nn.lesson.classroom import Classroom
from tui_nn.lesson.glance import glance
from tui_nn.plugin.registry import load_registry
from tui_nn.render import Look

LESSON = "07-sigmoid-neuron"


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    paths = hand_in(lesson_at(LESSON)[0], folder)
    assert len(paths) == 30
    return folder


@pytest.fixture(scope="module")
def room(handed_in):
    return Classroom([handed_in], load_registry(), LESSON).look()[0]


def grade(*arguments):
    return CliRunner().invoke(main, ["lesson", "grade", *map(str, arguments), "--lesson", LESSON])


def test_thirty_files_in_one_command(handed_in):
    done = grade(*sorted(handed_in.glob("*.jsonl")))
    assert done.exit_code == 5
    for name, fault in FAULTY.items():
        lines = [line for line in done.output.splitlines() if f"{name}.answers.jsonl" in line.partition(":")[0]]
        assert any(fault in line for line in lines), name
    assert "Traceback" not in done.output


def test_nothing_is_said_of_honest_files(room):
    of_copies = {"student-03", "student-05"}  # from which somebody has copied: both are named, for nobody knows who
    honest = {grade.student for grade in room.grades if not grade.faults}
    assert honest == {f"student-{number:02}" for number in range(HONEST)} - of_copies | {SHORT}
    assert {grade.file for grade in room.grades if grade.faults} >= {
        grade.file for grade in room.grades if any(f"/{name}." in grade.file for name in FAULTY)
    }


def test_counts_are_those_of_the_files(room):
    """By the plan of the helper: of question p, student n begins wrong if n + p divides by 3, skips at 10 of 11."""
    for place, question in enumerate(room.questions):
        for number in range(HONEST):
            grade = next(one for one in room.grades if one.file.endswith(f"student-{number:02}.answers.jsonl"))
            begins_wrong, skips = (number + place) % 3 == 0, (number + place) % 11 == 10
            assert grade.right[question.id] is not skips
            assert grade.first[question.id] is (not begins_wrong and not skips)
            assert grade.tries[question.id] == begins_wrong + (not skips)
    assert room.questions[0].wrong[0][2], "what the file knows of a wrong answer is said"


def test_requirements_are_those_of_experiments(handed_in):
    honest = [handed_in / f"student-{number:02}.answers.jsonl" for number in (0, 1, 2)]
    assert grade(*honest, "--require", "right >= 0.5", "--require", "faults == 0").exit_code == 0
    missed = grade(*honest, "--require", "first >= 0.9")
    assert missed.exit_code == 5
    assert "first >= 0.9: not met" in missed.output
    assert "student-00" in missed.output.splitlines()[-1]
    assert grade(*honest, "--require", "first:mean >= 0.5").exit_code == 0
    with_program = grade(*honest, "--require", "first >= 0.9", "--csv")
    assert len(list(csv.reader(io.StringIO(with_program.stdout)))) == 4
    for wrong, said in (
        ("rihgt >= 1", "Did you mean 'right'?"),
        ("right", "expected metric"),
        ("right@test >= 1", "@"),
    ):
        done = grade(*honest, "--require", wrong)
        assert isinstance(done.exception, ExperimentError)
        assert said in str(done.exception)


def test_a_row_a_student_as_csv_and_a_suite_each_as_junit(handed_in, tmp_path):
    done = grade(handed_in, "--csv", "--junit", tmp_path / "class.xml")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 30
    assert {row["lesson"] for row in rows} == {LESSON}
    assert sum(bool(row["faults"]) for row in rows) == len(FAULTY) + 2
    suites = ElementTree.parse(tmp_path / "class.xml").getroot().findall("testsuite")
    assert len(suites) == 30
    for suite in suites:
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases)) == "8"
        assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
        assert suite.get("skipped") == str(len(suite.findall("testcase/skipped")))


@pytest.mark.parametrize("box", [(40, 11), (76, 20), (120, 30)])
@pytest.mark.parametrize("look", [Look(), Look("none"), Look("none", ascii=True), Look("16", light=True)])
def test_the_class_at_a_glance(room, box, look):
    text = glance(room.lesson.title, room.grades, room.questions, box, look).plain
    lines = text.split("\n")
    assert max(map(len, lines)) <= box[0]
    assert len(lines) <= box[1]
    assert lines[1] == "30 students, 11 files not as written"
    for question in room.questions:
        line = next(line for line in lines if line.startswith(f"{question.step:>2} "))
        assert line.endswith(f"{question.first / question.asked:.0%}")
    assert not look.ascii or text.isascii()
    if box[0] >= 120:
        assert lines[2].endswith("% at first try, of those who answered"), "the bars are of all students"
        assert all(question.title in text for question in room.questions)
    if box[1] == 30:
        assert room.questions[0].wrong[0][2][:20] in text


def test_on_a_large_screen_bars_are_higher_and_questions_stand_apart(room):
    lines = glance(room.lesson.title, room.grades, room.questions, (196, 57), Look()).plain.split("\n")
    assert 0.75 * 57 < len(lines) <= 57
    first, second = (next(at for at, line in enumerate(lines) if line.startswith(f" {one} ")) for one in (1, 2))
    assert lines[first + 1].count("█") == lines[first].count("█")
    assert not lines[second - 1].strip()
    (share,) = re.findall(r"\d+%$", lines[first])
    assert not any(line.endswith(share) for line in lines[first + 1 : second]), "it is said once"


def test_a_bar_is_the_share(room):
    """At 109 cells of room every count of 30 is within a cell of its share."""
    question = room.questions[0]
    line = next(
        line
        for line in glance("t", room.grades, room.questions, (120, 10), Look()).plain.split("\n")
        if line[:3] == " 1 "
    )
    bar = [line.count(mark) for mark in "█▒░·"]
    counts = [question.first, question.right - question.first, question.asked - question.right, 30 - question.asked]
    for cells, count in zip(bar, counts, strict=True):
        assert abs(cells - sum(bar) * count / 30) <= 1


def test_a_folder_of_several_lessons_is_graded_by_lesson(tmp_path):
    for name in ("01-one-neuron", LESSON):
        lesson = lesson_at(name)[0]
        (tmp_path / name).mkdir()
        hand_in(lesson, tmp_path / name)
    folder = [tmp_path / name / "student-01.answers.jsonl" for name in ("01-one-neuron", LESSON)]
    done = CliRunner().invoke(main, ["lesson", "grade", *map(str, folder)])
    assert done.exit_code == 0
    assert "One neuron" in done.output
    assert "The sigmoid neuron" in done.output
    row = next(
        csv.DictReader(io.StringIO(CliRunner().invoke(main, ["lesson", "grade", *map(str, folder), "--csv"]).stdout))
    )
    assert row[f"{LESSON}/forward"] == ""
    assert row["01-one-neuron/sum"]


def test_no_file_brings_its_own_lesson_along(tmp_path, monkeypatch):
    """Who names a lesson of their own, with easier questions, is not graded by it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "easy.lesson.md").write_text("# Easy\n\n```toml lesson\nformat = 1\n```\n\n## One\n")
    line = {"format": 1, "lesson": "easy.lesson.md", "sha256": "0", "student": "Eve", "mark": "0"}
    (tmp_path / "a.answers.jsonl").write_text(json.dumps(line) + "\n")
    done = CliRunner().invoke(main, ["lesson", "grade", "a.answers.jsonl"])
    assert isinstance(done.exception, ExperimentError)
    assert "is not installed" in str(done.exception)


def test_a_folder_without_answers_is_said(tmp_path):
    done = CliRunner().invoke(main, ["lesson", "grade", str(tmp_path)])
    assert "there is no file of answers" in str(done.exception)
