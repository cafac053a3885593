"""What the parts of the data screen share: the report that everything is drawn from, and the way to the workbench."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Protocol

from tui_nn.datasets.report import DataReport
from tui_nn.experiment import Experiment
from tui_nn.render import Look
from tui_nn.tui.bench.bench import Bench
from tui_nn.tui.data.pages import Axes
from tui_nn.tui.explained import Explained


class Changing(Protocol):
    """What the screen needs of the workbench: its bench, how it looks, and the one path of changes."""

    bench: Bench
    look: Look

    def change_to(self, edit: Callable[[Experiment], Experiment]) -> Awaitable[None]:
        """Carry out a change of the experiment; what it means for a network under training is asked first."""

    def pick_data(self) -> Awaitable[None]:
        """Have another data set chosen."""

    def press(self, action: str) -> None:
        """What a key of the workbench does."""


class DataBase(Explained):
    """report: None before there is one, and where the data cannot be read. at: the column that has the cursor."""

    def __init__(self, workbench: Changing) -> None:
        super().__init__()
        self.workbench, self.bench = workbench, workbench.bench
        self.report: DataReport | None = None
        self.read_of: Experiment | None = None  # whose data were read last
        self.at = 0
        self.axes: Axes | None = None
        self.page = ""  # beside the list, or below the column: the first that there is room for

    @property
    def look(self) -> Look:
        """As the workbench looks."""
        return self.workbench.look

    @abstractmethod
    async def read(self) -> None:
        """Read the data of the experiment at hand."""

    @abstractmethod
    def show(self) -> None:
        """Draw what is known, and measure what is seen and not known yet."""

    @abstractmethod
    def show_keys(self) -> None:
        """Name the keys that do something now."""
