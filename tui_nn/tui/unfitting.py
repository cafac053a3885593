"""What stands in the place of a network that cannot be trained: the layers that were asked for beside what the data
ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render import Links, Look, UnitColumn, network
from tui_nn.render.canvas import paragraph
from tui_nn.views import Subject

LOWEST = 6  # lines of a picture
MOST = 1000  # units that are drawn one by one


def unfitting(why: str, subject: Subject, width: int, height: int, look: Look) -> Text:
    """The reason, and below it the layers without weights, as large as there is room. subject: has the data."""
    said = paragraph(why, width)
    room = height - said.count("\n") - 2
    columns = _columns(subject)
    if room < LOWEST or not columns:
        return Text(said, "dim")
    links = [Links(np.full((len(right.names), len(left.names) + 1), np.nan)) for left, right in pairwise(columns)]
    drawn = network(columns, links, [], width, room, look).text
    return Text("\n\n", no_wrap=True, end="").join([Text(said), drawn])


def _columns(subject: Subject) -> list[UnitColumn]:
    started = subject.started
    if started is None or not subject.wanted:
        return []
    size = f"{started.inputs:,}" if started.picture is None else "{}x{}".format(*started.picture)
    features = list(started.features) if started.picture is None else []
    inputs = _column([f"input {size}", "input"], started.inputs, features or ["picture" if started.picture else "data"])
    found = [inputs]
    for number, layer in enumerate(subject.wanted, start=1):
        kind, units = str(layer.get("kind", "dense")), layer.get("units")
        words = str(layer.get("activation", kind)) if units is not None else kind
        count = units if isinstance(units, int) and 1 <= units <= MOST else None
        names = [kind] if count is None else [f"{unit}" for unit in range(1, count + 1)]
        title = [f"{number}: {units if units is not None else ''} {words}".replace("  ", " "), f"{number}: {units}"]
        found.append(_column(title, count, names))
    wanted = list(started.classes or started.labels)
    if wanted:
        said = plural(len(wanted), "class", "classes") if started.classes else plural(len(wanted), "label")
        found.append(_column([f"data: {said}", said, "data"], len(wanted), wanted))
    return found


def _column(title: Sequence[str], count: int | None, names: Sequence[str]) -> UnitColumn:
    """Of so many units, or one node of words where they are not named."""
    lines: Sequence[str] = () if count == len(names) else names
    shown = [""] if lines else names
    return UnitColumn(title, shown, -np.arange(len(shown), dtype=float), lines=lines)
