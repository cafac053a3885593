"""A sweep as a picture: its settings ranked, each a line through parallel axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from tui_nn import render
from tui_nn.render import Look, ParallelAxis, ParallelLine
from tui_nn.sweep.plan import Plan, shown
from tui_nn.sweep.ranking import Criterion, Ranked


def draw(
    plan: Plan, settings: Sequence[Ranked], criterion: Criterion, chosen: int, box: tuple[int, int], look: Look
) -> Text:
    """The settings as ranked; `chosen` is drawn before the others. Each stands for the mean over its seeds.

    The line of one without a result ends half way to the last axis, which has no name before there is one.
    """
    orders = [_ordered(one.settings[label] for one in settings) for label in plan.labels]
    axes = [
        ParallelAxis(label, tuple(shown(value) for value in order))
        for label, order in zip(plan.labels, orders, strict=True)
    ]
    lines = [
        ParallelLine(
            [order.index(one.settings[label]) for label, order in zip(plan.labels, orders, strict=True)],
            one.estimate.mean,
        )
        for one in settings
    ]
    measured = criterion.text if any(one.results for one in settings) else ""
    return render.parallel(axes, lines, measured, chosen, *box, look, falling=criterion.better == "low")


def _ordered(values: Any) -> list[Any]:
    """Each value once: numbers by size, anything else as it came."""
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    if all(isinstance(value, int | float) for value in found):
        return sorted(found)
    return found
