"""The Python API, from the docstrings of what `tui_nn` offers."""

from __future__ import annotations

import inspect

import tui_nn
from docsite import markdown

INTRODUCTION = """The names of `import tui_nn`; each is imported at its first use.
[tui-nn from Python](../api.md) is the guide. Estimators for scikit-learn are in
[tui-nn in scikit-learn](../sklearn.md)."""


def page() -> str:
    return markdown.page("Python API", INTRODUCTION, *(_entry(name) for name in _in_order()))


def _in_order() -> list[str]:
    """Functions, then classes, then errors. `training` is another name of `begin_training`."""

    def rank(name: str) -> int:
        found = getattr(tui_nn, name)
        return 0 if not inspect.isclass(found) else 2 if issubclass(found, Exception) else 1

    return sorted((name for name in tui_nn.__all__ if name != "training"), key=rank)


def _entry(name: str) -> str:
    found = getattr(tui_nn, name)
    kind = "class" if inspect.isclass(found) else "function"
    members = "   :members:\n" if kind == "class" and not issubclass(found, Exception) else ""
    return f"## {name}\n\n```{{eval-rst}}\n.. auto{kind}:: tui_nn.{name}\n{members}```"
