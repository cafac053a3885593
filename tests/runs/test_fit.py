"""The events of a run fit one another, or the log is refused with the line that does not."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest
from recording import STARTED

from tui_nn.engine.events import (
    Divergence,
    Ended,
    EpochFinished,
    EpochsSkipped,
    Histogram,
    LayerHealth,
    LayerShape,
    SettingChanged,
    StepFinished,
)
from tui_nn.errors import StorageError
from tui_nn.runs import layout
from tui_nn.runs.codec import encode
from tui_nn.runs.family import parent_of
from tui_nn.runs.reader import RunReader
from tui_nn.runs.summary import summary_of

VALUES = {"loss": 0.5, "accuracy": 1.0}
EPOCH = EpochFinished(1, 4, VALUES, {}, ((1, 0), (0, 3)), 0.5)
BINS = Histogram(0.0, 1.0, (4,))
HEALTH = LayerHealth(BINS, None, None, 0, None, None, None, None, None)
WIDE = LayerShape("dense", 10**9, "tanh", None)

FITTING = [
    [STARTED, EPOCH, replace(EPOCH, epoch=2, step=8), Ended("epochs", 2, 8, kept=1)],
    [STARTED, replace(EPOCH, health=(HEALTH,)), SettingChanged(4, 1, "training.epochs", "20")],
    [STARTED, replace(EPOCH, epoch=7), EpochsSkipped({"train": {"loss": (9, 0.1)}}, {}), replace(EPOCH, epoch=70)],
]
UNFIT = {
    "twice": [STARTED, STARTED],
    "nothing before": [EPOCH],
    "after the end": [STARTED, Ended("epochs", 1, 4), EPOCH],
    "an epoch again": [STARTED, EPOCH, EPOCH],
    "a step again": [STARTED, StepFinished(2, 1, 2, 0.1), StepFinished(2, 1, 2, 0.1)],
    "parameters": [replace(STARTED, parameters=4)],
    "wide": [replace(STARTED, layers=(*STARTED.layers, WIDE))],
    "large": [replace(STARTED, parameters=3 << 40, layers=(LayerShape("dense", 1, "tanh", (1 << 40, 3)),))],
    "layers": [replace(STARTED, layers=STARTED.layers * 100_000, parameters=300_000)],
    "no layers": [replace(STARTED, layers=(), parameters=0)],
    "features": [replace(STARTED, features=("x",))],
    "picture": [replace(STARTED, picture=(28, 28))],
    "samples": [replace(STARTED, samples={})],
    "fewer than none": [replace(STARTED, samples={"train": -1})],
    "epochs": [replace(STARTED, epochs=2**62)],
    "ragged": [STARTED, replace(EPOCH, confusion=((1, 0), (1,)))],
    "not of the classes": [STARTED, replace(EPOCH, confusion=((1,),))],
    "of no class": [replace(STARTED, classes=()), EPOCH],
    "counts": [STARTED, replace(EPOCH, confusion=((1, 0), (0, -1)))],
    "columns": [STARTED, EPOCH, replace(EPOCH, epoch=2, train={"loss": 0.1})],
    "health": [STARTED, replace(EPOCH, health=(HEALTH, HEALTH))],
    "bins": [STARTED, replace(EPOCH, health=(replace(HEALTH, activations=Histogram(1.0, 0.0, (4,))),))],
    "seconds": [STARTED, replace(EPOCH, seconds=-1.0)],
    "planned": [STARTED, SettingChanged(1, 1, "training.epochs", "9" * 5000)],
    "an extreme": [STARTED, EpochsSkipped({"elsewhere": {"loss": (9, 0.1)}}, {})],
    "a layer that is none": [STARTED, Ended("diverged", 1, 4, divergence=Divergence("z", 2, 4, 1, 1))],
    "a column that is none": [STARTED, Ended("diverged", 1, 4, divergence=Divergence("z", 1, 4, 1, 1, column=2))],
}


def written(folder, events):
    (folder / layout.EVENTS).write_bytes(b"".join(map(encode, events)))
    return RunReader(folder)


@pytest.mark.parametrize("events", FITTING)
def test_what_fits_is_read(tmp_path, events):
    assert written(tmp_path, events).refresh()


@pytest.mark.slow
@pytest.mark.parametrize("name", UNFIT)
def test_what_does_not_fit_is_refused_with_file_and_line(tmp_path, name):
    reader = written(tmp_path, UNFIT[name])
    for _ in range(2):  # and says so however often it is asked
        with pytest.raises(StorageError, match=f"{layout.EVENTS}:{len(UNFIT[name])}: "):
            reader.refresh()


@pytest.mark.parametrize(
    "line",
    [
        b"\xff", b"[1]", b"null", b"1", b'{"event": ["step"]}', b'{"event": "step", "step": "1", "loss": 1}',
        b'{"event":"step","step":1' + b"0" * 30 + b',"epoch":1,"batch":1,"loss":1}',
        b'{"event":"step","step":1,"epoch":1,"batch":1,"loss":1e400}',
        b'{"event":"epoch","epoch":' + b"9" * 25 + b"}", b"[" * 100_000, b'{"event":' * 100_000,
    ],
)  # fmt: skip
def test_a_line_that_is_no_event_is_refused_with_its_number(tmp_path, line):
    reader = written(tmp_path, [STARTED, StepFinished(1, 1, 1, 0.5)])
    with (tmp_path / layout.EVENTS).open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(StorageError, match=f"{layout.EVENTS}:3: "):
        reader.refresh()


def test_digits_within_a_text_are_no_number(tmp_path):
    reader = written(tmp_path, [replace(STARTED, experiment="run 12345678901234567890123", seed=2**63 - 1)])
    assert reader.refresh()


@pytest.mark.slow
def test_a_line_without_an_end_is_refused_before_it_takes_the_memory(tmp_path):
    reader = written(tmp_path, [STARTED])
    with (tmp_path / layout.EVENTS).open("ab") as file:
        file.truncate(1 << 31)
    with pytest.raises(StorageError, match=f"{layout.EVENTS}:2: "):
        reader.refresh()


SUMMARY = {
    "schema": 3, "run": "r", "experiment": "e", "reason": "epochs", "message": "", "exit_code": 0, "epoch": 1,
    "step": 4, "seed": 0, "parameters": 3, "metrics": {}, "requirements": [], "seconds": 0.5,
    "samples_per_second": 8.0, "environment": {"numpy": "2.0", "plugins": {"p": "1"}},
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": "1"}, {"epoch": -1}, {"epoch": 10**30}, {"epoch": 1.5}, {"seconds": -1}, {"seconds": "1"},
        {"metrics": []}, {"metrics": {"train": {"loss": "low"}}}, {"exit_code": 9}, {"exit_code": 10**30},
        {"seed": 10**30}, {"schema": 4}, {"environment": {"numpy": [[]]}}, {"samples": {"train": -1}}, {"run": 1},
    ],
)  # fmt: skip
def test_a_summary_of_other_types_or_bounds_is_refused_by_name(tmp_path, change):
    (tmp_path / layout.SUMMARY).write_bytes(msgspec.json.encode(SUMMARY))
    assert summary_of(tmp_path).epoch == 1
    changed = {**SUMMARY, **change}
    (tmp_path / layout.SUMMARY).write_text(json.dumps(changed))
    with pytest.raises(StorageError, match=layout.SUMMARY):
        summary_of(tmp_path)


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/etc", "a/b", "a\0b", "x" * 300])
def test_a_parent_is_a_directory_beside_the_run(tmp_path, name):
    (tmp_path / layout.PARENT).write_bytes(msgspec.json.encode({"run": name, "step": 1, "epoch": 1}))
    assert parent_of(tmp_path) is None
    (tmp_path / layout.PARENT).write_bytes(msgspec.json.encode({"run": "a run", "step": 1, "epoch": 1}))
    assert parent_of(tmp_path).run == "a run"
