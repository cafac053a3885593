"""What is said of a component beside the list it is chosen from: description, formula, options, and where from."""

from __future__ import annotations

from typing import Any

from tui_nn.engine.description import documentation, facts_of, options_in_words
from tui_nn.plugin.registry import Registry

# Ranges that the field uses, by the name of an option; what an author's component takes beyond is its own affair.
RANGES = {
    "units": "a whole number from 1",
    "rate": "a number above 0, usually 0.0001 to 1",
    "momentum": "a number from 0 to below 1",
    "noise": "a number from 0 to 0.5",
    "samples": "a whole number from 2",
    "beta1": "a number from 0 to below 1",
    "beta2": "a number from 0 to below 1",
    "rho": "a number from 0 to below 1",
    "epsilon": "a small number above 0",
    "degree": "a whole number from 1",
    "pieces": "a whole number from 2",
    "validation": "a share from 0 to below 1",
    "lambda": "a number from 0: the strength of the L2 penalty",
    "batch": 'a whole number from 1, or "full"',
    "epochs": "a whole number from 0",
    "seed": "a whole number from 0",
}


def hint(option: str, default: Any) -> str:
    """What may be entered for an option."""
    if option in RANGES:
        words = RANGES[option]
    elif isinstance(default, bool):
        words = "true or false"
    elif isinstance(default, int):
        words = "a whole number"
    elif isinstance(default, float):
        words = "a number"
    else:
        words = ""
    shown = getattr(default, "name", default)
    return words if default is None else f"{words}{'; ' if words else ''}default {shown}"


def words_of(registry: Registry, kind: str, name: str) -> str:
    """Description, formula, derivative, range, reference, options and origin, a line each."""
    component = registry.get(kind, name)
    facts = facts_of(documentation(component))
    lines = [component.description]
    lines += [f"{label}: {facts[label]}" for label in ("formula", "derivative", "reference") if label in facts]
    low_high = getattr(component, "range", None)
    if low_high is not None and kind == "activation":
        lines.append(f"range: {low_high[0]:g} to {low_high[1]:g}")
    options = options_in_words(registry.options(kind, name))
    if options:
        lines.append(f"options: {', '.join(options)}")
    if not registry.is_built_in(kind, name):
        lines.append(f"from plugin {registry.owner(kind, name)}")
    return "\n".join(lines)
