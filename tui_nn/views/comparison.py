"""Runs beside each other: their curves on one plot, what came of them, and everything in which they differ."""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from rich.text import Text

from tui_nn import render
from tui_nn.errors import StorageError, TuiNNError
from tui_nn.experiment.amended import amendments, leaves
from tui_nn.experiment.load import parse
from tui_nn.experiment.portable import MOST_WEIGHTS
from tui_nn.experiment.values import check_values
from tui_nn.figures import figure
from tui_nn.files import open_to_read
from tui_nn.render import Look, Mark, Series
from tui_nn.render.palette import DIM, DISTINCT, accent
from tui_nn.runs import RunReader, layout
from tui_nn.runs.catalogue import RunInfo
from tui_nn.runs.family import counted, offset_of, parent_of
from tui_nn.runs.history import History
from tui_nn.runs.recipe import Recipe, plugin_versions, read_recipe
from tui_nn.views.curves import marks_of, measured, spans_tenfold

RESULTS = ("loss", "accuracy", "rmse", "r2")
MEASURED = {part: {"measured on": words} for part, words in (("validation", "validation"), ("train", "training"))}
NO_DIFFERENCE = "No difference is recorded in settings, initial weights, data or plugins."


@dataclass(frozen=True)
class Compared:
    """A run that is compared. number: what it is called on the screen beside its name; decides its colour."""

    number: int
    info: RunInfo
    reader: RunReader

    @cached_property
    def offset(self) -> int:
        """Epochs that its ancestors had been trained when it began."""
        return offset_of(self.reader.path)

    @property
    def name(self) -> str:
        """Experiment and time of day."""
        return layout.short_name(self.reader.path)

    @property
    def colour(self) -> str:
        """The same for as long as the screen is open."""
        return DISTINCT[(self.number - 1) % len(DISTINCT)]


def differences(runs: Sequence[Compared], known: Sequence[Compared] = ()) -> list[tuple[str, list[str]]]:
    """(what, its value in each run) of everything that is not the same in all; "-" where one has no such thing.

    known: runs that are called by their numbers too, beside those that are compared.

    Settings that were changed while a run trained say so: `0.1 -> 0.8 from epoch 20`. Epochs are those of the axis: in
    a branch its ancestors' come first.
    """
    numbers = {run.reader.path.name: run.number for run in (*known, *runs)}
    facts = [_facts(run.reader, run.offset, numbers) | MEASURED.get(run.info.part, {}) for run in runs]
    keys = dict.fromkeys(key for one in facts for key in one)
    rows = [(key, [one.get(key, "-") for one in facts]) for key in keys]
    return [(key, values) for key, values in rows if len(set(values)) > 1]


def _facts(reader: RunReader, offset: int, numbers: dict[str, int]) -> dict[str, str]:
    """Everything that decides what a run computes, as text: a run whose files are gone has less of it."""
    tree: dict[str, Any] = {}
    with contextlib.suppress(TuiNNError):
        read = parse(reader.experiment_toml(), layout.EXPERIMENT)
        check_values(read, layout.EXPERIMENT)
        tree = read
    tree.pop("name", None)
    network = tree.get("network")
    given = network.pop("weights", None) if isinstance(network, dict) else None
    facts = {"start": _start(reader, given, offset, numbers)}
    try:
        settings = amendments(tree, reader.history.by_hand, offset)
    except TuiNNError:
        settings = {}
    facts |= leaves(tree) | {key: str(amendment) for key, amendment in settings.items()}
    facts |= _weights_by_hand(reader.history, offset)
    with contextlib.suppress(StorageError):
        facts |= _recipe(read_recipe(reader.path))
    return facts


def _recipe(recipe: Recipe | None) -> dict[str, str]:
    """The data by what is in them, whatever folder they lie in, and the plugins."""
    if recipe is None:
        return {}
    plugins = {f"plugin {name}": version or "there" for name, version in plugin_versions(recipe).items()}
    return {"data.source": f"{recipe.data.name} ({recipe.data.sha256[:6]})", **plugins}


def _start(reader: RunReader, given: object, offset: int, numbers: dict[str, int]) -> str:
    """Where the weights came from that a run began with."""
    parent = parent_of(reader.path)
    if parent is not None:
        of = numbers.get(parent.run, parent.run)
        kept = (reader.path / layout.INITIAL).is_file()
        return f"branch of {of} at epoch {offset}" if kept else f"new weights, a branch of {of}"
    if given is None:
        return "drawn"
    if isinstance(given, str):
        with contextlib.suppress(OSError), open_to_read(reader.path / given, MOST_WEIGHTS, links=True) as file:
            return f"from a file ({hashlib.file_digest(file, 'sha256').hexdigest()[:6]})"
        return f"from {given}"
    return f"by hand ({_digest(given)})"


def _weights_by_hand(history: History, offset: int) -> dict[str, str]:
    """The weights that were set while the run trained: one or two as they are, more by number and digest."""
    changed = [event for event in history.changes if event.is_weight]
    if len(changed) > 2:
        told = [(event.step, event.key, event.value) for event in changed]
        return {"weights by hand": f"{len(changed)} ({_digest(told)}) from epoch {offset + changed[0].epoch}"}
    return {event.key: f"{event.value} from epoch {offset + event.epoch}" for event in changed}


def _digest(value: object) -> str:
    """A few letters that differ where values do."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:6]


def results(runs: Sequence[Compared]) -> tuple[list[str], list[list[str]]]:
    """Header and rows, a row a run: state, epochs (its ancestors' first), results, samples a second, seconds."""
    names = [name for name in RESULTS if any(name in run.info.metrics for run in runs)]
    header = ["run", "name", "state", "epoch", *names, "samples/s", "seconds"]
    rows = []
    for run in runs:
        info = run.info
        speed = f"{info.samples_per_second:.0f}" if info.samples_per_second else "-"
        rows.append(
            [
                str(run.number),
                run.name,
                info.standing,
                counted(run.offset, info.epoch),
                *(figure(info.metrics[name]) if name in info.metrics else "-" for name in names),
                speed,
                f"{info.seconds:.1f}",
            ]
        )
    return header, rows


def short(key: str) -> str:
    """training.optimizer.rate -> optimizer.rate."""
    return key.removeprefix("training.").removeprefix("network.").removeprefix("data.")


def draw_table(
    runs: Sequence[Compared], width: int, look: Look, *, apart: bool = True, known: Sequence[Compared] = ()
) -> Text:
    """Results, each run in its colour, columns that have no room left out and counted; then the differences, all.

    apart: with an empty line in between. known: as in `differences`.
    """
    dim = accent(DIM, look)
    header, rows = results(runs)
    widths = _widths([header, *rows])
    shown = len(widths)
    while shown > 1 and sum(widths[:shown]) + 2 * (shown - 1) > width:
        shown -= 1
    lines = [Text(_line(header[:shown], widths), dim)]
    for run, row in zip(runs, rows, strict=True):
        lines.append(Text(_line(row[:shown], widths), accent(run.colour, look)))
    if shown < len(widths):
        lines.append(Text(f"{len(widths) - shown} more in a wider terminal", dim))
    different = differences(runs, known) if len(runs) > 1 else []
    if len(runs) > 1:
        lines += [Text()] * apart
        lines += _differ(runs, different, width, look) if different else [Text(NO_DIFFERENCE, dim)]
    return Text("\n", no_wrap=True).join(lines)


def _differ(runs: Sequence[Compared], different: list[tuple[str, list[str]]], width: int, look: Look) -> list[Text]:
    """A line a difference, a column a run; or where that has no room, a line a run."""
    arrow = "->" if look.ascii else "→"
    table = [["differ in", *(str(run.number) for run in runs)]]
    table += [[short(key), *(value.replace("->", arrow) for value in values)] for key, values in different]
    widths = _widths(table)
    lines = [Text("differ in", accent(DIM, look))]
    if sum(widths) + 2 * (len(widths) - 1) <= width:
        for place, row in enumerate(table):
            line = Text(row[0].ljust(widths[0]), accent(DIM, look) if not place else "")
            for run, cell, wide in zip(runs, row[1:], widths[1:], strict=True):
                line.append("  ").append(cell.ljust(wide), accent(run.colour, look))
            lines.append(line)
        return lines[1:]
    for key, *values in table[1:]:
        lines.append(Text(key))
        for run, value in zip(runs, values, strict=True):
            lines.append(Text(f"{run.number:>4}  {value}", accent(run.colour, look)))
    return lines


def _widths(table: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(row[column]) for row in table) for column in range(len(table[0]))]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(wide) for cell, wide in zip(cells, widths, strict=False))


def settled_log(runs: Sequence[Compared], metric: str, log: bool | None) -> bool:
    """Whether the axis is logarithmic: as somebody said, else once the curves span ten times the lowest."""
    return spans_tenfold(metric, [run.reader.history for run in runs]) if log is None else log


def _of(number: str, labels: Sequence[str]) -> tuple[str, ...]:
    """What happened, and in which run: `8 rate 0.02`."""
    return tuple(f"{number} {label}" for label in labels)


def draw_curves(
    runs: Sequence[Compared], metric: str, width: int, height: int, look: Look, log: bool | None = None
) -> Text:
    """One line a run, on validation data where there is any; a branch from the epoch where it left its parent."""
    series: list[Series] = []
    marks, parts = list[Mark](), set()
    wearers = Counter(run.colour for run in runs)  # there are fewer colours than runs
    for run in runs:
        history = run.reader.history
        part = "validation" if history.validation.get(metric) else "train"
        x, y = measured(history, part, metric)
        if len(y):
            parts.add(part)
            # Without colours all curves but the first are drawn in digits, as are those that share one; what digits
            # say is not said again.
            is_shared = wearers[run.colour] > 1
            number, drawn = str(run.number), is_shared or (bool(series) and look.is_plain)
            name, short = (run.name, "") if drawn and len(number) == 1 else (f"{number} {run.name}", number)
            dots = (number[-1], number[-1]) if drawn else ("●", "*")
            series.append(Series(name, x + run.offset, y, run.colour, *dots, short=short, in_marks=is_shared))
            marked = marks_of(history, run.offset, run.colour)
            # A colour says whose they are; where there is none, or another has it too, the number does.
            if look.is_plain or is_shared:
                marked = [replace(one, labels=_of(number, one.labels), before="") for one in marked]
            marks += marked
    log_y = settled_log(runs, metric, log)
    label = f"val {metric}" if parts == {"validation"} else metric
    return render.curve(series, width, height, look, y_label=label, log_y=log_y, marks=marks)
