"""`tui-nn` on a leash: it saves and ends when whoever started it is gone, as the worker of a trial.

They hold the other end of this process's standard input. Even one that is killed lets go of it. A run that somebody
watches goes on without them, unless it is paused: nobody would let it go on. `--while-paused RUN`, before the words.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
import time
from pathlib import Path

from tui_nn.system import end_this_process, wait_for_end_of_input

WHILE_PAUSED = "--while-paused"
SETTLES = 1.0  # seconds, after which a run has done what its viewer told it last


def end_with_parent(watched: Path | None) -> None:
    """Ask this process to end as soon as its standard input is closed at the other end; a watched run, if paused."""
    wait_for_end_of_input()
    if watched is None or _is_left_paused(watched):
        end_this_process()


def _is_left_paused(run: Path) -> bool:
    """Whether the run is paused, once it has begun. Who comes later may pause it as long as they like."""
    from tui_nn.runs import RunReader

    state = "starting"
    while state == "starting":
        time.sleep(SETTLES)
        live = RunReader(run).live()
        # Of a run that is resumed the file is that of its former trainer at first.
        state = live.state if live is not None and live.pid == os.getpid() else "starting"
    return state == "paused"


if __name__ == "__main__":
    watched = None
    if sys.argv[1:2] == [WHILE_PAUSED]:
        watched = Path(sys.argv[2]).absolute()
        del sys.argv[1:3]
    threading.Thread(target=end_with_parent, args=(watched,), name="leash", daemon=True).start()
    sys.argv[0] = "tui-nn"
    runpy.run_module("tui_nn", run_name="__main__", alter_sys=True)
