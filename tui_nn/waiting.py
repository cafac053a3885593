"""Who waits for something long is told how far it is: nobody, unless somebody asked to be told."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

Watcher = Callable[[str, float], None]  # what is waited for, and which share of it is done: 1 at its end

_watchers: list[Watcher | None] = [None]


@contextlib.contextmanager
def watched(watcher: Watcher | None) -> Iterator[None]:
    """Within, `watcher` is told, or nobody."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def tell(what: str, share: float) -> None:
    """Say how far it is."""
    if (watcher := _watchers[-1]) is not None:
        watcher(what, share)
