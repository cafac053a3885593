"""A disk that is full under the event log: the training goes on, says so once, and no line is lost or torn."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import random
import shutil
import subprocess
import sys
from contextlib import closing

import numpy as np
import pytest

from tui_nn.engine.events import StepsFinished
from tui_nn.errors import StorageError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.change import Settings
from tui_nn.files import open_new
from tui_nn.plugin.prints import CapturedPrints
from tui_nn.runs import layout, log_file
from tui_nn.runs.checkpoint import load_checkpoint
from tui_nn.runs.control import ControlClient, ControlServer
from tui_nn.runs.log_file import LogFile
from tui_nn.runs.reader import RunReader, open_run
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.saving import Saving
from tui_nn.runs.session import Session
from tui_nn.training.whole import whole_of


def full():
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("seed", range(20))
def test_lines_are_whole_and_in_order_whatever_the_disk_takes(tmp_path, monkeypatch, seed):
    """Writes that take a part, or nothing: at every moment the file is the beginning of what was to be written."""
    moments, real = random.Random(seed), os.write

    def write(descriptor, content):
        if moments.random() < 0.4:
            raise full()
        return real(descriptor, content[: moments.randrange(1, len(content) + 1)])

    monkeypatch.setattr(log_file, "AGAIN", 0.0)
    lines = [f"line {number} {'x' * moments.randrange(40)}\n".encode() for number in range(200)]
    log, wanted = LogFile(open_new(tmp_path / "log")), b""
    with monkeypatch.context() as patch:
        patch.setattr(log_file.os, "write", write)
        for line in lines:
            log.add(line)
            wanted += line
            assert log.length == len(wanted)
            if moments.random() < 0.5:
                with contextlib.suppress(OSError):
                    log.flush()
            assert wanted.startswith((tmp_path / "log").read_bytes())
    log.sync()
    log.close()
    assert (tmp_path / "log").read_bytes() == wanted


def test_a_disk_that_takes_nothing_for_too_long_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(log_file, "MOST_WAITING", 1000)
    log = LogFile(open_new(tmp_path / "log"))
    for _ in range(10):
        log.add(b"x" * 99 + b"\n")
    with pytest.raises(StorageError, match="has not taken"):
        log.add(b"one more\n")
    log.flush()
    log.add(b"there is room again\n")
    log.close()


def start(registry, path, said):
    experiment = load_experiment("iris", ["training.epochs=6"])
    setup = build(experiment, registry)
    settings = Settings(experiment, registry, setup.trainer)
    recorder = RunRecorder(
        path, setup.trainer, whole_of(setup, registry, path), saving=Saving(5, "step"), warn=said.append
    )
    settings.trainer.burst = 1
    return settings, recorder


def finish(settings, recorder, observers=(), control=None):
    ended = Session(settings.trainer, recorder, control, observers, settings=settings, speed=1e9).run()
    recorder.finish(ended, [], 0)
    return settings.trainer.network.parameters.values.copy()


def events_of(path):
    lines = (path / layout.EVENTS).read_bytes().splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in lines]


def between(first, last, begin, end):
    """An observer that calls `begin` after the one step and `end` after the other."""

    def look(event):
        if isinstance(event, StepsFinished) and event.step in (first, last):
            (begin if event.step == first else end)()

    return look


def test_the_log_may_be_refused_for_a_while(registry, tmp_path, monkeypatch):
    monkeypatch.setattr(log_file, "AGAIN", 0.0)
    expected = finish(*start(registry, tmp_path / "whole", []))
    said, real, refused = [], os.write, []

    def write(descriptor, content):
        if refused:
            refused.append(len(content))
            raise full()
        return real(descriptor, content)

    monkeypatch.setattr(log_file.os, "write", write)
    settings, recorder = start(registry, tmp_path / "run", said)
    watch, problems = between(8, 31, lambda: refused.append(0), refused.clear), {}

    def ask(event):
        if isinstance(event, StepsFinished):
            problems[event.step] = ControlClient(tmp_path / "run").send("status")["problem"]

    with closing(ControlServer(tmp_path / "run")) as control:
        assert np.array_equal(finish(settings, recorder, [watch, ask], control), expected)
    assert (problems[8], problems[30], problems[42]) == ("", "No space left on device", "")
    assert said == [
        "the run could not be saved (No space left on device); training continues and will try again.",
        "the run is saved again.",
    ]
    assert events_of(tmp_path / "run") == events_of(tmp_path / "whole")
    assert load_checkpoint(tmp_path / "run", pytest.fail).step == settings.trainer.progress.step


def test_snapshots_may_be_refused_for_a_while(registry, tmp_path, monkeypatch):
    """Those of that time are lost, and nothing else is."""
    said, refused = [], []
    expected = finish(*start(registry, tmp_path / "whole", []))
    settings, recorder = start(registry, tmp_path / "run", said)
    real = recorder._snapshots.write

    def write(*snapshot):
        if refused:
            raise full()
        real(*snapshot)

    monkeypatch.setattr(recorder._snapshots, "write", write)
    watch = between(8, 31, lambda: refused.append(0), refused.clear)
    assert np.array_equal(finish(settings, recorder, [watch]), expected)
    assert "No space left on device" in said[0]
    assert events_of(tmp_path / "run") == events_of(tmp_path / "whole")


@pytest.mark.slow
def test_a_disk_that_is_full_for_a_while(registry, tmp_path):
    """A real one: a stranger fills it after step 9 and takes his file away after step 33."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)]
    if sys.platform != "linux" or shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    ballast = disk / "ballast"

    def fill():
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(512)):
                pass

    try:
        expected, said = finish(*start(registry, tmp_path / "whole", [])), []
        settings, recorder = start(registry, disk / "run", said)
        reader, seen = RunReader(disk / "run"), []

        def read(event):
            if isinstance(event, StepsFinished):
                reader.refresh()
                seen.append(reader.history.last_step)

        found = finish(settings, recorder, [between(9, 33, fill, ballast.unlink), read])
        assert np.array_equal(found, expected)
        assert events_of(disk / "run") == events_of(tmp_path / "whole")
        assert seen == sorted(seen)
        assert seen[31] < 32, "readers see what is on the disk; its last page may have room for some steps more"
        assert said[0].startswith("the run could not be saved (No space left on device)")
        assert said[-1] == "the run is saved again."
        assert open_run(disk / "run").history.ended is not None
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.slow
def test_a_log_that_may_not_grow_costs_the_last_save_and_no_step_before_it(tmp_path, trainers):
    """It ends with code 6, after all of its steps; what there was before is whole, and goes on to the same bits."""
    words = [
        "iris",
        "--quiet",
        "--checkpoint-every",
        "200steps",
        "--set",
        "training.epochs=40",
        "--set",
        "training.batch=2",
        "--run-dir",
        "run",
    ]
    folders = [tmp_path / name for name in ("whole", "short")]
    for folder in folders:
        folder.mkdir()
    assert trainers.run("train", *words, cwd=folders[0]) == 0
    assert trainers.run("train", *words, cwd=folders[1], largest=70_000) == 6
    lines = trainers.said().splitlines()
    assert sum("training continues" in line for line in lines) == 1, lines
    assert "File too large" in lines[-1]
    assert RunReader(folders[1] / "run").live().step == 2120
    assert (folders[1] / "run" / layout.EVENTS).stat().st_size == 70_000
    assert trainers.run("train", *words, "--resume", "auto", "--exact", cwd=folders[1]) == 0, trainers.said()
    assert events_of(folders[0] / "run") == events_of(folders[1] / "run")


def test_a_print_that_the_disk_refuses_ends_no_plugin(tmp_path):
    if not os.path.exists("/dev/full"):  # noqa: PTH110
        pytest.skip("needs /dev/full")
    prints = CapturedPrints()
    prints.write("kept\n")
    prints.into(tmp_path / "log")
    prints._log.close()
    prints._log = open("/dev/full", "wb", buffering=0)  # noqa: PTH123, SIM115
    assert prints.write("lost\n") == 5
    prints.close()
    assert (tmp_path / "log").read_text() == "kept\n"
