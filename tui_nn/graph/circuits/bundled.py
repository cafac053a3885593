"""Circuits that ship: those of the lecture, at the inputs of its slides (CS231n, "Backpropagation, Intuitions").

And the two graphs of C. Olah, "Calculus on Computational Graphs: Backpropagation", colah.github.io, August 2015.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Bundled:
    """A circuit with a name, a sentence on what it shows, and inputs.

    option: what an option of `tui-nn circuit` makes of it.
    """

    name: str
    shows: str
    expression: str
    inputs: Mapping[str, float]
    option: str = ""


BUNDLED = (
    Bundled("product", "multiplication switches: each gradient is the other's value", "x * y", {"x": 4, "y": -3}),
    Bundled("sum", "addition distributes: both get the gradient as it is", "x + y", {"x": 4, "y": -3}),
    Bundled("max", "the maximum routes: the larger gets all of the gradient", "max(x, y)", {"x": 4, "y": 2}),
    Bundled("sum-times-z", "the chain rule over two gates", "(x + y) * z", {"x": -2, "y": 5, "z": -4}),
    Bundled(
        "sigmoid-neuron",
        "a neuron gate by gate",
        "1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2)))",
        {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3},
        "--fold makes its sigmoid one gate",
    ),
    Bundled(
        "quotient",
        "the lecture's tricky example, a function nobody would differentiate by hand",
        "(x + s(y)) / (s(x) + (x + y)^2)",
        {"x": 3, "y": -4},
    ),
    Bundled(
        "tricky",
        "the same in the eight stages of its slide",
        "sigy = s(y); num = x + sigy; sigx = s(x); xpy = x + y; xpysqr = xpy^2; den = sigx + xpysqr; "
        "invden = 1 / den; num * invden",
        {"x": 3, "y": -4},
        "--code writes them as Python",
    ),
    Bundled(
        "branch", "x is used twice: the gradients of its copies add up", "x * y + x * z", {"x": 2, "y": 3, "z": -1}
    ),
    Bundled(
        "one-hidden-unit",
        "a net with one hidden unit and its cost, (output - target)^2 / 2",
        "a = s(w1 * x + b1); h = w2 * a + b2; (h - y)^2 / 2",
        {"w1": 0.5, "x": 2, "b1": -1, "w2": 3, "b2": -0.5, "y": 0},
    ),
    Bundled(
        "colah",
        "b reaches e by two ways",
        "c = a + b; d = b + 1; e = c * d",
        {"a": 2, "b": 1},
        "--wrt b adds them up",
    ),
    Bundled(
        "nine-paths",
        "3 ways from x to y, 3 from y to z",
        "y = alpha * x + beta * x + gamma * x; z = delta * y + epsilon * y + zeta * y",
        {"x": 1, "alpha": 1, "beta": 2, "gamma": 3, "delta": 0.5, "epsilon": -1, "zeta": 2},
        "--wrt x walks all 9",
    ),
)


def bundled(name: str) -> Bundled | None:
    """The circuit of this name, if there is one."""
    return next((one for one in BUNDLED if one.name == name), None)
