"""tui-nn in a Python that has nothing of POSIX, as far as tui-nn can see (tests/helpers/pretence)."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui_nn.runs import layout
from tui_nn.runs.control import ControlClient
from tui_nn.runs.lock import is_locked
from tui_nn.runs.reader import open_run
from tui_nn.system.door import CARD

pytestmark = [
    pytest.mark.slow,
    pytest.mark.posix("Windows need not be pretended there"),
]
PRETENCE = Path(__file__).parents[1] / "helpers" / "pretence"


def environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(PRETENCE), *filter(None, sys.path)])}


def python(*words, cwd, **options):
    command = [sys.executable, "-P", *words]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=120, **options)


def tui_nn(*words, cwd):
    done = python("-m", "tui_nn", *words, cwd=cwd)
    assert "unexpected error" not in done.stderr, done.stderr
    return done


@pytest.fixture
def trainer(tmp_path):
    """A run that waits to be steered."""
    command = [sys.executable, "-P", "-m", "tui_nn", "train", "iris", "--paused", "--run-dir", "run", "--quiet"]
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), **options) as process:
        until(lambda: (tmp_path / "run" / layout.CONTROL).exists() and open_run(tmp_path / "run").live() is not None)
        yield process
        if process.poll() is None:
            process.kill()


def until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except Exception:
            if time.monotonic() > deadline - 1:
                raise
        time.sleep(0.02)
    raise AssertionError("it did not happen")


IMPORTS = """
import importlib, pkgutil, sys
import tui_nn, tui_nn_standard
count = 0
for package in (tui_nn, tui_nn_standard):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if module.name.rpartition(".")[2] in ("__main__", "posix", "guard", "guard_process", "local_socket"):
            continue
        try:
            importlib.import_module(module.name)
            count += 1
        except ModuleNotFoundError as error:
            if "on Windows" in str(error) or error.name.startswith("tui_nn"):
                raise
assert "tui_nn.system.windows" in sys.modules
assert "tui_nn.system.posix" not in sys.modules
print(count)
"""


def test_every_module_can_be_imported(tmp_path):
    done = python("-c", IMPORTS, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 450


def test_the_pretence_hides_what_windows_lacks(tmp_path):
    for line in ("import fcntl", "from os import fork", "import os; os.O_NOFOLLOW", "from signal import SIGKILL"):
        (tmp_path / "tui_nn_standard.py").write_text(line)
        done = python("-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import tui_nn_standard", cwd=tmp_path)
        assert "on Windows" in done.stderr, line


def test_a_training_a_view_and_a_resume(tmp_path):
    done = tui_nn("train", "iris", "--quiet", "--run-dir", "run", "--set", "training.epochs=3", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert open_run(tmp_path / "run").state() == "finished"
    assert "epoch" in tui_nn("show", "run", cwd=tmp_path).stdout
    done = tui_nn("train", "--resume", "run", "--quiet", "--set", "training.epochs=5", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "the same" in tui_nn("verify", "run", cwd=tmp_path).stdout


def test_it_computes_what_posix_computes(tmp_path, command):
    tui_nn("train", "xor", "--quiet", "--run-dir", "there", cwd=tmp_path)
    command("train", "xor", "--quiet", "--run-dir", "here", cwd=tmp_path)
    there, here = (
        re.sub(rb'"seconds":[^,}]+', b"", (tmp_path / name / layout.EVENTS).read_bytes()) for name in ("there", "here")
    )
    assert there == here


def test_a_sweep_has_its_trials_in_processes_of_their_own(tmp_path):
    done = tui_nn("sweep", "xor", "--grid", "training.rate=0.5,1", "--workers", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "sweeps").glob("*/runs/*"))) == 2


def test_a_run_is_steered_watched_and_stopped(trainer, tmp_path):
    run = tmp_path / "run"
    assert CARD.fullmatch((run / layout.CONTROL).read_bytes())
    assert (run / layout.CONTROL).stat().st_mode & 0o777 == 0o600, "icacls is called"
    assert is_locked(run)
    assert tui_nn("control", "status", "run", cwd=tmp_path).stdout == "run: status paused\n"
    assert "another process is training" in tui_nn("train", "--resume", "run", cwd=tmp_path).stderr
    tui_nn("control", "step", "run", cwd=tmp_path)
    until(lambda: open_run(run).live().step == 1)
    assert tui_nn("control", "set", "run", "training.rate=0.5", cwd=tmp_path).returncode == 0
    ControlClient(run).send("stop")  # from a system that has local sockets
    assert trainer.wait(20) == 0
    assert b"stopped on request" in trainer.stderr.read()
    assert not (run / layout.CONTROL).exists()
    assert json.loads((run / layout.SUMMARY).read_bytes())["reason"] == "stopped"


def test_ctrl_c_and_ctrl_break_save_and_end(tmp_path):
    for number, code in ((signal.SIGINT, 130), (signal.SIGQUIT, 143)):  # the pretence's SIGBREAK
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tui_nn", "train", "iris", "--paused", "--run-dir", f"run{code}", "--quiet"],
            cwd=tmp_path, env=environment(), stdin=subprocess.DEVNULL,
        )  # fmt: skip
        run = tmp_path / f"run{code}"
        until(lambda run=run: open_run(run).live().state == "paused")
        process.send_signal(number)
        assert process.wait(20) == code
        assert json.loads((run / layout.SUMMARY).read_bytes())["reason"] == "interrupted"


def test_trials_are_asked_to_end_and_save(tmp_path):
    """Their standard input is closed: no signal reaches them."""
    words = ["sweep", "iris", "--grid", "training.epochs=1000000", "--set", "training.threads=1", "--out", "sweep"]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tui_nn", *words], cwd=tmp_path, env=environment(),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until(lambda: open_run(next((tmp_path / "sweep" / "runs").iterdir())).live().step > 100)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == 130, said
    assert "Traceback" not in said
    run = next((tmp_path / "sweep" / "runs").iterdir())
    assert json.loads((run / layout.SUMMARY).read_bytes())["reason"] == "interrupted"
    assert (run / layout.CHECKPOINT).exists()


def test_one_sentence_says_what_is_not_there(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / layout.EVENTS).touch()
    for words in (("control", "status", "run"), ("control", "stop", "run")):
        done = tui_nn(*words, cwd=tmp_path)
        assert done.returncode == 6
        assert len(done.stderr.splitlines()) == 1
        assert "no trainer answers here" in done.stderr


@pytest.mark.parametrize("lives", [True, False])
def test_whether_a_process_lives_is_asked_without_ending_it(tmp_path, lives):
    number = os.getpid() if lives else 2**22 + 1
    code = f"import tui_nn.system; print(tui_nn.system.is_alive({number}))"
    assert python("-c", code, cwd=tmp_path).stdout == f"{lives}\n"
