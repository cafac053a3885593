"""A component: a function with a name, which an experiment file can choose and whose keyword options it can set.

What is common to activations, losses, schedules, initializers, metrics and data sets is here: where the name, the
description and the options come from, and the decorators that make a component of a function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import partial
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from tui_nn.engine.description import first_line
from tui_nn.engine.options import options_of
from tui_nn.graph.decorated import decorated

Function = Callable[..., Any]
P = ParamSpec("P")
C = TypeVar("C")


@dataclass(frozen=True)
class Component:
    """name: the function's own, unless another is given. description: the first line of its docstring.

    settings: the options that were set; the function has defaults for the others.
    """

    function: Function
    _: KW_ONLY
    name: str = ""
    description: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.function.__name__)
        if not self.description:
            object.__setattr__(self, "description", first_line(self.function.__doc__))

    @property
    def options(self) -> dict[str, Any]:
        """Name -> default of what the experiment file may set."""
        return options_of(self.function)

    def configured(self, **settings: Any) -> Self:
        """The same component with some of its options set."""
        return replace(self, settings={**self.settings, **settings})


class Decorator(Generic[P, C]):
    """Make a component of a function; keywords are the fields of its class.

    `@activation`, or `@activation(range=(0, 1))`.
    """

    def __init__(self, kind: Callable[Concatenate[Function, P], C]) -> None:
        self._kind: Callable[..., C] = kind

    @overload
    def __call__(self, *nothing: P.args, **fields: P.kwargs) -> Callable[[Function], C]: ...
    @overload
    def __call__(self, function: Function, /) -> C: ...

    def __call__(self, *functions: Any, **fields: Any) -> Any:
        """The component of this function, or what makes one with these fields."""
        return self._made(*functions) if functions else partial(self._made, **fields)

    def _made(self, function: Function, **fields: Any) -> C:
        return self._kind(decorated(function), **fields)
