"""What the graph can differentiate: its own operations, and those that plugins add.

A table is passed along, never changed: two registries in one process do not see each other's plugins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tui_nn.graph.decorated import decorated
from tui_nn.graph.derivatives import DERIVATIVES, Operation
from tui_nn.graph.kinks import KINKS, Kink


@dataclass(frozen=True)
class Derivative:
    """A derivative that the graph lacks. name: numpy's name of the function, `np.sinc.__name__`.

    function: (g, y, *arguments, **keywords) -> a tuple with a gradient for each argument, None where nothing flows; g
    is the gradient with respect to the result y. kink: where it is not smooth, if anywhere.
    """

    name: str
    function: Operation
    description: str = ""
    kink: Kink | None = None


def derivative(of: Callable[..., object] | str, *, kink: Kink | None = None) -> Callable[[Operation], Derivative]:
    """Make a derivative of a function (g, y, *arguments) -> (gradient, ...). `of`: the numpy function, or its name."""
    name = of if isinstance(of, str) else of.__name__

    def decorate(function: Operation) -> Derivative:
        lines = (function.__doc__ or "").strip().splitlines()
        return Derivative(name, decorated(function), lines[0].strip() if lines else "", kink)

    return decorate


@dataclass(frozen=True)
class Derivatives:
    """operations: name -> derivative. kinks: name -> where it is not smooth."""

    operations: Mapping[str, Operation]
    kinks: Mapping[str, Kink]

    def with_derivatives(self, added: Iterable[Derivative]) -> Derivatives:
        """This table and more."""
        added = list(added)
        return Derivatives(
            {**self.operations, **{one.name: one.function for one in added}},
            {**self.kinks, **{one.name: one.kink for one in added if one.kink is not None}},
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as what it has beyond the standard table, whose lines have no names to be found by."""
        operations = {name: one for name, one in self.operations.items() if one is not DERIVATIVES.get(name)}
        kinks = {name: one for name, one in self.kinks.items() if one is not KINKS.get(name)}
        return _with, (operations, kinks)


def _with(operations: Mapping[str, Operation], kinks: Mapping[str, Kink]) -> Derivatives:
    return Derivatives({**DERIVATIVES, **operations}, {**KINKS, **kinks}) if operations or kinks else STANDARD


STANDARD = Derivatives(DERIVATIVES, KINKS)
