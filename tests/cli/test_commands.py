"""The commands as their users run them: exit codes, what is on stdout and on stderr, and what is left on disk."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui_nn.runs import open_run
from tui_nn.runs.control import ControlClient

SOFTSIGN = """
from tui_nn.plugin import activation, hookimpl

@activation
def softsign(z):
    "Softsign: z over 1 + |z|, a gentler tanh (Turian et al., 2009)."
    return z / (1 + abs(z))

@hookimpl
def tui_nn_activations():
    return [softsign]
"""


def events(run):
    """Events without clock time."""
    lines = (Path(run) / "events.jsonl").read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in lines]


def test_train_digits(tmp_path, tui_nn):
    done = tui_nn("train", "digits", cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert len([line for line in lines if line.startswith("epoch")]) == 31
    assert "\x1b" not in done.stdout
    assert done.stderr == ""
    run = tmp_path / lines[-1]
    names = {path.name for path in run.iterdir()}
    assert names == {
        "experiment.toml", "environment.json", "recipe.json", "net", "events.jsonl", "live", "log", "snapshots",
        "checkpoint", "best", "lock", "summary.json",
    }  # fmt: skip
    summary = json.loads((run / "summary.json").read_text())
    assert summary["metrics"]["validation"]["accuracy"] >= 0.95
    assert summary["reason"] == "epochs"
    # The written-out experiment repeats the run.
    again = tui_nn("train", str(run / "experiment.toml"), "--quiet", cwd=tmp_path)
    assert events(run) == events(tmp_path / again.stdout.strip())


def test_requirements(tmp_path, tui_nn):
    missed = tui_nn("train", "iris", "--quiet", "--require", "accuracy@validation >= 1.01", cwd=tmp_path)
    assert missed.returncode == 5
    assert "requirement not met: accuracy@validation >= 1.01: it is" in missed.stderr
    assert tui_nn("train", "iris", "--quiet", "--require", "accuracy >= 0.5", cwd=tmp_path).returncode == 0
    unknown = tui_nn("train", "iris", "--require", "acuracy >= 0.5", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "Did you mean 'accuracy'?" in unknown.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["train", "digts"], 2, "Did you mean 'digits'?"),
        (["trian"], 2, "Did you mean 'train'?"),
        (["train", "digits", "--set", "network.layers[1].activation=thanh"], 2,
         "digits.toml, network.layers[1].activation: unknown activation 'thanh'. Did you mean 'tanh'?"),
        (["train", "digits", "--set", "training.bach=3"], 2, "training.bach: unknown key. Did you mean 'batch'?"),
        (["train", "digits", "--set", "training.batch=lots"], 2, "training.batch"),
        (["train", "digits", "--set", "training.epochs=-1"], 2, "training.epochs: found -1; expected 0 or more"),
        (["train", "digits", "--set", "network.layers[1].units=9"], 2, "found 9; the data has 10 classes"),
        (["train", "digits", "--set", "network.layers[1].activation=tanh"], 2, "needs outputs between 0 and 1"),
        (["train", "digits", "--set", "training.optimizer.rat=1"], 2, "Did you mean 'rate'?"),
        (["train", "digits", "--set", "data.source=./no.csv"], 3, "there is no such file"),
        (["train", "digits", "--plugin", "none.py"], 7, "there is no such file"),
        (["train", "wine", "--set", "training.optimizer.rate=1e30", "--set", "data.scale=none",
          "--set", "network.layers[0].activation=identity"], 4, "loss became"),
        (["show", "nowhere"], 6, "there is no such run directory"),
        (["show", "latest"], 6, "there are no runs yet"),
        ([], 2, "the workbench needs a terminal"),
    ],
)  # fmt: skip
def test_errors_are_one_line_with_a_code(tmp_path, arguments, code, message, tui_nn):
    done = tui_nn(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_softsign_trains_as_written_in_the_readme(tmp_path, tui_nn):
    (tmp_path / "softsign.py").write_text(SOFTSIGN)
    done = tui_nn(
        "train", "digits", "--plugin", "softsign.py", "--set", "network.layers[0].activation=softsign",
        "--require", "accuracy@validation >= 0.9", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_plugin_with_a_syntax_error_names_file_and_line(tmp_path, tui_nn):
    (tmp_path / "broken.py").write_text("x = 1\ndef f(:\n")
    done = tui_nn("train", "digits", "--plugin", "broken.py", cwd=tmp_path)
    assert done.returncode == 7
    assert re.search(r"broken\.py:2: ", done.stderr)
    listed = tui_nn("plugins", "list", "--plugin", "broken.py", cwd=tmp_path)
    assert listed.returncode == 0
    assert re.search(r"broken .*failed .*broken\.py:2", listed.stdout)
    assert re.search(r"tui_nn_standard .* ok ", listed.stdout)


def test_prints_of_a_plugin_go_to_the_log(tmp_path, tui_nn):
    (tmp_path / "softsign.py").write_text(SOFTSIGN.replace("    return z", "    print('stray')\n    return z"))
    done = tui_nn(
        "train", "iris", "--plugin", "softsign.py", "--set", "network.layers[0].activation=softsign", "--quiet",
        cwd=tmp_path,
    )  # fmt: skip
    assert "stray" not in done.stdout
    assert "stray" in (tmp_path / done.stdout.strip() / "log").read_text()


@pytest.mark.parametrize("view", ["loss", "accuracy", "confusion", "weights", "units"])
def test_show_prints_every_view_without_escapes(tmp_path, view, tui_nn):
    tui_nn("train", "digits", "--quiet", "--set", "training.epochs=2", cwd=tmp_path)
    done = tui_nn("show", "latest", "--view", view, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert len(done.stdout.splitlines()) > 8
    numbers = tui_nn("show", "latest", "--view", view, "--json", cwd=tmp_path)
    assert isinstance(json.loads(numbers.stdout), dict)


def start(tmp_path, *arguments):
    run = tmp_path / "run"
    process = subprocess.Popen(
        [sys.executable, "-m", "tui_nn", "train", "digits", "--run-dir", str(run), "--quiet", *arguments],
        cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not (run / "control").exists():
        time.sleep(0.02)
    return process, run


def until(condition):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen within 20 s")


@pytest.mark.usefixtures("channel")
def test_steered_over_the_control_channel_the_events_are_the_same(tmp_path, tui_nn):
    process, run = start(tmp_path, "--paused", "--set", "training.epochs=3")
    client = ControlClient(run)
    until(lambda: client.send("status")["state"] == "paused")
    client.send("step", unit="batch", count=2)
    until(lambda: open_run(run).live().step == 2)
    assert open_run(run).state() == "paused"
    client.send("step", unit="epoch")
    until(lambda: open_run(run).history.epochs[-1] == 1)
    client.send("speed", epochs_per_second=50)
    client.send("play")
    assert process.wait(20) == 0
    process.communicate()
    plain = tui_nn("train", "digits", "--quiet", "--set", "training.epochs=3", cwd=tmp_path)
    assert events(run) == events(tmp_path / plain.stdout.strip())


def test_a_killed_run_opens_with_what_was_recorded(tmp_path, tui_nn):
    process, run = start(tmp_path, "--speed", "5")
    until(lambda: len(open_run(run).history.epochs) > 2)
    process.kill()
    process.communicate()
    reader = open_run(run)
    assert reader.state() == "crashed"
    assert len(reader.history.epochs) > 2
    assert [theta.shape for theta in reader.weights().thetas] == [(25, 65), (10, 26)]
    assert tui_nn("show", str(run), "--view", "confusion", cwd=tmp_path).returncode == 0


@pytest.mark.posix("sends no signal to another process")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_saves_and_ends(tmp_path, number, code):
    process, run = start(tmp_path, "--speed", "5")
    until(lambda: len(open_run(run).history.epochs) > 1)
    process.send_signal(number)
    assert process.wait(5) == code
    process.communicate()
    assert json.loads((run / "summary.json").read_text())["reason"] == "interrupted"
    assert (run / "checkpoint").exists()


def test_a_run_directory_is_never_written_twice(tmp_path, tui_nn):
    first = tui_nn("train", "xor", "--quiet", "--run-dir", "here", cwd=tmp_path)
    assert first.returncode == 0
    assert tui_nn("train", "xor", "--quiet", "--run-dir", "here", cwd=tmp_path).returncode == 6


def test_the_workbench_begins_without_what_keys_open():
    names = ("circuit", "data", "lesson", "screens.compare", "screens.file", "screens.launch", "screens.plugins")
    later = {*(f"tui_nn.tui.{name}" for name in names), "tui_nn.lesson", "tui_nn.sweep", "urllib.request"}
    code = (
        "import sys, tui_nn.tui.app\n"
        f"loaded = {later} & set(sys.modules)\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_help_loads_neither_numpy_nor_textual():
    code = (
        "import sys, tui_nn.cli.main as m\n"
        "try: m.main(['--help'], standalone_mode=False)\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'textual', 'msgspec', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "train" in done.stdout
