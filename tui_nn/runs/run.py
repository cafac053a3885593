"""What can be asked of a run, whoever answers: the disk at once (`RunReader`), or what was last read of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tui_nn.errors import StorageError
from tui_nn.runs import layout
from tui_nn.runs.history import History
from tui_nn.runs.live import LiveState
from tui_nn.runs.snapshots import Snapshots
from tui_nn.runs.summary import Summary
from tui_nn.runs.weights import Weights

Fact = TypeVar("Fact")
# The other runs of a tree of branches: number in the tree from 1, epochs before it began, the run.
Relatives = list[tuple[int, int, "Run"]]


class Run(ABC):
    """One run directory, live, finished or crashed. history: what has been read of its events."""

    path: Path
    history: History

    @property
    def is_removed(self) -> bool:
        """Whether its directory is no more, for who shows what was read of it."""
        return False

    @abstractmethod
    def refresh(self) -> bool:
        """Go on to the present moment; True if there is anything new."""

    @abstractmethod
    def fact(self, question: Callable[[Path], Fact], unknown: Fact) -> Fact:
        """What a function says of the directory, of what does not change once a run has begun.

        `unknown`: what is said until that is known, by who does not wait for it.
        """

    @abstractmethod
    def state(self) -> str:
        """starting, live, paused, finished or crashed; crashed only when the trainer is truly gone."""

    @abstractmethod
    def summary(self) -> Summary | None:
        """What `summary.json` says, or None while there is none. Raises StorageError for one that is none."""

    @abstractmethod
    def live(self) -> LiveState | None:
        """Counters of the trainer, or what stood there when it ended; None before there are any."""

    @abstractmethod
    def weights(self) -> Weights | None:
        """The newest Theta there is."""

    @abstractmethod
    def previous_weights(self) -> Weights | None:
        """The copy of Theta that was published before the newest one; the trainer steps between the two."""

    @abstractmethod
    def snapshots(self) -> Snapshots | None:
        """Recorded epochs and steps, oldest first, and Theta of each; None where there are none."""

    @abstractmethod
    def recorded(self, at: int) -> Weights | None:
        """Theta of one of the snapshots, None where there is no such."""

    @abstractmethod
    def relatives(self) -> Relatives:
        """The other runs of its tree of branches, with what has come of each."""

    @abstractmethod
    def log_tail(self, lines: int = 20) -> str:
        """The last lines that the trainer and its plugins printed."""

    def experiment_toml(self) -> str:
        """The experiment as it was run, every default written out. Raises StorageError."""
        content = layout.read(self.path, layout.EXPERIMENT)
        if content is None:
            raise StorageError(f"{self.path / layout.EXPERIMENT}: there is no such file.")
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            raise StorageError(f"{self.path / layout.EXPERIMENT}: is not UTF-8 text ({error.reason}).") from None
