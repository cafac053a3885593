"""Every error is of a bounded length, whatever a stranger has called a key, a cell or a file."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

import pytest

import tui_nn
from tui_nn.errors import LONGEST_LINE, LONGEST_WORD, ExperimentError, Finding, TuiNNError, brief, did_you_mean


def every_error():
    for module in pkgutil.walk_packages(tui_nn.__path__, "tui_nn."):
        if module.name.split(".")[1] in (
            "errors",
            "graph",
            "runs",
            "training",
            "model",
            "sweep",
            "experiment",
            "datasets",
        ):
            import_module(module.name)
    waiting = [TuiNNError]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += kind.__subclasses__()


LONG = {
    "a word": "k" * 10**6,
    "words": "k " * 10**6,
    "a file, a word, an end": "a.toml:1:2, " + "k" * 10**6 + ": unknown.",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_every_kind_of_error_is_short(text):
    for kind in every_error():
        wanted = [one for one in list(inspect.signature(kind).parameters.values())[1:] if one.default is one.empty]
        if wanted:  # made in one place, of what is known there
            continue
        error = kind(text)
        assert len(str(error)) <= LONGEST_LINE, kind
        assert all(len(found.message) <= LONGEST_LINE for found in error.findings)


def test_keys_are_cut_as_well():
    error = ExperimentError("unknown key.", "training." + "k" * 10**6).at("e.toml", 3, 1)
    assert str(error).startswith("e.toml:3:1, training.kkk")
    assert str(error).endswith("kkk: unknown key.")
    assert len(str(error)) <= LONGEST_LINE
    assert len(Finding(str(error)).message) <= LONGEST_LINE


def test_the_middle_is_what_is_cut():
    assert brief("x" * LONGEST_WORD) == "x" * LONGEST_WORD
    assert brief("a: " + "x" * 10**6 + " y.") == "a: " + "x" * 199 + "…" + "x" * 100 + " y."
    assert brief("one\ntwo") == "one\ntwo"
    assert brief("") == ""


@pytest.mark.parametrize(
    "words",
    [["circuit", "x", "y" * 10**5 + "=1"], ["circuit", "x" * 10**4], ["-" * 10**5], ["x" * 10**5],
     ["train", "iris", "--max-time", "1h" * 10**5], ["train", "--" + "x" * 10**5], ["show", "k" * 10**5]],
    ids=lambda words: words[0][:10],
)  # fmt: skip
def test_of_the_command_line_too(entry_point, words):
    code, out, said = entry_point(*words)
    assert code in (2, 6), said
    assert out == ""
    assert max(map(len, said.splitlines())) <= LONGEST_LINE + 50


def test_a_name_that_is_known_twice_is_listed_once():
    """`bumps` is a command and an example."""
    assert did_you_mean("nothing", ["bumps", "circuit", "bumps"]) == " Known: bumps, circuit."
