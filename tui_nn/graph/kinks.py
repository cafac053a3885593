"""Where the operations are not smooth, as data: at a kink the slopes of the two sides differ.

The graph takes one of the slopes and says which; a centred difference across a kink takes neither, so a gradient check
must know where the kinks are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Kink:
    """A kink of an operation. where: its place, in words. slope: the derivative that the graph takes there, in words.

    side: (arguments and keywords of the operation) -> an array that says on which side each number is. Between two
    arguments there is a kink if their sides differ.
    """

    where: str
    slope: str
    side: Callable[..., Any]


def _order(a: Any, b: Any) -> Any:
    """-1, 0 or 1: whether a is below, at or above b."""
    return np.greater(a, b).astype(np.int8) - np.less(a, b).astype(np.int8)


def _within(x: Any, low: Any = None, high: Any = None, **limits: Any) -> Any:
    low, high = limits.get("a_min", limits.get("min", low)), limits.get("a_max", limits.get("max", high))
    side = np.zeros(np.shape(x), np.int8)
    for limit in (low, high):
        if limit is not None:
            side = 3 * side + _order(x, limit)
    return side


def _winners(extreme: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, axis=None, keepdims=False, **_: x == extreme(x, axis=axis, keepdims=True)


_POWER = Kink(
    "a = 0, unless b is 0, 1, 2, ...", "that of a^b there; with respect to b none for a < 0", lambda a, b: _order(a, 0)
)
_SIGN = lambda x: _order(x, 0)  # noqa: E731
_LARGEST = Kink("the two largest equal", "shared equally among the largest", _winners(np.max))
_SMALLEST = Kink("the two smallest equal", "shared equally among the smallest", _winners(np.min))

# fmt: off
KINKS: dict[str, Kink] = {
    "absolute":    Kink("x = 0", "0", _SIGN),
    "fabs":        Kink("x = 0", "0", _SIGN),
    "maximum":     Kink("a = b", "all of it to b, none to a", _order),
    "minimum":     Kink("a = b", "all of it to b, none to a", _order),
    "clip":        Kink("x = low and x = high", "0", _within),
    "where":       Kink("the condition changes", "that of the branch taken", lambda c, a, b: np.asarray(c, bool)),
    "max":         _LARGEST,
    "amax":        _LARGEST,
    "min":         _SMALLEST,
    "amin":        _SMALLEST,
    "sqrt":        Kink("x = 0", "infinite", _SIGN),
    "cbrt":        Kink("x = 0", "infinite", _SIGN),
    "power":       _POWER,
    "float_power": _POWER,
    "divide":      Kink("b = 0, a pole", "infinite", lambda a, b: _order(b, 0)),
    "true_divide": Kink("b = 0, a pole", "infinite", lambda a, b: _order(b, 0)),
    "reciprocal":  Kink("x = 0, a pole", "infinite", _SIGN),
}
# fmt: on
