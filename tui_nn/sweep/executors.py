"""Where trials run: any `concurrent.futures.Executor` will do. Here are threads of this machine, and a Dask cluster.

A thread is enough for a trial, for it only waits for a child process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from tui_nn.errors import ExperimentError
from tui_nn.system import processors

P = ParamSpec("P")
T = TypeVar("T")

LOCAL, DASK = "local", "dask://"
PATIENCE = 10  # seconds for a scheduler to answer


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


class DaskExecutor(Executor):
    """The workers of a Dask cluster, which need tui-nn as it is here, and plugins and data at the same paths.

    Dask itself gives the trial of a worker that is gone to another one, three times.
    """

    def __init__(self, address: str) -> None:
        """address: dask://HOST:PORT of the scheduler. Raises ExperimentError if none answers."""
        try:
            from distributed import Client
        except ImportError:
            raise ExperimentError(f"--executor {address}: needs the extra dask: pip install 'tui-nn[dask]'.") from None
        host = address.removeprefix(DASK)
        try:
            # Answers are bytes: nothing that a worker returns is unpickled here.
            self._client = Client(f"tcp://{host}", timeout=PATIENCE, set_as_default=False, deserializers=["msgpack"])
        except (OSError, ValueError) as error:
            raise ExperimentError(
                f"--executor {address}: no scheduler answers ({error}). `dask scheduler` starts one."
            ) from None
        # Not pure: a trial that is tried again is a new task, not the memory of the old one.
        self._executor = self._client.get_executor(pure=False)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As any executor does; the function travels by its name."""
        future: Future[T] = self._executor.submit(fn, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """With `cancel_futures`, what has not started is dropped. What runs goes on: Dask cannot stop it."""
        self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close()


def executor_of(address: str, workers: int) -> Executor:
    """That of `--executor`: local, or dask://HOST:PORT. Raises ExperimentError for another word."""
    if address == LOCAL:
        return LocalExecutor(workers)
    if not address.removeprefix(DASK).strip("/") or not address.startswith(DASK):
        raise ExperimentError(f"--executor {address}: expected {LOCAL} or {DASK}HOST:PORT.")
    return DaskExecutor(address)


def default_workers(trials: int, threads: int) -> int:
    """As many trials at a time as there are processors for, each with its threads."""
    return max(1, min(trials, processors() // max(1, threads)))
