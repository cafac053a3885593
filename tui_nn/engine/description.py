"""What a component says of itself, read off its docstring, so that an author writes it once.

The first line describes it; lines that begin with `Formula:`, `Derivative:`, `Range:` or `Reference:` are shown as
such in lists and in the workbench.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

FIELDS = ("Formula", "Derivative", "Range", "Reference")


def first_line(text: str | None) -> str:
    """The first line of a docstring: the description that lists show."""
    lines = (text or "").strip().splitlines()
    return lines[0].strip() if lines else ""


def facts_of(text: str | None) -> dict[str, str]:
    """Field ("formula", "derivative", "range", "reference") -> text, for those the docstring gives."""
    facts: dict[str, str] = {}
    for line in inspect.cleandoc(text or "").splitlines():
        name, colon, rest = line.partition(":")
        if colon and name in FIELDS:
            facts[name.lower()] = rest.strip()
    return facts


def documentation(component: object) -> str:
    """The docstring of a component: of the function that it wraps, or of the class that it is."""
    return inspect.getdoc(getattr(component, "function", component)) or ""


def options_in_words(options: Mapping[str, Any]) -> list[str]:
    """Each option with its default, "rate = 0.1"; the name alone of one that must be given."""
    return [
        name if default is None else f"{name} = {getattr(default, 'name', default)}"
        for name, default in options.items()
    ]
