"""A session drives a trainer: it asks for events, records them, tells observers, and honours the control channel."""

from __future__ import annotations

import math
import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from tui_nn.engine.breakpoints import Breakpoint
from tui_nn.engine.events import (
    ByHand,
    Ended,
    EpochFinished,
    Event,
    Reason,
    Remeasured,
    SettingChanged,
    Started,
    StepsFinished,
)
from tui_nn.engine.trainer import Trainer
from tui_nn.errors import TuiNNError
from tui_nn.runs.control import ControlServer
from tui_nn.runs.pauses import paused_for
from tui_nn.runs.recorder import RunRecorder

BEAT = 0.5  # seconds between two signs of life while nothing is asked of a paused trainer


class Pace:
    """Slows training down so that a person can watch: `speed` epochs a second, 0 for as fast as it goes.

    It only ever waits between steps; the arithmetic does not know of it. What was asked for so many `seconds` is over
    then, unless it is asked for again: so a viewer that is gone, however it went, leaves its speed on no run.
    """

    SHORTEST = 0.02  # seconds: shorter waits are saved up, the clock is not that exact

    def __init__(self, speed: float, batches: int, seconds: float = math.inf) -> None:
        self._batches = batches
        self.keep(speed, seconds)
        self.restart(0)

    def keep(self, speed: float, seconds: float = math.inf) -> None:
        """Go at this speed, for so many seconds."""
        self._speed, self._until = speed, time.monotonic() + seconds

    @property
    def speed(self) -> float:
        """Epochs a second at this moment."""
        return self._speed if time.monotonic() < self._until else 0.0

    def restart(self, step: int) -> None:
        """Count from this step and this moment."""
        self._step, self._moment = step, time.monotonic()

    def delay(self, step: int) -> float:
        """Seconds to wait before the next step."""
        speed = self.speed
        if not speed:
            return 0.0
        due = self._moment + (step - self._step) / (speed * self._batches)
        ahead = due - time.monotonic()
        return ahead if ahead > self.SHORTEST else 0.0


class Steering(Protocol):
    """What may be changed while a run trains, all of it or nothing; both raise TuiNNError for what may not."""

    def changed(self, changes: Mapping[str, str]) -> object: ...
    def change(self, changes: Mapping[str, str]) -> None: ...


class Session:
    """One training run from its first event to its last.

    `interrupt` may be called from a signal handler: the step under way is finished, then the run ends. `settings` is
    what may be changed on request; `speed` holds for `speed_for` seconds; `script` does at its moments what was done by
    hand, and `stop_at` ends the run after a step: so a run that somebody steered is repeated.
    """

    def __init__(
        self,
        trainer: Trainer,
        recorder: RunRecorder,
        control: ControlServer | None = None,
        observers: Iterable[Callable[[Event], None]] = (),
        *,
        paused: bool = False,
        speed: float = 0.0,
        speed_for: float = math.inf,
        settings: Steering | None = None,
        script: Iterable[ByHand] = (),
        stop_at: int | None = None,
    ) -> None:
        self.trainer = trainer
        self._recorder = recorder
        self._control = control
        self._observers = tuple(observers)
        self._paused = paused
        self._pace = Pace(speed, trainer.batches, speed_for)
        # A step that was asked for: its unit, how many are left, and what ends it sooner.
        self._pending: dict[str, Any] | None = None
        self._stop: Reason | None = None
        self._settings = settings
        self._script = deque(script)
        self._stop_at = stop_at
        self._epoch, self._step = trainer.progress.epochs, trainer.progress.step
        self._resumed = len(trainer.progress.losses) > 0  # the first is measured before the first step
        self.heard = time.monotonic()  # the last sign of life: an event, or a look at requests
        if control is not None:
            control.problem = lambda: recorder.problem
        if control is not None and settings is not None:
            control.judge = settings.changed

    def interrupt(self) -> None:
        """End the run after the step under way, with the reason "interrupted"."""
        self._stop = Reason.INTERRUPTED

    def run(self) -> Ended:
        """Train to the end, or to where somebody stops it."""
        for event in self.events():
            if isinstance(event, Ended):
                return event
        raise AssertionError("a trainer's last event is Ended")

    def events(self) -> Iterator[Event]:
        """The same, handing out each event of the trainer once it is recorded; the last is Ended."""
        self._say("paused" if self._paused else "running")
        if self._resumed and self._follow_script():
            self._recorder.try_to_save()  # a kill must not lose what was asked of this resume
        self._set_burst()
        for event in self.trainer.events():
            self._take(event)
            yield event
            if isinstance(event, Ended):
                return
            if isinstance(event, Started):
                continue  # what the run begins with is measured next: nobody stops it in between
            if not self._is_last_batch(event):
                self._follow_script()
                self._obey(event)
            self._set_burst()
            if self._stop is not None:
                message = "stopped on request" if self._stop == Reason.STOPPED else "interrupted by a signal"
                yield self.end(self._stop, message)
                return

    def end(self, reason: Reason, message: str) -> Ended:
        """The last event of a run that ends here, between two steps; recorded."""
        ended = self.trainer.stopped(reason, self._epoch, self._step, message)
        self._take(ended)
        return ended

    def _set_burst(self) -> None:
        """Step by step while somebody watches or counts, else as many steps at once as the trainer likes."""
        watched = self._paused or self._pending is not None or self._pace.speed > 0
        self.trainer.burst = 1 if watched else self._steps_to_the_next_mark()

    def _steps_to_the_next_mark(self) -> int:
        marks = [change.step for change in self._script] + ([] if self._stop_at is None else [self._stop_at])
        ahead = [mark - self._step for mark in marks if mark > self._step]
        return min(ahead, default=1 << 30)

    def _follow_script(self) -> bool:
        """Do what was done at this moment of the run that is repeated. True if anything was."""
        moment = (self._step, self.trainer.progress.epochs)
        waiting = len(self._script)
        while self._script and (self._script[0].step, self._script[0].epoch) == moment:
            done = self._script.popleft()
            if isinstance(done, Remeasured):
                self._take(self.trainer.measure_again())
            else:
                try:
                    self._change({done.key: done.value})
                except TuiNNError as error:
                    self._recorder.warn(f"{done.key} not changed: {error}")
        if self._stop_at is not None and self._step >= self._stop_at:
            self._stop = Reason.STOPPED
        return len(self._script) < waiting

    def _change(self, changes: Mapping[str, str]) -> bool:
        """Make these changes, and say so. True if a weight is another one now. Raises TuiNNError, and makes none."""
        assert self._settings is not None
        self._settings.change(changes)
        epochs = self.trainer.progress.epochs
        said = [SettingChanged(self._step, epochs, key, value) for key, value in changes.items()]
        weights = any(change.is_weight for change in said)
        if weights:
            self._recorder.show_weights(self._step)  # before it is said, so that whoever hears of it finds them
        for change in said:
            self._take(change)
        return weights

    def _set(self, changes: Mapping[str, str]) -> str:
        """Make these changes so that no kill loses them. Returns why that was not possible, or nothing."""
        try:
            weights = self._change(changes)
        except TuiNNError as error:  # they were sound when they were asked for; the run may have moved on since
            return str(error)
        if weights:
            self._take(self.trainer.measure_again())
        problem = self._recorder.try_to_save()
        return f"changed, but not saved ({problem}): a kill before the next save loses it." if problem else ""

    def _take(self, event: Event) -> None:
        if isinstance(event, StepsFinished | EpochFinished):
            self._epoch, self._step = event.epoch, event.step
        self._recorder.record(event)
        for observer in self._observers:
            observer(event)
        self.heard = time.monotonic()

    def _is_last_batch(self, event: Event) -> bool:
        """After the last batch of an epoch its measurement follows at once: nobody pauses in between."""
        return isinstance(event, StepsFinished) and event.batch == self.trainer.batches and self._stop is None

    def _obey(self, event: Event) -> None:
        """Take requests; while paused, wait for one."""
        if self._control is None:
            return
        self._count_step(event)
        while self._stop is None:
            self.heard = time.monotonic()
            waiting = self._paused and self._pending is None
            try:
                delay = BEAT if waiting else self._pace.delay(self._step)
                if delay > 0:
                    self._recorder.live.beat()
                    request = self._control.requests.get(timeout=min(delay, BEAT))
                else:
                    request = self._control.requests.get_nowait()
            except queue.Empty:
                if not waiting and delay <= BEAT:
                    return
                continue
            self._follow(request)

    def _count_step(self, event: Event) -> None:
        pending = self._pending
        if pending is None:
            return
        if pending["unit"] == "batch" or isinstance(event, EpochFinished):
            pending["count"] -= 1
        why = pending["until"].met(self.trainer) if pending["until"] is not None else ""
        if why:
            self._recorder.warn(paused_for(self._step, why))
        if pending["count"] <= 0 or why:
            self._pending = None
            self._say("paused", why)

    def _follow(self, request: dict[str, Any]) -> None:
        match request["do"]:
            case "pause":
                self._paused, self._pending = True, None
                self._say("paused")
            case "play":
                self._paused, self._pending = False, None
                self._pace.restart(self._step)
                self._say("running")
            case "step":
                self._paused = True
                until = request.get("until")
                self._say("paused" if until is None else "running")
                self._pending = {
                    "unit": request.get("unit", "batch"),
                    "count": request.get("count", 1 if until is None else 1 << 62),
                    "until": None if until is None else Breakpoint.parsed(until),
                }
                self._pace.restart(self._step)
            case "speed":
                before = self._pace.speed
                self._pace.keep(float(request.get("epochs_per_second", 0)), float(request.get("seconds", math.inf)))
                if self._pace.speed != before:
                    self._pace.restart(self._step)
            case "set":
                if request["done"].set_running_or_notify_cancel():
                    request["done"].set_result(self._set(request["changes"]))
            case "stop":
                self._stop = Reason.STOPPED

    def _say(self, state: str, why: str = "") -> None:
        """why: what a breakpoint has found."""
        if self._control is not None:
            self._control.state, self._control.why = state, why
        self._recorder.live.beat(state)
        if state == "paused":
            self._recorder.show_weights(self._step)
