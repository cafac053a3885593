"""Branches: runs that begin with the weights of another run, the file that says which, and the tree they make.

The weights go into the new run's directory, so that its experiment file repeats it even when the other run is gone.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tui_nn.errors import StorageError, refused_by_disk
from tui_nn.files import open_new
from tui_nn.printable import escaped_file
from tui_nn.runs import layout
from tui_nn.runs.schema import Count, read_json

Array = np.ndarray[Any, np.dtype[Any]]

DIRECTORY = re.compile(r"(?!\.\.?$)[^/\0]{1,255}")
MOST = 8  # relatives that are looked for: more lines than that nobody tells apart


@dataclass(frozen=True)
class Parent:
    """The run that was left, by the name of its directory, and where."""

    run: str
    step: Count
    epoch: Count


@dataclass(frozen=True)
class Relative:
    """A run of the same tree. offset: the epochs that its line of ancestors had been trained when it began."""

    path: Path
    offset: int


def write_branch(run: Path, parent: Parent, thetas: Sequence[Array | None]) -> Path | None:
    """Write the weights and the parent into the directory of a new run. Returns the file of the weights, if any.

    Layers without a matrix keep what the initializer draws. Raises StorageError.
    """
    taken = any(theta is not None for theta in thetas)
    with refused_by_disk(run, "the weights of the branch cannot be written"):
        if taken:
            with open_new(run / layout.INITIAL) as file:
                np.savez(file, *(np.empty(0) if theta is None else theta for theta in thetas))
        with open_new(run / layout.PARENT) as file:
            file.write(escaped_file(msgspec.json.encode(parent)))
    return (run / layout.INITIAL).resolve() if taken else None


def parent_of(run: Path) -> Parent | None:
    """The run that this one branched off, if any: none that is named otherwise than a directory beside it."""
    with contextlib.suppress(StorageError):
        parent = read_json(run, layout.PARENT, Parent, "the parent of a run")
        if parent is not None and DIRECTORY.fullmatch(parent.run):
            return parent
    return None


def offset_of(run: Path) -> int:
    """Epochs that the ancestors of a run had been trained when it began."""
    epochs, seen = 0, {run.name}
    parent = parent_of(run)
    while parent is not None and parent.run not in seen:
        epochs += parent.epoch
        seen.add(parent.run)
        parent = parent_of(run.parent / parent.run)
    return epochs


def counted(offset: int, epoch: int) -> str:
    """An epoch of a branch as people see it: those of its ancestors first, `20+5`."""
    return f"{offset}+{epoch}" if offset else str(epoch)


def root_of(run: Path) -> str:
    """The name of the run that the tree of this one began with."""
    name, seen = run.name, {run.name}
    while (parent := parent_of(run.parent / name)) is not None and parent.run not in seen:
        name = parent.run
        seen.add(name)
    return name


def family(run: Path) -> list[Relative]:
    """The tree of branches that a run belongs to, itself included, oldest first; only itself if it has none."""
    links = {path.parent.name: parent_of(path.parent) for path in run.parent.glob(f"*/{layout.PARENT}")}

    def root(name: str) -> str:
        seen = {name}
        while (parent := links.get(name)) is not None and parent.run not in seen:
            name = parent.run
            seen.add(name)
        return name

    if not links:
        return [Relative(run, 0)]
    mine = root(run.name)
    names = sorted({name for name in (*links, mine, run.name) if root(name) == mine})
    if len(names) > MOST:
        names = sorted({run.name, *names[-MOST + 1 :]})
    return [Relative(run.parent / name, offset_of(run.parent / name)) for name in names if (run.parent / name).is_dir()]
