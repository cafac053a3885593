"""Loss and metrics over the epochs, on training and validation data; and batch by batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn import render
from tui_nn.plugin.knobs import LOG, SMOOTHING, WINDOW, WINDOWS, Knobs
from tui_nn.plugin.view import Box, Missing, view
from tui_nn.render import Look, Mark, Series
from tui_nn.render.curve import Ends
from tui_nn.render.palette import BESIDE_PARTS, TRAIN, VALIDATION
from tui_nn.runs import layout
from tui_nn.runs.family import counted
from tui_nn.runs.history import History
from tui_nn.views.kinds import no_classes
from tui_nn.views.subject import Subject

Array = np.ndarray[Any, np.dtype[Any]]

GREY = "#7f8794"
SLOW_EPOCH = 1.0  # seconds: below that, batches between two epochs are a flicker, unless the run is paused
STEPS_SHOWN = 400  # batches in the window that shows batches
TENTH = 0.1  # of its first value: a curve that has fallen so far is a line along the axis unless that is logarithmic


def metric_names(subject: Subject) -> tuple[str, ...]:
    """Everything that is measured after an epoch, but the loss, which has a view of its own."""
    return tuple(name for name in subject.history.train if name != "loss")


def no_metric(name: str, subject: Subject) -> str:
    """Why this metric is not there."""
    train = subject.history.train
    why = no_classes(subject) or "it was not measured."
    return "" if not train or name in train else f"No {name} here: {why[0].lower()}{why[1:]}"


def numbers(name: str, subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001 - the same for every setting
    """Columns by epoch."""
    history = subject.history
    why = no_metric(name, subject)
    if why:
        raise Missing(why)
    return {
        "epochs": list(history.epochs),
        "train": list(history.train.get(name, [])),
        "validation": list(history.validation.get(name, [])),
    }


def draw(name: str, subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """The curves, from where the window begins, with the moment that is shown as a cursor."""
    series = _plotted(name, subject, knobs)
    by_batch, epoch, log = _by_batch(name, knobs), subject.epoch, bool(settled(name, subject, knobs).log)
    return render.curve(
        _smoothed(series, knobs),
        *box,
        look,
        y_label=name if box[0] >= 60 and not by_batch else "",
        log_y=log,
        ends=None if log or by_batch else _ends(name, subject, series),
        cursor=None if epoch is None or by_batch else float(epoch + subject.offset),
        cursor_name="" if epoch is None else counted(subject.offset, epoch),
        marks=() if by_batch else marks_of(subject.history, subject.offset),
    )


def _ends(name: str, subject: Subject, series: list[Series]) -> Ends | None:
    """Before anything is trained there is a point, and axes for what may come: all epochs, and a cost down to 0."""
    values = [float(y) for one in series for y in one.y if np.isfinite(y)]
    if max(len(one.x) for one in series) > 1 or not values or min(values) < 0:
        return None
    epochs = max(1, subject.history.planned, subject.epochs_to_come)
    high = 1.0 if name != "loss" and max(values) <= 1 else max(values) or 1.0
    return (0.0, float(epochs)), (0.0, high)


def settled(name: str, subject: Subject, knobs: Knobs) -> Knobs:
    """With a logarithmic axis or without, where nobody has said which: once the curves span ten times the lowest."""
    if knobs.log is not None:
        return knobs
    histories = [subject.history, *(reader.history for _, _, reader in subject.relatives())]
    return replace(knobs, log=spans_tenfold(name, histories))


def spans_tenfold(name: str, histories: Sequence[History]) -> bool:
    """Whether a metric was once a tenth of what it was at first; a loss, of the highest that is drawn beside it.

    One that can be 0 or less has no logarithm.
    """
    for part in ("train", "validation"):
        tops, lows = [], []
        for history in histories:
            values = getattr(history, part).get(name)
            if values:
                low, high = history.low[part].get(name), history.high[part].get(name)
                lows.append(low[1] if low is not None else 0.0)
                tops.append(high[1] if name == "loss" and high is not None else values[0])
        spans = [(max(tops), min(lows))] if name == "loss" and tops else zip(tops, lows, strict=True)
        if any(0 < low <= TENTH * top for top, low in spans):
            return True
    return False


def marks_of(history: History, offset: int, style: str = GREY) -> list[Mark]:
    """When something was changed while a run trained, and where a branch began; `offset` epochs came before it."""
    batches = _batches_of(history)
    changes: dict[int, list[str]] = {}
    for change in history.changes:
        words = "weights" if change.is_weight else f"{change.key.rpartition('.')[2]} {change.value}"
        changes.setdefault(change.step, []).append(words)
    marks = [Mark(offset + step / batches, tuple(dict.fromkeys(words)), style) for step, words in changes.items()]
    if not offset:
        return marks
    if 0 in changes:
        return [replace(mark, before="branch") if mark.x == offset else mark for mark in marks]
    return [Mark(offset, ("branch",), style), *marks]


def _batches_of(history: History) -> int:
    """In an epoch."""
    return max(1, history.started.batches) if history.started is not None else 1


def epoch_at(name: str, subject: Subject, knobs: Knobs, width: int, column: int) -> float | None:
    """The epoch of this run at a column of the curve, from 0; None beside the axes. Raises Missing without a curve."""
    x = render.x_at(_plotted(name, subject, knobs), width, column, bool(settled(name, subject, knobs).log))
    return None if x is None else x if _by_batch(name, knobs) else x - subject.offset


def _by_batch(name: str, knobs: Knobs) -> bool:
    return name == "loss" and knobs.window == WINDOWS[3]


def _plotted(name: str, subject: Subject, knobs: Knobs) -> list[Series]:
    """What is in the window. Raises Missing where there is nothing."""
    history = subject.history
    why = no_metric(name, subject)
    if why:
        raise Missing(why)
    started = subject.started
    if started is None:
        raise Missing("Nothing has been recorded yet.", waiting=True)
    batches = max(1, started.batches)
    if _by_batch(name, knobs):
        return _batches(subject, batches)
    since = " before your edit" if subject.epoch is None and history.edited else ""  # a version that did not measure
    series = []
    for part, style, mark, ascii_mark in (("train", TRAIN, "●", "*"), ("validation", VALIDATION, "○", "o")):
        x, y = measured(history, part, name, is_now=subject.epoch is None)
        if len(y) or part == "train":
            name_of = started.label(part)
            short = ("val" if part == "validation" else part) + since
            series.append(Series(name_of + since, x + subject.offset, y, style, mark, ascii_mark, short=short))
    epochs = max((one.x for one in series), key=len)
    first = _first(epochs, knobs.window)
    series = [replace(one, x=one.x[first:], y=one.y[first:]) for one in series]
    if name == "loss":
        series += _since(subject, batches)
    return series + _branches(name, subject)


def measured(history: History, part: str, name: str, *, is_now: bool = True) -> tuple[Array, Array]:
    """Epochs of this run, and a metric after each; now also what was measured when weights were set since."""
    y = np.array(getattr(history, part).get(name, ()), float)
    x = np.array(history.epochs[: len(y)], float)
    by_hand = history.remeasured if is_now else None
    if len(y) and by_hand is not None:
        x = np.append(x, history.epochs[-1] + (by_hand.step - history.epoch_steps[-1]) / _batches_of(history))
        y = np.append(y, getattr(by_hand, part)[name])
    return x, y


def _first(epochs: Array, window: str) -> int:
    """The index from which a window shows."""
    if not len(epochs) or window not in (WINDOWS[1], WINDOWS[2]):
        return 0
    span = epochs[-1] - epochs[0]
    start = epochs[-1] - span * (0.5 if window == WINDOWS[1] else 0.1)
    return min(int(np.searchsorted(epochs, start)), max(0, len(epochs) - 2))


def _branches(name: str, subject: Subject) -> list[Series]:
    """The other runs of the tree of branches, each from the epoch where it left its parent."""
    series = []
    parent, own = subject.parent, layout.short_name(subject.reader.path).rpartition(" ")[0]
    relatives = subject.relatives()
    wearers = Counter((number - 1) % len(BESIDE_PARTS) for number, _, _ in relatives)  # fewer colours than runs
    for number, offset, reader in relatives:
        history = reader.history
        x, y = measured(history, "validation" if history.validation.get(name) else "train", name)
        if len(y):
            place = (number - 1) % len(BESIDE_PARTS)
            colour, digit, is_shared = BESIDE_PARTS[place], str(number % 10), wearers[place] > 1
            run = layout.short_name(reader.path)
            of_time = run.removeprefix(f"{own} ")
            who, short = (f"parent {run}", "parent") if reader.path.name == parent else (f"run {run}", of_time)
            mark = digit if is_shared else "▪"
            series.append(Series(who, x + offset, y, colour, mark, digit, short=short, in_marks=is_shared))
    return sorted(series, key=lambda one: not one.name.startswith("parent"))


def _since(subject: Subject, batches: int) -> list[Series]:
    """Between two epochs: the batches since the last one, so that a single step can be seen."""
    live, history = subject.reader.live(), subject.history
    last = history.epoch_steps[-1] if history.epoch_steps else 0
    quick = history.last_epoch > 0 and history.seconds / history.last_epoch < SLOW_EPOCH
    if live is None or live.step <= last or (live.state == "running" and quick):
        return []
    since = live.ring_steps > last
    steps, losses = live.ring_steps[since], live.ring_losses[since]
    x = steps / batches + subject.offset
    return [Series(f"batch {live.step}", x, losses, GREY, "·", ".", short="batch")] if len(steps) else []


def _batches(subject: Subject, batches: int) -> list[Series]:
    """The newest batches, from the live ring, or those that were written down."""
    live, history = subject.reader.live(), subject.history
    if live is not None and len(live.ring_steps):
        steps, losses = live.ring_steps, live.ring_losses
    else:
        steps, losses = np.array(history.steps[-STEPS_SHOWN:]), np.array(history.step_loss[-STEPS_SHOWN:])
    return [Series("batch", steps[-STEPS_SHOWN:] / batches, losses[-STEPS_SHOWN:], TRAIN)]


def _smoothed(series: list[Series], knobs: Knobs) -> list[Series]:
    """A bright smoothed line over the dim original, where smoothing is on."""
    if not knobs.smoothing:
        return series
    both = []
    for one in series:
        faint = replace(one, ascii_marker=".", faint=True)
        x, y = render.smooth(one.x, one.y, knobs.smoothing)
        bright = replace(one, x=x, y=y)
        both += [faint, bright] if len(one.y) > 2 else [one]
    return both


def title(name: str, subject: Subject, knobs: Knobs) -> str:
    """The metric with what is set."""
    words = [name]
    if subject.history.apart > 1 and not _by_batch(name, knobs):
        words.append(f"points up to {subject.history.apart} epochs apart")
    if settled(name, subject, knobs).log:
        words.append("log")
    if knobs.smoothing:
        words.append(f"smoothed {knobs.smoothing:g}")
    if knobs.window != WINDOWS[0] and (name == "loss" or knobs.window != WINDOWS[3]):
        words.append(knobs.window)
    return ", ".join(words)


TURNED = (LOG, SMOOTHING, WINDOW)


@view(
    numbers=partial(numbers, "loss"),
    title=partial(title, "loss"),
    knobs=TURNED,
    epoch_at=partial(epoch_at, "loss"),
    settled=partial(settled, "loss"),
)
def loss(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """The mean cost on training and validation data, and the newest batches."""
    return draw("loss", subject, knobs, box, look)


@view(
    numbers=partial(numbers, "accuracy"),
    suits=partial(no_metric, "accuracy"),
    title=partial(title, "accuracy"),
    knobs=TURNED,
    epoch_at=partial(epoch_at, "accuracy"),
    settled=partial(settled, "accuracy"),
)
def accuracy(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """The share of samples classified correctly."""
    return draw("accuracy", subject, knobs, box, look)


def _metric(subject: Subject, knobs: Knobs) -> str:
    names = metric_names(subject)
    if not names:
        raise Missing("No epoch has been evaluated yet.", waiting=True)
    return knobs.pick(names)


def _metric_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:
    name = _metric(subject, knobs)
    return {"metric": name, **numbers(name, subject, knobs)}


@view(
    numbers=_metric_numbers,
    title=lambda subject, knobs: title(_metric(subject, knobs), subject, knobs),
    readings=metric_names,
    knobs=TURNED,
    epoch_at=lambda subject, knobs, width, column: epoch_at(_metric(subject, knobs), subject, knobs, width, column),
    settled=lambda subject, knobs: settled(_metric(subject, knobs), subject, knobs),
)
def metrics(subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
    """Every other metric measured after an epoch, one at a time."""
    return draw(_metric(subject, knobs), subject, knobs, box, look)
