"""Console manners: what stands on stdout and stderr, for a pipe, a build server and a person at a terminal."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui_nn.cli.output import MOST_LINES, Console
from tui_nn.engine.events import EpochFinished
from tui_nn.experiment import load_experiment

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a pseudo terminal")


def on_a_terminal(*arguments, cwd, stdout_too=True, **environment):
    """Run tui-nn with stderr (and stdout) on a terminal of its own. Returns all that it wrote there."""
    import pty

    ours, theirs = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if key not in ("CI", "NO_COLOR", "GITHUB_ACTIONS")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tui_nn", *arguments], cwd=cwd, stdin=subprocess.DEVNULL, stderr=theirs,
        stdout=theirs if stdout_too else subprocess.PIPE, env={**clean, "TERM": "xterm-256color", **environment},
    )  # fmt: skip
    os.close(theirs)
    written = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not chunk:
                break
            written += chunk
        elif process.poll() is not None:
            break
    os.close(ours)
    process.communicate()
    assert process.returncode == 0
    return written.decode()


def test_piped_it_prints_one_line_an_epoch_and_no_escape_code(tmp_path):
    done = subprocess.run(
        f"{sys.executable} -m tui_nn train digits 2>talk | cat",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 1 + 30 + 1, "epochs 0 to 30, and the run directory"
    assert b"\x1b" not in done.stdout
    assert b"\r" not in done.stdout
    assert (tmp_path / "talk").read_bytes() == b""


def test_ci_on_a_terminal_is_a_build_server(tmp_path):
    written = on_a_terminal("train", "digits", cwd=tmp_path, CI="true")
    assert "\x1b" not in written
    assert len(written.splitlines()) == 1 + 30 + 1


def test_a_dumb_terminal_gets_plain_lines(tmp_path):
    written = on_a_terminal("train", "iris", "--set", "training.epochs=3", cwd=tmp_path, TERM="dumb")
    assert "\x1b" not in written
    assert len(written.splitlines()) == 1 + 3 + 1


def test_a_person_sees_a_bar_that_leaves_the_last_epoch(tmp_path):
    written = on_a_terminal("train", "iris", "--set", "training.epochs=4", "--speed", "8", cwd=tmp_path)
    assert "\x1b" in written
    assert "epoch 4/4" in written
    assert written.rstrip().splitlines()[-1].startswith("runs/")


def test_a_pipe_behind_stdout_leaves_no_bar_on_stderr(tmp_path):
    written = on_a_terminal("train", "iris", "--set", "training.epochs=3", cwd=tmp_path, stdout_too=False)
    assert written == ""


def test_a_long_run_prints_at_most_200_lines(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tui_nn", "train", "xor", "--set", "training.epochs=999", "--require", "accuracy >= 2"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert 100 < len(lines) + len(done.stderr.splitlines()) <= MOST_LINES
    assert lines[-2].startswith("epoch 999/999")


@pytest.mark.parametrize("epochs", [1, 100, 194, 195, 200, 388, 1000, 12345])
def test_at_most_200_lines_whatever_the_epochs(capfd, epochs):
    console = Console("plain", epochs, load_experiment("xor"))
    for epoch in range(epochs + 1):
        console.event(EpochFinished(epoch, epoch, {"loss": 0.5}, {}, None))
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) <= MOST_LINES - 4
    assert len(lines) == epochs + 1 or epochs > 190


def test_json_lines_are_json_even_for_nan(capfd):
    Console("json", 1, load_experiment("xor")).event(EpochFinished(1, 1, {"loss": float("nan")}, {"loss": 2.0}, None))
    line = json.loads(capfd.readouterr().out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert line["train"] == {"loss": None}


@pytest.mark.parametrize(
    ("behind", "said"),
    [("| head -1", ""), ("> /dev/full", "tui-nn: stdout: No space left on device; training continues")],
)
def test_whoever_reads_stdout_cannot_end_the_training(tmp_path, behind, said):
    if "full" in behind and not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    command = f"set -o pipefail; {sys.executable} -m tui_nn train digits --run-dir run 2>talk {behind}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    talk = (tmp_path / "talk").read_text()
    assert done.returncode == 0, talk
    assert talk.count("\n") == (1 if said else 0)
    assert talk.startswith(said)
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["epoch"] == 30


def test_nor_can_a_full_disk_under_stderr_where_remarks_go(tmp_path):
    """The log of a run lies on the disk that the run is saved on: that this is full must be said there."""
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    command = f"{sys.executable} -m tui_nn train digits --run-dir run 2>/dev/full >/dev/full"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, timeout=60)
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["epoch"] == 30, done.returncode


# What cannot go well


UNREACHABLE = ("targets out of reach", "'sigmoid' gives 0 to 1")  # a target of 3 to 9 and an output of a sigmoid


@pytest.fixture
def beyond(tmp_path):
    """A regression whose targets no sigmoid reaches, as words of a command line."""
    (tmp_path / "table.csv").write_text("x,y\n" + "\n".join(f"{i / 10},{3.5 + i % 7}" for i in range(20)) + "\n")
    layers = (
        "network.layers=[{kind='dense', units=3, activation='tanh'}, {kind='dense', units=1, activation='sigmoid'}]"
    )
    words = (
        "data.source=table.csv",
        layers,
        "training.loss=mean_squared_error",
        "training.epochs=1",
        "data.validation=0",
    )
    return ["xor", *(word for one in words for word in ("--set", one))]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), True),
        (("--json",), True),
        (("--quiet",), False),
        (("--seeds", "2"), True),
        (("--seeds", "2", "--quiet"), False),
    ],
)
def test_what_cannot_go_well_is_said_once_before_the_first_epoch_on_stderr(tmp_path, beyond, options, said, tui_nn):
    done = tui_nn("train", *beyond, *options, cwd=tmp_path)
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if all(words in line.lower() for words in UNREACHABLE)] == (
        done.stderr.splitlines()[1:2] if said else []  # behind what was made of the table
    )
    assert "sigmoid" not in done.stdout
    if "--json" in options:
        assert all(isinstance(json.loads(line), dict) for line in done.stdout.splitlines())


def test_a_dry_run_says_it_too_and_nothing_is_said_of_what_can_go_well(tmp_path, beyond, tui_nn):
    text = tui_nn("train", *beyond, "--dry-run", cwd=tmp_path).stdout
    assert all(words in text.splitlines()[-1].lower() for words in UNREACHABLE)
    found = json.loads(tui_nn("train", *beyond, "--dry-run", "--json", cwd=tmp_path).stdout)
    assert [verdict["name"] for verdict in found["verdicts"]] == ["unreachable_targets"]
    assert json.loads(tui_nn("train", "digits", "--dry-run", "--json", cwd=tmp_path).stdout)["verdicts"] == []
    assert tui_nn("train", "xor", "--set", "training.epochs=1", cwd=tmp_path).stderr == ""
