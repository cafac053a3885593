"""The processes that train for the workbench: one that is being started, the one there is, and those that were left."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tui_nn.errors import TuiNNError
from tui_nn.system import ask_to_end
from tui_nn.tui.launching import Launched
from tui_nn.tui.lookout import GLANCE, Lookout
from tui_nn.tui.messenger import Messenger, Request

Launch = Lookout[Launched]


class Children:
    """One at a time; a former one is told to stop and finishes by itself.

    process: the one that trains what is shown. handing: who waits for what is being started does so beside the screen,
    which looks for it as well.
    """

    def __init__(self, messenger: Messenger) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.former: list[subprocess.Popen[bytes]] = []
        self.handing = threading.Lock()
        self._messenger = messenger
        self._launch: Launch | None = None
        self._early: list[tuple[str, dict[str, Any]]] = []  # what it is told before it is there
        self._left: list[tuple[Launch, bool]] = []  # those that nobody waits for any more, and whether to stop them

    @property
    def is_starting(self) -> bool:
        """Whether one is being started."""
        return self._launch is not None

    @property
    def waits(self) -> float:
        """Seconds since it was asked whether that one is there."""
        return self._launch.waits if self._launch is not None else 0.0

    def start(self, launch: Callable[[], Launched]) -> None:
        """Have a thread start one."""
        self._launch = Lookout(launch)

    def tell(self, do: str, arguments: dict[str, Any]) -> None:
        """Tell the one that is being started, as soon as it is there."""
        self._early.append((do, arguments))

    def begun(self) -> Path | None:
        """The run of the one that was being started, once it is there. Raises TuiNNError if it cannot be started."""
        if self._launch is None:
            return None
        try:
            begun = self._launch.ask(0.0 if self._launch.waits > GLANCE else GLANCE)
        except TuiNNError:
            self._launch, self._early = None, []
            raise
        if begun is None:
            return None
        self._launch = None
        run, self.process = begun
        early, self._early = self._early, []
        for do, arguments in early:
            self._messenger.send(Request(run, do, arguments))
        return run

    def retire(self) -> None:
        """The one there is goes on, or ends, by itself."""
        if self.process is not None:
            self.former.append(self.process)
            self.process = None

    def leave(self, *, stop: bool) -> None:
        """Nobody waits any more for the one that is being started: stop it when it is there, or let it train on."""
        if self._launch is not None:
            self._left.append((self._launch, stop))
            self._launch, self._early = None, []

    def let_go(self, run: Path) -> None:
        """Have a run train on, at full speed."""
        self._messenger.send(Request(run, "speed", {"epochs_per_second": 0.0}))
        self._messenger.send(Request(run, "play"))

    def settle(self) -> None:
        """What was being started when it was left is stopped, or trains on by itself, when it is there."""
        self.former = [process for process in self.former if process.poll() is None]
        waiting = []
        for launch, stop in self._left:
            try:
                begun = launch.ask(0.0)
            except TuiNNError:
                continue
            if begun is None:
                waiting.append((launch, stop))
                continue
            run, process = begun
            self.former.append(process)
            if stop:
                ask_to_end(process)
            else:
                self.let_go(run)
        self._left = waiting

    def wait_for_starts(self, until: float, look: Callable[[], None]) -> None:
        """Until all that is being started is there; `look` looks for it."""
        while (self._launch is not None or self._left) and time.monotonic() < until:
            look()
            time.sleep(GLANCE)

    def wait_for_end(self, until: float) -> None:
        """Until the one there is has ended."""
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0.0, until - time.monotonic()))
