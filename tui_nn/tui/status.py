"""The line that says at a glance what the trainer does, and which moment of the run is shown."""

from __future__ import annotations

import contextlib
from pathlib import Path

from tui_nn.errors import TuiNNError
from tui_nn.experiment.hidden_units import named
from tui_nn.figures import figure
from tui_nn.render.canvas import fitting
from tui_nn.runs import Run
from tui_nn.runs.family import counted
from tui_nn.runs.history import History
from tui_nn.runs.layout import short_name
from tui_nn.tui.bench.bench import Bench
from tui_nn.views.verdicts import as_begun

MARKS = {"idle": "·", "starting": "…", "running": "►", "paused": "║", "ended": "■", "crashed": "×", "unreadable": "?"}
SHORT = (("loss", "loss"), ("accuracy", "acc"))
GAP = "  "
PAST = "past"  # how a moment that is not now is marked, here and on the panes
ASCII_MARKS = {
    "idle": ".",
    "starting": "~",
    "running": ">",
    "paused": "=",
    "ended": "#",
    "crashed": "X",
    "unreadable": "?",
}


def status_line(bench: Bench, ascii_only: bool, width: int, *, bare: bool = False) -> str:
    """State, epoch, step, loss, accuracy, epochs shown a second, thousand samples trained a second: what fits whole.

    bare: state, epoch, loss and accuracy alone.
    All of it is of the moment that the panes show; of a past one that is said.
    """
    client, subject = bench.client, bench.subject
    words = [f"{(ASCII_MARKS if ascii_only else MARKS)[client.state]} {client.state}"]
    if subject is not None and subject.started is not None:
        history, weights = subject.history, subject.weights()
        live = subject.reader.live()
        # What the disk does not take is trained all the same: what was recorded last is of another moment.
        lags = bool(client.message) and live is not None and live.epoch > history.last_epoch + history.apart
        if subject.epoch is None and lags and live is not None:
            step = live.step
            words.append(f"epoch {counted(subject.offset, live.epoch)}/{history.planned}")
        elif subject.epoch is None:
            step = weights.step if weights is not None else max(live.step if live else 0, history.last_step)
            words.append(f"epoch {subject.moment}/{history.planned}")
        else:
            step = subject.at or 0
            words.append(f"{PAST}: epoch {subject.moment} of {history.planned}")
        words += [] if bare else _fold(subject.reader)
        measured = "" if lags and subject.epoch is None else _measured(history, subject.epoch)
        has_step = not bare and len(GAP.join((*words, f"step {step}", measured))) <= width  # a loss says more
        words += [*([f"step {step}"] if has_step else []), *([measured] if measured else [])]
    if bare:
        return fitting(width, *words, gap=GAP)
    under_way = client.state not in ("ended", "crashed", "unreadable")
    if client.state == "idle" or (bench.pace.rules and under_way):
        words.append("full speed" if not bench.pace.speed else f"{bench.pace.speed:g} ep/s")
    if subject is not None and subject.off:
        words.append(f"views without {named(subject.off)}")
    if subject is not None and under_way and subject.history.last_epoch and subject.history.seconds:
        words.append(f"{_samples(subject.history) / subject.history.seconds / 1000:.0f}k/s")
    others = bench.elsewhere.but(subject.reader.path if subject is not None else None)
    return _with_others(words, others, width)


def _samples(history: History) -> int:
    """Training samples that were learnt from until the epoch whose end was recorded last, as the seconds are."""
    return history.last_epoch * (history.started.samples["train"] if history.started is not None else 0)


def _fold(run: Run) -> list[str]:
    """Which of its folds a run trains: of an experiment that is validated by folds the workbench takes the first."""
    with contextlib.suppress(TuiNNError):  # of an experiment that cannot be read, the panes say why
        begun = run.fact(as_begun, None)
        if begun is not None and begun.data.fold is not None:
            return [f"fold {begun.data.fold.replace('/', ' of ')}"]
    return []


def _with_others(words: list[str], others: list[Path], width: int) -> str:
    """What fits whole; that other runs are live always does, by name where there is room."""
    if not others:
        return fitting(width, *words, gap=GAP)
    short = f"+{len(others)} live"
    long = f"also live: {short_name(others[0]) if len(others) == 1 else f'{len(others)} runs'}"
    line = fitting(width - len(GAP + short), *words, gap=GAP)
    return f"{line}{GAP}{long if len(line + GAP + long) <= width else short}"


def _measured(history: History, epoch: int | None) -> str:
    """Loss and accuracy after this epoch, or last; of validation data where there are any."""
    part = "validation" if history.validation else "train"
    if epoch is None:
        values = history.newest[part]
    elif epoch in history.epochs:
        at = history.epochs.index(epoch)
        values = {name: column[at] for name, column in getattr(history, part).items()}
    else:
        values = {}
    found = [f"{short} {figure(values[name])}" for name, short in SHORT if name in values]
    if not found:
        return "not measured since your edit" if epoch is None and history.edited else ""
    return f"{'val ' if history.validation else ''}{' '.join(found)}"
