"""Whatever is done with runs, header, panes and the run's own record say the same of the moment that is shown.

The trainer is real and writes real run directories; it trains in this process, an epoch whenever it is told to.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tui_nn.engine.events import EpochFinished, Reason, SettingChanged
from tui_nn.experiment import Experiment, dump_experiment, load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.change import Settings
from tui_nn.render import Look
from tui_nn.runs import Run, RunReader, open_run
from tui_nn.runs.family import write_branch
from tui_nn.runs.recorder import RunRecorder
from tui_nn.training.whole import whole_of
from tui_nn.tui import model
from tui_nn.tui.bench.bench import Bench
from tui_nn.tui.bench.branch import Branch
from tui_nn.tui.bench.held import HeldRun
from tui_nn.tui.status import status_line
from tui_nn.tui.trainer_client import TrainerClient
from tui_nn.views import Knobs, Missing, find

EPOCHS = 12
EXPERIMENT = ("iris", [f"training.epochs={EPOCHS}", "training.batch=60"])


class OwnTrainer:
    """A trainer in this process: `epoch` trains one, and everything else is as the workbench asks for it."""

    def __init__(self, base: Path, registry: Any) -> None:
        self.state, self.message = "idle", ""
        self.reader: Run | None = None
        self._base, self._registry = base, registry
        self._recorder: RunRecorder | None = None

    def start(self, experiment: Experiment, *, paused: bool, speed: float, branch: Branch | None = None) -> None:  # noqa: ARG002
        self.forget()
        run = self._base / f"20260101-0000{len(list(self._base.glob('*'))):02}-iris-aaaaaaaa"
        run.mkdir()
        if branch is not None:
            file = write_branch(run, branch.parent, branch.thetas)
            network = msgspec.structs.replace(experiment.network, weights=str(file), weights_by_columns=None)
            experiment = msgspec.structs.replace(experiment, network=network)
        setup = build(load_experiment(self._written(experiment, run)), self._registry)
        self._trainer = setup.trainer
        self._settings = Settings(setup.experiment, self._registry, setup.trainer)
        self._recorder = RunRecorder(run, setup.trainer, whole_of(setup, self._registry, run))
        self._events = setup.trainer.events()
        self.reader = HeldRun(RunReader(run))
        self.state = "paused" if paused else "running"
        self.epoch()  # the untrained network is measured first

    @staticmethod
    def _written(experiment: Experiment, run: Path) -> str:
        file = run.with_suffix(".toml")
        file.write_text(dump_experiment(experiment))
        return str(file)

    def epoch(self) -> None:
        assert self._recorder is not None
        for event in self._events:
            self._recorder.record(event)
            if isinstance(event, EpochFinished):
                break
        else:
            self._end(event)
            return
        self._recorder.show_weights(event.step)

    def _end(self, ended: Any) -> None:
        assert self._recorder is not None
        self._recorder.finish(ended, [], 0)
        self._recorder, self.state = None, "ended"

    def send(self, do: str, **_: Any) -> None:
        if self._recorder is None:
            return
        if do == "stop":
            progress = self._trainer.progress
            ended = self._trainer.stopped(Reason.STOPPED, progress.epochs, progress.step, "stopped on request")
            self._recorder.record(ended)
            self._end(ended)
        self.state = {"pause": "paused", "play": "running"}.get(do, self.state)

    def set(self, changes: Mapping[str, str]) -> None:
        assert self._recorder is not None
        self._settings.change(changes)
        progress = self._trainer.progress
        for key, value in changes.items():
            self._recorder.record(SettingChanged(progress.step, progress.epochs, key, value))
        self._recorder.flush()

    def resume(self, changes: Mapping[str, str], *, paused: bool, speed: float) -> None:
        raise NotImplementedError

    def show(self, reader: Run) -> None:
        assert isinstance(reader, RunReader)
        self.reader, self.state = HeldRun(reader), "ended"

    def look_ahead(self) -> None:
        pass

    def poll(self) -> bool:
        return self.reader is not None and self.reader.refresh()

    def forget(self, *, stop: bool = True) -> None:  # noqa: ARG002
        self.send("stop")
        self.reader, self.state = None, "idle"

    def wait(self, seconds: float) -> None:
        pass


_: type[TrainerClient] = OwnTrainer  # mypy holds it against the protocol
BOX, LOOK = (90, 16), Look("none")


class OneMoment(RuleBasedStateMachine):
    """rate, epochs: of each run, by its name, as this test has asked for them. past: the epoch that is looked at."""

    registry: Any
    base: Path

    @initialize()
    def begin(self) -> None:
        folder = self.base / f"{len(list(self.base.glob('*'))):03}"
        folder.mkdir()
        self.client = OwnTrainer(folder, self.registry)
        self.bench = Bench(load_experiment(*EXPERIMENT), self.registry, self.client)
        self.rate: dict[str, float] = {}
        self.epochs: dict[str, int] = {}
        self.offset: dict[str, int] = {}
        self.past: int | None = None
        self.bench.start(paused=True)
        self.begun(0)

    @property
    def name(self) -> str:
        assert self.client.reader is not None
        return self.client.reader.path.name

    def begun(self, offset: int) -> None:
        self.bench.poll()
        self.past = None
        self.epochs[self.name], self.offset[self.name] = 0, offset
        self.rate[self.name] = self.bench.experiment.training.optimizer["rate"]  # type: ignore[index]

    @precondition(lambda self: self.bench.trains)
    @rule(count=st.integers(1, 4))
    def play(self, count: int) -> None:
        for _ in range(count):
            if self.bench.trains:
                self.client.epoch()
                self.epochs[self.name] = min(self.epochs[self.name] + 1, EPOCHS)

    @precondition(lambda self: self.bench.trains)
    @rule(rate=st.sampled_from([0.003, 0.02, 0.1]))
    def change_the_rate(self, rate: float) -> None:
        changed = model.set_option(self.bench.experiment, "training", "optimizer", "rate", rate)
        asyncio.run(self.bench.make(self.bench.change_to(model.draft(changed, self.registry))))
        self.rate[self.name] = rate

    @rule(back=st.integers(0, EPOCHS))
    def travel(self, back: int) -> None:
        assert self.bench.subject is not None
        self.bench.poll()
        self.bench.subject.go(max(0, self.epochs[self.name] - back))
        self.past = max(0, self.epochs[self.name] - back)

    @rule(by=st.integers(-5, 5))
    def step_in_time(self, by: int) -> None:
        assert self.bench.subject is not None
        self.bench.poll()
        now = self.epochs[self.name]
        at = now if self.past is None else self.past
        self.bench.subject.move(by)
        target = max(0, at + by)
        self.past = None if target >= now else target

    @rule()
    def back_to_now(self) -> None:
        assert self.bench.subject is not None
        self.bench.subject.go(None)
        self.past = None

    @rule()
    def branch(self) -> None:
        at = self.epochs[self.name] if self.past is None else self.past
        offset = self.offset[self.name] + at
        self.bench.branch()
        self.begun(offset)

    @precondition(lambda self: self.bench.trains)
    @rule()
    def stop(self) -> None:
        self.bench.stop()

    @rule(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        self.open(data.draw(st.sampled_from(sorted(self.epochs))))

    def open_next(self, opened: list[str]) -> None:
        """One that has not been opened yet."""
        opened.append(next(name for name in sorted(self.epochs) if name not in opened))
        self.open(opened[-1])

    def open(self, name: str) -> None:
        assert self.client.reader is not None
        self.bench.open(f"run:{self.client.reader.path.parent / name}")
        self.past = None

    @invariant()
    def header_panes_and_record_agree(self) -> None:
        if not hasattr(self, "bench") or self.client.reader is None:
            return
        self.bench.poll()
        subject, path = self.bench.shown, self.client.reader.path
        assert subject is not None
        recorded, offset = open_run(path).history, self.offset[self.name]
        epoch = self.epochs[self.name] if self.past is None else self.past
        at = recorded.epochs.index(epoch)
        loss, accuracy = (recorded.validation[metric][at] for metric in ("loss", "accuracy"))
        moment = f"{offset}+{epoch}" if offset else f"{epoch}"
        # The header
        header = status_line(self.bench, False, 200)
        assert f"val loss {loss:.4f} acc {accuracy:.4f}" in header
        assert f"step {recorded.epoch_steps[at]} " in header
        assert f"epoch {moment}{f' of {EPOCHS}' if self.past is not None else f'/{EPOCHS}'}" in header
        assert ("past" in header) is (self.past is not None)
        # The curves
        for metric, value in (("loss", loss), ("accuracy", accuracy)):
            drawn = find(metric).draw(subject, Knobs(), BOX, LOOK).plain
            assert f"validation {value:.4g}" in drawn.replace("○ val ", "○ validation ")
            assert (f"epoch {moment} " in drawn.split("\n")[0]) is (self.past is not None)
        # What the network says, asked anew in the past
        confusion = None
        for _ in range(3):
            with contextlib.suppress(Missing):
                confusion = find("confusion").numbers(subject, Knobs())
            subject.work()
        assert confusion is not None
        counts = np.array(confusion["confusion"])
        assert np.trace(counts) / counts.sum() == pytest.approx(accuracy)
        assert subject.moment == moment
        weights, snapshot = subject.weights(), open_run(path).recorded(at)
        assert weights is not None
        assert snapshot is not None
        assert all(np.array_equal(one, other) for one, other in zip(weights.thetas, snapshot.thetas, strict=True))
        # The panel
        assert self.bench.experiment.training.optimizer["rate"] == self.rate[self.name]  # type: ignore[index]
        changes = [change for change in recorded.changes if "rate" in change.key]
        amendment = self.bench.amendments.get("training.optimizer.rate")
        began = load_experiment(str(path / "experiment.toml")).training.optimizer["rate"]  # type: ignore[index]
        if began != self.rate[self.name]:
            assert amendment is not None
            assert amendment.later[-1] == (f"{self.rate[self.name]}", offset + changes[-1].epoch)
        assert self.bench.initial_weights == (f"branch at {offset}" if (path / "parent.json").exists() else "he_normal")

    def teardown(self) -> None:
        if hasattr(self, "client"):
            self.client.forget()


@pytest.fixture
def machine(registry, tmp_path):
    class Here(OneMoment):
        base = tmp_path

    Here.registry = registry
    return Here


def test_header_panes_and_record_agree_in_a_branch_of_a_branch(machine):
    """A rate changed, back in time, a branch, another rate, a branch of that, and all three reopened."""
    one = machine()
    one.begin()
    reopened: list[str] = []
    for step in (
        lambda: one.play(4), lambda: one.change_the_rate(0.1), lambda: one.play(2), lambda: one.travel(2), one.branch,
        lambda: one.change_the_rate(0.003), lambda: one.play(3), lambda: one.travel(1), lambda: one.step_in_time(-1),
        one.branch, lambda: one.play(2), lambda: one.change_the_rate(0.1), lambda: one.play(1), one.stop,
        *(lambda: one.open_next(reopened), lambda: one.travel(1)) * 3, one.branch, lambda: one.play(1),
    ):  # fmt: skip
        step()
        one.header_panes_and_record_agree()
    assert sorted(one.offset.values()) == [0, 4, 5, 7]
    one.teardown()


def test_header_panes_and_record_agree_whatever_is_done(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
