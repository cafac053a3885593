"""Breakpoints: training pauses before the batch that has what is looked for, and the run keeps its bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tui_nn.engine.breakpoints import Breakpoint
from tui_nn.engine.events import SettingChanged
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.runs import RunReader
from tui_nn.runs.control import ControlClient, ControlServer, Refused
from tui_nn.runs.live import LiveState
from tui_nn.runs.pauses import pause_of, paused_for
from tui_nn.runs.recorder import RunRecorder
from tui_nn.runs.session import Session
from tui_nn.training.whole import whole_of

IRIS = ["iris", ["training.epochs=30", "training.batch=8"]]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("wrong", Breakpoint(wrong=True)),
        (" nan ", Breakpoint(nan=True)),
        ("gradient > 5", Breakpoint(gradient=5.0)),
        ("|gradient|>1e-2, wrong,nan", Breakpoint(True, True, 0.01)),
    ],
)
def test_what_can_be_looked_for(text, meant):
    assert Breakpoint.parsed(text) == meant


@pytest.mark.parametrize(
    "text", ["", "right", "gradient", "gradient > much", "gradient > 1-2", "wrong,", "gradient < 5"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="expected any of: wrong, nan, gradient > 5"):
        Breakpoint.parsed(text)


def paused_at(registry, folder, name, settings, until):
    """Train until the breakpoint, then stop. The step, Theta, and what was said."""
    setup = build(load_experiment(name, settings), registry)
    said = []

    def warn(text):
        said.append((text, control.state))
        control.requests.put({"do": "stop"})

    folder.mkdir()
    recorder = RunRecorder(folder, setup.trainer, whole_of(setup, registry, folder), warn=warn)
    control = ControlServer(folder)
    control.requests.put({"do": "step", "until": until})
    try:
        ended = Session(setup.trainer, recorder, control, paused=True).run()
        recorder.finish(ended, [], 0)
    finally:
        control.close()
    return ended.step, setup.trainer.network.parameters.values.copy(), said


def steps_of(registry, name, settings):
    """Before each step but the first: its number, and the trainer."""
    trainer = build(load_experiment(name, settings), registry).trainer
    trainer.burst = 1
    for event in trainer.events():
        is_step, is_epoch = type(event).__name__ == "StepsFinished", type(event).__name__ == "EpochFinished"
        if (is_step and event.batch < trainer.batches) or (is_epoch and event.epoch):
            yield event.step, trainer


def next_batch(trainer, step):
    epoch, place = divmod(step, trainer.batches)
    chosen = trainer.order(epoch + 1)[place * trainer.batch :][: trainer.batch]
    return trainer.splits.train.x[chosen], trainer.splits.train.y[chosen]


def test_it_pauses_before_the_first_batch_without_a_small_gradient(registry, tmp_path):
    name, settings = IRIS
    largest = {}
    for step, trainer in steps_of(registry, name, settings):
        x, y = next_batch(trainer, step)
        with trainer.network.undisturbed():
            ones = np.concatenate([np.ones((len(x), 1)), x], axis=1).astype(np.float32).T
            target = trainer.targets.encode(y, np.float32).T
            gradient = trainer.network.loss_and_grad(ones, target, trainer.loss, trainer.penalty.decay)[1]
            largest[step] = float(np.abs(gradient).max()), trainer.network.parameters.values.copy()
    limit = sorted(one for one, _ in largest.values())[-3]  # two steps have more
    expected = next(step for step, (one, _) in largest.items() if one > limit * 1.0001)
    step, theta, said = paused_at(registry, tmp_path / "run", name, settings, f"gradient > {limit * 1.0001}")
    assert step == expected
    assert np.array_equal(theta, largest[expected][1])
    assert f"paused before step {expected + 1}: dJ/dTheta of the next batch reaches" in said[0][0]


class Paused(RunReader):
    """A run whose trainer stands after `step` updates, and has printed these lines."""

    def __init__(self, step, *printed, state="paused"):
        super().__init__(Path("nowhere"))
        self.at, self.printed = LiveState(state, step, 0, 0, 0.0, 1, np.zeros(0), np.zeros(0)), printed

    def live(self):
        return self.at

    def log_tail(self, lines=20):
        return "\n".join(self.printed[-lines:])


def test_what_was_found_is_read_from_the_log_while_the_run_stands_there():
    first, second = paused_for(3, "sample 2 is wrong"), paused_for(7, "the loss is not finite")
    lines = ("begun", f"tui-nn: {first}", "a plugin prints", f"tui-nn: {second}", "and once more")
    assert pause_of(Paused(3, *lines)) == "Paused before step 4: sample 2 is wrong."
    assert pause_of(Paused(7, *lines)) == "Paused before step 8: the loss is not finite."
    for elsewhere in (Paused(4, *lines), Paused(3, *lines, state="running"), Paused(3)):
        assert pause_of(elsewhere) == ""
    edited = Paused(3, *lines)
    edited.history.by_hand.append(SettingChanged(3, 1, "theta[1][1][0]", "0.5"))
    assert pause_of(edited) == "", "it was said of other weights"


def test_it_pauses_before_a_batch_with_a_wrong_sample_and_names_it(registry, tmp_path):
    name, settings = IRIS
    for expected, trainer in steps_of(registry, name, settings):
        x, y = next_batch(trainer, expected)
        wrong = np.flatnonzero(trainer.targets.decode(trainer.network.predict(x)) != y)
        if len(wrong):
            break
    step, theta, said = paused_at(registry, tmp_path / "run", name, settings, "wrong")
    assert step == expected
    assert np.array_equal(theta, trainer.network.parameters.values)
    assert f"sample {wrong[0] + 1} of the next batch is wrong, " in said[0][0]
    assert trainer.splits.classes[y[wrong[0]]] in said[0][0]


def test_it_pauses_before_the_loss_is_not_finite(registry, tmp_path):
    layers = "[{kind='dense',units=4,activation='relu'},{kind='dense',units=3,activation='identity'}]"
    rate = "training.optimizer={kind='sgd',rate=1e12}"
    settings = [rate, f"network.layers={layers}", "training.loss=mean_squared_error", "training.batch=8"]
    step, theta, said = paused_at(registry, tmp_path / "run", "iris", settings, "nan")
    assert step >= 1
    assert np.isfinite(theta).all(), "the update that breaks it is not made"
    assert "the loss of the next batch is" in said[0][0]


@pytest.mark.usefixtures("channel")
def test_a_breakpoint_that_is_none_is_refused_at_once(tmp_path):
    server = ControlServer(tmp_path)
    try:
        with pytest.raises(Refused, match="found 'wrnog'; expected any of"):
            ControlClient(tmp_path).send("step", until="wrnog")
        ControlClient(tmp_path).send("step", until="wrong")
        assert server.requests.get()["until"] == "wrong"
    finally:
        server.close()
