"""What is said of a component beside the list it is chosen from: description, formula, options, and its curve."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.engine.description import documentation, facts_of
from tui_nn.engine.random import stream
from tui_nn.errors import TuiNNError
from tui_nn.plugin.curves import sampled
from tui_nn.plugin.registry import Registry
from tui_nn.render import Look, Series
from tui_nn.render.palette import TRAIN, VALIDATION

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
    options = [
        f"{option} = {getattr(default, 'name', default)}" if default is not None else option
        for option, default in registry.options(kind, name).items()
    ]
    if options:
        lines.append(f"options: {', '.join(options)}")
    if not registry.is_built_in(kind, name):
        lines.append(f"from plugin {registry.owner(kind, name)}")
    return "\n".join(lines)


def picture_of(registry: Registry, kind: str, name: str, width: int, height: int, look: Look) -> Text | None:
    """The curve of an activation with its derivative, of a loss, or of a schedule; None for what has none."""
    if height < 6 or width < 20:
        return None
    try:
        if kind == "activation":
            return render.function_plot(*sampled(registry.create(kind, name)), width, height, look)
        if kind == "schedule":
            return render.curve(_schedule(registry.create(kind, name)), width, height, look, x_label="progress")
        if kind == "loss":
            return render.curve(_loss(registry.create(kind, name)), width, height, look, x_label="output")
        if kind == "initializer":
            theta = np.zeros((24, min(65, width - 4)), np.float32)
            registry.create(kind, name).fill(theta, stream(0, "picture"))
            return render.heatmap(theta, width, height, look).text
    except (TuiNNError, ValueError, TypeError, ArithmeticError):
        return None  # a component of a plugin may refuse numbers out of context: then there is no picture
    return None


def _schedule(schedule: Any) -> list[Series]:
    steps = 200
    losses = [1.0]
    factors = [schedule.factor(step, steps, 10, losses) for step in range(1, steps + 1)]
    return [Series("factor of the rate", np.linspace(0, 1, steps), np.array(factors), TRAIN)]


def _loss(loss: Any) -> list[Series]:
    low, high = loss.output_range or (-1.0, 2.0)
    margin = 0.01 * (high - low)
    a = np.linspace(low + margin, high - margin, 201)
    series = []
    for target, style, mark, ascii_mark in ((1.0, TRAIN, "●", "*"), (0.0, VALIDATION, "○", "o")):
        if loss.outputs == "per class":
            outputs = np.vstack([a, 1 - a])
            y = np.vstack([np.full_like(a, target), np.full_like(a, 1 - target)])
        else:
            outputs, y = a[None, :], np.full((1, len(a)), target)
        series.append(Series(f"cost, target {target:g}", a, loss.costs(outputs, y), style, mark, ascii_mark))
    return series
