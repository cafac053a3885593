"""Checks of a component before it is used: whether it is what its hook promises, and takes what it will be given.

So the author is told when the plugin is loaded, and not by a TypeError in the middle of a training.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from tui_nn.graph import STANDARD, Derivative
from tui_nn.plugin.kinds import Kind


def problem(kind: Kind, component: Any) -> str:
    """What is wrong with the declaration of a component; empty if nothing is."""
    if not fits(kind, component) or not isinstance(getattr(component, "name", None), str):
        return f"{component!r}; expected kind '{kind.name}', made with its decorator or base class from tui_nn.plugin."
    if isinstance(component, Derivative) and component.name in STANDARD.operations:
        return f"a derivative of '{component.name}'; the graph already has one."
    return _as_a_class(kind, component) or _as_a_function(kind, component)


def fits(kind: Kind, component: Any) -> bool:
    """Whether it is what the hook of this kind gives: an instance or a subclass of its type."""
    if not kind.gives_classes:
        return isinstance(component, kind.type)
    return isinstance(component, type) and issubclass(component, kind.type) and not inspect.isabstract(component)


def _as_a_class(kind: Kind, component: Any) -> str:
    """Check that a class is frozen if its kind has no memory, and that its methods take what the base class's take."""
    subject = f"{kind.name} '{component.name}'"
    cls = component if kind.gives_classes else type(component)
    # Its own decorator: a class derived from a frozen one may write its attributes again.
    frozen = "__dataclass_params__" in vars(cls) and cls.__dataclass_params__.frozen
    if kind.gives_classes and not frozen:
        return f"{subject}, which is not a frozen dataclass: put @dataclass(frozen=True) above the class."
    for name, base in vars(kind.type).items():
        method = getattr(cls, name)
        if name.startswith("_") or not inspect.isfunction(base) or method is base:
            continue
        if not callable(method):
            return f"{subject}, which has an option '{name}': that is a method of every {kind.name}; rename it."
        wanted = list(_signature(base).parameters)
        if not _takes(method, wanted):
            return (
                f"{subject}, whose {name} takes {_listed(method)}; expected {name}({', '.join(wanted[1:])}): "
                "see docs/plugins.md."
            )
    return ""


def _as_a_function(kind: Kind, component: Any) -> str:
    """Check that a function takes what it will be given, and that everything else is an option with a default."""
    arguments = getattr(component, "arguments", kind.arguments)
    if arguments is None or _takes(component.function, arguments, kind.by_name):
        return ""
    given = f"({', '.join(arguments)})" + (f", and {' and '.join(kind.by_name)} if it asks" if kind.by_name else "")
    return (
        f"{kind.name} '{component.name}', whose function takes {_listed(component.function)}; it is given {given}: "
        "more parameters are options, each with a default."
    )


def _takes(function: Any, arguments: Sequence[str], by_name: Sequence[str] = ()) -> bool:
    try:
        signature = _signature(function)
    except ValueError:
        return True
    named = {name: None for name in by_name if name in signature.parameters and name not in arguments}
    try:
        signature.bind(*arguments, **named)
    except TypeError:
        return False
    return True


def _signature(function: Any) -> inspect.Signature:
    """The signature. Raises ValueError for a built-in of Python or numpy that does not tell it."""
    return _once(function) if inspect.isfunction(function) else inspect.signature(function)


# A process that trains several times makes several registries of the same plugins.
_once = lru_cache(maxsize=1024)(inspect.signature)


def _listed(function: Any) -> str:
    """The parameters without self: `(theta, x, slot)`."""
    parameters = [p.replace(annotation=p.empty) for p in inspect.signature(function).parameters.values()]
    kept = [p for p in parameters if p.name != "self"]
    return str(inspect.Signature(kept))
