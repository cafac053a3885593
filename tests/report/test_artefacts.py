"""Summary, metrics, Markdown, GitHub's files and `tui-nn report`, read back and compared with the run itself."""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from tui_nn.engine.events import Reason
from tui_nn.errors import Finding
from tui_nn.report.failure import REFUSED
from tui_nn.report.finished import finished
from tui_nn.report.github import commands
from tui_nn.report.markdown import MOST_BYTES, as_markdown
from tui_nn.report.metrics import as_csv, as_jsonl
from tui_nn.report.words import COMPLETE
from tui_nn.runs import open_run
from tui_nn.runs.history import History
from tui_nn.runs.summary import CRASHED, Checked, Summary

DOCUMENT = (Path(__file__).parents[2] / "docs" / "artefacts.md").read_text()


def test_a_folder_gets_one_of_each(trained):
    assert {path.name for path in (trained / "out").iterdir()} >= {
        "summary.json", "metrics.jsonl", "metrics.csv", "junit.xml", "summary.md", "loss.svg", "accuracy.svg",
        "confusion.svg",
    }  # fmt: skip


def test_report_writes_what_train_wrote(trained, tmp_path, tui_nn):
    done = tui_nn("report", "run", "--report", str(tmp_path / "again"), cwd=trained)
    assert done.returncode == 5
    assert "requirement not met: confusion[4,9] <= -1: it is" in done.stderr
    names = sorted(path.name for path in (trained / "out").iterdir())
    assert [Path(line).name for line in sorted(done.stdout.splitlines())] == names
    for name in names:
        before, after = ((folder / name).read_text() for folder in (trained / "out", tmp_path / "again"))
        if name.endswith(".svg"):  # rich names its styles by a number of its own
            before, after = (re.sub(r"terminal-\d+", "", text) for text in (before, after))
        assert before == after, name


def test_every_key_of_the_summary_is_documented_and_none_else(trained):
    keys = set(json.loads((trained / "run" / "summary.json").read_text()))
    assert keys == {field.name for field in msgspec.structs.fields(Summary)}
    rows = re.findall(r"^\| (`.*?) \| (?:integer|text|number|object|array)", DOCUMENT, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == keys
    for field in msgspec.structs.fields(Checked):
        assert f"`{field.name}`" in DOCUMENT


def test_every_reason_is_documented():
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| \d", DOCUMENT.partition("| reason |")[2], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == {*Reason, CRASHED, REFUSED}
    assert set(Reason) - set(COMPLETE) == {Reason.DIVERGED, Reason.INTERRUPTED}


def test_a_divergence_is_in_the_summary(diverged):
    found = json.loads((diverged / "run" / "summary.json").read_text())
    assert found["reason"] == "diverged"
    assert found["divergence"]["step"] >= 1


def test_the_summary_says_what_the_events_say(trained):
    summary = json.loads((trained / "out" / "summary.json").read_text())
    events = [json.loads(line) for line in (trained / "run" / "events.jsonl").read_text().splitlines()]
    last = [event for event in events if event["event"] == "epoch"][-1]
    assert summary["metrics"]["validation"] == last["validation"]
    assert summary["metrics"]["test"]["accuracy"] > 0.3
    assert summary["samples"]["train"] + summary["samples"]["validation"] + summary["samples"]["test"] == 1797
    met = {check["requirement"]: check["met"] for check in summary["requirements"]}
    assert met == {"accuracy@validation >= 0.5": True, "confusion[4,9] <= -1": False}
    # 4 epochs of the training part, by the trainer's own clock.
    assert summary["samples_per_second"] == pytest.approx(4 * summary["samples"]["train"] / summary["seconds"])
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in summary["hashes"].values())


def test_csv_and_json_lines_hold_the_same_numbers(trained):
    history = open_run(trained / "run").history
    with (trained / "out" / "metrics.csv").open(newline="") as file:
        table = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    lines = [json.loads(line) for line in (trained / "out" / "metrics.jsonl").read_text().splitlines()]
    assert table == lines
    assert [row["loss@validation"] for row in table] == history.validation["loss"]
    assert [row["epoch"] for row in table] == [0, 1, 2, 3, 4]
    assert list(table[0])[:3] == ["epoch", "step", "seconds"]


def test_nan_is_null_in_json_and_nan_in_csv(diverged):
    history = open_run(diverged / "run").history
    assert history.train["loss"]
    odd = History(
        epochs=[0], epoch_steps=[0], epoch_seconds=[0.0], train={"loss": [math.nan]}, validation={"loss": [math.inf]}
    )
    assert json.loads(as_jsonl(odd)) == {
        "epoch": 0, "step": 0, "seconds": 0.0, "loss@train": None, "loss@validation": None
    }  # fmt: skip
    assert as_csv(odd).splitlines()[1] == "0,0,0.0,nan,inf"
    assert as_csv(History()) == "epoch,step,seconds\n"


def test_markdown_has_tables_curve_and_confusion(trained):
    text = (trained / "out" / "summary.md").read_text()
    assert "1 of 2 requirements not met" in text
    assert "| ❌ | `confusion[4,9] <= -1` | it is " in text
    assert re.search(r"\| accuracy \| 0\.\d{4} \| 0\.\d{4} \| 0\.\d{4} \|", text)
    fences = re.findall(r"```text\n(.*?)\n```", text, re.DOTALL)
    assert len(fences) == 2
    assert "train" in fences[0]
    assert re.search(r"accuracy \d+\.\d % \(\d+ of \d+\)", fences[1])
    assert "\x1b" not in text


def test_markdown_is_at_most_64_kib(trained):
    run = finished(trained / "run")
    checks = [Checked(requirement=f"accuracy >= 0.{n}", value=0.5, bound=0.5, met=True) for n in range(1400)]
    full = as_markdown(type(run)(run.reader, msgspec.structs.replace(run.summary, requirements=checks)))
    assert 40_000 < len(full.encode()) <= MOST_BYTES
    many = type(run)(run.reader, msgspec.structs.replace(run.summary, requirements=checks * 100))
    text = as_markdown(many)
    assert len(text.encode()) <= MOST_BYTES
    assert "More did not fit" in text


def test_a_part_of_unknown_size_is_named_alone(trained):
    run = finished(trained / "run")
    page = as_markdown(type(run)(run.reader, msgspec.structs.replace(run.summary, samples={})))
    assert "| metric | train | validation |" in page


@pytest.mark.parametrize("code", [256, -1])
def test_an_exit_code_that_no_process_has_is_refused(trained, tmp_path, tui_nn, code):
    shutil.copytree(trained / "run", tmp_path / "run", ignore=lambda *_: ["control"])
    path = tmp_path / "run" / "summary.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "exit_code": code}))
    done = tui_nn("report", "run", cwd=tmp_path)
    assert done.returncode == 6
    assert "exit_code" in done.stderr


def test_a_backtick_or_pipe_in_a_name_cannot_break_the_page(trained):
    run = finished(trained / "run")
    odd = msgspec.structs.replace(run.summary, experiment="a|b`<script>*\n# c", message="```")
    text = as_markdown(type(run)(run.reader, odd))
    assert text.startswith("## ❌ a|b\\`\\<script\\>\\*")
    assert "\n# c" not in text


def test_pictures_are_svg(trained):
    for path in (trained / "out").glob("*.svg"):
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_commands_for_github_are_escaped():
    finding = Finding("100 % wrong\nsecond line", "a:b,c.toml", 3, 7)
    assert commands([finding]) == ["::error file=a%3Ab%2Cc.toml,line=3,col=7::100 %25 wrong%0Asecond line"]
    assert commands([Finding("no place")]) == ["::error::no place"]
    assert len(commands([finding] * 40)) == 10


def test_github_shows_errors_beside_the_line(tmp_path, tui_nn):
    (tmp_path / "e.toml").write_text("[training]\n  epoch = 3\n")
    done = tui_nn("train", "e.toml", cwd=tmp_path, GITHUB_ACTIONS="true")
    assert done.returncode == 2
    assert "::error file=e.toml,line=2,col=3::training.epoch: unknown key. Did you mean 'epochs'?" in done.stderr
    assert done.stdout == ""


def test_github_gets_annotations_and_a_page(trained, tmp_path, tui_nn):
    shutil.copy(trained / "d.toml", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("before\n")
    done = tui_nn("train", "d.toml", "--quiet", cwd=tmp_path, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(page))
    assert done.returncode == 5
    assert "::error file=d.toml,line=9,col=1::requirement not met: confusion[4,9] <= -1: it is" in done.stderr
    assert page.read_text().startswith("before\n## ❌ d: 1 of 2 requirements not met")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.slow
def test_report_checks_more_requirements(trained, tui_nn):
    done = tui_nn("report", "run", "--require", "accuracy@test >= 1.5", "--require", "seconds <= 3600", cwd=trained)
    assert done.returncode == 5
    assert "| ✅ | `seconds <= 3600` |" in done.stdout
    assert "requirement not met: accuracy@test >= 1.5: it is" in done.stderr
    unknown = tui_nn("report", "run", "--require", "acuracy >= 1", cwd=trained)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "Did you mean 'accuracy'?" in unknown.stderr


@pytest.mark.slow
def test_report_of_a_run_that_crashed_says_so(tmp_path, tui_nn):
    words = ["train", "iris", "--set", "training.epochs=4", "--run-dir", "run", "--quiet"]
    subprocess.run([sys.executable, "-m", "tui_nn", *words], cwd=tmp_path, check=True)  # a process that is gone
    (tmp_path / "run" / "summary.json").unlink()
    lines = (tmp_path / "run" / "events.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "run" / "events.jsonl").write_text("".join(line for line in lines if '"ended"' not in line))
    done = tui_nn("report", "run", cwd=tmp_path)
    assert done.returncode == 1
    assert "crashed" in done.stdout
    assert "after epoch 4" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--junit", "run"], 6, "run: is a folder; expected a file name"),
        (["--report", "d.toml"], 6, "d.toml: is a file; expected a folder name"),
        (["--csv", "d.toml/metrics.csv"], 6, "d.toml/metrics.csv: "),
        (["--require", "accuracy >= base"], 2, "add --baseline RUN"),
    ],
)
def test_what_cannot_be_written_is_one_line(trained, arguments, code, message, tui_nn):
    done = tui_nn("report", "run", *arguments, cwd=trained)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr
