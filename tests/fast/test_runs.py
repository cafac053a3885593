"""Whole runs with the accelerator: killed, resumed and repeated bit for bit; what its bits depend on is said."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from tui_nn.runs import layout
from tui_nn.runs.checkpoint import load_checkpoint
from tui_nn.runs.recipe import read_recipe

library = pytest.importorskip("tui_nn_fast.library", reason="needs the extra 'fast'")
pytestmark = pytest.mark.slow

TRAIN = ["train", "digits", "--quiet", "--set", "training.accelerator=fast", "--set", "training.epochs=300"]
ADAM = ["--set", 'training.optimizer={ kind = "adam" }']
EXACT = ["--resume", "auto", "--exact", "--checkpoint-every", "50steps"]


def tui_nn(*arguments, cwd, **environment):
    return subprocess.run(
        [sys.executable, "-m", "tui_nn", *arguments], cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, **environment},
    )  # fmt: skip


def killed(folder):
    """A run whose trainer was killed once it had saved something."""
    process = subprocess.Popen([sys.executable, "-m", "tui_nn", *TRAIN, *ADAM, *EXACT, "--run-dir", "run"], cwd=folder)
    for _ in range(3000):
        if (folder / "run" / layout.CHECKPOINT).exists():
            break
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (folder / "run" / layout.SUMMARY).exists(), "it was done before it was killed"
    return folder / "run"


def test_killed_resumed_and_repeated_it_has_the_same_bits(tmp_path):
    run = killed(tmp_path)
    resumed = tui_nn(*TRAIN, *ADAM, *EXACT, "--run-dir", "run", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    whole = tui_nn(*TRAIN, *ADAM, "--run-dir", "whole", cwd=tmp_path)
    assert whole.returncode == 0, whole.stderr
    one, other = (load_checkpoint(path, pytest.fail) for path in (run, tmp_path / "whole"))
    assert np.array_equal(one.parameters, other.parameters)
    assert all(np.array_equal(one.state[name], other.state[name]) for name in one.state)
    verified = tui_nn("verify", "run", cwd=tmp_path)
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.skipif(len(library.levels()) < 2, reason="this processor has one set of instructions")
def test_other_instructions_are_another_fingerprint(tmp_path):
    killed(tmp_path)
    lower = {library.LEVEL: library.levels()[0]}
    refused = tui_nn(*TRAIN, *ADAM, *EXACT, "--run-dir", "run", cwd=tmp_path, **lower)
    assert refused.returncode == 2
    assert f"accelerator was fast {library.levels()[-1]}" in refused.stderr
    assert f"is fast {library.levels()[0]}" in refused.stderr


def test_only_a_run_that_uses_it_depends_on_it(tmp_path):
    for number, extra in enumerate(([], ["--set", "training.accelerator=fast"])):
        done = tui_nn("train", "iris", "--quiet", *extra, "--run-dir", str(number), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert ("tui_nn_fast" in read_recipe(tmp_path / str(number)).versions) is bool(number)
        assert ("accelerator" in load_checkpoint(tmp_path / str(number), pytest.fail).fingerprint) is bool(number)


def test_a_set_that_the_processor_has_not_is_an_error(tmp_path):
    done = tui_nn("train", "iris", "--set", "training.accelerator=fast", cwd=tmp_path, **{library.LEVEL: "avx9"})
    assert done.returncode == 2
    assert "training.accelerator: TUI_NN_FAST_LEVEL is 'avx9'" in done.stderr
