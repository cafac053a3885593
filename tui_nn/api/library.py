"""Limiting the library of matrix products to the threads of an experiment while it trains.

The command line sets the number before the library is loaded. A program has already loaded it, and there is one number
for the whole process: the first training that computes sets it, and the last one restores the former number. So here,
too, bits do not depend on the number of processors.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from threadpoolctl import ThreadpoolController


class _Library:
    """The number of trainings that compute now, and what to restore after the last of them."""

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
    """Limit the library to this many threads within. Concurrent trainings share the number of the first."""
    _LIBRARY.enter(threads)
    try:
        yield
    finally:
        _LIBRARY.leave()
