"""The trainer as the workbench sees it: a child process that runs `tui-nn train`, read through its run directory.

The child owns the training. If it dies, its last words are shown and the application goes on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from tui_nn.errors import ExitCode, StorageError, TuiNNError
from tui_nn.experiment import Experiment
from tui_nn.plugin.registry import Registry
from tui_nn.runs import Run, RunReader
from tui_nn.runs.control import ControlClient
from tui_nn.runs.live import LiveState
from tui_nn.system import ask_to_end, had_no_last_word, killed_by
from tui_nn.tui.bench.branch import Branch
from tui_nn.tui.bench.held import Glimpse, HeldRun
from tui_nn.tui.children import Children
from tui_nn.tui.launching import begin, go_on
from tui_nn.tui.lookout import GLANCE, Lookout
from tui_nn.tui.messenger import Messenger, Request

LIVE_STATES = ("starting", "running", "paused")
NO_ANSWER = "the trainer does not answer"
NO_DISK = "the disk does not answer: what is shown is from before"
REMOVED = "the files of this run are no longer there: what is shown is from before"
UNSAVED = "the run is not being saved ({}): it keeps training, and will try again."
ASK_EVERY = 1.0  # seconds between two questions why nothing is recorded
SLOW = 1.0  # seconds of a look, after which that is said


class TrainerClient(Protocol):
    """state: idle, starting, running, paused, ended or crashed. reader: the run that is shown, if any."""

    state: str
    message: str
    reader: Run | None

    def start(self, experiment: Experiment, *, paused: bool, speed: float, branch: Branch | None = None) -> None: ...
    def resume(self, changes: Mapping[str, str], *, paused: bool, speed: float) -> None: ...
    def send(self, do: str, **arguments: Any) -> None: ...
    def set(self, changes: Mapping[str, str]) -> None: ...
    def show(self, reader: RunReader) -> None: ...
    def look_ahead(self) -> None: ...
    def poll(self) -> bool: ...
    def forget(self, *, stop: bool = True) -> None: ...
    def wait(self, seconds: float) -> None: ...


class ProcessTrainer:
    """Watches one run at a time, whoever trains it."""

    def __init__(self, base: Path, registry: Registry | None = None) -> None:
        self.state = "idle"
        self.message = ""
        self.reader: Run | None = None
        self._watched: tuple[HeldRun, Lookout[tuple[bool, Glimpse]]] | None = None
        self._base = base
        self._registry = registry  # which may read its plugin files again
        self._pid = 0  # of the trainer whose counters were seen last: another one may have cut the log
        self._resumes = False  # whether a run is shown that a child is to go on with, and does not yet
        self._refused = ""  # why it did not
        self._is_deaf = False  # whether its trainer would not hear that it is to stop
        self._asked = 0.0  # when it was asked why nothing is recorded
        self._anew: Lookout[RunReader] | None = None  # the log of a run that another trainer has taken up
        self._messenger = Messenger()
        self.children = Children(self._messenger)

    def show(self, reader: RunReader) -> None:
        """Show a run that somebody else started, or that has ended."""
        self.children.retire()
        self.state, self.message = "idle", ""
        self._resumes, self._refused, self._messenger.problem = False, "", ""
        self._watch(HeldRun(reader))
        self.poll()

    def resume(self, changes: Mapping[str, str], *, paused: bool, speed: float) -> None:
        """Go on with the run that is shown, with changes as TOML has them; why it cannot is what `poll` finds."""
        if self.reader is None:
            return
        run = self.reader.path
        self.children.retire()
        self.children.start(partial(go_on, run, changes, paused, speed, self._plugins()))
        self._resumes, self._refused = True, ""
        self.state, self.message = "starting", ""
        self.poll()

    def start(self, experiment: Experiment, *, paused: bool, speed: float, branch: Branch | None = None) -> None:
        """Start a new run, from the weights of `branch` if given; that it cannot be made is what `poll` finds."""
        self.forget()
        self.children.start(partial(begin, self._base, experiment, paused, speed, branch, self._plugins()))
        self.state, self.message = "starting", ""
        self.poll()

    def _plugins(self) -> tuple[str, ...]:
        return tuple(self._registry.files) if self._registry is not None else ()

    def _watch(self, reader: HeldRun) -> None:
        process = self.children.process

        def look() -> tuple[bool, Glimpse]:
            gone = process is not None and process.poll() is not None
            return gone, reader.look()  # in this order: its last lines are seen then

        if self.reader is None or self.reader.path != reader.path:
            self._pid = 0
        self.reader, self._watched, self._anew = reader, (reader, Lookout(look)), None

    def send(self, do: str, **arguments: Any) -> None:
        """Steer the run, without waiting for it. What is sent before the trainer listens waits until it does."""
        process = self.children.process
        if do == "stop" and self.state in ("running", "paused") and self._is_deaf and process is not None:
            process.kill()
            return
        if self.children.is_starting:
            self.children.tell(do, arguments)
        elif self.reader is not None and self.state in LIVE_STATES:
            self._messenger.send(Request(self.reader.path, do, arguments))

    def look_ahead(self) -> None:
        """Have a thread read what is new: the next poll, soon after, shows it and need not wait."""
        if self._watched is not None and self._anew is None:
            self._watched[1].begin()

    def poll(self) -> bool:
        """Read what is new. True if anything is."""
        before = self.state, self.message
        self._look_for_children()
        if self.reader is None or self._watched is None:
            return before != (self.state, self.message)
        changed = False
        reader, lookout = self._watched
        try:
            seen = None if self._anew is not None else lookout.ask(0.0 if lookout.waits > GLANCE else GLANCE)
            if seen is not None and self._is_another(seen[1].live):
                # Somebody goes on with the run, from its checkpoint: what was recorded after that is no more. What is
                # shown stands until the log has been read to its end.
                self._anew = Lookout(partial(_read, reader.path))
            if self._anew is not None:
                changed = self._begin_anew(self._anew)
            elif seen is not None:
                changed = reader.show(seen[1])
                self._decide(reader, *seen)
            elif lookout.waits > SLOW:
                self.message, self._is_deaf = NO_DISK, True
        except TuiNNError as error:
            self.state, self.message = "crashed", str(error)
        if self.state not in LIVE_STATES:
            self._messenger.drop(reader.path)
        return changed or before != (self.state, self.message)

    def _begin_anew(self, reading: Lookout[RunReader]) -> bool:
        """Watch a run that another trainer has taken up, once its log is read. True if it is."""
        read = reading.ask(0.0 if reading.waits > GLANCE else GLANCE)
        if read is not None:
            if not self._resumes:
                self.children.retire()  # somebody else trains it now, and that an own trainer has ended says nothing
            self._anew, self._resumes = None, False
            self._watch(HeldRun(read))
        return read is not None

    def _is_another(self, live: LiveState | None) -> bool:
        """Whether another trainer than the one seen before trains the run that is shown."""
        before, self._pid = self._pid, live.pid if live is not None else self._pid
        process = self.children.process
        awaited = process.pid if self._resumes and process is not None else 0
        return self._pid == awaited if awaited else before not in (0, self._pid)

    def _look_for_children(self) -> None:
        with self.children.handing:
            if self.children.is_starting:
                self._begin()
            self.children.settle()

    def _begin(self) -> None:
        """Watch the run that is being started, if it is there."""
        try:
            run = self.children.begun()
        except TuiNNError as error:
            self.state, self.message = "crashed", str(error)
            return
        if run is None:
            self.message = NO_DISK if self.children.waits > SLOW else ""
            return
        shown = self._watched[0] if self._resumes and self._watched is not None else None
        self._watch(HeldRun(RunReader(run)) if shown is None else shown)
        self.message = ""

    def _decide(self, reader: HeldRun, gone: bool, look: Glimpse) -> None:
        ended, live = reader.history.ended, look.live
        if self._resumes:
            if not gone:
                return
            self._resumes = False
            self._refused = f"Not resumed: {look.words.replace(chr(10), ' ')}"
        if ended is not None:
            self.state, self.message = "ended", f"{REMOVED}." if look.removed else ended.message
        elif gone or (self.children.process is None and (look.state == "crashed" or look.removed)):
            if look.events.whole:
                self.state, self.message = "crashed", self._last_words(reader, look)
        else:
            if live is not None and live.state in LIVE_STATES:
                self.state = live.state
            self.message = look.stalled if self.state == "running" else ""
            if self._messenger.silent(live.heartbeat if live is not None else 0.0) and self.state != "starting":
                self.message = NO_ANSWER
            if look.removed:
                self.message = REMOVED
            self._is_deaf = bool(self.message)
            if live is not None and not self.message:
                self.message = self._unsaved(reader, live)
        self.message = self._refused or self.message

    def _unsaved(self, reader: HeldRun, live: LiveState) -> str:
        """Why the log is behind the trainer, in a sentence: it says so itself, once it is asked."""
        is_behind = live.epoch > reader.history.last_epoch + reader.history.apart
        if (is_behind or self._messenger.problem) and time.monotonic() - self._asked > ASK_EVERY:
            self._asked = time.monotonic()
            self._messenger.send(Request(reader.path, "status", patience=0.0))
        return UNSAVED.format(self._messenger.problem) if self._messenger.problem else ""

    def _last_words(self, reader: HeldRun, look: Glimpse) -> str:
        process = self.children.process
        code = process.returncode if process is not None else None
        if look.removed:
            return f"{REMOVED}."
        # Where it could say nothing any more, what stands in the log is of before.
        words = "" if code is not None and had_no_last_word(code) else look.words.replace("\n", " ")
        step = max(reader.history.last_step, look.live.step if look.live is not None else 0)
        weights = reader.weights()
        shown = f"; what is shown is of step {weights.step}" if weights is not None and weights.step < step else ""
        return f"{how_it_ended(code)} at step {step}{shown}.{' ' + words if words else ''}"

    def set(self, changes: Mapping[str, str]) -> None:
        """Change settings or weights of the run, values as TOML has them: all of them or none.

        Waits for the trainer's answer. Raises StorageError with its reason if it refuses, or does not answer.
        """
        if self.reader is None or self.state not in LIVE_STATES:
            raise StorageError("No run is in progress.")
        if self.state == "starting":
            raise StorageError("The trainer is still starting: try again in a moment.")
        with self._messenger.asking():
            ControlClient(self.reader.path).send("set", changes=dict(changes))

    def forget(self, *, stop: bool = True) -> None:
        """Leave the present run to itself, telling it to stop if it still trains, or to train on at full speed."""
        if self.children.is_starting:
            self.children.leave(stop=stop)
        elif self.reader is not None and self.state in LIVE_STATES:
            run, starting = self.reader.path, self.state == "starting"
            self._messenger.drop(run)
            if not stop:
                self.children.let_go(run)
            else:
                if starting and self.children.process is not None:
                    ask_to_end(self.children.process)
                self._messenger.send(Request(run, "stop", patience=0.0))
        self.children.retire()
        self.reader, self._anew = None, None
        self._resumes, self._refused, self._messenger.problem = False, "", ""
        self.state, self.message = "idle", ""

    def wait_until_sent(self, seconds: float) -> None:
        """Give what was sent time to arrive."""
        self._messenger.drain(seconds)

    def wait(self, seconds: float) -> None:
        """Give what was sent time to arrive, and the child to save and end."""
        until = time.monotonic() + seconds
        self.children.wait_for_starts(until, self._look_for_children)
        self.wait_until_sent(max(0.0, until - time.monotonic()))
        self.children.wait_for_end(until)


def _read(run: Path) -> RunReader:
    """A reader that stands at the end of the log."""
    reader = RunReader(run)
    reader.refresh()
    return reader


def how_it_ended(code: int | None) -> str:
    """Of a trainer with this exit code; None of one that is not of this workbench."""
    if code is None:
        return "the trainer process ended"
    if name := killed_by(code):
        return f"the trainer was killed by {name}"
    if code == ExitCode.STORAGE:  # where it could not write, it could not say so either
        return "the trainer could not write to its directory, and ended"
    return f"the trainer ended with exit code {code:d}"
