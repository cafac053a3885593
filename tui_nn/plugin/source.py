"""A data set that can be named in an experiment file: a function that gives it, with options and a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, overload

from tui_nn.engine.data import Dataset
from tui_nn.engine.description import first_line
from tui_nn.engine.options import accepts, options_of


@dataclass(frozen=True)
class DatasetSource:
    """function: (**options, seed=...) -> Dataset. A function without `seed` gives the same data always."""

    name: str
    function: Callable[..., Dataset]
    description: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """Name -> default of what the experiment file may set."""
        return options_of(self.function)

    def configured(self, **settings: Any) -> DatasetSource:
        """The same source with some of its options set."""
        return replace(self, settings={**self.settings, **settings})

    def load(self, seed: int = 0) -> Dataset:
        """The data set, drawn with this seed where it is drawn at all."""
        seeded = {"seed": seed} if accepts(self.function, "seed") else {}
        return self.function(**self.settings, **seeded)


@overload
def dataset(function: Callable[..., Dataset]) -> DatasetSource: ...
@overload
def dataset(*, name: str | None = ...) -> Callable[[Callable[..., Dataset]], DatasetSource]: ...
def dataset(
    function: Callable[..., Dataset] | None = None, *, name: str | None = None
) -> DatasetSource | Callable[[Callable[..., Dataset]], DatasetSource]:
    """Make a named source of a function that returns a Dataset."""

    def decorate(function: Callable[..., Dataset]) -> DatasetSource:
        return DatasetSource(name or function.__name__, function, first_line(function.__doc__))

    return decorate(function) if function is not None else decorate
