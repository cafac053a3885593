"""The bench without a screen: training, changes, what they mean for a run, undo, branches, runs opened again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recording import train

from tui_nn.engine.events import EpochFinished, Remeasured, SettingChanged
from tui_nn.errors import StorageError, TuiNNError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.runs import RunReader, open_run
from tui_nn.runs.family import Parent, write_branch
from tui_nn.runs.history import History
from tui_nn.runs.live import LiveState
from tui_nn.runs.recorder import RunRecorder
from tui_nn.training.whole import whole_of
from tui_nn.tui import model
from tui_nn.tui.bench import pace
from tui_nn.tui.bench.advice import Advisor
from tui_nn.tui.bench.bench import Bench
from tui_nn.tui.bench.changing import BRANCH, KEEP, STOP
from tui_nn.tui.bench.editing import edit_weights
from tui_nn.tui.bench.held import HeldRun
from tui_nn.tui.bench.refusals import Unavailable, Untrainable
from tui_nn.tui.launching import HOLDS
from tui_nn.tui.status import status_line

RATE = "training.optimizer.rate"


def change_to(bench, after):
    return bench.change_to(model.draft(after, bench.registry))


def with_rate(experiment, rate):
    return model.set_option(experiment, "training", "optimizer", "rate", rate)


# Training


@pytest.mark.parametrize(("begun", "sent"), [("reset", ["play", "pause"]), ("play", ["pause", "play"])])
def test_a_run_that_is_being_started_is_told_what_it_is_to_do_then(bench, begun, sent):
    """`Press space to train` stands there while a branch is still being started."""
    getattr(bench, begun)()
    for _ in range(2):
        bench.client.state = "starting"
        bench.play()
    assert [do for do, *_ in bench.client.sent][-2:] == sent


def test_play_pause_step_and_stop(bench):
    with pytest.raises(Unavailable, match="Nothing is training"):
        bench.stop()
    bench.play()
    assert bench.client.starts() == [(bench.experiment, False)]
    bench.play()
    assert bench.client.state == "paused"
    bench.play()
    bench.step("batch")
    bench.step("epoch")
    bench.stop()
    assert bench.client.sent[1:] == [
        ("pause", {}),
        ("play", {}),
        ("step", {"unit": "batch", "count": 1}),
        ("step", {"unit": "epoch", "count": 1}),
        ("stop", {}),
    ]
    bench.step("epoch")
    assert bench.client.starts()[-1] == (bench.experiment, True)


def test_what_cannot_be_trained_is_not_started(bench):
    bench.editor.replace(model.set_layer(bench.experiment, 1, units=7))
    for act in (bench.play, bench.reset, bench.branch):
        with pytest.raises(Untrainable, match="expected 10"):
            act()
    assert not bench.client.sent


def test_the_same_weights_and_new_ones(bench, registry, fakes):
    assert bench.reset() == "The same initial weights as before (seed 0)."
    assert bench.reroll() == "New initial weights (seed 1)."
    assert [(one.training.seed, paused) for one, paused in bench.client.starts()] == [(0, True), (1, True)]
    by_hand = Bench(load_experiment("xnor-by-hand"), registry, fakes.FakeTrainer())
    assert by_hand.reset() == "The same initial weights as before (by hand)."
    with pytest.raises(Unavailable, match="set by hand"):
        by_hand.reroll()
    assert model.initial_weights(by_hand.experiment) == "by hand"
    drawn = model.set_initializer(by_hand.experiment, "zeros")
    assert (model.initial_weights(drawn), drawn.network.weights) == ("zeros", None)


def test_speed_goes_in_steps_and_is_remembered(bench):
    bench.pace.change(1)
    assert bench.remembered.preferences.speed == bench.pace.speed == 30.0
    for _ in range(9):
        bench.pace.change(1)
    assert bench.pace.speed == 0.0, "as fast as it goes"
    for _ in range(9):
        bench.pace.change(-1)
    assert bench.pace.speed == 1.0, "the slowest, and not from there to the fastest"
    for _ in range(5):
        bench.pace.change(1)
    assert not bench.client.sent
    bench.play()
    bench.pace.change(-1)
    assert bench.client.sent[-1] == ("speed", {"epochs_per_second": 100.0, "seconds": HOLDS})


def test_a_speed_is_said_again_as_long_as_somebody_watches(bench, monkeypatch):
    """By who chose it: a run that somebody else trains goes at its own."""

    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    bench.play()
    said = ("speed", {"epochs_per_second": bench.pace.speed, "seconds": HOLDS})
    for _ in range(12):
        bench.poll()
        clock.now += HOLDS / 12
    assert 2 <= bench.client.sent.count(said) <= 4
    bench.client.state = "ended"
    bench.client.sent.clear()
    clock.now += HOLDS
    bench.poll()
    assert not bench.client.sent, "nobody is left to hear it"
    assert "ep/s" not in status_line(bench, False, 120), "what has ended has no speed"
    bench.show(bench.draft, bench.client.reader)
    bench.client.state = "running"
    bench.client.sent.clear()
    clock.now += HOLDS
    bench.poll()
    assert not bench.client.sent
    assert "ep/s" not in status_line(bench, False, 120), "the speed of others is not known here"
    bench.pace.change(-1)
    assert bench.client.sent[-1][0] == "speed"
    assert "ep/s" in status_line(bench, False, 120)


def test_the_run_before_stands_until_the_next_has_begun(bench, fakes):
    bench.play()
    before = bench.shown
    assert not before.is_former
    bench.client.reader, bench.client.state = None, "starting"
    assert bench.shown is before
    assert before.is_former
    waiting = fakes.FakeReader()
    waiting.history = History()
    bench.client.reader = waiting
    assert bench.shown is before, "it has not said anything yet"
    bench.client.reader, bench.client.state = fakes.FakeReader(), "paused"
    assert bench.shown is not before
    assert not bench.shown.is_former


# Changes


async def test_a_change_while_nothing_trains_is_just_made(bench):
    after = model.add_layer(bench.experiment, 0)
    await bench.make(change_to(bench, after))
    assert bench.experiment == after
    assert not bench.client.sent


async def test_a_change_of_several_settings_is_one_request(bench):
    before = bench.experiment
    bench.play()
    after = model.set_key(with_rate(before, 0.02), "training", "epochs", 50)
    await bench.make(change_to(bench, after))
    assert bench.client.asked() == [{"training.epochs": "50", RATE: "0.02"}]
    assert bench.experiment == after
    await bench.make(change_to(bench, bench.undo()))
    assert bench.client.asked()[-1] == {"training.epochs": "30", RATE: "0.1"}
    assert bench.experiment == before
    assert bench.editor.undo() is None
    await bench.make(change_to(bench, bench.redo()))
    assert bench.experiment == after


async def test_a_refusal_leaves_everything_as_it_was(bench):
    before = bench.experiment
    bench.play()
    bench.client.refuses = "training.epochs: 40 epochs are already done."
    with pytest.raises(StorageError, match="40 epochs are already done"):
        await bench.make(change_to(bench, with_rate(before, 0.02)))
    assert bench.experiment == before
    assert bench.editor.undo() is None
    assert bench.client.state == "running"


@pytest.mark.parametrize(("choice", "stops", "starts"), [(BRANCH, True, [False]), (STOP, True, []), (KEEP, False, [])])
async def test_a_change_that_takes_another_run(bench, fakes, choice, stops, starts):
    bench.play()
    reader = bench.client.reader
    reader.theta = fakes.weights(5, [0.0] * 26, *[[1.0] * 26] * 9)  # those of the output layer of digits
    after = model.insert_layer(bench.experiment, 0)
    change = change_to(bench, after)
    assert (change.live, change.kept, change.total) == (None, 1, 3)
    values = {"loss": 0.4, "accuracy": 0.8}
    reader.history.apply(EpochFinished(2, 10, values, values, None))  # it goes on while one is asked
    await bench.make(change, choice)
    assert ("forget", stops) in bench.client.sent
    assert [paused for _, paused in bench.client.starts()[1:]] == starts
    assert bench.experiment == after
    if choice == BRANCH:
        assert bench.client.branch.parent == Parent("fake", 5, 2)
        assert [theta is not None for theta in bench.client.branch.thetas] == [False, False, True]


def test_samples_a_second_are_of_the_epoch_that_the_seconds_are_of(bench, monkeypatch):
    """The counters of a trainer are ahead of what is recorded, by far where the disk is full."""
    bench.play()
    ahead = LiveState("running", 10_000, 1_000, 10**6, 0.0, 1, np.zeros(0), np.zeros(0))
    monkeypatch.setattr(bench.client.reader, "live", lambda: ahead)
    values = {"loss": 0.4, "accuracy": 0.8}
    bench.client.reader.history.apply(EpochFinished(2, 10, values, values, None, seconds=0.001))
    assert status_line(bench, False, 200).endswith("  20k/s"), "2 epochs of 10 samples in a millisecond"


def test_what_cannot_be_trained_is_refused_while_something_trains(bench):
    bench.play()
    with pytest.raises(Untrainable, match="expected 10"):
        change_to(bench, model.set_layer(bench.experiment, 1, units=7))


async def test_weights_by_hand_and_back(bench, fakes):
    with pytest.raises(Unavailable, match="no weights yet"):
        await edit_weights(bench, {(1, 1, 0): 3.0})
    bench.step("batch")
    bench.client.state = "paused"
    bench.client.reader.theta = fakes.weights(5, [0.1, 0.2, 0.3], [0.4, 0.5, 0.6])
    with pytest.raises(Unavailable, match="have these values already"):
        await edit_weights(bench, {(1, 2, 2): 0.6})
    await edit_weights(bench, {(1, 2, 0): -30.0, (1, 2, 1): 20.0, (1, 2, 2): 0.6})
    assert bench.client.asked() == [{"theta[1][2][0]": "-30.0", "theta[1][2][1]": "20.0"}]
    await bench.take_back(bench.undo())
    as_float32 = {"theta[1][2][0]": 0.4, "theta[1][2][1]": 0.5}
    assert {key: pytest.approx(float(value), rel=1e-7) for key, value in bench.client.asked()[-1].items()} == as_float32
    await bench.take_back(bench.redo())
    assert bench.client.asked()[-1] == bench.client.asked()[0]
    bench.stop()
    with pytest.raises(Unavailable, match="has ended"):
        await bench.take_back(bench.undo())
    with pytest.raises(Unavailable, match="nothing to undo"):
        bench.undo()


def test_a_change_from_elsewhere_is_taken_over(bench):
    """Another terminal changes the rate: the panel says so, marked, and u would take it back."""
    bench.play()
    bench.poll()
    bench.client.reader.history.apply(SettingChanged(20, 2, RATE, "0.8"))
    bench.poll()
    assert bench.experiment.training.optimizer["rate"] == 0.8
    assert bench.undo().training.optimizer["rate"] == 0.1


# The moment


def test_the_line_and_what_it_says_are_of_one_moment(bench):
    bench.play()
    history = bench.client.reader.history
    better = {"loss": 0.25, "accuracy": 0.875}
    history.apply(EpochFinished(2, 10, better, better, None))
    assert "epoch 2/3  step 10  val loss 0.2500 acc 0.8750" in status_line(bench, False, 120)
    history.apply(EpochFinished(2, 10, better, {"loss": 4.5e-5, "accuracy": 1.0}, None))
    assert "val loss 4.50e-05 acc 1.0000" in status_line(bench, False, 120), "what is small is no zero"
    edited = {"loss": 4.0, "accuracy": 0.5}
    history.apply(SettingChanged(10, 2, "theta[1][1][0]", "9"))
    assert "not measured since your edit" in status_line(bench, False, 120)
    history.apply(Remeasured(10, 2, edited, edited, None))
    assert "val loss 4.0000 acc 0.5000" in status_line(bench, False, 120)


def test_of_a_run_that_is_not_being_saved_the_line_is_of_what_is_trained(bench):
    bench.play()
    reader = bench.client.reader
    values = {"loss": 0.25, "accuracy": 0.875}
    reader.history.apply(EpochFinished(2, 10, values, values, None))
    reader.live = lambda: LiveState("running", 150, 30, 300, 0.0, 1, np.zeros(0), np.zeros(0))
    assert "epoch 2/3" in status_line(bench, False, 120)
    bench.client.message = "the run is not being saved"
    line = status_line(bench, False, 120)
    assert "epoch 30/3  step 150" in line
    assert "loss" not in line, "that is of epoch 2"
    assert "   " not in line


@pytest.mark.parametrize(("fold", "said"), [("1/5", "fold 1 of 5"), ("3/4", "fold 3 of 4"), (None, None)])
def test_a_run_of_one_fold_says_which(registry, tmp_path, fakes, fold, said):
    run = train(tmp_path / "run", registry, "iris", "training.epochs=1", *([f"data.fold={fold}"] if fold else []))
    bench = Bench(load_experiment("iris", ["validation.folds=5"]), registry, fakes.FakeTrainer())
    assert "fold" not in status_line(bench, False, 120)
    bench.open(f"run:{run}")
    assert f"epoch 1/1  {f'{said}  ' if said else ''}step " in status_line(bench, False, 120)


def test_a_run_is_held_still_until_it_is_looked_at_again(registry, tmp_path):
    """The trainer goes on; weights, counters and events are those of the last look, all three."""
    experiment = load_experiment("iris", ["training.epochs=2"])
    setup = build(experiment, registry)
    trainer = setup.trainer
    recorder = RunRecorder(tmp_path / "run", trainer, whole_of(setup, registry, tmp_path / "run"))
    events = trainer.events()
    trainer.burst = 1
    for _ in range(4):
        recorder.record(next(events))
    recorder.show_weights(2)
    held = HeldRun(RunReader(tmp_path / "run"))
    held.refresh()
    first = held.weights().thetas[0].copy()
    for event in events:
        recorder.record(event)
    assert (held.live().step, held.weights().step, held.history.epochs) == (2, 2, [0])
    assert (held.weights().thetas[0] == first).all()
    held.refresh()
    assert (held.live().step, held.weights().step, held.history.epochs) == (14, 14, [0, 1, 2])
    assert not (held.weights().thetas[0] == first).all()
    recorder.close()


# Runs


def test_a_run_is_opened_with_its_settings_as_they_are_now(registry, tmp_path, fakes):
    changes = [(45, 1, RATE, "0.8"), (45, 1, "training.epochs", "4")]
    run = train(tmp_path / "run", registry, "digits", "training.epochs=3", changes=changes)
    bench = Bench(load_experiment("iris"), registry, fakes.FakeTrainer())
    bench.open(f"run:{run}")
    assert bench.experiment.training.optimizer["rate"] == 0.8
    assert bench.experiment.training.epochs == 4
    assert {key: str(one) for key, one in bench.amendments.items()} == {
        RATE: "0.1 -> 0.8 from epoch 1",
        "training.epochs": "3 -> 4 from epoch 1",
    }
    bench.editor.replace(with_rate(bench.experiment, 0.5))
    assert list(bench.amendments) == ["training.epochs"], "that rate is nobody's but the experiment's at hand"


def test_a_branch_that_is_opened_begins_anew_where_it_began(registry, tmp_path, fakes):
    parent = train(tmp_path / "parent", registry, "digits", "training.epochs=3")
    weights = open_run(parent).weights()
    (tmp_path / "branch").mkdir()
    file = write_branch(tmp_path / "branch", Parent("parent", weights.step, 3), weights.thetas)
    branch = train(
        tmp_path / "branch",
        registry,
        "digits",
        "training.epochs=3",
        f"network.weights={file}",
        changes=[(45, 1, RATE, "0.8")],
    )
    bench = Bench(load_experiment("iris"), registry, fakes.FakeTrainer())
    bench.open(f"run:{branch}")
    assert bench.experiment.network.weights is None
    assert bench.experiment.training.optimizer["rate"] == 0.8
    assert bench.initial_weights == "branch at 3"
    assert bench.same_start().kept == 2
    assert bench.reset() == "The same initial weights as before (the branch's weights from epoch 3)."
    assert bench.runs_folder == Path("runs")  # of the new run, which the scripted trainer has


def test_a_branch_from_the_moment_that_is_shown(registry, tmp_path, fakes):
    run = train(tmp_path / "run", registry, "digits", "training.epochs=3")
    bench = Bench(load_experiment("iris"), registry, fakes.FakeTrainer())
    with pytest.raises(Unavailable, match="no run to branch from"):
        bench.branch()
    bench.open(f"run:{run}")
    bench.subject.go(1)
    recorded = bench.subject.weights()
    assert "past: epoch 1 of 3" in status_line(bench, False, 120)
    assert f"acc {bench.subject.history.validation['accuracy'][1]:.4f}" in status_line(bench, False, 120)
    assert bench.branch().startswith("A branch from epoch 1 with its weights")
    branch = bench.client.branch
    assert branch.parent == Parent("run", recorded.step, 1)
    assert all((one == other).all() for one, other in zip(branch.thetas, recorded.thetas, strict=True))


@pytest.mark.parametrize("what", ["run:nowhere", "file:nowhere.toml", "example:nothing"])
def test_what_is_not_there_leaves_the_bench_as_it_was(bench, what):
    before = bench.experiment
    with pytest.raises(TuiNNError, match=r"nowhere|nothing"):
        bench.open(what)
    assert bench.experiment == before
    assert not bench.client.sent


def test_what_cannot_go_well_is_said_of_a_run_that_has_only_begun(registry, tmp_path):
    experiment = load_experiment("wine", ["data.scale=none"])
    setup = build(experiment, registry)
    path = tmp_path / "run"
    recorder = RunRecorder(path, setup.trainer, whole_of(setup, registry, path))
    recorder.record(setup.trainer.started())
    advisor = Advisor()
    advisor.judge(open_run(path))
    recorder.close()
    assert "nscaled inputs" in advisor.line(ascii_only=True)


def test_that_a_run_has_broken_off_is_found_though_nothing_was_recorded_since_it_was_judged(registry, tmp_path):
    reader = open_run(train(tmp_path / "run", registry, "iris", "training.epochs=2"))
    reader.history.ended = None
    state = "live"
    reader.state = lambda: state
    advisor = Advisor()
    advisor.judge(reader, now=True)
    assert not advisor.verdicts
    state = "crashed"
    advisor.judge(reader, now=True)
    assert [verdict.name for verdict in advisor.verdicts] == ["broken_off"]
    assert "last checkpoint" in advisor.verdicts[0].advice
    assert "if there is none" in advisor.verdicts[0].why, "nothing has been saved of a short run"


def test_a_run_whose_experiment_is_still_being_read_is_judged_when_it_is_there(registry, tmp_path):
    """It was judged once, without, and found well for ever."""
    reader, advisor = open_run(train(tmp_path / "ill", registry, "wine", "data.scale=none")), Advisor()
    known = reader.fact
    for is_read in (False, False, True):
        reader.fact = known if is_read else lambda question, unknown: unknown
        advisor.judge(reader, now=True)
        assert [verdict.name for verdict in advisor.verdicts] == ["unscaled_inputs"] * is_read
