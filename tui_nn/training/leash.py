"""`tui-nn` on a leash: the process of a trial, which saves and ends when the worker that started it is gone.

The worker holds the other end of this process's standard input. Even a worker that is killed lets go of it.
"""

from __future__ import annotations

import runpy
import sys
import threading

from tui_nn.system import end_this_process, wait_for_end_of_input


def end_with_parent() -> None:
    """Ask this process to end as soon as its standard input is closed at the other end."""
    wait_for_end_of_input()
    end_this_process()


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, name="leash", daemon=True).start()
    sys.argv[0] = "tui-nn"
    runpy.run_module("tui_nn", run_name="__main__", alter_sys=True)
