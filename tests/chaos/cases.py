"""What a case is: surroundings in which something is wrong, and the calls that must take it."""

from __future__ import annotations

import itertools
import json
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from calls import Call
from data_files import TABLE
from names import fit_for_text
from world import World

from tui_nn.runs import layout

EXPERIMENT = """\
name = {name}
[data]
source = {source}
validation = 0.25
[network]
layers = [{{ kind = "dense", units = 4, activation = "tanh" }}, {{ kind = "dense", units = {classes} }}]
{weights}
[training]
loss = "softmax_cross_entropy"
epochs = 5
batch = 8
"""
PLUGIN = """\
from tui_nn.plugin import activation, hookimpl
@activation
def mine(z):
    "As it comes."
    return z * 1.0
@hookimpl
def tui_nn_activations():
    return [mine]
"""


@dataclass
class Case:
    """title: what is wrong, in words. given: what the braces of a call stand for. largest: of a file, in bytes.

    first: a call that makes what the others take. changes: what others change meanwhile. heal: ends what was begun.
    """

    title: str
    calls: Sequence[Call]
    given: dict[str, str]
    first: Call | None = None
    largest: int | None = None
    changes: tuple[str, ...] = ()
    heal: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Draw:
    """What a case is made of: a folder, a sound run, a source of chance; and how many of its kind came before."""

    world: World
    whole: Path
    chance: random.Random
    seed: int
    order: int

    @property
    def cwd(self) -> Path:
        """Where the commands are started."""
        return self.world.cwd

    @property
    def run(self) -> Path:
        """The run that is to be damaged."""
        return self.cwd / "runs" / "run"

    def one_of_each(self, *lists: Sequence[str], order: int | None = None) -> tuple[str, ...]:
        """Every combination comes once before one comes again."""
        combinations = list(itertools.product(*lists))
        random.Random(self.seed).shuffle(combinations)
        return combinations[(self.order if order is None else order) % len(combinations)]

    def sound(self) -> dict[str, str]:
        """Fill the folder; all is well so far: data, an experiment, a plugin, two finished runs."""
        (self.cwd / "data.csv").write_bytes(TABLE)
        self.write_experiment("e")
        (self.cwd / "mine.py").write_text(PLUGIN)
        for name in ("run", "sound"):
            shutil.copytree(self.whole, self.cwd / "runs" / name)
        (self.cwd / "runs" / "data.csv").write_bytes(TABLE)  # beside the runs, where they look for it
        return {
            "run": "runs/run", "sound": "runs/sound", "folder": "runs", "data": "data.csv", "experiment": "e.toml",
            "plugin": "mine.py", "name": "tanh", "out": "out",
        }  # fmt: skip

    def write_experiment(self, name: str, source: str = "data.csv", classes: int = 3) -> None:
        """Write e.toml."""
        text = EXPERIMENT.format(name=toml(name), source=toml(source), classes=classes, weights="")
        (self.cwd / "e.toml").write_text(text, "utf-8")

    def cut_short(self) -> None:
        """As if the trainer of the run had been killed before it ended."""
        (self.run / layout.SUMMARY).unlink()
        events = self.run / layout.EVENTS
        lines = events.read_bytes().splitlines(keepends=True)
        events.write_bytes(b"".join(line for line in lines if not line.startswith(b'{"event":"ended"')))


def toml(text: str) -> str:
    """A string as TOML has it; also one that UTF-8 cannot say."""
    return json.dumps(fit_for_text(text), ensure_ascii=False).replace("\x7f", "\\u007f")
