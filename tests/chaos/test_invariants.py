"""The harness notices what it looks for: each thing that must not be, shown to it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from forks import PROCESSOR, Outcome
from invariants import (
    CONTROL,
    FORMULAS,
    HANG,
    HIDDEN,
    KINDS,
    MOST_MEMORY,
    MUCH,
    OUTSIDE,
    TRACE,
    UNTYPED,
    Figures,
    faults_of,
    hidden,
)
from world import World, state_of

DONE = Outcome(("show", "run"), 0, 0.1, 60, False, b"all is well\n", b"")
ERROR = replace(DONE, code=6, err=b"tui-nn: error: run: there is no such run directory.\n")


def kinds(outcome=DONE, before=(), after=(), may_change=(), root=None):
    return [fault.kind for fault in faults_of(outcome, dict(before), dict(after), may_change, root)]


@pytest.mark.parametrize("outcome", [DONE, ERROR, replace(DONE, code=5), replace(DONE, out="größe\t1\r\n".encode())])
def test_what_is_well(outcome):
    assert kinds(outcome) == []


WRONG = {
    "a bug": (replace(ERROR, code=1, err=b"This is a bug in tui-nn."), UNTYPED),
    "a bug with another code": (replace(ERROR, err=b"This is a bug in tui-nn."), UNTYPED),
    "a signal": (replace(DONE, code=-11), UNTYPED),
    "no word": (replace(DONE, code=6, out=b""), UNTYPED),
    "a trace": (replace(DONE, err=b"Traceback (most recent call last):\n"), TRACE),
    "a frame": (replace(DONE, out=b'  File "x.py", line 3, in f\n'), TRACE),
    "ended for its time": (replace(DONE, code=-9, late=True), HANG),
    "very busy": (replace(DONE, processor=PROCESSOR), HANG),
    "much memory": (replace(DONE, memory=MOST_MEMORY + 1), MUCH),
    "an escape": (replace(DONE, out=b"\x1b[31m"), CONTROL),
    "one byte of C1 in UTF-8": (replace(DONE, err="\x9b".encode()), CONTROL),
    "a bell": (replace(DONE, out=b"\x07"), CONTROL),
    "a carriage return within a line": (replace(DONE, out=b"red\rgreen"), CONTROL),
}


@pytest.mark.parametrize(("outcome", "kind"), WRONG.values(), ids=WRONG)
def test_what_is_wrong(outcome, kind):
    assert kinds(outcome) == [kind]


def test_the_exit_code_of_a_killed_run_is_passed_on():
    killed = replace(DONE, code=1, err=b"tui-nn: the trainer process ended without a summary (killed or crashed)\n")
    assert kinds(killed) == [UNTYPED]
    assert kinds(replace(killed, words=("watch", "run"))) == []


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path / "world", None)
    yield made
    made.close()


def change(path):
    path.write_text("x")


@pytest.mark.parametrize(
    "touched",
    [
        lambda world: change(world.cwd / "notes.txt"),
        lambda world: change(world.home / "new"),
        lambda world: (world.outside / "precious.bin").unlink(),
        lambda world: (world.outside / "folder" / "file").chmod(0o600),
        lambda world: (world.tmp / "left").mkdir(),
        lambda world: (world.cwd / "link").symlink_to("out"),
    ],
)
def test_what_is_touched(world, touched):
    before = state_of(world.root)
    change(world.out / "mine")
    touched(world)
    assert kinds(DONE, before, state_of(world.root), ["cwd/out"], world.root) == [OUTSIDE]


def test_what_is_written(world):
    before = state_of(world.root)
    (world.out / "report.svg").write_text("<text>\x1b]0;owned\x07</text>")
    (world.out / "net.npz").write_bytes(b"\x1b")
    assert kinds(DONE, before, state_of(world.root), ["cwd/out"], world.root) == [CONTROL]


@pytest.mark.parametrize(
    ("cell", "kinds_found"), [("=1+1", [FORMULAS]), ("-x", [FORMULAS]), ("-1.5e3", []), ("'=1", [])]
)
def test_formulas(world, cell, kinds_found):
    before = state_of(world.root)
    (world.out / "predicted.csv").write_text(f"a,b\n1,{cell}\n")
    assert kinds(DONE, before, state_of(world.root), ["cwd/out"], world.root) == kinds_found


def test_what_is_hidden():
    assert hidden(replace(DONE, out=b"sound  finished\n"), "sound") == []
    assert [fault.kind for fault in hidden(DONE, "sound") + hidden(replace(ERROR, out=b"sound"), "sound")] == [
        HIDDEN
    ] * 2


def test_figures():
    figures = Figures(cases=1)
    figures.count(ERROR, [])
    outcome, _ = WRONG["an escape"]
    figures.count(outcome, list(faults_of(outcome, {}, {}, [], None)))
    assert str(figures).startswith("1 cases, 2 commands: 1 worked, 1 typed errors; untyped errors 0")
    assert all(kind in str(figures) for kind in KINDS)
    assert figures.faults[CONTROL] == 1
