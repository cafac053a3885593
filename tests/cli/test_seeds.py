"""`tui-nn train --seeds N`: runs of their own, judged together, from the children's own run directories."""

from __future__ import annotations

import json
import shutil
import signal
import statistics
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tui_nn.cli.seeds import check_options
from tui_nn.errors import ExperimentError
from tui_nn.report.write import Destinations
from tui_nn.runs import open_run
from tui_nn.sweep.trial import digest_of_run


@pytest.fixture(scope="module")
def three(tmp_path_factory, tui_nn):
    """Three seeds of iris: one requirement that holds for the mean only, and one for all."""
    folder = tmp_path_factory.mktemp("seeds")
    done = tui_nn(
        "train", "iris", "--seeds", "3", "--seed", "4", "--run-dir", "group", "--set", "training.epochs=12",
        "--workers", "2", "--report", "out", "--require", "accuracy:mean >= 0.1", "--require", "accuracy >= 2",
        "--require", "seconds < 60", cwd=folder, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(folder / "page.md"),
    )  # fmt: skip
    return folder, done


def test_each_seed_is_a_run_of_its_own(three, tui_nn):
    folder, done = three
    assert done.returncode == 5, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ["4", "5", "6"]
    assert lines[-1] == "group"
    histories = [open_run(folder / "group" / f"seed-{seed}").history for seed in (4, 5, 6)]
    assert [history.started.seed for history in histories] == [4, 5, 6]
    assert len({tuple(history.validation["loss"]) for history in histories}) == 3
    # The same as training that seed alone.
    alone = tui_nn(
        "train", "iris", "--seed", "5", "--run-dir", "alone", "--set", "training.epochs=12", "--quiet", cwd=folder
    )
    assert alone.returncode == 0
    assert open_run(folder / "alone").history.validation == histories[1].validation


def test_requirements_are_judged_over_all_of_them(three):
    folder, done = three
    summary = json.loads((folder / "group" / "summary.json").read_text())
    values = [open_run(folder / "group" / f"seed-{seed}").history.validation["accuracy"][-1] for seed in (4, 5, 6)]
    mean, every, seconds = summary["requirements"]
    assert mean["value"] == pytest.approx(statistics.fmean(values))
    assert (every["value"], every["met"]) == (min(values), False)
    assert seconds["met"]
    assert summary["metrics"]["validation"]["accuracy"] == pytest.approx(statistics.fmean(values))
    assert summary["runs"] == [f"group/seed-{seed}" for seed in (4, 5, 6)]
    assert done.stderr.count("requirement not met: accuracy >= 2: it is") == 2  # for people, and for GitHub
    assert done.stderr.count("::error::") == 1


def test_artefacts_are_of_all_seeds_and_of_each(three):
    folder, _ = three
    suite = ElementTree.parse(folder / "out" / "junit.xml").find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("4", "1")
    page = (folder / "out" / "summary.md").read_text()
    assert page == (folder / "page.md").read_text()
    assert page.count("`group/seed-") == 3
    assert (folder / "out" / "seed-6" / "loss.svg").exists()


def test_report_of_all_seeds(three, tmp_path, tui_nn):
    folder, _ = three
    done = tui_nn("report", "group", "--report", str(tmp_path / "again"), cwd=folder)
    assert done.returncode == 5
    for name in ("summary.json", "junit.xml", "summary.md"):
        assert (tmp_path / "again" / name).read_text() == (folder / "out" / name).read_text()
    more = tui_nn("report", "group", "--require", "loss:mean < 0", cwd=folder)
    assert more.stdout.startswith("## ❌ iris: 2 of 4 requirements not met")


@pytest.mark.parametrize("option", ["paused", "speed", "every-epoch", "csv", "jsonl"])
def test_what_is_of_one_run_is_refused(option):
    given = {"paused": True, "speed": 3.0, "csv": Path("m.csv"), "jsonl": Path("m.jsonl")}
    to = Destinations(**{option: given[option]}) if option in ("csv", "jsonl") else Destinations()
    speed = 3.0 if option == "speed" else 0.0
    with pytest.raises(ExperimentError, match=f"--{option} works for a single run; remove it, or --seeds 2"):
        check_options("--seeds 2", to, paused=option == "paused", speed=speed, every_epoch=option == "every-epoch")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_seed_that_diverges_ends_it(tmp_path, tui_nn, workers):
    words = ("training.optimizer.rate=1e30", "data.scale=none", "network.layers[0].activation=identity")
    settings = [word for setting in words for word in ("--set", setting)]
    words = ("train", "wine", "--seeds", "5", "--workers", str(workers), "--run-dir", "group", *settings)
    done = tui_nn(*words, cwd=tmp_path)
    assert done.returncode == 4
    assert done.stdout.splitlines()[-1] == "group"
    assert "tui-nn: seed 0: " in done.stderr
    assert json.loads((tmp_path / "group" / "summary.json").read_text())["runs"] == ["group/seed-0"]
    assert not (tmp_path / "group" / "seed-4").exists()


def test_the_bits_are_those_of_one_process_two_processes_and_a_run_alone(three, tui_nn):
    folder, _ = three
    words = ("train", "iris", "--seed", "4", "--set", "training.epochs=12", "--quiet")
    done = tui_nn(*words, "--seeds", "3", "--workers", "1", "--run-dir", "by-1", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert tui_nn(*words, "--run-dir", "first", cwd=folder).returncode == 0
    groups = [[digest_of_run(folder / name / f"seed-{seed}") for seed in (4, 5, 6)] for name in ("by-1", "group")]
    assert groups[0] == groups[1]
    assert len(set(groups[0])) == 3
    assert digest_of_run(folder / "first") == groups[0][0]


def test_what_is_there_is_not_trained_over(three, tui_nn):
    folder, _ = three
    before = (folder / "group" / "seed-4" / "events.jsonl").read_bytes()
    done = tui_nn("train", "iris", "--seeds", "2", "--seed", "4", "--run-dir", "group", cwd=folder)
    assert (done.returncode, done.stderr) == (
        6, "tui-nn: error: group/seed-4: is there already. Choose another directory.\n"
    )  # fmt: skip
    assert (folder / "group" / "seed-4" / "events.jsonl").read_bytes() == before


@pytest.mark.parametrize("option", ["--workers=2", "--executor=dask://127.0.0.1:1"])
def test_a_single_run_has_no_workers(tmp_path, tui_nn, option):
    done = tui_nn("train", "iris", option, cwd=tmp_path)
    said = f"{option.partition('=')[0]} is for several runs; remove it, or add --seeds N or --folds N."
    assert (done.returncode, done.stderr) == (2, f"tui-nn: error: {said}\n")


def test_what_is_wrong_is_said_once_before_anything_is_trained(tmp_path, tui_nn):
    done = tui_nn("train", "iris", "--seeds", "3", "--require", "acuracy:mean > 1", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("acuracy")) == (2, "", 2)
    assert not (tmp_path / "runs").exists()


@pytest.mark.posix("sends no signal to another process")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_reaches_the_seed_under_way(tmp_path, number, code):
    process = subprocess.Popen(
        [sys.executable, "-m", "tui_nn", "train", "iris", "--seeds", "50", "--workers", "1", "--run-dir", "group"],
        cwd=tmp_path, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout.readline().startswith("seed 0 ")
    process.send_signal(number)
    stdout, _ = process.communicate(timeout=20)
    assert process.returncode == code
    assert json.loads((tmp_path / "group" / "summary.json").read_text())["reason"] == "interrupted"
    assert stdout.splitlines()[-1] == "group"
    assert len(stdout.splitlines()) < 10


@pytest.mark.parametrize("damage", ["events.jsonl", "summary.json", ""])
def test_one_damaged_run_is_marked_and_the_others_are_told(three, tmp_path, tui_nn, damage):
    """A file of it that is none, or all of it gone: the report is written, says which, and does not pass as sound."""
    shutil.copytree(three[0] / "group", tmp_path / "group")
    run = tmp_path / "group" / "seed-5"
    if damage:
        (run / damage).write_text("[1]\n")
    else:
        shutil.rmtree(run)
    done = tui_nn("report", "group", "--report", "out", cwd=tmp_path)
    assert done.returncode == 6
    assert "1 of 3 runs cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
    page = (tmp_path / "out" / "summary.md").read_text()
    assert "damaged" in page
    rows = [line for line in page.splitlines() if line.startswith("|") and "group/seed-" in line]
    assert [("seed-4" in row, "damaged" in row) for row in rows] == [(True, False), (False, False), (False, True)]
    suite = ElementTree.parse(tmp_path / "out" / "junit.xml").getroot()[0]
    assert suite.get("errors") == "1"
    for seed in (4, 6):
        (tmp_path / "group" / f"seed-{seed}" / "events.jsonl").unlink()
    (tmp_path / "group" / "seed-5" / "events.jsonl").unlink(missing_ok=True)
    assert tui_nn("report", "group", cwd=tmp_path).returncode == 6, "nothing is left to tell"
