"""Of a long run not every epoch is recorded: which are, that nothing else depends on it, and that it is said."""

from __future__ import annotations

import json
from contextlib import closing

import numpy as np
import pytest
from click.testing import CliRunner

from tui_nn.cli.show import command as show
from tui_nn.diagnosis import diagnose
from tui_nn.engine.events import EpochFinished, EpochsSkipped, SettingChanged, StepsFinished
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.change import Settings
from tui_nn.report.finished import finished
from tui_nn.report.metrics import rows
from tui_nn.report.outcome import outcome
from tui_nn.runs import layout, reader
from tui_nn.runs.again import train_again
from tui_nn.runs.catalogue import run_info
from tui_nn.runs.checkpoint import load_checkpoint
from tui_nn.runs.reader import RunReader, open_run
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.saving import Saving
from tui_nn.runs.session import Session
from tui_nn.runs.thinning import ALL, DENSITY, distance, is_recorded
from tui_nn.training.resume import begin_run
from tui_nn.training.whole import whole_of
from tui_nn.views import Knobs, Subject, find

FEW = (
    8  # of epochs and steps for each doubling: what a million epochs are to the real density, a few hundred are to this
)
NOISY = ["training.optimizer.rate=0.2", "training.batch=30", "training.seed=3"]  # extremes are anywhere


class Killed(BaseException):
    """As sudden as a signal: nothing in the program catches it."""


def start(registry, path, *overrides, resumed=False, density=FEW, changes=(), said=None):
    experiment = load_experiment("iris", ["training.epochs=150", *NOISY, *overrides])
    setup = build(experiment, registry)
    settings = Settings(experiment, registry, setup.trainer)
    say = (said if said is not None else []).append
    whole = whole_of(setup, registry, path)
    recorder, script = begin_run(
        path, resumed, settings, whole, Saving(37, "step"), say, changes=changes, density=density
    )
    return settings, recorder, script


def finish(settings, recorder, script=(), **options):
    ended = Session(settings.trainer, recorder, settings=settings, script=script, **options).run()
    recorder.finish(ended, [], 0)
    return settings.trainer.network.parameters.values.copy()


def whole(registry, path, *overrides, density=FEW, script=()):
    settings, recorder, _ = start(registry, path, *overrides, density=density)
    return finish(settings, recorder, script)


def cut(registry, path, at, *overrides, script=()):
    """Train, and be killed by the first event after this step."""
    settings, recorder, _ = start(registry, path, *overrides)

    def kill(event):
        if isinstance(event, StepsFinished | EpochFinished) and event.step >= at:
            raise Killed

    with pytest.raises(Killed):
        Session(settings.trainer, recorder, observers=[kill], settings=settings, script=script, speed=1e9).run()
    recorder.close()


def events_of(path):
    lines = (path / layout.EVENTS).read_bytes().splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in lines]


def extremes(history):
    """Over all epochs of a history that has all: the first epoch of the lowest and of the highest value, by numpy."""
    found = {}
    for part in ("train", "validation"):
        for name, values in getattr(history, part).items():
            for what, at in (("low", int(np.argmin(values))), ("high", int(np.argmax(values)))):
                found[what, part, name] = (at, values[at])
    return found


def known(history):
    return {
        (what, part, name): found
        for what in ("low", "high")
        for part, of in getattr(history, what).items()
        for name, found in of.items()
    }


# The rule


def test_the_rule_by_hand():
    """Density 4: all up to 8, every second up to 16, every fourth up to 32, every eighth up to 64."""
    found = [number for number in range(65) if is_recorded(number, 4)]
    assert found == [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64]
    assert all(is_recorded(number, ALL) for number in range(100))


def test_ten_million_epochs_are_some_fifty_thousand():
    count, number = 0, 0
    while number <= 10**7:
        assert number % distance(number, DENSITY) == 0
        count, number = count + 1, number + distance(number, DENSITY)
    assert 45_000 < count < 55_000
    assert all(distance(number, DENSITY) == 1 for number in (0, 1, DENSITY, 2 * DENSITY - 1))
    assert distance(2 * DENSITY, DENSITY) == 2


def test_a_snapshot_is_of_an_epoch_that_is_recorded():
    """Snapshots are at most 512: their distance, a power of two as well, is never the smaller one."""
    for epoch in range(1, 200_000, 7):
        every = 1
        while epoch // every + 1 > 512:
            every *= 2
        assert every % distance(epoch, DENSITY) == 0


# What is recorded, and what depends on it


@pytest.mark.slow
@pytest.mark.parametrize("overrides", [(), ("training.early_stopping={patience=60}",)], ids=["to the end", "goes back"])
def test_nothing_but_the_columns_is_thinned(registry, tmp_path, overrides):
    weights = [
        whole(registry, tmp_path / name, *overrides, density=density) for name, density in (("all", ALL), ("few", FEW))
    ]
    assert np.array_equal(*weights)
    every, few = (open_run(tmp_path / name).history for name in ("all", "few"))
    last = every.last_epoch
    assert every.epochs == list(range(last + 1))
    assert set(few.epochs) == {n for n in range(last + 1) if is_recorded(n, FEW)} | set(few.health_epochs) | {last}
    assert few.health_epochs == every.health_epochs
    assert len(few.epochs) < last // 2
    for part in ("train", "validation"):
        for name, values in getattr(every, part).items():
            assert getattr(few, part)[name] == [values[epoch] for epoch in few.epochs]
    assert known(few) == known(every) == extremes(every)
    assert any(isinstance(event, EpochsSkipped) for event in map(_event, events_of(tmp_path / "few")))
    assert few.newest == every.newest
    assert (few.confusion, few.last_step, few.ended) == (every.confusion, every.last_step, few.ended)
    one, other = (finished(tmp_path / name) for name in ("all", "few"))
    assert one.summary.metrics == other.summary.metrics
    assert outcome(few).columns == outcome(every).columns
    assert [verdict.name for verdict in diagnose(few, load_experiment("iris"))] == [
        verdict.name for verdict in diagnose(every, load_experiment("iris"))
    ]
    table = {row["epoch"]: {**row, "seconds": 0} for row in rows(every)}
    assert [{**row, "seconds": 0} for row in rows(few)] == [table[epoch] for epoch in few.epochs]
    assert few.steps == [step for step in every.steps if step == 1 or is_recorded(step, FEW)]


def _event(tree):
    return EpochsSkipped(tree["low"], tree["high"]) if tree["event"] == "skipped" else None


def test_the_kept_epoch_is_known_though_it_was_not_recorded(registry, tmp_path):
    """Early stopping goes back to an epoch that the log does not have: its metrics are those of the full log."""
    stopping = ["training.early_stopping={patience=60}", "training.seed=7"]
    whole(registry, tmp_path / "all", *stopping, density=ALL)
    whole(registry, tmp_path / "few", *stopping)
    every, few = (open_run(tmp_path / name).history for name in ("all", "few"))
    kept = few.ended.kept
    assert kept not in few.epochs, "choose another seed: this test is of an epoch that is not recorded"
    assert few.newest["validation"] == {name: values[kept] for name, values in every.validation.items()}


CHANGES = [(401, 100, "training.lambda", "0.5"), (444, 111, "training.optimizer.rate", "0.05")]  # within 101, after 111


@pytest.fixture(scope="module")
def changed(registry, tmp_path_factory):
    """A run with these changes, never cut, and its weights."""
    folder = tmp_path_factory.mktemp("changed") / "whole"
    return folder, whole(registry, folder, script=[SettingChanged(*change) for change in CHANGES])


@pytest.mark.slow
@pytest.mark.parametrize("at", [60, 151, 260, 333, 402, 443, 446, 510, 598])
def test_a_killed_run_records_the_same(registry, tmp_path, changed, at):
    """Four steps an epoch; saved every 37 steps: in and between epochs that are recorded and that are not."""
    script = [SettingChanged(*change) for change in CHANGES]
    uncut, expected = changed
    cut(registry, tmp_path / "cut", at, script=script)
    done = len(load_checkpoint(tmp_path / "cut", pytest.fail).changes)
    settings, recorder, _ = start(registry, tmp_path / "cut", resumed=True)
    assert np.array_equal(finish(settings, recorder, script[done:]), expected)
    assert events_of(tmp_path / "cut") == events_of(uncut)
    assert known(recorder.history) == known(open_run(uncut).history)
    assert {111, 150} <= set(recorder.history.epochs), "before a change, and at the end, the newest is recorded"


def test_a_stopped_run_goes_on_and_records_the_same(registry, tmp_path):
    """The end records an epoch that the uninterrupted run does not: a resume takes it back."""
    expected = whole(registry, tmp_path / "whole")
    settings, recorder, _ = start(registry, tmp_path / "run")
    finish(settings, recorder, stop_at=4 * 101 + 2)
    assert open_run(tmp_path / "run").history.epochs[-1] == 101
    settings, recorder, _ = start(registry, tmp_path / "run", resumed=True)
    assert recorder.history.last_epoch == 101
    assert np.array_equal(finish(settings, recorder), expected)
    assert events_of(tmp_path / "run") == events_of(tmp_path / "whole")


def test_a_run_repeats_itself_after_all_of_that(registry, tmp_path):
    """Changed, stopped, gone on with and given more epochs: `verify` finds the same events."""
    script = [SettingChanged(*change) for change in CHANGES]
    settings, recorder, _ = start(registry, tmp_path / "run")
    finish(settings, recorder, script, stop_at=470)
    settings, recorder, _ = start(registry, tmp_path / "run", resumed=True)
    finish(settings, recorder)
    settings, recorder, more = start(registry, tmp_path / "run", resumed=True, changes=[("training.epochs", "190")])
    finish(settings, recorder, more)
    reader = open_run(tmp_path / "run")
    assert reader.history.last_epoch == 190
    experiment = load_experiment(str(tmp_path / "run" / layout.EXPERIMENT))
    setup = build(experiment, registry)
    again = tmp_path / "again"
    density = reader.history.started.density
    with closing(RunRecorder(again, setup.trainer, whole_of(setup, registry, again), density=density)) as recorder:
        found = train_again(reader, Settings(experiment, registry, setup.trainer), recorder, pytest.fail)
    assert (found.same, found.difference, found.weights) == (True, "", True)
    assert found.events == len(events_of(tmp_path / "run"))


def test_a_resume_keeps_the_density_that_the_run_began_with(registry, tmp_path):
    cut(registry, tmp_path / "run", 200)
    settings, recorder, _ = start(registry, tmp_path / "run", resumed=True, density=ALL)
    finish(settings, recorder)
    assert open_run(tmp_path / "run").history.started.density == FEW
    assert len(recorder.history.epochs) < 80


def test_a_run_that_begins_again_keeps_it_too(registry, tmp_path):
    settings, recorder, _ = start(registry, tmp_path / "run")
    finish(settings, recorder, stop_at=430)
    expected = events_of(tmp_path / "run")
    for path in (tmp_path / "run").glob("checkpoint*"):
        path.unlink()
    settings, recorder, _ = start(registry, tmp_path / "run", resumed=True, density=ALL)
    finish(settings, recorder, stop_at=430)
    assert events_of(tmp_path / "run") == expected


@pytest.mark.slow
def test_every_epoch_is_recorded_if_somebody_says_so(tmp_path, trainers):
    words = ["train", "xor", "--set", "training.epochs=3", "--quiet", "--run-dir"]
    for name, option, density in (("few", [], DENSITY), ("all", ["--every-epoch"], ALL)):
        assert trainers.run(*words, name, *option, cwd=tmp_path) == 0
        assert open_run(tmp_path / name).history.started.density == density


# What readers see of the newest epoch


def test_readers_see_the_newest_epoch_recorded_or_not(registry, tmp_path):
    """Watched step by step: after each epoch a reader of long standing and a new one know it and all extremes."""
    settings, recorder, _ = start(registry, tmp_path / "run", "training.epochs=70")
    reader, seen = RunReader(tmp_path / "run"), []

    def look(event):
        if not isinstance(event, EpochFinished):
            return
        changed = reader.refresh()
        history = reader.history
        assert changed
        assert (history.last_epoch, history.newest["train"]) == (event.epoch, event.train)
        assert known(history) == known(recorder.history) == known(open_run(tmp_path / "run").history)
        assert history.epochs == recorder.history.epochs
        assert all(len(values) == len(history.epochs) for values in history.train.values())
        assert not reader.refresh(), "nothing is new"
        seen.append(run_info(tmp_path / "run").epoch)

    finish(settings, recorder, observers=[look], speed=1e9)
    assert seen == list(range(71))
    assert not (tmp_path / "run" / layout.NEWEST).exists(), "the end has recorded it"


def test_what_was_killed_shows_its_newest_epoch_until_it_goes_on(registry, tmp_path):
    cut(registry, tmp_path / "run", 4 * 107 + 1)
    assert open_run(tmp_path / "run").history.last_epoch == 107
    settings, recorder, _ = start(registry, tmp_path / "run", resumed=True)
    assert open_run(tmp_path / "run").history.last_epoch < 107
    finish(settings, recorder)


def test_how_a_long_run_ended_is_told_without_reading_it(registry, tmp_path, monkeypatch):
    """Its trainer is gone and has left no summary."""
    whole(registry, tmp_path / "run", "training.epochs=20")
    (tmp_path / "run" / layout.SUMMARY).unlink()
    log = tmp_path / "run" / layout.EVENTS
    content = log.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(RunReader, "refresh", pytest.fail)
        assert RunReader(tmp_path / "run").state() == "finished"
        assert run_info(tmp_path / "run").epoch == 20
        for left in (content[:-1], content[: content.rindex(b"\n", 0, -1) + 1]):  # torn, and killed before it
            log.write_bytes(left)
            assert RunReader(tmp_path / "run").state() == "crashed"
    log.write_bytes(content)
    monkeypatch.setattr(reader, "TAIL", 40)  # the last line is longer: it has to be read
    assert RunReader(tmp_path / "run").state() == "finished"


@pytest.mark.parametrize("content", [b"", b"nonsense\n", b'{"event":"started"}\n', b"\xff" * 100, b'{"event":"epoch"'])
def test_a_newest_epoch_that_is_none_is_passed_over(registry, tmp_path, content):
    whole(registry, tmp_path / "run", "training.epochs=20")
    (tmp_path / "run" / layout.NEWEST).write_bytes(content)
    assert open_run(tmp_path / "run").history.last_epoch == 20


@pytest.mark.parametrize("damage", [b"nonsense", b'{"event":"step","step":1,"epoch":1,"batch":1,"loss":1.0}\n'])
def test_a_checkpoint_whose_newest_epoch_is_none_is_damaged(registry, tmp_path, damage):
    from tui_nn.model.tensors import pack, unpack

    cut(registry, tmp_path / "run", 4 * 107 + 1)
    path = tmp_path / "run" / layout.CHECKPOINT
    tensors, texts = unpack(path.read_bytes())
    assert tensors["newest"].size
    path.write_bytes(pack({**tensors, "newest": np.frombuffer(damage, np.uint8)}, texts))
    said = []
    assert load_checkpoint(tmp_path / "run", said.append).passed_over == 1


# What is said


def test_a_thinned_curve_says_so(registry, tmp_path):
    whole(registry, tmp_path / "few")
    whole(registry, tmp_path / "all", density=ALL)
    few, every = (Subject(open_run(tmp_path / name)) for name in ("few", "all"))
    for name in ("loss", "accuracy", "metrics"):
        assert "up to 16 epochs apart" in find(name).heading(few, Knobs())
        assert "apart" not in find(name).heading(every, Knobs())
    assert "apart" not in find("loss").heading(few, Knobs(window="batches"))
    for name, says in (("few", "points up to 16 epochs apart"), ("all", "")):
        shown = CliRunner().invoke(show, [str(tmp_path / name)])
        assert shown.exit_code == 0
        assert says in shown.stderr
        assert bool(shown.stderr) == bool(says)


def test_a_rise_between_recorded_epochs_is_told_with_their_distance(registry, tmp_path):
    whole(registry, tmp_path / "run")
    history = open_run(tmp_path / "run").history
    assert history.epochs[-11:] == [64, 72, 80, 88, 96, 104, 112, 120, 128, 144, 150]
    history.train["loss"][-5] += 9.0
    (told,) = (verdict for verdict in diagnose(history, load_experiment("iris")) if "rose by" in verdict.says)
    assert "rose by 8.99" in told.says
    assert "within the last 86 epochs" in told.says
