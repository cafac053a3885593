"""What the palette finds: a name, what stands beside it, the words by which it is found as well, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.app import App

from tui_nn.tui.key import Key
from tui_nn.tui.keys import ELSEWHERE

# What people call things that have another name here.
WORDS = {
    "rate": "learning rate step size alpha eta",
    "momentum": "velocity nesterov",
    "optimizer": "gradient descent sgd adam learning rate",
    "schedule": "learning rate decay",
    "lambda": "regularization weight decay l2 penalty overfitting",
    "batch": "minibatch batch size",
    "epochs": "iterations passes how long duration",
    "seed": "random",
    "data": "data set dataset samples source",
    "scale": "normalize standardize inputs",
    "validation": "split share held out test",
    "initializer": "initial weights start",
    "loss": "cost error function j",
    "layer": "neurons units hidden nodes size network activation architecture",
    "units": "neurons hidden nodes",
    "activation": "sigmoid tanh relu nonlinearity transfer function",
    "network": "neural net picture graph nodes edges architecture",
    "weights": "theta parameters matrix numbers",
    "weight": "theta parameters matrix by hand change",
    "confusion": "errors mistakes matrix",
    "boundary": "decision classification regions",
    "truth": "logic and or xor boolean gates",
    "save_picture": "picture screenshot image svg png export vector print",
    "save_numbers": "numbers export table spreadsheet",
    "circuit": "computational graph backpropagation chain rule derivative",
    "lessons": "course exercise teach learn tutorial question answer",
    "why": "problem diagnosis doctor help wrong advice",
    "time_back": "history past earlier rewind snapshots",
    "time_now": "present newest",
    "plugins": "extensions",
    "experiment_file": "toml configuration settings",
    "branch": "fork copy continue",
    "reset": "restart again",
    "play": "start run train pause stop",
    "faster": "speed slow",
    "slower": "speed slow",
    "theme": "colours colors appearance background contrast projector",
    "dark": "night black",
    "light": "bright day white",
    "ascii": "glyphs characters unicode font",
}


@dataclass(frozen=True)
class Hit:
    """name: of the thing, with its kind before it, such as `view: network`. beside: its value, or a sentence.

    shown: in place of the name. under: the heading of its group.
    """

    name: str
    beside: str
    do: Callable[[], Any]
    words: str = ""
    shown: str = ""
    under: str = ""


def of_keys(table: Sequence[Key], press: Callable[[Key], Any]) -> Iterator[Hit]:
    """Everything that a key does, by the words of the help."""
    for key in table:
        if key.action not in ("palette", *ELSEWHERE):
            name = f"{key.group.lower()}: {key.short} ({key.show})"
            yield Hit(name, key.help, partial(press, key), WORDS.get(key.action, ""))


def of_themes(app: App[Any]) -> Iterator[Hit]:
    """The themes by their names."""

    def take(name: str) -> None:
        app.theme = name

    for name, theme in sorted(app.available_themes.items()):
        kind = "dark" if theme.dark else "light"
        if not name.startswith("ansi"):
            yield Hit(f"theme: {name}", kind, partial(take, name), f"{WORDS['theme']} {WORDS[kind]}")
