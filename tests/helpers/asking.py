"""A recorded run as views look at it, in this thread: what they ask of its network is answered when it is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tui_nn.plugin.registry import Registry
from tui_nn.runs import open_run
from tui_nn.training import recorded_network
from tui_nn.views import Missing, Subject

T = TypeVar("T")


def subject_of(path: Path, registry: Registry) -> Subject:
    """The run at its newest moment, with its network."""
    return Subject(open_run(path), lambda reader: recorded_network(reader, registry))


def settled(subject: Subject, ask: Callable[[], T]) -> T:
    """What `ask` gives once the network has answered."""
    try:
        return ask()
    except Missing:
        if not subject.waiting:
            raise
        subject.work()
        return ask()
