"""Weights edited where they are seen: of the run, of a branch of one that has ended, or at the start of one to come."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.tui.aside import aside
from tui_nn.tui.bench.bench import Bench
from tui_nn.tui.bench.branch import Branch
from tui_nn.tui.bench.by_hand import (
    MOST_IN_FILE,
    Place,
    WeightsSet,
    beginning_with,
    by_layer,
    changed_only,
    keyed,
    weights_set,
    with_weights,
)
from tui_nn.tui.bench.refusals import Unavailable, Untrainable
from tui_nn.views import Subject

Array = np.ndarray[Any, np.dtype[Any]]
Thetas = Mapping[int, Array]
TICK = 0.05  # seconds between two looks at a run that is being started


class NotYet(Unavailable):
    """The network is still being built, or its trainer starts."""


def shown_weights(bench: Bench) -> tuple[Subject, dict[int, Array]]:
    """What is shown, and its matrices by their layers. Raises NotYet, or Unavailable where none can be edited."""
    subject = bench.shown
    now = subject.weights() if subject is not None and not subject.is_former else None
    if subject is None or subject.started is None or now is None or not now.thetas:
        if not bench.trains and bench.subject is None and bench.draft.error:
            raise Untrainable(bench.draft.error)
        raise NotYet("There are no weights yet: try again in a moment.")
    if subject.is_preview and bench.preview.wants:
        raise NotYet("The network is being built: try again in a moment.")
    if bench.trains and subject.epoch is not None:
        raise Unavailable("This is the past: 0 goes back to now, B begins a branch from here. Then edit.")
    return subject, by_layer(now, subject.started.layers)


async def edit_weights(bench: Bench, weights: Mapping[Place, float]) -> str:
    """Set these weights; returns what was done. Raises Unavailable, or StorageError if the trainer refuses."""
    subject, now = shown_weights(bench)
    edited = changed_only(weights, now)
    if not edited:
        raise Unavailable("The weights have these values already.")
    if subject.is_preview:
        return _begin_with(bench, now, edited)
    if not bench.trains:
        return await _branch_with(bench, subject, now, edited)
    done = weights_set(subject.reader.path, edited, now)
    await aside(bench.client.set, done.after)
    bench.editor.weights_set(done)
    return f"{_told(edited)}, in the recipe; u undoes"


def _begin_with(bench: Bench, now: Thetas, edited: Mapping[Place, float]) -> str:
    """The experiment says from now on with which weights its runs begin."""
    count = sum(theta.size for theta in now.values())
    if count > MOST_IN_FILE:
        raise Unavailable(
            f"This network has {count:,} weights; an experiment has at most {MOST_IN_FILE:,} written in it. Press r to "
            "start a run, paused, and edit them there."
        )
    assert bench.draft.shapes is not None
    thetas = with_weights(now, edited)
    bench.editor.replace(beginning_with(bench.experiment, thetas, len(bench.draft.shapes.layers)))
    return f"{_told(edited)} to begin with; u undoes"


async def _branch_with(bench: Bench, subject: Subject, now: Thetas, edited: Mapping[Place, float]) -> str:
    """A new run, paused, from the moment that is shown."""
    if bench.draft.error:
        raise Untrainable(bench.draft.error)
    branch = bench.branch_for(bench.draft)
    shapes = [layer.theta for layer in bench.draft.shapes.layers] if bench.draft.shapes is not None else []
    if branch is None or [shape for shape in shapes if shape] != [theta.shape for theta in now.values()]:
        raise Unavailable("The experiment has other layers than this run: u undoes that, space trains it.")
    given = iter(with_weights(now, edited).values())
    done, moment = weights_set(subject.reader.path, edited, now), subject.moment
    bench.start(paused=True, branch=Branch(branch.parent, tuple(next(given) if shape else None for shape in shapes)))
    bench.editor.weights_set(WeightsSet(await _begun(bench), done.before, done.after))
    return f"{_told(edited)}, on a branch from epoch {moment}. Press space to train it, u to undo."


async def _begun(bench: Bench) -> Path:
    """The directory of the run that is being started, once it is there. Raises Unavailable if it never is."""
    while bench.client.reader is None and bench.client.state == "starting":
        await asyncio.sleep(TICK)
    if bench.client.reader is None:
        raise Unavailable(bench.client.message or "The branch was left before it began.")
    return bench.client.reader.path


def _told(edited: Mapping[Place, float]) -> str:
    """theta[1][2][0] = -30, or how many there are."""
    key, value = next(iter(keyed(edited).items()))
    return f"{key} = {float(value):g}" if len(edited) == 1 else f"{len(edited):,} weights"
