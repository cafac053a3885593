"""The kinds of gate: how each is computed and drawn, and what it does to a gradient, "it" in the patterns.

Derivatives are those of the graph's table; here are only their formulas, for people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.graph.derivatives import DERIVATIVES
from tui_nn.graph.primitives import sigmoid, softplus

SCALES = "scales: times its slope"
SYMMETRIC = ("maximum", "minimum")


@dataclass(frozen=True)
class Operation:
    """label: what is drawn in the gate, {c} being its constant. formulas: the local gradient for each operand.

    In the formulas a and b are the operands and y is the result. pattern: what the gate does to a gradient. rule: its
    line in the graph's table of derivatives, which is given `extra` as further arguments.
    """

    function: Callable[..., Any]
    label: str
    formulas: tuple[str, ...]
    pattern: str = SCALES
    rule: str = ""
    extra: tuple[float, ...] = ()

    def locals(self, name: str, y: Any, values: tuple[Any, ...], constant_first: bool = False) -> tuple[Any, ...]:
        """The local gradient for each operand; constant_first: whether the first of them is no result of a gate.

        A constant wins a tie, on either side: max(0, x) and max(x, 0) both have slope 0 at 0, as ReLU has.
        """
        rule = DERIVATIVES[self.rule or name]
        if constant_first and name in SYMMETRIC:
            return rule(1.0, y, *values[::-1], *self.extra)[::-1]
        return rule(1.0, y, *values, *self.extra)


ADDS = "distributes: both get all of it"
SUBTRACTS = "distributes: the second gets its negative"
SWITCHES = "switches: times the other's value"
ROUTES = "routes: all of it to the {0}"

# fmt: off
OPERATIONS: dict[str, Operation] = {
    "add":      Operation(np.add, "+", ("1", "1"), ADDS),
    "subtract": Operation(np.subtract, "-", ("1", "-1"), SUBTRACTS),
    "multiply": Operation(np.multiply, "*", ("{b}", "{a}"), SWITCHES),
    "divide":   Operation(np.divide, "/", ("1 / {b}", "-{a} / {b}^2"), "switches: times 1/b and -a/b^2"),
    "power":    Operation(np.power, "^", ("{b} {a}^({b} - 1)", "{y} log {a}")),
    "maximum":  Operation(np.maximum, "max", ("1 if {a} > {b}, else 0", "1 if {b} >= {a}, else 0"),
                          ROUTES.format("larger")),
    "minimum":  Operation(np.minimum, "min", ("1 if {a} < {b}, else 0", "1 if {b} <= {a}, else 0"),
                          ROUTES.format("smaller")),
    "exp":      Operation(np.exp, "exp", ("{y}",)),
    "log":      Operation(np.log, "log", ("1 / {a}",)),
    "log1p":    Operation(np.log1p, "log1p", ("1 / (1 + {a})",)),
    "sqrt":     Operation(np.sqrt, "sqrt", ("1 / (2 {y})",)),
    "absolute": Operation(np.absolute, "abs", ("sign {a}",)),
    "sin":      Operation(np.sin, "sin", ("cos {a}",)),
    "cos":      Operation(np.cos, "cos", ("-sin {a}",)),
    "tan":      Operation(np.tan, "tan", ("1 + {y}^2",)),
    "tanh":     Operation(np.tanh, "tanh", ("1 - {y}^2",)),
    "sigmoid":  Operation(sigmoid, "s", ("{y} (1 - {y})",)),
    "softplus": Operation(softplus, "softplus", ("s({a})",)),
    "relu":     Operation(lambda x: np.maximum(x, 0.0), "relu", ("1 if {a} > 0, else 0",),
                          "routes: all of it above 0, else 0", "maximum", (0.0,)),
    "square":   Operation(np.square, "^2", ("2 {a}",)),
}
# fmt: on

# A gate with one constant operand: (operation, place of the constant) -> label, formula and pattern of the other.
WITH_CONSTANT: dict[tuple[str, int], tuple[str, str, str]] = {
    ("add", 0): ("+{c}", "1", "passes it on unchanged"),
    ("add", 1): ("+{c}", "1", "passes it on unchanged"),
    ("subtract", 0): ("{c}-", "-1", "turns its sign"),
    ("subtract", 1): ("-{c}", "1", "passes it on unchanged"),
    ("multiply", 0): ("*{c}", "{c}", "scales: times {c}"),
    ("multiply", 1): ("*{c}", "{c}", "scales: times {c}"),
    ("divide", 0): ("{c}/x", "-{c} / {a}^2", SCALES),
    ("divide", 1): ("/{c}", "1 / {c}", "scales: divided by {c}"),
    ("power", 0): ("{c}^x", "{y} log {c}", SCALES),
    ("power", 1): ("^{c}", "{c} {a}^({c} - 1)", SCALES),
    ("maximum", 0): ("max {c}", "1 if {a} > {c}, else 0", "routes: all of it if larger, else 0"),
    ("maximum", 1): ("max {c}", "1 if {a} > {c}, else 0", "routes: all of it if larger, else 0"),
    ("minimum", 0): ("min {c}", "1 if {a} < {c}, else 0", "routes: all of it if smaller, else 0"),
    ("minimum", 1): ("min {c}", "1 if {a} < {c}, else 0", "routes: all of it if smaller, else 0"),
}
BRANCH = "copies add up: it is their sum"

# What may be called in an expression -> (operation, fewest and most arguments).
FUNCTIONS: dict[str, tuple[str, int, int]] = {
    "max": ("maximum", 2, 20), "min": ("minimum", 2, 20), "pow": ("power", 2, 2),
    "s": ("sigmoid", 1, 1), "ln": ("log", 1, 1), "abs": ("absolute", 1, 1),
    **{name: (name, 1, 1) for name in ("exp", "log", "log1p", "sqrt", "sin", "cos", "tan", "tanh", "sigmoid",
                                       "softplus", "relu", "square")},
}  # fmt: skip
