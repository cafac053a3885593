"""The files of a run directory: what is written is read back, and what is torn or foreign is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from recording import STARTED

from tui_nn.engine.data import Part, Splits, facts
from tui_nn.engine.events import Ended, EpochFinished, StepFinished
from tui_nn.errors import StorageError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.runs.codec import decode, encode
from tui_nn.runs.control import ControlClient, ControlServer
from tui_nn.runs.reader import RunReader
from tui_nn.runs.session import Pace
from tui_nn.runs.snapshots import SnapshotWriter, read_records


@pytest.mark.parametrize(
    "event",
    [
        StepFinished(7, 2, 3, 0.1),
        EpochFinished(2, 9, {"loss": 0.1}, {}, ((1, 2), (3, 4)), 1.5),
        Ended("diverged", 1, 2, "loss became inf", {}, 0.5),
    ],
)
def test_events_are_read_back(event):
    assert decode(encode(event)) == event


def test_what_is_not_finite_is_null_and_read_as_nan():
    line = encode(StepFinished(1, 1, 1, math.inf))
    assert b"null" in line
    assert math.isnan(decode(line).loss)


def test_data_that_is_not_finite_is_read_back(registry):
    """A run is begun by what its data are like; it must stay readable whatever they are."""
    trainer = build(load_experiment("iris", ["training.epochs=0"]), registry).trainer
    started = next(trainer.events())
    odd = decode(encode(replace(started, data=replace(started.data, rms=math.inf, high=math.nan))))
    assert math.isnan(odd.data.rms)
    assert math.isnan(odd.data.high)
    assert odd.data.low == started.data.low


@pytest.mark.parametrize("values", [[1e300, -1e300], [1e-300, 2e-300], [math.inf, 1.0], [math.nan, 1.0]])
def test_facts_are_finite_whatever_the_data_are(values):
    part = Part(np.array([values, values]), np.zeros(2, int), dtype=np.dtype(np.float64))
    described = facts(Splits("made", part, part))
    assert np.isfinite([described.low, described.high, described.rms]).all()
    assert described.rms == pytest.approx(np.abs(np.nan_to_num(values)).max())


def test_unknown_events_are_passed_over_and_garbage_is_refused():
    assert decode(b'{"event": "of a later version"}') is None
    for line in (b"{", b"[]", b'{"event": "step"}', b'{"event": "started", "schema": 99}'):
        with pytest.raises(StorageError):
            decode(line)


def test_a_torn_last_line_waits(tmp_path):
    line = encode(STARTED) + encode(StepFinished(1, 1, 1, 0.5))
    (tmp_path / "events.jsonl").write_bytes(line + line[:10])
    reader = RunReader(tmp_path)
    assert reader.refresh()
    assert reader.history.steps == [1]
    assert not reader.refresh()
    (tmp_path / "events.jsonl").write_bytes(line + encode(StepFinished(2, 1, 2, 0.4)))
    assert reader.refresh()
    assert reader.history.steps == [1, 2]


def test_snapshots_are_thinned_and_cover_the_run(tmp_path):
    path = tmp_path / "snapshots"
    writer = SnapshotWriter(path, 2, np.float32)
    for epoch in range(3000):
        writer.write(epoch, epoch * 10, np.full(2, epoch, np.float32))
    records = read_records(path)
    epochs = records["epoch"].astype(int)
    assert 200 < len(records) <= 512
    assert len(set(np.diff(epochs))) == 1
    assert (epochs[0], epochs[-1] > 2900) == (0, True)
    assert np.array_equal(records["values"][:, 0], epochs)
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    assert len(read_records(path)) == len(records) - 1


def test_control_over_a_path_too_long_for_a_socket(tmp_path):
    run = tmp_path / ("long" * 20) / ("path" * 20)
    run.mkdir(parents=True)
    server = ControlServer(run)
    try:
        client = ControlClient(run)
        assert client.send("step", unit="epoch", count=2)["ok"]
        assert server.requests.get(timeout=2)["unit"] == "epoch"
        for wrong in ({"do": "fly"}, {"do": "step", "count": 0}, {"do": "speed", "epochs_per_second": -1}):
            with pytest.raises(StorageError):
                client.send(**wrong)
    finally:
        server.close()
    with pytest.raises(StorageError, match="no trainer answers"):
        client.send("pause")
    assert not (run / "control").exists()


def test_pace_waits_only_when_ahead():
    pace = Pace(10.0, batches=10)  # 100 steps a second
    assert pace.delay(0) == 0
    assert 0.8 < pace.delay(100) <= 1.0
    assert Pace(0.0, 10).delay(10**6) == 0
