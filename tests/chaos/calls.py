"""How each command of `tui-nn` is called by the harness: one table, and the workbench.

A word in braces is what a case damages or names: {run}, {data}, {experiment}, {plugin}, {name}, {folder}. {out} is
where a command may write, {sound} a run that nobody touches, {seed} what the keys of the screen are drawn by. A command
that is not here fails `test_every_command_is_called`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import click
import screen

from tui_nn.cli.main import main

FORMATS = ("npz", "safetensors", "csv", "mat")
VIEWS = ("loss", "confusion", "weights", "mistakes", "health", "verdict", "boundary", "neurons")


@dataclass(frozen=True)
class Call:
    """Words of a command. writes: what it may change besides `out`, as words in braces. shows: must be printed."""

    words: tuple[str, ...]
    writes: tuple[str, ...] = ()
    shows: str = ""

    @property
    def takes(self) -> frozenset[str]:
        """Which words are put in."""
        return frozenset(re.findall(r"\{(\w+)\}", " ".join(self.words))) - {"out", "seed"}

    def filled(self, given: Mapping[str, str]) -> list[str]:
        """The words of a command line."""
        return [word.format_map(given) for word in self.words]


def _call(text: str, *writes: str, shows: str = "") -> Call:
    return Call(tuple(text.split()), writes, shows)


# Where a run that is begun from the screen may write. Its socket is in `tmp` if the path of the run is long; when the
# screen has ended the harness kills its trainer, which leaves that behind.
BEGUN = ("folder", "tmp")
TRAINED = "--max-time 1s --quiet"
CALLS: dict[str, list[Call]] = {
    "train": [
        _call(f"train {{experiment}} {TRAINED} --run-dir {{out}}/new --report {{out}}/report"),
        _call("train {experiment} --dry-run"),
        _call(f"train {{experiment}} --overfit 4 --json {TRAINED} --run-dir {{out}}/new"),
        _call("train --resume {run} --set training.epochs=8 --max-time 1s --report {out}/report", "run"),
        _call(f"train --resume {{run}} --exact {TRAINED}", "run"),
        _call("train {data} --max-time 1s --quiet --run-dir {out}/of-data"),
        _call(f"train {{experiment}} --baseline {{run}} --require accuracy>=base {TRAINED} --run-dir {{out}}/new"),
    ],
    "sweep": [
        _call("sweep {experiment} --grid training.seed=1,2 --set training.max_seconds=1 --seeds 1 --workers 1 "
              "--out {out}/sweep --csv {out}/sweep.csv"),
    ],
    "compare": [
        _call("compare {run} {run}"),
        _call("compare {run} {sound} --json"),
        _call("compare --on {experiment} --activations tanh --seeds 1 --workers 1 --set training.max_seconds=1 "
              "--out {out}/compared"),
    ],
    "gradcheck": [_call("gradcheck {experiment}"), _call("gradcheck {experiment} --json --most 5")],
    "circuit": [_call("circuit {name} x=1"), _call("circuit x*y x=1 {name}"), _call("circuit x*y x=1 y=2 --wrt {name}"),
                _call("circuit x*y {name}=1 --json --svg {out}/circuit.svg")],
    "bumps": [_call("bumps {name} --epochs 2"), _call("bumps x*x --bumps 2 --epochs 2 --json")],
    "verify": [_call("verify {run}"), _call("verify {run} --json")],
    "show": [
        *(_call(f"show {{run}} --view {view}") for view in VIEWS),
        _call("show {run} --view confusion --json"), _call("show {run} --view {name}"), _call("show {run} --csv"),
        _call("show {run} --view health --epoch 2"), _call("show {run} --view boundary --svg {out}/boundary.svg"),
        _call("show {run} --view confusion --svg {out}/confusion.svg"),
    ],
    "evaluate": [_call("evaluate {run}"), _call("evaluate {run} {data} --json"), _call("evaluate {run} --epoch 1")],
    "predict": [_call("predict {run} {data}"), _call("predict {run} {data} --json"),
                _call("predict {run} {data} --out {out}/predicted.csv")],
    "export": [_call(f"export {{run}} --to {kind} --out {{out}}/exported.{kind}") for kind in FORMATS],
    "report": [_call("report {run} --report {out}/report --tensorboard {out}/tensorboard"),
               _call("report {run} --junit {out}/junit.xml --baseline {run} --require accuracy>=base")],
    "doctor": [_call("doctor {run}"), _call("doctor {run} --json"), _call("doctor {run} --strict --plain")],
    "runs": [_call("runs {folder}", shows="sound"), _call("runs {folder} --json", shows="sound")],
    "watch": [_call("watch {run} --once"), _call("watch {run} --follow")],
    "control pause": [_call("control pause {run}")],
    "control play": [_call("control play {run}")],
    "control set": [_call("control set {run} training.rate=0.1"), _call("control set {run} {name}")],
    "control speed": [_call("control speed {run} 4")],
    "control status": [_call("control status {run}")],
    "control step": [_call("control step {run} 2 epoch")],
    "control stop": [_call("control stop {run}")],
    "plugins check": [_call("plugins check {plugin} --limit 5", "home")],
    "plugins list": [_call("plugins list --plugin {plugin}"), _call("plugins list -v"), _call("plugins list --json")],
    "plugins new": [_call("plugins new activation {name} --single-file --out {out}/new"),
                    _call("plugins new {name} mine --out {out}/new")],
    "plugins sheet": [_call("plugins sheet --z {name}"), _call("plugins sheet --plugin {plugin}")],
    "plugins show": [_call("plugins show {name}"), _call("plugins show tanh --plugin {plugin}")],
    "plugins trust": [_call("plugins trust {plugin}", "home")],
    "data describe": [_call("data describe {data}"), _call("data describe {data} --missing drop"),
                      _call("data describe {data} --target {name}")],
    "data cache": [_call("data cache")],
    "data fetch": [_call("data fetch {name}")],
    "data list": [_call("data list --plugin {plugin}"), _call("data list")],
    "lesson": [_call("lesson")],
    "lesson answer": [_call("lesson answer {name} --answers {experiment}")],
    "lesson check": [_call("lesson check 06"), _call("lesson check {name}"), _call("lesson check {data} {name}")],
    "lesson export": [_call("lesson export 06 --out {out}/a.html"), _call("lesson export {name} --out {out}/b.html")],
    "lesson new": [_call("lesson new {name} --out {out}/new"), _call("lesson new mine --package --out {out}/new")],
    "lesson grade": [_call("lesson grade {data} --lesson {name}"), _call("lesson grade {experiment} --lesson {name}")],
    "lesson take": [_call("lesson take 06 --out {out}/answers.jsonl"), _call("lesson take {name} --out {out}/a.jsonl")],
    "lesson show": [_call("lesson show 06 --step 2"), _call("lesson show {name}")],
    "examples": [_call("examples")],
    "present": [_call("present --help")],  # needs a terminal: the workbench is driven below
    "serve": [_call("serve --help")],  # goes on until a signal ends it; what it opens, the workbench opens below
    "examples copy": [_call("examples copy {name} --to {out}/copy.toml")],
    "workbench": [_call(f"{screen.WORD} {{run}} look 4 {{seed}}", "saved"),
                  _call(f"{screen.WORD} {{experiment}} look 2 {{seed}}", "saved"),
                  _call(f"{screen.WORD} {{experiment}} build 4 {{seed}}", "saved", *BEGUN)],
}  # fmt: skip
STEERING = [  # of a run that is being trained
    *(call for name, calls in CALLS.items() if name.startswith("control ") for call in calls),
    _call(f"{screen.WORD} {{run}} train 4 {{seed}}", *BEGUN),
]
ALL = [call for calls in CALLS.values() for call in calls]


def of(word: str) -> list[Call]:
    """The calls that take this."""
    return [call for call in ALL if word in call.takes]


def commands(group: click.Group = main, path: str = "") -> Iterator[str]:
    """The names of all commands there are, those of groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{path}{name}"
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
