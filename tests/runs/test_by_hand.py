"""Weights and settings changed by hand: measured anew at once, whole or not at all, and repeated by `verify`."""

from __future__ import annotations

import errno
import json
import queue
import time
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
import pytest

from tui_nn.engine.events import (
    Ended,
    EpochFinished,
    LayerShape,
    Remeasured,
    SettingChanged,
    Started,
    StepFinished,
    StepsFinished,
)
from tui_nn.errors import ExperimentError, TuiNNError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.change import CHANGEABLE, Settings, live_changes
from tui_nn.experiment.load import with_overrides
from tui_nn.plugin.registry import load_registry
from tui_nn.report.outcome import outcome
from tui_nn.runs import checkpoint as checkpoints
from tui_nn.runs import control as controls
from tui_nn.runs.again import train_again
from tui_nn.runs.catalogue import run_info
from tui_nn.runs.checkpoint import load_checkpoint
from tui_nn.runs.control import ControlClient, ControlServer, Refused
from tui_nn.runs.history import History
from tui_nn.runs.reader import open_run
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.saving import Saving
from tui_nn.runs.session import Session
from tui_nn.training.resume import begin_run
from tui_nn.training.whole import whole_of

# XNOR of two bits by sigmoids, as on the slides: AND, NOR, and their OR.
XNOR = [[[-30, 20, 20], [10, -20, -20]], [[-10, 20, 20]]]
# With the OR's second weight at -20 the last unit says what AND says but for (0, 0): 1, 0, 0, 1 becomes 0, 0, 0, 1.
BROKEN = {"theta[2][1][2]": "-20"}


def settings_of(registry, name="xnor-by-hand", *overrides):
    experiment = load_experiment(name, overrides)
    return Settings(experiment, registry, build(experiment, registry).trainer)


def record(path, settings):
    registry = load_registry()
    whole = whole_of(build(settings.experiment, registry), registry, path)
    return RunRecorder(path, settings.trainer, whole)


class Asked(ControlServer):
    """A control channel on which everything has been said before the run begins to listen."""

    def __init__(self, run, *requests):
        super().__init__(run)
        self._coming = list(requests)
        self._clients = ThreadPoolExecutor(9)  # the answer to a change comes only when it has been made
        self._answers = []

    def ask(self, *requests):
        """Each from a client of its own, in this order."""
        for request in requests:
            waiting = self.requests.qsize()
            answer = self._clients.submit(self._take, request)
            while not answer.done() and self.requests.qsize() == waiting:
                wait([answer], 0.001)
            self._answers.append(answer)

    @property
    def answers(self):
        return [answer.result(10) for answer in self._answers]

    def close(self):
        super().close()
        self._clients.shutdown()

    @property
    def judge(self):
        return self._judge

    @judge.setter
    def judge(self, judge):
        self._judge = judge
        if judge is not None:
            self.ask(*self._coming)


def run_asked(registry, path, *requests, example="xnor-by-hand", overrides=(), at=None):
    """A run that is asked these things, paused at its initial weights, or after the step `at`.

    Returns its history and the answers.
    """
    settings = settings_of(registry, example, *overrides)
    recorder = record(path, settings)
    control = Asked(path, *([] if at is not None else requests))

    def ask(event):
        if isinstance(event, StepsFinished) and event.step == at:
            control.ask(*requests)

    session = Session(
        settings.trainer,
        recorder,
        control,
        [ask],
        paused=at is None,
        settings=settings,
        speed=0.0 if at is None else 1e9,
    )
    try:
        ended = session.run()
        recorder.finish(ended, [], 0)
    finally:
        control.close()
    return open_run(path).history, control.answers


def test_the_example_is_what_the_slides_say():
    weights = load_experiment("xnor-by-hand").network.weights
    assert weights == XNOR


def test_a_weight_by_hand_is_measured_at_once(registry, tmp_path):
    """Right for all four points; then, by hand, (0, 0) is wrong: accuracy 3 of 4, one in the wrong cell."""
    history, answers = run_asked(registry, tmp_path / "run", {"do": "set", "changes": BROKEN}, {"do": "stop"})
    assert [answer["ok"] for answer in answers] == [True, True]
    assert history.train["accuracy"] == [1.0]
    assert history.newest["train"]["accuracy"] == 0.75
    assert np.trace(np.array(history.confusion)) == 3
    assert [type(event) for event in history.by_hand] == [SettingChanged, Remeasured]
    summary = open_run(tmp_path / "run").summary()
    assert summary.metrics["train"]["accuracy"] == 0.75
    assert outcome(history).columns["train"]["accuracy"][-1] == 0.75
    assert history.newest_health == history.remeasured.health != history.health[-1]


def test_a_crash_after_it_is_described_by_what_was_measured_last(registry, tmp_path):
    run_asked(registry, tmp_path / "run", {"do": "set", "changes": BROKEN}, {"do": "stop"})
    (tmp_path / "run" / "summary.json").unlink()
    assert run_info(tmp_path / "run").metrics["accuracy"] == 0.75


def test_several_weights_of_one_request_are_measured_once(registry, tmp_path):
    """The rows of AND become those of a unit that is always 0: all answers 0 but NOR's."""
    row = {"theta[1][1][0]": "-30", "theta[1][1][1]": "0", "theta[1][1][2]": "0"}
    history, _ = run_asked(registry, tmp_path / "run", {"do": "set", "changes": row}, {"do": "stop"})
    assert [type(event) for event in history.by_hand] == [SettingChanged] * 3 + [Remeasured]
    assert history.newest["train"]["accuracy"] == 0.75


def test_measuring_changes_nothing_that_is_learnt(registry, tmp_path):
    """With batch_norm and dropout, in the middle of an epoch: the same bits as if nobody had looked."""
    layers = (
        'network.layers=[{kind="dense",units=8},{kind="batch_norm"},{kind="dropout"},'
        '{kind="dense",units=3,activation="softmax"}]'
    )
    found = []
    for number, extra in enumerate(([], [Remeasured(9, 1, {}, {}, None)])):
        settings = settings_of(registry, "iris", layers, "training.epochs=4", "training.loss=softmax_cross_entropy")
        recorder = record(tmp_path / f"{number}", settings)
        script = [SettingChanged(9, 1, "theta[1][2][0]", "0.5"), *extra]
        recorder.finish(Session(settings.trainer, recorder, settings=settings, script=script).run(), [], 0)
        found.append(settings.trainer.network.parameters.values.copy())
    assert np.array_equal(*found)


@pytest.mark.parametrize("measured", [True, False], ids=["this version", "a version that did not measure"])
def test_it_is_repeated(registry, tmp_path, measured):
    path = tmp_path / "run"
    set_rate = {"do": "set", "changes": {"training.optimizer.rate": "0.01", "theta[1][1][0]": "0.25"}}
    again = {"do": "set", "changes": {"theta[1][1][0]": "0.5"}}
    history, _ = run_asked(registry, path, set_rate, again, example="iris", overrides=["training.epochs=9"], at=9)
    assert [event.step for event in history.by_hand] == [9, 9, 9, 9, 9]
    assert history.epochs[-1] == 9
    if not measured:
        events = (path / "events.jsonl").read_bytes().splitlines(keepends=True)
        (path / "events.jsonl").write_bytes(b"".join(line for line in events if b"remeasured" not in line))
        for checkpoint in path.glob("checkpoint*"):  # they know how long the log was
            checkpoint.unlink()
    settings = settings_of(registry, "iris", "training.epochs=9")
    verdict = train_again(open_run(path), settings, record(tmp_path / "again", settings), pytest.fail)
    assert verdict.same, verdict.difference


def test_a_run_whose_end_was_told_in_other_words_is_the_same(registry, tmp_path):
    """A message may be worded otherwise in another version; what it says is in the other fields."""
    overrides = ["training.epochs=2", "training.max_steps=5"]
    path = tmp_path / "run"
    run_asked(registry, path, example="iris", overrides=overrides, at=9)
    log = path / "events.jsonl"
    assert "reached max_steps = 5" in log.read_text()
    log.write_text(log.read_text().replace("reached max_steps = 5", "5 steps done, the most that were allowed"))
    for checkpoint in path.glob("checkpoint*"):  # they know how long the log was
        checkpoint.unlink()
    settings = settings_of(registry, "iris", *overrides)
    verdict = train_again(open_run(path), settings, record(tmp_path / "again", settings), pytest.fail)
    assert verdict.same, verdict.difference


def test_without_a_measurement_there_is_no_number():
    history = History()
    history.apply(EpochFinished(1, 5, {"loss": 0.5}, {"loss": 0.6}, None))
    assert history.newest == {"train": {"loss": 0.5}, "validation": {"loss": 0.6}}
    history.apply(SettingChanged(5, 1, "training.lambda", "1.0"))
    assert history.newest["train"] == {"loss": 0.5}
    history.apply(SettingChanged(5, 1, "theta[1][1][0]", "1.0"))
    assert history.newest == {"train": {}, "validation": {}}
    history.apply(Remeasured(5, 1, {"loss": 0.9}, {"loss": 0.8}, None))
    assert history.newest == {"train": {"loss": 0.9}, "validation": {"loss": 0.8}}
    assert history.train == {"loss": [0.5]}, "no epoch says it"
    history.apply(EpochFinished(2, 10, {"loss": 0.4}, {"loss": 0.3}, None))
    assert history.newest == {"train": {"loss": 0.4}, "validation": {"loss": 0.3}}


def test_weights_that_a_resume_sets_are_measured_too(registry, tmp_path):
    path = tmp_path / "run"
    settings = settings_of(registry, "iris", "training.epochs=2")
    recorder = record(path, settings)
    recorder.finish(Session(settings.trainer, recorder).run(), [], 0)
    settings = settings_of(registry, "iris", "training.epochs=2")
    changes = [("training.epochs", "3"), ("theta[1][1][0]", "9")]
    whole = whole_of(build(settings.experiment, registry), registry, path)
    recorder, script = begin_run(path, True, settings, whole, Saving(), lambda said: None, changes=changes)
    recorder.finish(Session(settings.trainer, recorder, settings=settings, script=script).run(), [], 0)
    assert [type(event) for event in open_run(path).history.by_hand] == [SettingChanged, SettingChanged, Remeasured]


# Several settings are one request


def test_a_request_is_taken_whole_or_not_at_all(registry, tmp_path):
    good, bad = {"training.lambda": "0.5"}, {"training.epochs": '"many"'}
    history, answers = run_asked(
        registry,
        tmp_path / "run",
        {"do": "set", "changes": {**good, **bad}},
        {"do": "set", "changes": {**good, "theta[1][1][0]": "2", "theta[9][1][0]": "2"}},
        {"do": "set", "changes": {"training.l1": "0.25", "training.optimizer.momentum": "0.5"}},
        {"do": "set", "key": "training.batch", "value": "2"},
        {"do": "set", "changes": {}},
        {"do": "set", "changes": {"training.l1": 0.5}},
        {"do": "stop"},
    )
    assert [answer["ok"] for answer in answers] == [False, False, True, True, False, False, True]
    assert "found text; expected" in answers[0]["error"]
    assert "expected a layer from 1 to 2" in answers[1]["error"]
    assert [(change.key, change.value) for change in history.changes] == [
        ("training.l1", "0.25"),
        ("training.optimizer.momentum", "0.5"),
        ("training.batch", "2"),
    ]


@pytest.mark.usefixtures("channel")
def test_the_client_has_the_trainers_reason_and_a_whole_row_has_room(tmp_path):
    def judge(changes):
        if "training.lambda" in changes:
            raise ExperimentError("no lambda today.")

    server = ControlServer(tmp_path)
    server.judge = judge
    try:
        client = ControlClient(tmp_path)
        with pytest.raises(Refused, match=r"^no lambda today\.$"):
            client.send("set", changes={"training.lambda": "1"})
        row = {f"theta[1][1][{place}]": "-0.12345678901234567" for place in range(3073)}
        with ThreadPoolExecutor(1) as one:
            answer = one.submit(client.send, "set", changes=row)
            request = server.requests.get(timeout=2)
            assert request["changes"] == row
            assert not answer.done()
            request["done"].set_result("")
            assert answer.result(2)["ok"]
    finally:
        server.close()


# A change is answered when no kill can undo it


def test_what_is_answered_is_saved(registry, tmp_path):
    """The only checkpoint of the run so far: a kill at this moment finds it. Also before the first step."""
    path, seen = tmp_path / "run", []
    settings = settings_of(registry, "iris", "training.epochs=2")
    recorder = record(path, settings)

    def answered(done):
        """Before the run goes on: who is answered may look only once the next change has been saved."""
        seen.append((done.result(), [change.key for change in load_checkpoint(path, pytest.fail).changes]))

    class Requests(queue.SimpleQueue):
        def put(self, request):
            if request["do"] == "set":
                request["done"].add_done_callback(answered)
            super().put(request)

    changes = [{"do": "set", "changes": {key: "0.5"}} for key in ("training.lambda", "theta[1][1][0]")]
    control = Asked(path, *changes, {"do": "stop"})
    control.requests = Requests()
    try:
        ended = Session(settings.trainer, recorder, control, paused=True, settings=settings).run()
        assert [answer["ok"] for answer in control.answers] == [True, True, True]
    finally:
        control.close()
        recorder.close()
    assert ended.step == 0
    assert seen == [("", ["training.lambda"]), ("", ["training.lambda", "theta[1][1][0]"])]


def test_a_change_that_cannot_be_saved_is_not_acknowledged(registry, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoints, "write_synced", full)
    settings = settings_of(registry)
    recorder = record(tmp_path / "run", settings)
    recorder.warn = (said := []).append
    control = Asked(tmp_path / "run", {"do": "set", "changes": {"training.lambda": "0.5"}}, {"do": "stop"})
    try:
        Session(settings.trainer, recorder, control, paused=True, settings=settings).run()
        answer = control.answers[0]
    finally:
        control.close()
        recorder.close()
    assert not answer["ok"]
    assert answer["error"] == "changed, but not saved (No space left on device): a kill before the next save loses it."
    assert "could not be saved" in said[0]


@pytest.mark.usefixtures("channel")
def test_a_change_that_nobody_comes_to_is_not_made_later(tmp_path, monkeypatch):
    monkeypatch.setattr(controls, "PATIENCE", 0.01)
    server = ControlServer(tmp_path)
    server.judge = lambda changes: None
    try:
        with pytest.raises(Refused, match="not changed: the step under way takes more than"):
            ControlClient(tmp_path).send("set", changes={"training.lambda": "1"})
        assert not server.requests.get(timeout=2)["done"].set_running_or_notify_cancel()
    finally:
        server.close()


def test_a_change_that_the_end_of_the_run_outran_is_refused(registry, tmp_path):
    stop, change = {"do": "stop"}, {"do": "set", "changes": {"training.lambda": "0.5"}}
    history, answers = run_asked(registry, tmp_path / "run", stop, change)
    assert answers[1] == {"ok": False, "error": "not changed: the run has ended."}
    assert history.changes == []


@pytest.mark.parametrize("steps", [0, 9])
def test_what_a_resume_was_told_to_change_survives_a_kill_too(registry, tmp_path, steps):
    """Killed before its next checkpoint would have been due; also of a run that had not taken a step."""

    class Killed(BaseException):
        pass

    def kill(event):
        if isinstance(event, StepsFinished):
            raise Killed

    path = tmp_path / "run"

    def go_on(changes=(), observers=()):
        settings = settings_of(registry, "iris", "training.epochs=4")
        whole = whole_of(build(settings.experiment, registry), registry, path)
        seldom = Saving(1e9, "second")
        recorder, script = begin_run(path, True, settings, whole, seldom, lambda said: None, changes=changes)
        return Session(settings.trainer, recorder, None, observers, settings=settings, script=script), recorder

    settings = settings_of(registry, "iris", "training.epochs=4")
    recorder = record(path, settings)
    session = Session(settings.trainer, recorder, settings=settings, stop_at=steps)
    if steps == 0:
        session.interrupt()
    recorder.finish(session.run(), [], 0)
    session, recorder = go_on([("training.lambda", "2.0")], [kill])
    with pytest.raises(Killed):
        session.run()
    recorder.close()
    session, recorder = go_on()
    recorder.finish(session.run(), [], 0)
    assert [(change.step, change.key) for change in open_run(path).history.changes] == [(steps, "training.lambda")]
    assert open_run(path).history.epochs == [0, 1, 2, 3, 4]


def test_a_minimizer_takes_no_weight_either(registry):
    pytest.importorskip("scipy")
    settings = settings_of(registry, "iris", "training.optimizer=lbfgs", "training.batch=full")
    with pytest.raises(ExperimentError, match="chooses its own steps"):
        settings.changed({"theta[1][1][0]": "1"})


# What can change while a run trains: one list


CHANGES = {
    "optimizer": ('training.optimizer={ kind = "sgd", rate = 0.02, momentum = 0.5 }',
                  {"training.optimizer.rate": "0.02", "training.optimizer.momentum": "0.5"}),
    "schedule": ("training.schedule=cosine", {"training.schedule": '"cosine"'}),
    "lambda": ("training.lambda=2.0", {"training.lambda": "2.0"}),
    "l1": ("training.l1=0.5", {"training.l1": "0.5"}),
    "clip_norm": ("training.clip_norm=1.5", {"training.clip_norm": "1.5"}),
    "clip_value": ("training.clip_value=0.5", {"training.clip_value": "0.5"}),
    "frozen": ('training.frozen=["1.13"]', {"training.frozen": '["1.13"]'}),
    "batch": ("training.batch=full", {"training.batch": '"full"'}),
    "epochs": ("training.epochs=50", {"training.epochs": "50"}),
    "max_steps": ("training.max_steps=900", {"training.max_steps": "900"}),
    "max_seconds": ("training.max_seconds=9.5", {"training.max_seconds": "9.5"}),
}  # fmt: skip


@pytest.mark.parametrize("key", CHANGEABLE)
def test_each_key_that_may_change_is_asked_for_and_taken(registry, key):
    override, expected = CHANGES[key]
    settings = settings_of(registry, "digits", "training.epochs=30")
    after = with_overrides(settings.experiment, [override])
    changes = live_changes(settings.experiment, after)
    assert changes == expected
    settings.change(changes)
    assert settings.experiment == after


def test_what_takes_another_run():
    experiment = load_experiment("digits", ["training.clip_norm=1.0"])
    assert live_changes(experiment, experiment) == {}
    both = with_overrides(experiment, ["training.lambda=2.0", "training.optimizer.rate=0.5"])
    assert live_changes(experiment, both) == {"training.lambda": "2.0", "training.optimizer.rate": "0.5"}
    assert live_changes(experiment, with_overrides(experiment, ["training.optimizer=adam"])) == {
        "training.optimizer": '"adam"'
    }
    for override in (
        "network.layers[0].units=9",
        "data.scale=none",
        "training.seed=3",
        "training.loss=mean_squared_error",
    ):
        assert live_changes(experiment, with_overrides(both, [override])) is None
    assert live_changes(experiment, load_experiment("digits")) is None, "no value stands for a key that is gone"


def test_a_refused_change_of_several_leaves_all_as_it_was(registry):
    settings = settings_of(registry, "iris")
    values = settings.trainer.network.parameters.values.copy()
    before = settings.experiment
    with pytest.raises(TuiNNError):
        settings.change({"training.lambda": "3.0", "theta[1][1][0]": "7", "training.batch": "0"})
    assert settings.experiment == before
    assert np.array_equal(settings.trainer.network.parameters.values, values)
    assert json.loads(json.dumps(settings.trainer.penalty.decay)) == 0


# A history is a reduction of events, and of nothing else


STARTED = Started(
    1, "digits", 2, 9, (LayerShape("dense", 2, "sigmoid", (2, 3)),), ("a", "b"), ("x1", "x2"), None,
    {"train": 10, "validation": 2, "test": 0}, 5, 3, 0, "one_vs_all", ("loss", "accuracy"),
)  # fmt: skip


def all_events():
    values = {"loss": 0.5, "accuracy": 0.25}
    return [
        STARTED,
        EpochFinished(0, 0, values, values, ((1, 0), (1, 0)), 0.5),
        StepFinished(1, 1, 1, 0.75),
        StepFinished(2, 1, 2, 0.5),
        SettingChanged(2, 0, "training.epochs", "7"),
        SettingChanged(2, 0, "theta[1][1][0]", "2.5"),
        Remeasured(2, 0, {"loss": 0.25}, {"loss": 0.125}, ((2, 0), (0, 0)), 0.75),
        StepFinished(5, 1, 5, 0.375),
        EpochFinished(1, 5, {"loss": 0.0625, "accuracy": 1.0}, values, ((0, 1), (1, 0)), 1.5),
        Ended("stopped", 1, 5, "stopped on request", seconds=1.5),
    ]


def test_history_is_a_pure_reduction(monkeypatch):
    """By hand, number by number; the same when the clock is another one, and when the log is read in two goes."""
    history = History()
    for event in all_events():
        history.apply(event)
    assert (history.steps, history.step_loss) == ([1, 2, 5], [0.75, 0.5, 0.375])
    assert (history.epochs, history.epoch_steps, history.epoch_seconds) == ([0, 1], [0, 5], [0.5, 1.5])
    assert history.train == {"loss": [0.5, 0.0625], "accuracy": [0.25, 1.0]}
    assert history.validation == {"loss": [0.5, 0.5], "accuracy": [0.25, 0.25]}
    assert history.confusion == ((0, 1), (1, 0))
    assert (history.planned, history.last_step, history.seconds) == (7, 5, 1.5)
    assert [type(event) for event in history.by_hand] == [SettingChanged, SettingChanged, Remeasured]
    assert history.newest["train"] == {"loss": 0.0625, "accuracy": 1.0}
    assert history.ended.reason == "stopped"
    for name in ("time", "monotonic", "perf_counter"):
        monkeypatch.setattr(time, name, lambda: pytest.fail("a reduction has no clock"))
    again = History()
    again.apply(all_events()[0])
    for event in all_events()[1:]:
        kept = repr(event)
        again.apply(event)
        assert repr(event) == kept, "events are left as they are"
    assert again == history
