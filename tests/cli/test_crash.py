"""A training that a plugin's error ends leaves what a build server looks for: exit code, summary, report, JUnit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from xml.etree import ElementTree

import pytest

from tui_nn.runs import open_run
from tui_nn.runs.catalogue import run_info

PLUGIN = """
import os, sys, time
from tui_nn.plugin import activation, hookimpl
calls = [0]
@activation(derivative=lambda z, a: z * 0 + 1)
def mine(z):
    "As it comes."
    calls[0] += 1
    if calls[0] > int(os.environ.get("AFTER", 0)):
        BREAKS
    return z * 1.0
@hookimpl
def tui_nn_activations(): return [mine]
"""
SET = ("--set", "network.layers[0].activation=mine", "--plugin", "mine.py")
LINE = 10  # of BREAKS


def plugin(folder, breaks):
    (folder / "mine.py").write_text(PLUGIN.replace("BREAKS", breaks))


@pytest.mark.parametrize("breaks", ["raise RuntimeError('two\\nlines')", "sys.exit()", "sys.exit('no more')"])
@pytest.mark.parametrize("after", [0, 500])
def test_a_build_server_learns_of_it(tmp_path, tui_nn, breaks, after):
    plugin(tmp_path, breaks)
    done = tui_nn("train", "iris", *SET, "--run-dir", "run", "--junit", "j.xml", "--report", "out",
        cwd=tmp_path, AFTER=str(after), GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY="page.md",
    )  # fmt: skip
    assert done.returncode == 7
    errors = [line for line in done.stderr.splitlines() if line.startswith("tui-nn: error: ")]
    assert len(errors) == 1
    assert f" (mine.py:{LINE}, in mine)" in errors[0].replace("  ", "two spaces")
    assert f"::error file=mine.py,line={LINE}::" in done.stderr
    for path in ("run/summary.json", "out/summary.json"):
        summary = json.loads((tmp_path / path).read_text())
        assert (summary["reason"], summary["exit_code"]) == ("crashed", 7)
        assert f"mine.py:{LINE}" in summary["message"]
    for path in ("j.xml", "out/junit.xml"):
        suite = ElementTree.parse(tmp_path / path).getroot()[0]
        assert (suite.get("tests"), suite.get("errors")) == ("1", "1")
    assert (tmp_path / "page.md").read_text().startswith("## ❌ iris: crashed")
    assert open_run(tmp_path / "run").state() == run_info(tmp_path / "run").standing == "crashed"
    doctor = tui_nn("doctor", "run", "--strict", "--json", cwd=tmp_path)
    verdict = json.loads(doctor.stdout)["verdicts"][0]
    assert (doctor.returncode, verdict["name"]) == (5, "broken_off")
    assert f"mine.py:{LINE}, in mine" in verdict["says"]


def test_a_crash_can_be_gone_on_with(tmp_path, tui_nn):
    """The summary that says so goes when it does."""
    plugin(tmp_path, "raise RuntimeError('late')")
    train = ("train", "iris", *SET, "--run-dir", "run", "--set", "training.epochs=20", "--checkpoint-every", "1epoch")
    assert tui_nn(*train, cwd=tmp_path, AFTER="90").returncode == 7
    done = tui_nn(*train, "--resume", "auto", cwd=tmp_path, AFTER="1000000")
    assert done.returncode == 0, done.stderr
    assert "resuming run after step" in done.stderr
    summary = json.loads((tmp_path / "run/summary.json").read_text())
    assert (summary["reason"], summary["epoch"]) == ("epochs", 20)
    # One that has no checkpoint yet begins again.
    train = (*train[:-4], "--run-dir", "other")
    assert tui_nn(*train, "--checkpoint-every", "1h", cwd=tmp_path, AFTER="90").returncode == 7
    assert tui_nn(*train, "--resume", "auto", cwd=tmp_path, AFTER="1000000").returncode == 0
    assert json.loads((tmp_path / "other/summary.json").read_text())["reason"] == "epochs"


@pytest.mark.parametrize(
    "words",
    [
        ("train", "iris", "--set", "training.epoch=3"),
        ("train", "no.toml"),
        ("train", "iris", "--set", "data.source=x.csv"),
    ],
)
def test_what_never_began_is_reported_too(tmp_path, tui_nn, words):
    done = tui_nn(*words, "--report", "out", "--junit", "j.xml", cwd=tmp_path)
    assert done.returncode in (2, 3)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["junit.xml", "summary.json", "summary.md"]
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert (summary["reason"], summary["exit_code"]) == ("refused", done.returncode)
    assert f"tui-nn: error: {summary['message']}" == done.stderr.strip()
    assert ElementTree.parse(tmp_path / "j.xml").getroot()[0].get("errors") == "1"


def test_a_plugin_that_fails_in_one_of_several_seeds(tmp_path, tui_nn):
    plugin(tmp_path, "sys.exit(0)")
    words = ("train", "iris", *SET, "--seeds", "2", "--run-dir", "g", "--junit", "j.xml")
    done = tui_nn(*words, cwd=tmp_path, AFTER="100")
    assert done.returncode == 7
    assert done.stderr.count("mine.py:") == 1
    assert ElementTree.parse(tmp_path / "j.xml").getroot()[0].get("errors") == "1"


CATCHING = "while True:\n            try: time.sleep(0.01)\n            except {}: pass"
LOOPS = {
    "a loop": "while True: pass",
    "one that catches what it can": CATCHING.format("Exception"),
    "one that catches everything": CATCHING.format("BaseException"),
    "sleep": "time.sleep(1000)",
}


@pytest.mark.slow
@pytest.mark.posix("sends no signal to another process")
@pytest.mark.parametrize("loop", LOOPS)
def test_one_signal_ends_what_hangs(tmp_path, loop):
    plugin(tmp_path, f"open('there', 'w').close()\n        {LOOPS[loop]}")
    process = subprocess.Popen(
        [sys.executable, "-m", "tui_nn", "train", "iris", *SET, "--run-dir", "run", "--junit", "j.xml"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, "AFTER": "30"},
    )  # fmt: skip
    try:
        while not (tmp_path / "there").exists():
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.02)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        print(f"ended {time.monotonic() - began:.2f} s after the signal")
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 143
    assert "plugin 'mine' hangs: no step for" in said
    assert "in mine); SIGTERM ended it" in said
    assert json.loads((tmp_path / "run/summary.json").read_text())["exit_code"] == 143
    assert ElementTree.parse(tmp_path / "j.xml").getroot()[0].get("errors") == "1"


@pytest.mark.slow
def test_a_hang_is_named_and_the_limit_of_time_ends_it(tmp_path):
    plugin(tmp_path, "while True: time.sleep(0.01)")
    start = "from tui_nn.cli.main import entry; from tui_nn.training.guard import Guard; "
    start += "Guard.__init__.__defaults__ = (3.0,); entry()"  # seconds that make a hang, which are 10
    done = subprocess.run(
        [sys.executable, "-c", start, "train", "iris", *SET, "--run-dir", "run", "--max-time", "1s"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, env={**os.environ, "AFTER": "30"},
    )  # fmt: skip
    assert done.returncode == 7
    hangs = f"plugin 'mine' hangs: no step for 3 s (mine.py:{LINE}, in mine)"
    assert done.stderr.splitlines() == [f"tui-nn: {hangs}", f"tui-nn: error: {hangs}; the time limit of 1 s ended it"]
