"""Every command as a process of its own, as its users run it, says what a call of it in the tests' process says.

Most tests call the command line in their own process (`tui_nn` in tests/conftest.py), or fork one that has imported
everything (tests/helpers/warm.py); this is why they may.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import nullcontext

import pytest
from warm import anew

from tui_nn.cli.main import COMMANDS
from tui_nn.runs import layout
from tui_nn.runs.checkpoint import load_checkpoint

# For each command, what it is asked and the exit code; all of it can be asked again, and gives the same.
ASKED = {
    "train": ("train iris --overfit 12 --max-steps 30", 5),
    "sweep": ("sweep iris --grid training.rat=1,2", 2),
    "compare": ("compare run run --json", 0),
    "gradcheck": ("gradcheck xor", 0),
    "circuit": ("circuit x*y x=2 y=3", 0),
    "bumps": ("bumps x^2 --epochs 3", 0),
    "verify": ("verify run", 0),
    "show": ("show run --view confusion", 0),
    "evaluate": ("evaluate run --json", 0),
    "predict": ("predict run rows.csv", 0),
    "export": ("export run --to npz", 0),
    "report": ("report run --require accuracy>=2", 5),
    "doctor": ("doctor run", 0),
    "runs": ("runs nowhere --json", 6),
    "watch": ("watch run --follow", 0),
    "control": ("control status run", 6),
    "plugins": ("plugins check broken.py", 7),
    "data": ("data describe odd.csv", 3),
    "lesson": ("lesson check none.lesson.md", 2),
    "examples": ("examples", 0),
    "present": ("present xor", 2),  # it needs a terminal
    "serve": ("serve --host 0.0.0.0", 2),  # it would go on for ever; without its extra it says so, with the same code
}


def process(words, folder, start=anew):
    """The same from a process, with the environment that the fixture gives. start: a new interpreter, or a fork."""
    named = ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR")
    kept = {name: value for name, value in os.environ.items() if name not in named}
    with start():
        return subprocess.run(
            [sys.executable, "-m", "tui_nn", *words], cwd=folder, capture_output=True, text=True, env=kept,
            stdin=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tui_nn):
    """A run that a process has trained, and one of the same by a call; and what some commands are asked about."""
    folder = tmp_path_factory.mktemp("processes")
    for name, start in (("run", process), ("called", lambda words, cwd: tui_nn(*words, cwd=cwd))):
        done = start(["train", "iris", "--set", "training.epochs=3", "--run-dir", name], folder)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1] == name
    (folder / "rows.csv").write_text("sepal length,sepal width,petal length,petal width\n5.1,3.5,1.4,0.2\n")
    (folder / "broken.py").write_text("x = 1\ndef f(:\n")
    (folder / "odd.csv").write_text("a,b\n1,2\n3\n")
    return folder


def test_every_command_is_asked():
    assert set(ASKED) == set(COMMANDS)


@pytest.mark.parametrize("command", ASKED)
def test_a_process_says_what_a_call_says(folder, tui_nn, command):
    words, code = ASKED[command][0].split(), ASKED[command][1]
    apart, here = process(words, folder), tui_nn(*words, cwd=folder)
    assert apart.returncode == code, apart.stderr
    forked = process(words, folder, nullcontext)
    assert (forked.returncode, forked.stdout, forked.stderr) == (apart.returncode, apart.stdout, apart.stderr)
    # Other tests may have loaded more libraries than tui-nn does, and `verify` names them.
    told = [line for line in here.stdout.splitlines() if not line.startswith("differs  blas was")]
    assert (here.returncode, told, here.stderr) == (apart.returncode, apart.stdout.splitlines(), apart.stderr)


def test_both_train_to_the_same_bits(folder):
    """The same events but for their times, and the same weights."""
    one, other = (
        [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in lines.splitlines()]
        for lines in ((folder / name / layout.EVENTS).read_text() for name in ("run", "called"))
    )
    assert one == other
    run, called = (load_checkpoint(folder / name, pytest.fail).parameters for name in ("run", "called"))
    assert run.tobytes() == called.tobytes()
