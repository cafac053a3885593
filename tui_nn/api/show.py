"""Views of a run or of a trained network, as `tui-nn show` prints them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from tui_nn.api.held_run import HeldNet, NetRun
from tui_nn.api.picture import ViewPicture
from tui_nn.api.run import RecordedRun, open_recorded
from tui_nn.api.trained import TrainedNet
from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.hidden_units import hidden_units
from tui_nn.plugin.knobs import STANDARD, Knobs
from tui_nn.plugin.view import View
from tui_nn.render import Look
from tui_nn.views import Subject, find
from tui_nn.views.asking import answered, layer_of, reading_of, set_own, standing_at


def show(
    what: TrainedNet | RecordedRun | str | os.PathLike[str], view: str = "loss", *, epoch: int | None = None,
    layer: int = 1, reading: str = "", at: str = "", without: Sequence[str] = (), width: int = 100, height: int = 24,
    light: bool = False, **knobs: Any,
) -> ViewPicture:  # fmt: skip
    """Draw a view of a run, a run directory, or a trained network. `tui-nn show RUN --view list` lists the views.

    epoch: the moment, by default the newest. layer: counted from 1. reading: its name. at: the place of the cursor, for
    views that have one. without: hidden units to switch off, such as "1.13". width, height: in cells. knobs: the view's
    other knobs, by name. Raises ExperimentError, with the reason, if the view cannot show this.
    """
    run = open_recorded(what) if isinstance(what, str | os.PathLike) else what
    registry, subject = run.components.registry, _subject(run)
    chosen = find(view, registry)
    subject.go(epoch)
    subject.switch_off(hidden_units(without, subject.started.layers if subject.started is not None else ()))
    own = Knobs(layer_of(chosen, subject, layer), reading_of(chosen, subject, reading))
    own = _turned(chosen, own, knobs)
    name = subject.reader.path.name
    look = Look(light=light, vectors=True)
    with _quiet():
        if at:
            own = answered(subject, lambda: standing_at(chosen, subject, own, at), name)
        turned = own
        text = answered(subject, lambda: chosen.draw(subject, turned, (width, height), look), name)

    def numbers() -> dict[str, Any]:
        with _quiet():
            return answered(subject, lambda: chosen.numbers_at(subject, turned), name)

    return ViewPicture(f"{name}: {chosen.heading(subject, turned)}", text, light, numbers)


def _subject(run: TrainedNet | RecordedRun) -> Subject:
    if isinstance(run, RecordedRun):
        run.reader.refresh()
        return Subject(run.reader, lambda _: run.recorded)
    if run.history is None or run.experiment is None:
        raise ExperimentError("a network from a file has no history; views are of a run, or of what was trained here.")
    reader = NetRun(run, run.experiment, run.history)
    return Subject(reader, lambda _: HeldNet(reader, run, run.experiment))  # type: ignore[arg-type]


def _turned(view: View, knobs: Knobs, asked: dict[str, Any]) -> Knobs:
    """The knobs with the named values. Raises ExperimentError for a name that this view does not know."""
    known = {knob.name: knob for knob in view.knobs}
    for name, value in asked.items():
        if name not in known:
            raise ExperimentError(f"{name}: means nothing to the view {view.name}.{did_you_mean(name, known)}")
        if known[name] in STANDARD:
            knobs = knobs.put(known[name], value - 1 if name == "sample" else value)
        else:
            knobs = set_own(view, knobs, [f"{name}={value}"])
    return knobs


@contextmanager
def _quiet() -> Iterator[None]:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        yield
