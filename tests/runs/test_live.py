"""The file `live`: what a reader sees of it, and that nothing that becomes of it harms trainer or reader."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pytest
from recording import train

from tui_nn.engine.events import EpochFinished, SettingChanged, StepFinished
from tui_nn.errors import StorageError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.runs import catalogue, layout
from tui_nn.runs.codec import encode
from tui_nn.runs.live import HEAD, HEADER, LiveReader, LiveWriter
from tui_nn.runs.reader import RunReader
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.session import Session
from tui_nn.runs.snapshots import Snapshots, SnapshotWriter
from tui_nn.training.whole import whole_of


@pytest.fixture
def writer(tmp_path):
    writer = LiveWriter(tmp_path / "live", 3, np.float32)
    yield writer
    writer.close()


def test_counters_ring_and_weights(tmp_path, writer):
    reader = LiveReader(tmp_path / "live")
    assert reader.weights(3) is None
    writer.steps(4500, 1, 9000, [step / 10 for step in range(1, 4501)])
    for step in range(4501, 5001):
        writer.steps(step, 1, step * 2, [step / 10])
    writer.weights(5000, np.array([1, 2, 3], np.float32), now=True)
    writer.beat("paused")
    state = reader.state()
    assert (state.state, state.step, state.samples) == ("paused", 5000, 10000)
    assert state.ring_steps.tolist() == list(range(905, 5001)), "the newest 4,096"
    assert state.ring_losses[-1] == 500
    step, values = reader.weights(3)
    assert (step, values.tolist()) == (5000, [1, 2, 3])
    assert reader.previous(3) is None
    writer.weights(5001, np.array([4, 5, 6], np.float32), now=True)
    assert reader.weights(3)[0], reader.previous(3)[0] == (5001, 5000)
    assert reader.weights(4) is None, "of another network"


def test_weights_that_are_being_written_are_not_shown(tmp_path, writer):
    writer.weights(1, np.array([1, 2, 3], np.float32), now=True)
    writer.weights(2, np.array([4, 5, 6], np.float32), now=True)
    raw = bytearray((tmp_path / "live").read_bytes())
    place, newest = HEADER.fields["weights_sequence"][1], HEADER.fields["newest"][1]
    which = struct.unpack_from("<Q", raw, newest)[0]
    struct.pack_into("<Q", raw, place + 8 * which, 3)
    (tmp_path / "live").write_bytes(raw)
    reader = LiveReader(tmp_path / "live")
    assert reader.weights(3) is None
    assert reader.previous(3)[0] == 1


def test_losses_that_are_being_written_are_read_again_or_left_out(tmp_path, writer, monkeypatch):
    """Whatever of a new head has reached the file, a reader has the losses of one moment, each once, or none."""
    writer.steps(4096, 1, 4096, list(range(1, 4097)))
    writer.beat()
    path = tmp_path / "live"
    old = path.read_bytes()
    writer.steps(4500, 1, 4500, list(range(4097, 4501)))
    pieces = []
    monkeypatch.setattr(writer, "_write", lambda values, place: pieces.append((place, bytes(values.data))))
    writer.beat()
    reader, seen = LiveReader(path), set()
    content = bytearray(old)
    for place, values in pieces:
        for part in range(0, len(values), 4096):
            end = min(part + 4096, len(values))
            content[place + part : place + end] = values[part:end]
            path.write_bytes(content)
            steps = reader.state().ring_steps
            assert list(steps) in ([], list(range(1, 4097)), list(range(405, 4501)))
            seen.add(len(steps))
    assert seen == {0, 4096}
    assert reader.state().ring_steps[-1] == 4500
    assert reader.state().step == 4500


STRANGE = {
    "magic": [0],
    "pid": [0, -1, 2**31, 2**63 - 1],
    "state": [4, 2**64 - 1],
    "step": [2**64 - 1],
    "epoch": [2**60],
    "samples": [2**60],
    "heartbeat": [float("nan"), float("inf")],
    "parameters": [0, 1, 2**40, 2**64 - 1],
    "item": [0, 2, 8, 2**64 - 1],
    "ring": [0, 2**40],
    "newest": [2, 2**64 - 1],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in STRANGE.items() for value in values])
def test_a_header_that_no_trainer_writes_is_no_live_file(tmp_path, writer, name, value):
    writer.weights(1, np.array([1, 2, 3], np.float32), now=True)
    header = np.fromfile(tmp_path / "live", HEADER, 1)
    header[name] = value
    with (tmp_path / "live").open("r+b") as file:
        file.write(header.tobytes())
    reader = LiveReader(tmp_path / "live")
    assert (reader.state(), reader.weights(3), reader.previous(3)) == (None, None, None)
    assert RunReader(tmp_path).live() is None


def shorten(path: Path) -> None:
    os.truncate(path, 0)


def cut(path: Path) -> None:
    os.truncate(path, HEAD + 1)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.truncate(1 << 33)


def replace(path: Path) -> None:
    path.with_name("other").write_bytes(b"x" * 500)
    path.with_name("other").replace(path)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


OPEN = "lets nobody replace a file that is open"
HARM = [
    shorten,
    cut,
    grow,
    *(pytest.param(one, marks=pytest.mark.posix(OPEN)) for one in (replace, Path.unlink, pipe, link, folder)),
]


@pytest.mark.parametrize("harm", HARM)
def test_whatever_becomes_of_it_the_training_goes_on_and_readers_say_none(tmp_path, registry, harm):
    """A map of it would end both with SIGBUS when it is shortened, which no test could report."""
    path = tmp_path / "run"
    setup = build(load_experiment("digits", ["training.epochs=2"]), registry)
    recorder = RunRecorder(path, setup.trainer, whole_of(setup, registry, path))
    reader, looks = RunReader(path), []

    def look(event):
        if isinstance(event, EpochFinished) and event.epoch == 1:
            assert reader.refresh()
            assert reader.weights().step > 0
            assert reader.live().step > 0
            harm(path / layout.LIVE)
        recorder.live.beat()
        recorder.live.weights(1, setup.trainer.network.parameters.values, now=True)
        looks.append((reader.live(), reader.previous_weights(), reader.weights()))
        assert reader.state() in ("starting", "live")

    recorder.finish(Session(setup.trainer, recorder, observers=[look]).run(), [], 0)
    assert reader.state() == "finished"
    live, previous, weights = looks[-1]
    if harm not in (shorten, cut):  # those write it again where it was
        assert (live, previous) == (None, None)
        assert weights.step == setup.trainer.progress.step, "of the last snapshot"


def test_snapshots_that_were_cut_short_or_replaced_meanwhile_are_not_there(tmp_path):
    path = tmp_path / "snapshots"
    writer = SnapshotWriter(path, 3, np.float32)
    for epoch in range(5):
        writer.write(epoch, epoch * 10, np.full(3, epoch, np.float32))
    records = Snapshots(path)
    assert (records.epochs.tolist(), records.steps.tolist()) == ([0, 1, 2, 3, 4], [0, 10, 20, 30, 40])
    assert records.values(-1).tolist() == [4, 4, 4]
    os.truncate(path, path.stat().st_size - 1)
    assert records.values(3).tolist() == [3, 3, 3]
    with pytest.raises(StorageError):
        records.values(4)
    assert len(Snapshots(path)) == 4
    other = SnapshotWriter(tmp_path / "other", 3, np.float32)
    other.write(0, 7, np.zeros(3, np.float32))
    (tmp_path / "other").replace(path)
    with pytest.raises(StorageError):
        records.values(0)


@pytest.mark.parametrize("harm", [shorten, pipe, link, folder])
def test_snapshots_that_are_no_such_file_are_an_error(tmp_path, harm):
    path = tmp_path / "snapshots"
    SnapshotWriter(path, 3, np.float32).write(0, 0, np.zeros(3, np.float32))
    harm(path)
    with pytest.raises(StorageError):
        Snapshots(path)


@pytest.mark.parametrize("place", [0, 10, 3000])
def test_the_planned_epochs_of_a_long_log_are_found_wherever_they_were_changed(tmp_path, registry, monkeypatch, place):
    """The log is read from its end, in pieces: also where the text is cut by the border of two."""
    run = train(tmp_path / "run", registry, "iris", "training.epochs=1")
    (run / layout.SUMMARY).unlink()
    first, *_ = (run / layout.EVENTS).read_bytes().splitlines(keepends=True)
    steps = [encode(StepFinished(step, 1, step, 0.5)) for step in range(1, 5000)]
    steps.insert(place, encode(SettingChanged(1, 1, "training.epochs", "17")))
    (run / layout.EVENTS).write_bytes(first + b"".join(steps))
    for piece in (1 << 20, 4096, 64, 57, 20):
        monkeypatch.setattr(catalogue, "PIECE", piece)
        assert catalogue.run_info(run).epochs == 17
