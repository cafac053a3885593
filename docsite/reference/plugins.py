"""The hooks and kinds of plugins, from what plugins are held against, and what a plugin imports."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import get_origin

from docsite import markdown
from tui_nn import plugin
from tui_nn.engine.description import first_line
from tui_nn.plugin.kinds import KINDS, Kind

INTRODUCTION = """A plugin is a Python module with functions that are named like these hooks and marked with
`@hookimpl`. Each returns a list of components. [Plugins](../plugins.md) is the guide, with an example of each kind."""


def page() -> str:
    return markdown.page(
        "Kinds of plugins",
        INTRODUCTION,
        markdown.table(
            ["kind", "hook", "gives", "made with"],
            (
                [f"[{kind.name}](#{kind.name})", f"`{kind.hook}()`", _cell(kind.gives), _cell(kind.made_with)]
                for kind in KINDS.values()
            ),
        ),
        *(part for kind in KINDS.values() for part in _section(kind)),
        "## What a plugin imports",
        "From `tui_nn.plugin`:",
        markdown.table(["name", "is"], ([markdown.code(name), markdown.text(_said(name))] for name in plugin.__all__)),
    )


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def _section(kind: Kind) -> Iterator[str]:
    yield f"## {kind.name}"
    start = f"`tui-nn plugins new {kind.name} NAME`"
    yield f"`{kind.hook}()` gives {kind.gives}; made with {kind.made_with}. {start} starts one."
    methods = [
        (name, method)
        for name, method in vars(kind.type).items()
        if kind.made_with == "the class" and inspect.isfunction(method) and not name.startswith("_")
    ]
    if methods:
        rows = (
            [markdown.code(_call(name, method)), markdown.text(first_line(method.__doc__))] for name, method in methods
        )
        yield markdown.table([f"method of `{kind.type.__name__}`", "does"], rows)
    yield "`tui-nn plugins check` tests:"
    checks = importlib.import_module(kind.checks).CHECKS
    yield "\n".join(f"- {markdown.code(one.__name__)}: {markdown.text(first_line(one.__doc__))}" for one in checks)


def _call(name: str, method: Callable[..., object]) -> str:
    return f"{name}({', '.join(one for one in inspect.signature(method).parameters if one != 'self')})"


def _said(name: str) -> str:
    found = getattr(plugin, name)
    if inspect.isroutine(found) or inspect.isclass(found):
        return first_line(found.__doc__)
    if get_origin(found) is not None:
        return "A type for annotations."
    return getattr(found, "help", "") or first_line(type(found).__doc__)
