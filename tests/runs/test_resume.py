"""A run that was cut short goes on as if it had not been: the same events but for the clock, the same bits."""

from __future__ import annotations

import errno
import json
import os
import random
import stat
import struct
from array import array
from collections import deque
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from recording import train

from tui_nn.engine.events import EpochFinished, SettingChanged, StepsFinished
from tui_nn.errors import ExperimentError, StorageError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.change import Settings
from tui_nn.model.tensors import DamagedTensors, pack, unpack
from tui_nn.runs import checkpoint as checkpoints
from tui_nn.runs import fingerprint, layout
from tui_nn.runs.checkpoint import load_checkpoint, read_checkpoint
from tui_nn.runs.reader import open_run
from tui_nn.runs.saving import Saving, parse_saving
from tui_nn.runs.session import Session
from tui_nn.runs.snapshots import read_records
from tui_nn.training.resume import begin_run
from tui_nn.training.whole import whole_of


class Killed(BaseException):
    """As sudden as a signal: nothing in the program catches it."""


def start(
    registry, path, overrides=(), example="iris", saving=None, resumed=False, said=None, exact=False, versions=()
):
    experiment = load_experiment(example, ["training.epochs=6", *overrides])
    setup = build(experiment, registry)
    settings = Settings(experiment, registry, setup.trainer)
    say = (said if said is not None else []).append
    saving = saving or Saving(5, "step")
    whole = whole_of(setup, registry, path)
    if versions:
        whole = replace(whole, recipe=msgspec.structs.replace(whole.recipe, versions=dict(versions)))
    recorder, _ = begin_run(path, resumed, settings, whole, saving, say, exact=exact)
    return settings, recorder


def finish(settings, recorder, observers=(), **options):
    ended = Session(settings.trainer, recorder, observers=observers, settings=settings, **options).run()
    recorder.finish(ended, [], 0)
    return settings.trainer.network.parameters.values.copy()


def whole(registry, path, overrides=(), **options):
    return finish(*start(registry, path, overrides), **options)


def cut(registry, path, overrides, at, **options):
    """Train until the event that begins at or after this step, and be killed there."""
    settings, recorder = start(registry, path, overrides, **options)
    settings.trainer.burst = 1

    def kill(event):
        if isinstance(event, StepsFinished | EpochFinished) and event.step >= at:
            raise Killed

    with pytest.raises(Killed):
        Session(settings.trainer, recorder, observers=[kill], settings=settings, speed=1e9).run()
    recorder.close()


def events_of(path):
    lines = (path / layout.EVENTS).read_bytes().splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in lines]


SOFTMAX = '{kind="dense",units=3,activation="softmax"}'
CASES = {
    "adam": [],
    "momentum": ['training.optimizer={ kind = "momentum", rate = 0.05 }'],
    "adamw": ['training.optimizer={ kind = "adamw", rate = 0.01 }'],
    "short last batch": ["training.batch=11"],
    "full batch": ["training.batch=full"],
    "dropout": [f'network.layers=[{{kind="dense",units=8,activation="tanh"}},{{kind="dropout"}},{SOFTMAX}]'],
    "batch norm": [f'network.layers=[{{kind="dense",units=8}},{{kind="batch_norm"}},{SOFTMAX}]'],
    "rate falls on a plateau": ["training.schedule=plateau"],
    "one cycle": ["training.schedule=one_cycle"],
    "early stopping": ["training.epochs=40", "training.early_stopping={patience=2}"],
    "plateau": ["training.epochs=40", "training.plateau={patience=2, min_change=0.5}"],
    "class weights": ["training.class_weights=balanced", "training.lambda=0.5"],
    "float64": ["training.dtype=float64"],
    "two threads": ["training.threads=2"],
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_killed_run_ends_bit_identical(registry, tmp_path, name):
    overrides = CASES[name]
    expected = whole(registry, tmp_path / "whole", overrides)
    steps = open_run(tmp_path / "whole").history.last_step
    for at in (1, steps // 3, steps - 1):
        path = tmp_path / f"cut-{at}"
        cut(registry, path, overrides, at)
        said = []
        found = finish(*start(registry, path, overrides, resumed=True, said=said, exact=True))
        assert said
        assert np.array_equal(found, expected)
        assert events_of(path) == events_of(tmp_path / "whole")
        for one, other in zip(*(read_records(p / layout.SNAPSHOTS) for p in (path, tmp_path / "whole")), strict=True):
            assert one.tobytes() == other.tobytes()


def test_minimizers_begin_again_and_come_to_the_same(registry, tmp_path):
    pytest.importorskip("scipy")
    overrides = ["training.optimizer=lbfgs", "training.batch=full"]
    expected = whole(registry, tmp_path / "whole", overrides)
    cut(registry, tmp_path / "cut", overrides, 3)
    said = []
    found = finish(*start(registry, tmp_path / "cut", overrides, resumed=True, said=said))
    assert "restarting" in said[-1]
    assert np.array_equal(found, expected)


def test_a_torn_last_line_is_cut(registry, tmp_path):
    expected = whole(registry, tmp_path / "whole")
    cut(registry, tmp_path / "cut", (), 17)
    with (tmp_path / "cut" / layout.EVENTS).open("ab") as file:
        file.write(b'{"event":"step","step":18,"ep')
    assert np.array_equal(finish(*start(registry, tmp_path / "cut", resumed=True)), expected)
    assert events_of(tmp_path / "cut") == events_of(tmp_path / "whole")


def test_a_damaged_checkpoint_is_passed_over_for_an_older_one(registry, tmp_path):
    expected = whole(registry, tmp_path / "whole")
    cut(registry, tmp_path / "cut", (), 23)
    newest = tmp_path / "cut" / layout.CHECKPOINT
    content = bytearray(newest.read_bytes())
    content[-3] ^= 1
    newest.write_bytes(content)
    said = []
    found = finish(*start(registry, tmp_path / "cut", resumed=True, said=said))
    assert "checksum" in said[0]
    assert "older" in said[0]
    assert np.array_equal(found, expected)


def test_no_sound_checkpoint_is_an_error_that_names_the_file(registry, tmp_path):
    cut(registry, tmp_path / "cut", (), 23)
    for path in (tmp_path / "cut").glob("checkpoint*"):
        path.write_bytes(b"")
    with pytest.raises(StorageError, match=r"none of its checkpoints can be read.*too short"):
        start(registry, tmp_path / "cut", resumed=True)


def test_only_the_newest_are_kept_and_the_best(registry, tmp_path):
    settings, recorder = start(registry, tmp_path / "run", saving=Saving(1, "step", keep=2))
    finish(settings, recorder)
    names = sorted(path.name for path in (tmp_path / "run").glob("checkpoint*"))
    assert names == ["checkpoint", "checkpoint.1"]
    tensors, facts = unpack((tmp_path / "run" / layout.BEST).read_bytes())
    validation = recorder.history.validation["loss"]
    best = int(np.argmin(validation[1:])) + 1  # epoch 0 has not been trained
    assert json.loads(facts["facts"])["epoch"] == best
    record = next(r for r in read_records(tmp_path / "run" / layout.SNAPSHOTS) if r["epoch"] == best)
    assert np.array_equal(tensors["parameters"], record["values"])


def test_the_best_is_not_overwritten_by_a_worse_one_after_a_resume(registry, tmp_path):
    """Rate 0.5 from the third epoch on makes it worse: what was best before the kill is best after it."""
    path = tmp_path / "run"
    cut(registry, path, (), 29)
    best, about = unpack((path / layout.BEST).read_bytes())
    settings, recorder = start(registry, path, resumed=True)
    settings.change({"training.optimizer.rate": "5.0"})
    finish(settings, recorder)
    losses = recorder.history.validation["loss"]
    assert min(losses[1:4]) < min(losses[5:])
    found, facts = unpack((path / layout.BEST).read_bytes())
    assert np.array_equal(found["parameters"], best["parameters"])
    assert facts == about


def test_a_run_that_has_ended_is_not_resumed(registry, tmp_path):
    whole(registry, tmp_path / "run")
    with pytest.raises(StorageError, match="has ended"):
        start(registry, tmp_path / "run", resumed=True)


def test_a_run_killed_between_its_last_event_and_its_summary_goes_on(registry, tmp_path):
    expected = whole(registry, tmp_path / "run")
    before = events_of(tmp_path / "run")
    (tmp_path / "run" / layout.SUMMARY).unlink(missing_ok=True)
    assert np.array_equal(finish(*start(registry, tmp_path / "run", resumed=True)), expected)
    assert events_of(tmp_path / "run") == before
    assert (tmp_path / "run" / layout.SUMMARY).exists()


def test_a_stopped_run_goes_on_and_ends_the_same(registry, tmp_path):
    expected = whole(registry, tmp_path / "whole")
    finish(*start(registry, tmp_path / "run"), stop_at=20)
    assert open_run(tmp_path / "run").history.ended.reason == "stopped"
    assert np.array_equal(finish(*start(registry, tmp_path / "run", resumed=True)), expected)
    assert events_of(tmp_path / "run") == events_of(tmp_path / "whole")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_library_of_matrix_products_is_numpy_s_own_whatever_else_was_loaded(monkeypatch, registry, tmp_path, order):
    """scipy's wheel brings an OpenBLAS of another version, which some processes load and others do not."""
    found = [
        {
            "user_api": "blas",
            "internal_api": "openblas",
            "version": version,
            "filepath": f"/lib/{of}.libs/libopenblas.so",
        }
        for of, version in (("numpy", "1.0"), ("scipy", "2.0"))
    ]
    monkeypatch.setattr(fingerprint, "threadpool_info", lambda: [found[one] for one in order])
    run = train(tmp_path / "run", registry, "xor", "training.epochs=1")
    assert read_checkpoint(run / "checkpoint").fingerprint["blas"] == "openblas 1.0"


def test_another_fingerprint_is_said_and_refused_if_it_must_be_exact(registry, tmp_path):
    cut(registry, tmp_path / "cut", (), 17)
    other = {"softsign": "2.0"}
    with pytest.raises(ExperimentError, match=r"--exact.*plugin softsign was absent and is 2\.0"):
        start(registry, tmp_path / "cut", resumed=True, exact=True, versions=other)
    said = []
    start(registry, tmp_path / "cut", resumed=True, said=said, versions=other)[1].close()
    assert any("may differ" in line and "softsign" in line for line in said)


def test_another_experiment_is_refused(registry, tmp_path):
    cut(registry, tmp_path / "cut", (), 17)
    with pytest.raises(StorageError, match="was changed after it started"):
        start(registry, tmp_path / "cut", ["training.lambda=0.25"], resumed=True)


def test_a_gap_in_the_old_checkpoints_is_looked_over(registry, tmp_path):
    expected = whole(registry, tmp_path / "whole")
    cut(registry, tmp_path / "cut", (), 23)
    (tmp_path / "cut" / "checkpoint.1").unlink()
    (tmp_path / "cut" / layout.CHECKPOINT).write_bytes(b"damaged")
    assert np.array_equal(finish(*start(registry, tmp_path / "cut", resumed=True)), expected)


def test_lost_snapshots_do_not_keep_a_run_from_going_on(registry, tmp_path):
    expected = whole(registry, tmp_path / "whole")
    cut(registry, tmp_path / "cut", (), 23)
    (tmp_path / "cut" / layout.SNAPSHOTS).write_bytes(b"")
    assert np.array_equal(finish(*start(registry, tmp_path / "cut", resumed=True)), expected)


def test_two_processes_cannot_write_one_run(registry, tmp_path):
    settings, recorder = start(registry, tmp_path / "run")
    Session(settings.trainer, recorder, settings=settings, stop_at=3).run()
    with pytest.raises(StorageError, match="another process"):
        start(registry, tmp_path / "run", resumed=True)
    recorder.close()


# Settings that change while a run trains


def changing(registry, path, changes, **options):
    settings, recorder = start(registry, path)
    script = [SettingChanged(step, epoch, key, value) for step, epoch, key, value in changes]
    return finish(settings, recorder, script=script, **options), settings, recorder


def test_changes_are_recorded_and_take_effect(registry, tmp_path):
    plain = whole(registry, tmp_path / "plain")
    changes = [
        (10, 1, "training.optimizer.rate", "0.002"),
        (17, 2, "training.lambda", "3.0"),
        (17, 2, "training.schedule", '"cosine"'),
    ]
    found, settings, _ = changing(registry, tmp_path / "run", changes)
    assert not np.array_equal(found, plain)
    recorded = open_run(tmp_path / "run").history.changes
    assert [(c.step, c.epoch, c.key, c.value) for c in recorded] == changes
    assert settings.trainer.optimizer.rate == 0.002
    assert settings.trainer.penalty.decay == pytest.approx(3.0 / len(settings.trainer.splits.train))
    # Up to the first change nothing is different.
    before = [event for event in events_of(tmp_path / "run") if event.get("step", 0) <= 10 and event["event"] == "step"]
    assert before == [e for e in events_of(tmp_path / "plain") if e["event"] == "step" and e["step"] <= 10]


def test_a_weight_is_set_by_hand_at_its_moment_and_no_other_is(registry, tmp_path):
    """Theta^(2) of unit 3, its bias; from the next step on it learns like any other."""
    plain = whole(registry, tmp_path / "plain", stop_at=10)
    changes = [(10, 1, "theta[2][3][0]", "0.25")]
    found, settings, _ = changing(registry, tmp_path / "run", changes, stop_at=10)
    first, second = settings.trainer.network.parameters.views(found)
    assert second[2, 0] == 0.25
    assert (found != plain).sum() == 1
    assert (first.shape, second.shape) == ((8, 5), (3, 9))
    onwards, settings, _ = changing(registry, tmp_path / "onwards", changes)
    assert settings.trainer.network.parameters.views(onwards)[1][2, 0] != 0.25


def test_a_weight_set_before_the_first_step(registry, tmp_path):
    found, settings, _ = changing(registry, tmp_path / "run", [(0, 0, "theta[1][1][2]", "-3")])
    again, _, _ = changing(registry, tmp_path / "again", [(0, 0, "theta[1][1][2]", "-3")])
    assert np.array_equal(found, again)
    assert settings.trainer.network.parameters.views(found)[0][0, 2] < -1


def test_a_batch_size_changes_at_the_next_epoch(registry, tmp_path):
    """105 samples: 7 batches of 16, from epoch 3 on 4 of 30. Six epochs: 2 x 7 + 4 x 4 = 30 steps."""
    _, settings, recorder = changing(registry, tmp_path / "run", [(10, 1, "training.batch", "30")])
    assert recorder.history.epoch_steps == [0, 7, 14, 18, 22, 26, 30]
    assert settings.trainer.batch == 30


def test_momentum_can_be_switched_on(registry, tmp_path):
    overrides = ['training.optimizer={ kind = "sgd", rate = 0.05 }']
    settings, recorder = start(registry, tmp_path / "run", overrides)
    settings.change({"training.optimizer.momentum": "0.9"})
    assert "velocity" in settings.trainer.stepper.state
    finish(settings, recorder)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("network.layers[0].units", "9", "cannot be changed during training"),
        ("data.scale", "none", "cannot be changed"),
        ("training.seed", "3", "cannot be changed"),
        ("training.optimizer.rat", "1", "rate"),
        ("training.batch", "0", "batch"),
        ("training.lambda", '"much"', "lambda"),
        ("theta[3][1][0]", "1", "from 1 to 2"),
        ("theta[0][1][0]", "1", "from 1 to 2"),
        ("theta[1][9][0]", "1", "units 1 to 8"),
        ("theta[1][0][0]", "1", "units 1 to 8"),
        ("theta[2][1][9]", "1", r"inputs 0 \(the bias\) to 8"),
        ("theta[1][1][0]", "nan", "expected a number"),
        ("theta[1][1][0]", "much", "expected a number"),
        ("theta[1][1][0]", "1e39", "finite as float32"),
        ("theta[1][1]", "1", "is not a weight"),
    ],
)
def test_what_cannot_change_says_why_and_changes_nothing(registry, tmp_path, key, value, words):
    settings, recorder = start(registry, tmp_path / "run")
    recorder.close()
    before = settings.experiment
    with pytest.raises(ExperimentError, match=words):
        settings.change({key: value})
    assert settings.experiment == before


def test_a_killed_run_with_changes_ends_bit_identical(registry, tmp_path):
    changes = [
        (10, 1, "training.batch", "30"),
        (16, 2, "training.optimizer.rate", "0.05"),
        (16, 2, "theta[1][8][4]", "-0.5"),
    ]
    expected, _, _ = changing(registry, tmp_path / "whole", changes)
    for at in (12, 15, 17, 24):
        path = tmp_path / f"cut-{at}"
        settings, recorder = start(registry, path)

        def kill(event, at=at):
            if isinstance(event, StepsFinished) and event.step >= at:
                raise Killed

        script = [SettingChanged(*change) for change in changes]
        with pytest.raises(Killed):
            Session(settings.trainer, recorder, observers=[kill], settings=settings, script=script, speed=1e9).run()
        recorder.close()
        saved = load_checkpoint(path, print)
        left = script[len(saved.changes) :]  # who steers does after the resume what the kill undid
        settings, recorder = start(registry, path, resumed=True)
        assert np.array_equal(finish(settings, recorder, script=left), expected)
        assert events_of(path) == events_of(tmp_path / "whole")


@pytest.mark.parametrize("why", ["not answered yet", "the newest is damaged", "all are gone", "an old version"])
def test_a_change_that_no_checkpoint_has_is_named_and_refused_if_it_was_acknowledged(registry, tmp_path, why):
    """A run that saves at steps 10 and 20 and was changed after step 12: what its resume says from there."""
    path, said = tmp_path / "run", []
    settings, recorder = start(registry, path, saving=Saving(10, "step"))
    settings.trainer.burst = 1
    script = [SettingChanged(12, 1, "training.lambda", "3.0")]

    def kill(event):
        if isinstance(event, StepsFinished) and event.step == (22 if why == "the newest is damaged" else 14):
            raise Killed

    with pytest.raises(Killed):
        Session(settings.trainer, recorder, observers=[kill], settings=settings, script=script, speed=1e9).run()
    recorder.close()
    if why == "the newest is damaged":
        (path / layout.CHECKPOINT).write_bytes(b"damaged")
    elif why == "all are gone":
        (path / layout.CHECKPOINT).unlink()
    elif why == "an old version":
        as_schema_1(path / layout.CHECKPOINT)
    log = (path / layout.EVENTS).read_bytes()
    if why != "not answered yet":
        with pytest.raises(ExperimentError, match=r"--exact: .* has lost .* training\.lambda = 3\.0 \(after"):
            start(registry, path, resumed=True, exact=True)
    assert (path / layout.EVENTS).read_bytes() == log, "a run that is refused stays as it was"
    finish(*start(registry, path, resumed=True, said=said, exact=why == "not answered yet"))
    assert sum("training.lambda = 3.0 (after step 12)" in line for line in said) == 1
    assert open_run(path).history.changes == []


# What grows with a run: a loss an epoch, and what is changed by hand


PLATEAU = ["training.plateau={patience=2}"]


LOSSES = "training.schedule=plateau"  # it asks for the loss of every epoch


@pytest.mark.parametrize("epochs", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_a_checkpoint_of_very_many_epochs_is_read(registry, tmp_path, epochs):
    """These losses and these changes are each more than the header of the file may hold."""
    settings, recorder = start(registry, tmp_path / "run", [*PLATEAU, LOSSES])
    losses = np.random.default_rng(1).normal(size=epochs + 1)
    losses[7] = np.nan
    progress = settings.trainer.progress
    progress.epochs, progress.losses = epochs, array("d", losses)
    progress.rest.before, progress.rest.recent = 0.5, deque([0.25, 0.75])
    changes = [SettingChanged(step, 0, "theta[1][1][0]", repr(step / 7)) for step in range(20_000)]
    recorder.history.by_hand.extend(changes)
    for _ in range(3):
        recorder.save()
    recorder.close()
    size = (tmp_path / "run" / layout.CHECKPOINT).stat().st_size
    assert size < 8 * epochs + 60 * len(changes) + 20_000
    found = load_checkpoint(tmp_path / "run", pytest.fail)
    again, other = start(registry, tmp_path / "again", [*PLATEAU, LOSSES])
    other.close()
    found.restore(again.trainer)
    assert again.trainer.progress.losses.tobytes() == losses.tobytes()
    assert again.trainer.progress.rest == progress.rest
    assert found.changes == changes


def test_a_checkpoint_does_not_grow_with_the_epochs(registry, tmp_path):
    """Without a schedule that asks for every loss it holds what the rules look at, and no more."""
    sizes = []
    for epochs in (4, 60):
        overrides = ["training.plateau={patience=3, min_change=-9}", f"training.epochs={epochs}"]
        settings, recorder = start(registry, tmp_path / f"run-{epochs}", overrides)
        finish(settings, recorder)
        sizes.append((tmp_path / f"run-{epochs}" / layout.CHECKPOINT).stat().st_size)
        progress = settings.trainer.progress
        assert (progress.epochs, len(progress.losses), len(progress.rest.recent)) == (epochs, 1, 3)
    assert abs(sizes[1] - sizes[0]) < 100, "digits of numbers"


def test_a_schedule_that_is_set_later_is_given_the_losses_from_then_on(registry, tmp_path):
    changes = [(14, 2, "training.schedule", '"plateau"'), (28, 4, "training.schedule", '"constant"')]
    seen = []
    settings, recorder = start(registry, tmp_path / "run")
    losses = settings.trainer.progress.losses

    def look(event):
        if isinstance(event, EpochFinished):
            seen.append(list(losses))

    finish(settings, recorder, observers=[look], script=[SettingChanged(*change) for change in changes])
    found = recorder.history.validation["loss"]
    assert seen == [found[:1], found[1:2], found[2:3], found[2:4], found[2:5], found[5:6], found[6:7]]


def test_a_checkpoint_that_could_not_be_read_takes_no_sound_ones_place(registry, tmp_path):
    """An optimizer that remembers what no reader takes: that is said, and the run goes on."""
    said = []
    settings, recorder = start(registry, tmp_path / "run", said=said)
    recorder.save()
    sound = (tmp_path / "run" / layout.CHECKPOINT).read_bytes()
    settings.trainer.stepper.state["mask"] = np.zeros(3, bool)
    with pytest.raises(StorageError, match=r"could not be read again: array 'optimizer\.mask'"):
        recorder.save()
    assert (tmp_path / "run" / layout.CHECKPOINT).read_bytes() == sound
    assert not list((tmp_path / "run").glob("*.new"))
    assert "optimizer.mask" in recorder.try_to_save()
    assert "could not be saved" in said[-1]
    assert load_checkpoint(tmp_path / "run", pytest.fail).step == 0
    del settings.trainer.stepper.state["mask"]
    assert recorder.try_to_save() == ""
    recorder.close()


def test_a_checkpoint_that_the_disk_cut_short_takes_no_sound_ones_place(registry, tmp_path, monkeypatch):
    _, recorder = start(registry, tmp_path / "run")
    recorder.save()
    sound = (tmp_path / "run" / layout.CHECKPOINT).read_bytes()
    monkeypatch.setattr(checkpoints, "write_synced", lambda path, content: path.write_bytes(content[:-1]))
    with pytest.raises(StorageError, match=r"of its \d+ bytes are on the disk"):
        recorder.save()
    assert (tmp_path / "run" / layout.CHECKPOINT).read_bytes() == sound
    recorder.close()


def as_schema_1(path):
    """The file as versions wrote it that had the losses and the changes among the facts."""
    tensors, texts = unpack(path.read_bytes())
    facts = json.loads(texts["facts"]) | {"schema": 1}
    log = [event for event in events_of(path.parent) if event["event"] == "epoch"][: facts["epochs"] + 1]
    facts["losses"] = [event["validation"]["loss"] for event in log]
    facts["resting"] = [event["train"]["cost"] for event in log]
    del tensors["losses"], tensors["resting"], facts["before"]
    facts["changes"] = json.loads(tensors.pop("changes").tobytes())
    path.write_bytes(pack(tensors, {"facts": json.dumps(facts)}))


def test_a_checkpoint_of_schema_1_is_still_read(registry, tmp_path):
    overrides = ["training.epochs=40", "training.plateau={patience=2, min_change=0.5}", "training.schedule=plateau"]
    expected = whole(registry, tmp_path / "whole", overrides)
    cut(registry, tmp_path / "cut", overrides, open_run(tmp_path / "whole").history.last_step - 1)
    for path in (tmp_path / "cut").glob("checkpoint*"):
        as_schema_1(path)
    assert load_checkpoint(tmp_path / "cut", pytest.fail).facts["schema"] == 1
    found = finish(*start(registry, tmp_path / "cut", overrides, resumed=True, exact=True))
    assert np.array_equal(found, expected)
    assert events_of(tmp_path / "cut") == events_of(tmp_path / "whole")


@pytest.mark.parametrize(
    "damage",
    [
        {"losses": np.zeros((2, 2))},
        {"losses": np.zeros(2, np.float32)},
        {"resting": None},
        {"changes": np.frombuffer(b"[[1, 2, 3]]", np.uint8)},
        {"changes": np.frombuffer(b'[[1, 2, 3, "0.5"]]', np.uint8)},
        {"changes": np.frombuffer(b"[" * 5000, np.uint8)},
        {"changes": np.frombuffer(b"\xff\xfe", np.uint8)},
    ],
    ids=str,
)
def test_tensors_of_another_form_are_damage(registry, tmp_path, damage):
    cut(registry, tmp_path / "run", (), 12)
    for path in (tmp_path / "run").glob("checkpoint*"):
        tensors, texts = unpack(path.read_bytes())
        kept = {name: values for name, values in {**tensors, **damage}.items() if values is not None}
        path.write_bytes(pack(kept, {"facts": texts["facts"]}))
    with pytest.raises(StorageError, match="none of its checkpoints can be read"):
        load_checkpoint(tmp_path / "run", lambda said: None)


# The file


def some_tensors():
    random = np.random.default_rng(0)
    return {"parameters": random.normal(size=50).astype(np.float32), "optimizer.first": random.normal(size=(3, 4))}


def test_every_flipped_bit_is_noticed():
    content = pack(some_tensors(), {"facts": json.dumps({"step": 3})})
    flips = random.Random(1)
    for _ in range(10_000):
        place, bit = flips.randrange(len(content)), flips.randrange(8)
        damaged = bytearray(content)
        damaged[place] ^= 1 << bit
        with pytest.raises(DamagedTensors):
            unpack(bytes(damaged))


def test_every_truncation_is_noticed():
    content = pack(some_tensors(), {"facts": "{}"})
    for length in range(len(content)):
        with pytest.raises(DamagedTensors):
            unpack(content[:length])
    with pytest.raises(DamagedTensors):
        unpack(content + b"\0")


def header(table):
    text = table if isinstance(table, bytes) else json.dumps(table).encode()
    return struct.pack("<Q", len(text)) + text


def tensor(**fields):
    return {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], **fields}


@pytest.mark.parametrize(
    "content",
    [
        header({"a": tensor(shape=[2**40], data_offsets=[0, 2**42])}),
        header({"../a": tensor()}) + b"1234",
        header({"a": tensor(dtype="OBJ")}) + b"1234",
        header({"a": tensor(shape=[-1])}) + b"1234",
        header({"a": tensor(), "b": tensor()}) + b"1234",  # both in the same place
        header(json.dumps({"a": tensor(), "b": tensor()}).replace('"b"', '"a"').encode()) + b"1234",
        header({f"t{i}": tensor(shape=[0], data_offsets=[0, 0]) for i in range(5000)}),
        header(b"[" * 5000),
        struct.pack("<Q", 1 << 60),
        b"PK\x03\x04 not safetensors at all",
    ],
)
def test_hostile_files_are_refused_before_anything_is_allocated(content):
    with pytest.raises(DamagedTensors):
        unpack(content)


class Crash(BaseException):
    """The machine goes down."""


def test_a_crash_between_any_two_operations_loses_no_acknowledged_save(registry, tmp_path, monkeypatch):
    """A small model of a disk: the save is broken off at every operation, once with half of the new file written."""
    settings, recorder = start(registry, tmp_path / "run")
    run = tmp_path / "run"
    for _ in range(3):
        recorder.save()
    acknowledged = load_checkpoint(run, print).step
    operations = ["write_synced", "write_atomically", "sync_folder"]
    real = {name: getattr(checkpoints, name) for name in operations}
    replace = checkpoints.rename
    for broken in range(12):
        count = [0]

        def step(real_operation, torn=False, count=count, broken=broken):
            def operation(*arguments):
                count[0] += 1
                if count[0] > broken:
                    if torn:
                        arguments[0].write_bytes(arguments[1][: len(arguments[1]) // 2])
                    raise Crash
                return real_operation(*arguments)

            return operation

        with monkeypatch.context() as patch:
            for name in operations:
                patch.setattr(checkpoints, name, step(real[name], torn=name.startswith("write")))
            patch.setattr(checkpoints, "rename", step(replace))
            settings.trainer.progress.step += 1
            try:
                recorder.save()
                acknowledged = settings.trainer.progress.step
            except Crash:
                pass
        if count[0] <= broken:
            break
        said = []
        found = load_checkpoint(run, said.append)
        assert found.step >= acknowledged
        assert said == []  # nothing half written is under a name that readers try
    else:
        pytest.fail("a save has more operations than the model broke off")
    recorder.close()


@pytest.mark.posix("syncs no folders: its file system keeps a journal of names")
def test_a_new_run_is_on_the_disk_before_its_first_save(registry, tmp_path, monkeypatch):
    """A name lasts when its folder is synced: that of every new folder on the way, and those in the run."""
    synced = []
    real = os.fsync

    def fsync(descriptor):
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            synced.append((found.st_ino, sorted(os.listdir(descriptor))))  # noqa: PTH208 - a descriptor
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    layout.make_run_directory(tmp_path / "new" / "run")
    _, recorder = start(registry, tmp_path / "new" / "run")
    recorder.close()
    known = dict(synced)
    assert known[tmp_path.stat().st_ino] == ["new"]
    assert known[(tmp_path / "new").stat().st_ino] == ["run"]
    assert {layout.EXPERIMENT, layout.EVENTS} <= set(known[(tmp_path / "new" / "run").stat().st_ino])


def test_a_full_disk_is_said_and_the_next_save_is_tried(registry, tmp_path, monkeypatch):
    settings, recorder = start(registry, tmp_path / "run", said=(said := []))
    real, full = checkpoints.write_synced, [True]

    def write(path, content):
        if full[0]:
            full[0] = False
            path.write_bytes(content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, content)

    monkeypatch.setattr(checkpoints, "write_synced", write)
    finish(settings, recorder)
    assert "No space left" in said[0]
    assert "training continues" in said[0]
    assert said[1:] == ["the run is saved again."]
    assert load_checkpoint(tmp_path / "run", said.append).step == settings.trainer.progress.step


def test_when_to_save():
    assert parse_saving("2epochs", 3) == Saving(2, "epoch", 3)
    assert parse_saving("200steps", 1).unit == "step"
    assert parse_saving("5m", 3).every == 300
    with pytest.raises(ExperimentError, match="1epoch, 200steps or 30s"):
        parse_saving("often", 3)
    saving = Saving(10, "step")
    assert not saving.due(9, 0)
    assert saving.due(10, 0)
    saving.done(10, 0)
    assert not saving.due(19, 1)
