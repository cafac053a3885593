"""Where trials run: any `concurrent.futures.Executor` will do. Here is one of threads on this machine.

A thread is enough for a trial, for it only waits for a child process.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class LocalExecutor(ThreadPoolExecutor):
    """At most `workers` children at a time."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers, thread_name_prefix="trial")
        self._stop = threading.Event()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As any executor does, telling the trial how it will hear that it shall stop."""
        told: Callable[..., T] = fn
        return super().submit(told, *args, **{**kwargs, "stop": self._stop})

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """With `cancel_futures`, what has not started is dropped, and what runs saves and ends."""
        if cancel_futures:
            self._stop.set()
        super().shutdown(wait, cancel_futures=cancel_futures)


def default_workers(trials: int, threads: int) -> int:
    """As many trials at a time as there are processors for, each with its threads."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(trials, processors // max(1, threads)))
