"""Views that are broken on purpose, each in one way, and the check that must name it."""

# ruff: noqa: ARG001 - a table, one view a line, of functions that take what any view is given

import itertools

import numpy as np

from tui_nn.plugin import Cursor, Grid, Here, Knob, Missing, OpenView, View

WIDE = Knob("wide", (1, 99), "z", "wide", "Wide.")
LETTERS = itertools.cycle("abc")


def drawn(body, **declared):
    return View(
        lambda subject, knobs, box, look: body(subject, knobs, box), name="mine", description="Mine.", **declared
    )


def nothing(subject, knobs, box):
    return ""


def theta(subject):
    weights = subject.weights()
    if weights is None:
        raise Missing("None yet.", waiting=True)
    return weights.thetas[0]


def with_cursor(rows, here):
    return drawn(nothing, cursor=Cursor(lambda subject, knobs: Grid(rows, "c"), lambda subject, knobs: here))


VIEWS = {
    "raises": (drawn(lambda subject, knobs, box: 1 / 0), "draws"),
    "too wide": (drawn(lambda subject, knobs, box: "x" * (box[0] + 1)), "draws"),
    "too high": (drawn(lambda subject, knobs, box: "\n" * box[1]), "draws"),
    "controls": (drawn(lambda subject, knobs, box: "\x1b"), "draws"),
    "not ASCII": (drawn(lambda subject, knobs, box: "█"), "draws"),
    "no such attribute": (drawn(lambda subject, knobs, box: theta(subject).missing), "draws"),
    "its knob": (drawn(lambda subject, knobs, box: "x" * knobs[WIDE], knobs=(WIDE,)), "turns"),
    "its reading": (
        drawn(lambda subject, knobs, box: "x" * (1 + 99 * knobs.reading), readings=("one", "two")),
        "turns",
    ),
    "undeclared": (drawn(lambda subject, knobs, box: str(len(theta(subject)))[: box[0]]), "declares"),
    "unknown source": (drawn(nothing, asks=("wieghts",)), "declares"),
    "a standard name": (drawn(nothing, knobs=(Knob("log", (1, 2), "z", "log", "Log."),)), "declares"),
    "no JSON": (drawn(nothing, numbers=lambda subject, knobs: {"a": np.eye(2)}), "gives numbers"),
    "two lines": (with_cursor("ab", Here("a\nb")), "has places"),
    "leads nowhere": (with_cursor("ab", Here("a", OpenView("confusio"))), "has places"),
    "no request": (with_cursor("ab", Here("a", "sample")), "has places"),
    "one name for two": (with_cursor("aa", Here("a")), "has places"),
    "another each time": (drawn(lambda subject, knobs, box: next(LETTERS)), "only looks"),
    "moves in time": (drawn(lambda subject, knobs, box: subject.go(0) or ""), "only looks"),
}
