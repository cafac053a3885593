"""A crew: the threads of one process that share its work. numpy leaves Python's lock while it computes, so parts of the
samples can go through a network side by side, and the next batches can be gathered while the present ones are learnt.

How the work is divided depends on the number of threads alone, so the same number gives the same results, bit by bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from functools import cached_property
from typing import TypeVar

T = TypeVar("T")
# Holds the library of matrix products to a number of threads, for as long as the context lasts.
Limit = Callable[[int], AbstractContextManager[object]]


def _no_limit(threads: int) -> AbstractContextManager[object]:  # noqa: ARG001
    return nullcontext()


class Crew:
    """`threads` of Python's; `limit` keeps matrix products from starting as many again in each of them."""

    def __init__(self, threads: int = 1, limit: Limit = _no_limit) -> None:
        self.threads = threads
        self.limit = limit

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.threads, "crew")

    def side_by_side(self, tasks: Sequence[Callable[[], T]]) -> list[T]:
        """What each task returns. The first is done by the caller, each of the others by a thread."""
        if len(tasks) == 1:
            return [tasks[0]()]
        with self.limit(1):
            # In the caller's context: numpy's errstate goes along.
            others = [self._pool.submit(copy_context().run, task) for task in tasks[1:]]
            first = tasks[0]()
            return [first, *(other.result() for other in others)]

    def one_ahead(self, items: Iterator[T]) -> Iterator[T]:
        """The same items, each asked for while its predecessor is still used; with one thread, when it is asked for."""
        if self.threads == 1:
            yield from items
            return
        context = copy_context()

        def following() -> T | None:
            return context.run(lambda: next(items, None))

        waiting = self._pool.submit(following)
        while (item := waiting.result()) is not None:
            waiting = self._pool.submit(following)
            yield item
