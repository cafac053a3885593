"""What a person may set on a component: its keyword options, read off its own signature.

One place reads signatures, so that an activation `elu(z, alpha=1.0)` and a data set `spiral(noise=0.0)` become
adjustable from the experiment file without another word from their author.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

# Parameters that the engine passes itself and that nobody sets in an experiment file.
RESERVED = frozenset({"out", "seed"})


def options_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The keyword parameters with a default of `function`, without those that the engine itself passes."""
    return {
        name: parameter.default
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is not inspect.Parameter.empty and name not in RESERVED
    }


def accepts(function: Callable[..., Any], parameter: str) -> bool:
    """Whether `function` takes a parameter of this name."""
    return parameter in inspect.signature(function).parameters


def only_known(function: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `options` that `function` takes: a derivative need not repeat every option of its function."""
    parameters = inspect.signature(function).parameters
    return {name: value for name, value in options.items() if name in parameters}
