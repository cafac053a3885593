"""A data set that can be named in an experiment file: a function that gives it, with options and a seed."""

from __future__ import annotations

from dataclasses import dataclass

from tui_nn.engine.component import Component, Decorator
from tui_nn.engine.data import Dataset
from tui_nn.engine.options import accepts


@dataclass(frozen=True)
class DatasetSource(Component):
    """function: (**options, seed=...) -> Dataset. A function without `seed` gives the same data always."""

    def load(self, seed: int = 0) -> Dataset:
        """The data set, drawn with this seed where it is drawn at all."""
        seeded = {"seed": seed} if accepts(self.function, "seed") else {}
        data: Dataset = self.function(**self.settings, **seeded)
        return data


dataset = Decorator(DatasetSource)
