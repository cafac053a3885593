"""A run of very many epochs: killed and resumed to the same bits, small on the disk and in memory, quickly opened.

TUI_NN_EPOCHS=1000000 makes it as long as one likes; with -s it says what it saw.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from tui_nn.runs import layout
from tui_nn.runs.catalogue import catalogue
from tui_nn.runs.checkpoint import load_checkpoint
from tui_nn.runs.reader import RunReader, open_run
from tui_nn.runs.snapshots import read_records
from tui_nn.runs.thinning import DENSITY

pytestmark = [pytest.mark.slow, pytest.mark.long]

EPOCHS = int(os.environ.get("TUI_NN_EPOCHS", "9000"))
SAVED = f"{EPOCHS // 50}epochs"
TRAIN = [
    "train",
    "xor",
    "--set",
    f"training.epochs={EPOCHS}",
    "--quiet",
    "--checkpoint-every",
    SAVED,
    "--run-dir",
    "run",
]


def resident(process):
    """MiB."""
    try:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    except OSError:
        found = None
    return int(found[1]) / 1024 if found else None


def epochs_of(run):
    live = RunReader(run).live()
    return live.epoch if live is not None else 0


def size_of(run):
    return sum(path.stat().st_size for path in run.iterdir() if path.is_file())


def events_of(run):
    for line in (run / layout.EVENTS).read_bytes().splitlines():
        yield {key: value for key, value in json.loads(line).items() if key not in ("seconds", "message")}


def test_a_run_of_very_many_epochs(trainers, tmp_path):
    folders = tmp_path / "whole", tmp_path / "killed"
    for folder in folders:
        folder.mkdir()
    process, seen, began = trainers.start(*TRAIN, cwd=folders[0]), [], time.monotonic()
    while (code := trainers.wait(max(0.1, EPOCHS / 100_000))) is None:
        if (memory := resident(process)) is not None:
            seen.append((epochs_of(folders[0] / "run"), memory))
    assert code == 0, trainers.said()
    run = folders[0] / "run"
    print(f"\n{EPOCHS:,} epochs in {time.monotonic() - began:.0f} s, {size_of(run) / 1e6:.1f} MB in all:")
    print({path.name: path.stat().st_size for path in sorted(run.iterdir()) if path.is_file()})
    print(
        "MiB of the trainer after epochs:",
        [(epoch, round(memory, 1)) for epoch, memory in seen[:: len(seen) // 20 or 1]],
    )
    warm = [(epoch, memory) for epoch, memory in seen if epoch > 2 * DENSITY]
    (first, before), (last, after) = [*warm[:1], *warm[-1:]] or [(0, 0), (0, 0)]
    assert after - before <= 2 + (last - first) / 10_000, "MiB: at most one in 10,000 updates"

    process = trainers.start(*TRAIN, cwd=folders[1])
    while epochs_of(folders[1] / "run") < EPOCHS * 0.6:
        time.sleep(0.02)
    os.kill(process, signal.SIGKILL)
    assert trainers.wait(10) == -signal.SIGKILL
    from_epoch = load_checkpoint(folders[1] / "run", pytest.fail).epochs
    assert from_epoch > 0
    other = folders[1] / "run"
    trainers.start(*TRAIN, "--resume", "auto", "--exact", cwd=folders[1])
    while (code := trainers.wait()) is None:
        pass
    assert code == 0, trainers.said()
    print(f"killed after epoch {EPOCHS * 0.6:.0f}, resumed after epoch {from_epoch}")

    first, second = (load_checkpoint(path, pytest.fail) for path in (run, other))
    assert np.array_equal(first.parameters, second.parameters)
    assert list(events_of(run)) == list(events_of(other))
    assert np.array_equal(first.best, second.best)
    assert read_records(run / layout.SNAPSHOTS).tobytes() == read_records(other / layout.SNAPSHOTS).tobytes()
    began = time.perf_counter()
    history = open_run(run).history
    opened = time.perf_counter()
    (info,) = catalogue(folders[0])
    print(f"opened in {opened - began:.2f} s, listed in {time.perf_counter() - opened:.3f} s")
    assert (history.last_epoch, info.epoch) == (EPOCHS, EPOCHS)
    assert set(read_records(run / layout.SNAPSHOTS)["epoch"].tolist()) <= set(history.epochs)
    assert size_of(run) < 30e6
