"""docs/teaching.md: its lines are executed in their order, and its jobs as a build server would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from a_class import hand_in
from click.testing import CliRunner
from shims import forking

from tui_nn.cli.main import main
from tui_nn.errors import ExperimentError, StorageError
from tui_nn.lesson.catalogue import lesson_at, lessons
from tui_nn.lesson.source import read_lesson
from tui_nn.testing import check_lesson

DOCUMENT = (Path(__file__).parents[2] / "docs" / "teaching.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture
def shell(tmp_path):
    (tmp_path / "work").mkdir()
    with forking(tmp_path / "bin") as path:

        def run(line):
            return subprocess.run(
                ["bash", "-eo", "pipefail", "-c", line], cwd=tmp_path / "work", capture_output=True, text=True,
                timeout=120, stdin=subprocess.DEVNULL, env={**os.environ, "PATH": path},
            )  # fmt: skip

        yield run


@pytest.mark.slow
def test_from_nothing_to_a_class(shell, tmp_path):
    work = tmp_path / "work"
    begin, hand_out, grade, package = blocks("bash")
    for block in (begin, hand_out):
        done = shell(block)
        assert done.returncode == 0, done.stderr
    assert "Hints" in (work / "bowls.html").read_text()
    assert "The bias is missing." in (work / "desk.html").read_text()
    assert "The bias is missing." not in (work / "bowls.html").read_text()
    (work / "answers").mkdir()
    assert len(hand_in(read_lesson(work / "bowls.lesson.md"), work / "answers")) == 20
    done = shell(grade)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (work / "bowls.csv").read_text().count("\n") == 21
    assert shell(package).returncode == 0
    for line in blocks("text"):  # they need a terminal, and say so; their options are right
        done = shell(line)
        assert done.returncode == 2
        assert "terminal" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("place", [".github/workflows/classroom.yml", ".gitlab-ci.yml"])
def test_a_job_passes_whom_it_should(shell, tmp_path, place):
    (job,) = [block for block in blocks("yaml") if place in block]
    (line,) = re.findall(r"(?:run:|-) (exec tui-nn .*)", job)
    hand_in(lesson_at("06")[0], tmp_path)
    own = tmp_path / "work" / "06-chain-rule.answers.jsonl"
    for name, code in (("student-03", 0), ("forged", 5), ("short", 5)):
        own.write_bytes((tmp_path / f"{name}.answers.jsonl").read_bytes())
        done = shell(line)
        assert done.returncode == code, done.stdout + done.stderr
    report = re.search(r"junit: (\S+)", job)
    assert report is None or (tmp_path / "work" / report[1]).is_file()


def test_the_circuit_of_the_page_is_one(tmp_path):
    (show,) = blocks("toml")
    ask = (
        'id = "w"\nnumber = "circuit.d.w"\nright = "4"\nwrong = [{ answer = "2", why = "x." }]\nhint = ["2 (wx - y) x"]'
    )
    path = tmp_path / "a.lesson.md"
    path.write_text(
        f"# A\n\n```toml lesson\nformat = 1\n```\n\n## B\n\n```toml show\n{show}```\n\n```toml ask\n{ask}\n```\n"
    )
    assert check_lesson(path).steps[0].passed == 1


def test_numbers_for_each_student_as_the_page_has_them(tmp_path):
    """And what the check says to whom writes answers that are right for one draw only."""
    (show,) = blocks("toml")
    vary, right, wrong = (re.search(rf"`({word}[^`]*)`", DOCUMENT)[1] for word in ("vary =", "right = ", "answer = "))
    path = tmp_path / "a.lesson.md"
    text = (
        f"# A\n\n```toml lesson\nformat = 1\n```\n\n## B\n\n```toml show\n{show}{vary}\n```\n\n```toml ask\n"
        f'id = "w"\nnumber = "circuit.d.w"\n{right}\nwrong = [{{ {wrong}, why = "x." }}]\nhint = ["x"]\n```\n'
    )
    path.write_text(text)
    assert check_lesson(path).steps[0].passed == 1
    path.write_text(text.replace(right, 'right = "4"').replace(wrong, 'answer = "2"'))
    with pytest.raises(AssertionError, match='write `right` and `wrong` as queries, "= QUERY"'):
        check_lesson(path)


def new(*arguments):
    return CliRunner().invoke(main, ["lesson", "new", *map(str, arguments)])


def test_a_lesson_begins_with_one_that_holds_and_nothing_is_overwritten(tmp_path):
    assert new("bowls", "--out", tmp_path).exit_code == 0
    proof = check_lesson(tmp_path / "bowls.lesson.md")
    assert [(step.passed, step.failed) for step in proof.steps] == [(1, 2), (1, 2)]
    again = new("bowls", "--out", tmp_path)
    assert isinstance(again.exception, StorageError)
    assert "already exists" in str(again.exception)
    assert "is not a valid name" in str(new("../x", "--out", tmp_path).exception)


def installed(folder, name, module):
    """As pip leaves it: a package's folder, and beside it what it is called and which entry point it has."""
    about = folder / f"{name.replace('-', '_')}-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n")
    (about / "entry_points.txt").write_text(f"[tui_nn_lessons]\n{module} = {module}\n")


def test_lessons_of_a_package_are_listed_with_their_origin(tmp_path, monkeypatch):
    assert new("bowls", "--package", "--out", tmp_path).exit_code == 0
    root = tmp_path / "tui-nn-bowls"
    (root / "tui_nn_bowls" / "__init__.py").write_text("raise SystemExit('nothing of it is run')\n")
    installed(root, "tui-nn-bowls", "tui_nn_bowls")
    installed(root, "tui-nn-empty", "tui_nn_missing")
    monkeypatch.syspath_prepend(str(root))
    assert [(one.name, one.origin) for one in lessons()[-2:]] == [
        ("bowls", "tui-nn-bowls"),
        ("tui_nn_missing", "tui-nn-empty"),
    ]
    for name in ("bowls", "tui-nn-bowls/bowls"):
        assert lesson_at(name)[0].title == "Bowls"
    listed = CliRunner().invoke(main, ["lesson"]).output
    assert re.search(r"^bowls +Bowls +2 +10 min +- +tui-nn-bowls$", listed, re.MULTILINE)
    assert "there is no file *.lesson.md in the package 'tui_nn_missing'" in listed
    with pytest.raises(ExperimentError):
        lesson_at("tui_nn_missing")
    monkeypatch.setenv("TUI_NN_PLUGINS", "")
    assert {one.origin for one in lessons()} == {"tui-nn"}


@pytest.mark.slow
def test_the_test_of_a_package_passes_as_it_is_written(tmp_path):
    new("bowls", "--package", "--out", tmp_path)
    for path in (tmp_path / "tui-nn-bowls").rglob("*.*"):
        assert "$" not in path.read_text(), "a word that was not filled in"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path / "tui-nn-bowls",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
