"""Every view: what it shows, its sources, its readings and its knobs."""

from __future__ import annotations

from collections.abc import Iterator

from docsite import markdown
from tui_nn.plugin.knobs import STANDARD, Knob
from tui_nn.plugin.view import View
from tui_nn.tui import keys
from tui_nn.views import views_of

INTRODUCTION = """In the workbench, `V` lists the views and `v` shows the next one. `tui-nn show RUN --view NAME`
prints one; `--json` or `--csv` prints its numbers, `--svg FILE` draws it as a picture. [The
workbench](../workbench.md#views) explains how to read them; the [gallery](../gallery.md) shows them."""
# What a standard knob is called on the command line.
OPTIONS = {"layer": "--layer", "log": "--log", "smoothing": "--smooth", "window": "--window", "sample": "--sample"}


def page() -> str:
    views = views_of()
    return markdown.page(
        "Views",
        INTRODUCTION,
        markdown.table(
            ["view", "shows"], ([f"[`{view.name}`](#{view.name})", markdown.text(view.description)] for view in views)
        ),
        *(part for view in views for part in _body(view)),
    )


def _body(view: View) -> Iterator[str]:
    yield f"## {view.name}"
    yield markdown.text(view.description)
    facts = [f"`tui-nn show RUN --view {view.name}`, [shown in the gallery](../gallery.md#{view.name})."]
    if view.cursor is not None:
        facts.append("Arrows move a cursor; `--at PLACE` puts it somewhere.")
    if callable(view.readings):
        facts.append("Readings (`m`, `--reading`): as the run has them, such as its classes or metrics.")
    elif view.readings:
        facts.append(f"Readings (`m`, `--reading`): {', '.join(markdown.code(one) for one in view.readings)}.")
    yield "\n".join(f"- {fact}" for fact in facts)
    if view.knobs:
        rows = (
            [markdown.code(keys.shown(knob)), _option(knob), _values(knob), markdown.text(knob.help)]
            for knob in view.knobs
        )
        yield markdown.table(["key", "option", "values", "does"], rows)


def _option(knob: Knob) -> str:
    return "" if knob.acts else markdown.code(OPTIONS[knob.name] if knob in STANDARD else f"--knob {knob.name}=")


def _values(knob: Knob) -> str:
    if knob.acts:
        return ""
    if knob.is_text:
        return "text"
    words = [
        {True: "on", False: "off"}.get(one, str(one)) if isinstance(one, bool) else str(one) for one in knob.values
    ]
    return ", ".join(markdown.code(one) for one in words if one) or "a number"
