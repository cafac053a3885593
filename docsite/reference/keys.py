"""Every key, from the tables that bindings, footer and help are made from."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from typing import Any

from textual.binding import Binding

from docsite import markdown
from tui_nn.plugin.knobs import STANDARD
from tui_nn.tui import keys, screens
from tui_nn.tui.circuit.keys import CIRCUIT_KEYS
from tui_nn.tui.data.keys import DATA_KEYS
from tui_nn.tui.key import OF_FOCUS, Key, refusal
from tui_nn.tui.screens.dialog import BACK, Dialog
from tui_nn.views import views_of

INTRODUCTION = """Every key of every screen. `?` shows those of the open screen, and ctrl+p finds a key by any word.
When a key can do nothing, the last line of the screen says why, with the sentence of the last column."""
TABLES: dict[str, Sequence[Key]] = {
    "Workbench": (*keys.KEYS, keys.LEAVE),
    "A lesson, beside those of the workbench": keys.LESSON[len(keys.KEYS) :],
    "A cell of a view, while something is typed": keys.CELL,
    "Data": DATA_KEYS,
    "Circuits": CIRCUIT_KEYS,
}


def page() -> str:
    own = [view for view in views_of() if any(knob not in STANDARD for knob in view.knobs)]
    return markdown.page(
        "Keys",
        INTRODUCTION,
        *(part for title, table in TABLES.items() for part in _section(title, table)),
        "## Single views",
        "What only one view has; [Views](views.md) has them all.",
        markdown.table(
            ["view", "key", "does"],
            (
                [f"[`{view.name}`](views.md#{view.name})", markdown.code(keys.shown(knob)), markdown.text(knob.help)]
                for view in own
                for knob in view.knobs
                if knob not in STANDARD
            ),
        ),
        "## Dialogs",
        "In all of them Enter accepts, and Esc goes back and changes nothing.",
        markdown.table(
            ["dialog", "keys"],
            ([name, ", ".join(f"{markdown.code(shown)} {does}" for shown, does in pairs)] for name, pairs in dialogs()),
        ),
    )


def _section(title: str, table: Sequence[Key]) -> Iterator[str]:
    yield f"## {title}"
    for group in dict.fromkeys(key.group for key in table):
        yield f"### {title.partition(',')[0]}: {group.lower()}"
        rows = (
            [markdown.code(key.show), markdown.text(key.help), markdown.text(refusal(key, OF_FOCUS))]
            for key in table
            if key.group == group
        )
        yield markdown.table(["key", "does", "or says"], rows)


def dialogs() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """(name, keys with what they do) of each dialog."""
    for module in pkgutil.iter_modules(screens.__path__):
        importlib.import_module(f"{screens.__name__}.{module.name}")
    for kind in sorted(_below(Dialog), key=lambda kind: kind.__name__):
        found = {key.show: key.short for key in kind.KEYS}
        for one in vars(kind).get("BINDINGS", ()):
            if isinstance(one, Binding) and one.description and one.action != "back":
                found.setdefault(one.key.partition(",")[0].replace("slash", "/"), one.description)
        yield kind.__name__.removesuffix("Screen").lower(), [*found.items(), (BACK.show, BACK.short)]


def _below(kind: type[Any]) -> set[type[Any]]:
    return {found for derived in kind.__subclasses__() for found in (derived, *_below(derived))}
