"""What becomes of the function below a decorator: the component has its name now, and holds it as an attribute."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def decorated(function: F) -> F:
    """The function, called by the path where pickle finds it: `sigmoid.function` of its module."""
    with contextlib.suppress(AttributeError):  # what numpy has compiled keeps its name
        function.__qualname__ = f"{function.__qualname__.removesuffix('.function')}.function"
    return function
