"""Journeys through the workbench as a person goes them: tmux, real keys, and what then stands on the screen.

Each part of the workbench is walked at one size of the terminal, and at each of 80 x 24, 120 x 40 and 200 x 60 with
TUI_NN_ALL=1. `python3 run.py test tests/journeys` alone; they need tmux.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time

import pytest

from tui_nn.errors import StorageError
from tui_nn.runs import open_run
from tui_nn.runs.control import ControlClient
from tui_nn.runs.layout import latest_run

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]
SIZES = [(80, 24), (120, 40), (200, 60)]


def walked_at(width):
    """At this size of the terminal, or at all of them."""
    sizes = SIZES if "TUI_NN_ALL" in os.environ else [size for size in SIZES if size[0] == width]
    return pytest.mark.parametrize("size", sizes, ids=lambda size: f"{size[0]}x{size[1]}")


def until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


class Tmux:
    """A tmux server of its own with the workbench in it."""

    def __init__(self, folder, size, *arguments):
        self.folder, self._socket = folder, str(folder / "tmux")
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TMUX", "TUI_NN_ASCII")}
        environment = {**kept, "TERM": "xterm-256color", "XDG_CONFIG_HOME": str(folder / "config")}
        command = [sys.executable, "-m", "tui_nn", *arguments]
        width, height = map(str, size)
        self._tmux(
            "-f", os.devnull, "new-session", "-d", "-x", width, "-y", height, *command, cwd=folder, env=environment
        )
        self.see("experiment")

    def _tmux(self, *arguments, **options):
        done = subprocess.run(
            ["tmux", "-S", self._socket, *arguments], capture_output=True, text=True, check=True, **options
        )
        return done.stdout

    def screen(self):
        return self._tmux("capture-pane", "-p")

    def press(self, *keys):
        """Keys one after the other, as fast as a person who knows them."""
        for key in keys:
            self._tmux("send-keys", key)
            time.sleep(0.05)

    def paste(self, text):
        """As a terminal does it, in brackets."""
        self._tmux("set-buffer", text)
        self._tmux("paste-buffer", "-p")

    def write(self, text):
        self._tmux("send-keys", "-l", "--", text)

    def see(self, *patterns, seconds=20):
        """Wait until all of these stand on the screen; gives it."""
        return self._wait(lambda screen: all(re.search(one, screen) for one in patterns), patterns, seconds)

    def miss(self, pattern, seconds=10):
        """Wait until it is gone."""
        return self._wait(lambda screen: not re.search(pattern, screen), f"without {pattern}", seconds)

    def _wait(self, fits, what, seconds):
        deadline = time.monotonic() + seconds
        while not fits(screen := self.screen()):
            assert time.monotonic() < deadline, f"{what} is not what stands here:\n{screen}"
            time.sleep(0.05)
        return screen

    def resize(self, width, height):
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def _processes(self):
        found = subprocess.run(
            ["tmux", "-S", self._socket, "list-panes", "-a", "-F", "#{pane_pid}"], capture_output=True, check=False
        )
        return [int(pid) for pid in found.stdout.split()]

    def close(self):
        """As a lost connection does: SIGHUP, and nobody reads or writes the terminal any more. Nothing stays behind."""
        workbenches = self._processes()
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], capture_output=True, check=False)
        deadline = time.monotonic() + 8
        for pid in workbenches:
            with contextlib.suppress(ProcessLookupError):
                while time.monotonic() < deadline:
                    os.kill(pid, 0)
                    time.sleep(0.05)
                os.kill(pid, 9)
                raise AssertionError("a workbench outlived its terminal")

    def quit(self):
        """As a person does, who lets nothing train on; closed, if that fails."""
        with contextlib.suppress(subprocess.CalledProcessError):  # the server ends with its only window
            self.press("C-q")
            deadline = time.monotonic() + 5
            while self._processes() and time.monotonic() < deadline:
                if "What should happen to it?" in self.screen():
                    self.press("s")
                time.sleep(0.05)
        self.close()


@pytest.fixture
def workbench(tmp_path, size):
    opened = []

    def open_it(*arguments):
        opened.append(Tmux(tmp_path, size, *arguments))
        return opened[-1]

    yield open_it
    for one in opened:
        one.quit()
    for run in tmp_path.glob("runs/*"):
        with contextlib.suppress(StorageError):
            ControlClient(run).send("stop")


@walked_at(80)
def test_start_build_and_look(workbench, tmp_path):
    """One key trains; the launcher filters; layers are built with their shapes; the file; views, enlarged and left."""
    tmux = workbench()
    tmux.see("sample 1 is 9", r"1797 x 64", r"25x65")  # the network, untrained
    tmux.press("+", "+", "+")
    tmux.see("full speed")
    tmux.press("Space")
    tmux.see("ended", "epoch 30/30", r"acc 0\.9\d")
    tmux.press("o")
    tmux.see("type to filter", "digits", "mnist-784-25-10", "finished")
    tmux.write("iris")
    tmux.see("dense")  # the preview of its file
    tmux.press("Enter")
    tmux.see(r"150 x 4", "67 parameters", r"8x5", r"3x9")

    tmux.press("Down", "Down", "Down", "a")  # the builder: another layer
    tmux.see("235 parameters", r"16x9", r"3x17")
    tmux.press("Down", "t")
    tmux.see("type to filter", "softsign")
    tmux.write("tanh")
    tmux.press("Enter")
    tmux.see(r"16 tanh +16x9")
    tmux.press("f")
    tmux.see("experiment file", r'units = 16, activation = "tanh"')
    tmux.press("Escape")
    tmux.miss("experiment file")
    tmux.press("u", "u")
    tmux.see("67 parameters")
    tmux.press("U")
    tmux.see("235 parameters")

    tmux.press("Space")
    tmux.see("ended")
    tmux.press("V")
    tmux.see("The mean cost")
    tmux.write("which class")
    tmux.press("Enter")
    screen = tmux.see("most confused|accuracy 100", "setosa|vers|virg")
    assert "confusion" in screen
    tmux.press("m")
    tmux.see("% of true")
    tmux.press("Enter")  # enlarged: the builder has no room
    tmux.miss("parameters")
    tmux.press("Escape")
    tmux.see("parameters")
    assert open_run(latest_run(tmp_path / "runs")).history.ended is not None


@walked_at(120)
def test_change_time_branch_and_compare(workbench, tmp_path):
    """A rate changes without a question, a layer asks; back in time; a branch from there; runs compared."""
    (tmp_path / "slow.toml").write_text(
        '[data]\nsource = "digits"\n[training]\nepochs = 2000\noptimizer = { kind = "sgd", rate = 0.1 }\n'
    )
    tmux = workbench("slow.toml")
    tmux.press("Space")
    tmux.see("running", r"epoch \d+/2000")
    for _ in range(8):  # data set, scale, validation, two layers, weights, loss, optimizer, rate
        tmux.press("Down")
    tmux.press("Enter")
    tmux.see("usually 0.0001 to 1")
    tmux.write("0.05")  # over what was there: it is selected
    tmux.press("Enter")
    assert "takes a new run" not in tmux.see(r"rate +(0\.1→)?0\.05", "running")
    (events,) = tmp_path.glob("runs/*/events.jsonl")
    until(lambda: b"training.optimizer.rate" in events.read_bytes())
    assert "takes a new run" not in tmux.screen(), "the trainer has it, and nobody was asked"

    tmux.press("Home", "Down", "Down", "Down", "a")
    tmux.see("takes a new run", "branch", "stop", "keep", "cancel")
    tmux.press("Escape")
    tmux.miss("takes a new run")
    tmux.press("Space")
    now = re.search(r"epoch (\d+)/2000", tmux.see("paused", r"epoch \d+/2000"))
    tmux.press(",", ",")
    last = int(now.group(1))  # which is itself a moment of the past where it was paused within the next epoch
    tmux.see(rf"past: epoch ({last - 1}|{last - 2}) of 2000")
    tmux.press("B")
    tmux.see("paused", r"epoch \d+\+0/2000", "A branch from epoch")
    tmux.press("e")
    tmux.see(r"epoch \d+\+1/2000")
    tmux.press("j")  # the samples of the batch that comes, one by one; no weight moves
    tmux.see("sample 1 of 32", "dcost/dx|dJ/dx")
    tmux.press("j")
    tmux.see("sample 2 of 32", r"epoch \d+\+1/2000 +step 45")
    tmux.press("W")  # one weight by hand, which is part of the run
    tmux.see(r"Theta_1,0\^\(1\) = ")
    tmux.press("Enter")
    tmux.see("Type or paste")
    tmux.write("-1.5")
    tmux.press("Enter")
    tmux.see(r"Theta_1,0\^\(1\) = -1\.5")
    tmux.press("b")
    tmux.see(r"step 46")
    tmux.press("x")
    tmux.see("begins or ends a run: go to")
    tmux.press("Escape", "Escape", "x")  # from the cursor, from the view: then it is meant
    tmux.see("ended")
    tmux.press("C")
    tmux.see("compare runs", "samples/s", "stopped|finished", "pinned")
    tmux.press("Escape")
    tmux.miss("compare runs")


GATES = """
[data]
source = "xnor"
validation = 0.0
scale = "none"
[network]
layers = [{ kind = "dense", units = 3, activation = "sigmoid" }, { kind = "dense", units = 1, activation = "sigmoid" }]
[training]
loss = "one_vs_all"
"""


@walked_at(80)
def test_gates_are_set_by_hand_in_their_matrix(workbench, tmp_path):
    """AND, OR, NOR pasted as Octave shows them, XNOR of two of them typed; the truth table says what they are."""
    (tmp_path / "gates.toml").write_text(GATES)
    tmux = workbench("gates.toml")
    tmux.see("step 0|sample 1 is")
    tmux.press("W")
    tmux.see(r"Theta_10\^\(1\) = 0 ")
    tmux.paste("Theta1 =\n\n  -30   20   20\n  -10   20   20\n   10  -20  -20\n\n")
    tmux.see(r"\[-30 20 20; -10 20 20; 10 -20 -20\]")
    tmux.press("Enter")
    tmux.see(r"1 +-30 +│ +20 +20", r"2 +-10 +│ +20 +20", r"3 +10 +│ +-20 +-20", "weights +by hand")
    tmux.press("l")
    tmux.see(r"Theta_10\^\(2\) = ")
    for number in ("-10", "20", "0", "40/2"):
        tmux.press("Enter")
        tmux.see("enter set")
        tmux.write(number)
        tmux.press("Enter")
        tmux.miss("enter set")
        tmux.press("Right")
    tmux.see(r"1 +-10 +│ +20 +0 +20")
    tmux.press("V")
    tmux.see("The mean cost")
    tmux.write("truth")
    tmux.press("Enter")
    screen = tmux.see("AND", "NOR", r"\bOR\b", "XNOR|x1 = x2")
    assert all(f"{bits}" in screen for bits in ("0  0", "1  1")), screen

    tmux.press("Escape", "e")  # the run begins with them, and is what they are
    tmux.see("paused", r"epoch 1/", r"acc 1\.0")
    (started,) = tmp_path.glob("runs/*/experiment.toml")
    assert "-30.0" in started.read_text()


@walked_at(200)
def test_a_beginner_is_told_why_and_cured(workbench, tmp_path):
    """A rate far too high: a line at the foot, the page, Enter, and a branch that learns."""
    (tmp_path / "bad.toml").write_text(
        '[data]\nsource = "digits"\n[training]\nepochs = 30\noptimizer = { kind = "sgd", rate = 5.0, momentum = 0.9 }\n'
    )
    tmux = workbench("bad.toml")
    tmux.press("+", "+", "+", "Space")
    tmux.see("ended", "press y")
    tmux.press("y")
    tmux.see("Diagnosis", "learning rate too high|saturated units", "try the remedy")
    tmux.press("Enter")
    tmux.see("ended", r"acc 0\.9\d", r"rate +0\.01", seconds=30)
    tmux.miss("press y")


@walked_at(80)
def test_manners(workbench, tmp_path, size):
    """Help, palette, ASCII, a terminal that shrinks and grows, a picture; and a terminal that is closed."""
    tmux = workbench()
    tmux.press("b")
    tmux.see("paused", "step 1")
    tmux.press("?")
    tmux.see("Train or pause", "esc back")
    tmux.press("Escape")
    tmux.miss("Train or pause")
    tmux.press("C-p")
    tmux.see("type to filter")
    tmux.write("ASCII")
    tmux.see("Draw with ASCII only")
    tmux.press("Enter")
    screen = tmux.see(r"\+- ?experiment")
    assert not re.search(r"[─│╭╮⠁-⣿▀]", tmux.miss(r"[─│╭╮⠁-⣿▀]")), screen
    tmux.resize(50, 15)
    tmux.see("needs 60 x 20 cells", "has 50 x 15")
    tmux.resize(*size)
    tmux.see("experiment", "paused")
    tmux.press("s")
    tmux.see("Picture saved")
    run = open_run(latest_run(tmp_path / "runs"))
    tmux.close()
    until(lambda: run.refresh() and run.history.ended is not None)  # a paused trainer waits for nobody
    assert run.history.ended.reason == "stopped"
    assert list(run.path.glob("checkpoint*")), "and can go on"
