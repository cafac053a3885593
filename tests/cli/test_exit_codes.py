"""Every exit code from a scripted case, with all that stood on stdout and stderr.

stdout is for results, so it is empty after an error; stderr is one line for each thing that is wrong.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tui_nn.errors import ExitCode

RUN = r"runs/\d{8}-\d{6}-[\w-]+-[0-9a-f]{8}(-\d+)?"

# A plugin is somebody's code in our process: this one breaks the program itself, which no check can foresee.
SABOTAGE = """
import tui_nn.runs.recorder
from tui_nn.plugin import hookimpl

@hookimpl
def tui_nn_activations():
    tui_nn.runs.recorder.RunRecorder.record = None  # a line of ours fails for it, and none of this plugin
    return []
"""

RAISES = """
from tui_nn.plugin import hookimpl, metric

@metric
def mine(predicted, true):
    raise ZeroDivisionError("by me")

@hookimpl
def tui_nn_metrics():
    return [mine]
"""

DIVERGES = ("data.scale=none", "training.optimizer.rate=1e30", "network.layers[0].activation=identity")


@pytest.fixture
def plain(tui_nn):
    """`tui-nn`, with neither a traceback nor an escape code in what it prints."""

    def call(*arguments, cwd):
        done = tui_nn(*arguments, cwd=cwd)
        assert "Traceback" not in done.stdout + done.stderr
        assert "\x1b" not in done.stdout + done.stderr
        return done

    return call


def settings(*words):
    return [argument for word in words for argument in ("--set", word)]


def test_0_done(tmp_path, plain):
    done = plain("train", "iris", "--quiet", "--require", "accuracy >= 0.5", cwd=tmp_path)
    assert done.returncode == ExitCode.DONE == 0
    assert re.fullmatch(RUN + "\n", done.stdout)
    assert done.stderr == ""


def test_1_unexpected(tmp_path):
    (tmp_path / "sabotage.py").write_text(SABOTAGE)
    done = subprocess.run(  # for what it breaks stays broken
        [sys.executable, "-m", "tui_nn", "train", "iris", "--plugin", "sabotage.py"], cwd=tmp_path,
        capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    assert done.returncode == ExitCode.UNEXPECTED == 1
    assert done.stdout == ""
    assert done.stderr == (
        "tui-nn: unexpected error: TypeError: 'NoneType' object is not callable\n"
        "This is a bug in tui-nn. `tui-nn --traceback ...` shows where.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "stderr"),
    [
        (
         ["train", "iris", "--require", "acuracy >= 0.5"],
         r"tui-nn: error: requirement 'acuracy >= 0.5': unknown metric 'acuracy'. Did you mean 'accuracy'\?.*\n",
        ),
        (["train", "e.toml"], r"tui-nn: error: e\.toml:2:1, training\.epoch: unknown key. Did you mean 'epochs'\?\n"),
        (["train", "iris", "--set", "training.batch=-1"],
         r"tui-nn: error: iris, training\.batch: found -1; expected 1 or more, or \"full\"\.\n"),
        (["train"], r"(?s)Usage: .*Error: Missing argument 'EXPERIMENT'\.\n"),
        (["train", "iris", "--no-such"], r"(?s)Usage: .*Error: No such option:? '?--no-such.*"),
        ([], r"tui-nn: error: the workbench needs a terminal\. .*\n"),
    ],
)  # fmt: skip
def test_2_usage(tmp_path, arguments, stderr, plain):
    (tmp_path / "e.toml").write_text("[training]\nepoch = 3\n")
    done = plain(*arguments, cwd=tmp_path)
    assert done.returncode == ExitCode.USAGE == 2
    assert done.stdout == ""
    assert re.fullmatch(stderr, done.stderr), done.stderr
    assert not (tmp_path / "runs").exists(), "nothing was trained"


def test_3_data(tmp_path, plain):
    (tmp_path / "t.csv").write_text("a,b\n1,2\noops,4\n5,\n")
    (tmp_path / "e.toml").write_text('[data]\nsource = "t.csv"\n')
    done = plain("train", "e.toml", cwd=tmp_path)
    assert done.returncode == ExitCode.DATA == 3
    assert done.stdout == ""
    path = tmp_path / "t.csv"
    assert done.stderr.splitlines() == [
        f'tui-nn: error: {path}:3:1: column "a": "oops" is not a number.',
        f'{path}:4:2: column "b": is empty. Fill it in, or use data.missing = "drop", "mean" or "median".',
    ]


def test_4_diverged(tmp_path, plain):
    done = plain("train", "wine", "--quiet", *settings(*DIVERGES), cwd=tmp_path)
    assert done.returncode == ExitCode.DIVERGED == 4
    assert re.fullmatch(RUN + "\n", done.stdout), "the run is there to be looked at"
    assert re.fullmatch(r"tui-nn: loss became (nan|inf) at step \d+ .*\n", done.stderr)


def test_5_requirement(tmp_path, plain):
    done = plain("train", "iris", "--quiet", "--require", "accuracy >= 1.5", "--require", "loss < 9", cwd=tmp_path)
    assert done.returncode == ExitCode.REQUIREMENT == 5
    assert re.fullmatch(RUN + "\n", done.stdout)
    assert re.fullmatch(r"tui-nn: requirement not met: accuracy >= 1\.5: it is 0\.\d+\n", done.stderr)


def test_6_storage(tmp_path, plain):
    (tmp_path / "file").write_text("")
    done = plain("train", "iris", "--out", "file", cwd=tmp_path)
    assert done.returncode == ExitCode.STORAGE == 6
    assert done.stdout == ""
    assert done.stderr == "tui-nn: error: file: is a file; expected a folder.\n"


def test_7_plugin(tmp_path, plain):
    (tmp_path / "mine.py").write_text(RAISES)
    done = plain("train", "iris", "--plugin", "mine.py", cwd=tmp_path)
    assert done.returncode == ExitCode.PLUGIN == 7
    assert done.stdout == ""
    assert done.stderr == (
        "tui-nn: error: plugin 'mine' raised ZeroDivisionError: by me (mine.py:6, in mine). "
        "For details, run `tui-nn plugins check mine.py`.\n"
    )


@pytest.mark.posix("sends no signal to another process")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_130_and_143_interrupted(tmp_path, number, code):
    process = subprocess.Popen(
        [sys.executable, "-m", "tui_nn", "train", "iris", "--run-dir", "run", "--speed", "4"], cwd=tmp_path, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    line = process.stdout.readline()
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=10)
    assert process.returncode == code
    assert line.startswith("epoch  0/")
    assert "epoch 60/60" not in stdout, "at once, not at the end of the training"
    assert stdout.splitlines()[-1] == "run"
    assert stderr == "tui-nn: interrupted by a signal\n"


def test_every_code_is_documented_and_tried_here():
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    documented = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", readme, re.MULTILINE) for code in row.split(",")}
    tried = {int(code) for name in globals() if name.startswith("test_") for code in re.findall(r"\d+", name)}
    assert documented == tried == {code.value for code in ExitCode}
