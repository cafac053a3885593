"""The library of matrix products, held to as many threads as an experiment says while it is trained.

The command line tells the library before it is loaded. A program has loaded it already, and it has one number for the
whole process: the first training that computes sets it, the last one that computes gives back what was there. So bits
do not depend on how many processors a machine has, here as there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from threadpoolctl import ThreadpoolController


class _Library:
    """How many trainings compute at this moment, and what is to be restored after the last of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._limit: Any = None

    @cached_property
    def _controller(self) -> ThreadpoolController:
        import numpy  # noqa: F401 - whose library it is

        return ThreadpoolController()

    def enter(self, threads: int) -> None:
        with self._lock:
            if self._users == 0:
                self._limit = self._controller.limit(limits=threads, user_api="blas")
            self._users += 1

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._limit.restore_original_limits()


_LIBRARY = _Library()


@contextmanager
def held(threads: int) -> Iterator[None]:
    """Hold it to so many threads within. Trainings that compute side by side share the number of the first."""
    _LIBRARY.enter(threads)
    try:
        yield
    finally:
        _LIBRARY.leave()
