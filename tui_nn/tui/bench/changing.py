"""Changing the experiment at hand, undoing and redoing it, and what that means for the run under way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tui_nn.experiment.change import live_changes
from tui_nn.tui.aside import aside
from tui_nn.tui.bench.branching import Branching
from tui_nn.tui.bench.by_hand import WeightsSet
from tui_nn.tui.bench.editor import Step
from tui_nn.tui.bench.refusals import Unavailable, Untrainable
from tui_nn.tui.model import Draft

# What may become of the run under way when a change takes another run.
BRANCH, STOP, KEEP = "branch", "stop", "keep"


@dataclass(frozen=True)
class Change:
    """What a changed experiment means for the run under way.

    live: what its trainer is to be asked, keys and values as TOML has them; None if it takes another run. That could
    keep the weights of `kept` of `total` layers.
    """

    after: Draft
    live: dict[str, str] | None = None
    kept: int = 0
    total: int = 0


class ChangingExperiment(Branching):
    """Settings of the experiment; for weights set by hand see `editing`."""

    def change_to(self, after: Draft) -> Change:
        """What this experiment would mean for the run under way. Raises Untrainable if it needs one and cannot."""
        if not self.trains:
            return Change(after, {})
        live = live_changes(self.experiment, after.experiment)
        if live is not None:
            return Change(after, live)
        if after.shapes is None:
            raise Untrainable(after.error)
        total = sum(layer.theta is not None for layer in after.shapes.layers)
        branch = self.branch_for(after)
        return Change(after, None, branch.kept if branch is not None else 0, total)

    async def make(self, change: Change, choice: str = "") -> None:
        """Make a change: at once where that can be, else with one of BRANCH, STOP and KEEP.

        A branch leaves the run at the moment that is shown now, and not when it was asked for.
        Raises StorageError with the reason of a trainer that refuses it; then everything stays as it was.
        """
        if change.live is not None:
            with self._ask_for():
                if change.live:
                    await aside(self.client.set, change.live)
                self._take(change.after)
            return
        paused, branch = self.client.state == "paused", self.branch_for(change.after) if choice == BRANCH else None
        self.client.forget(stop=choice != KEEP)
        self._take(change.after)
        if branch is not None:
            self.start(paused=paused, branch=branch)

    def _take(self, after: Draft) -> None:
        step = next((one for one in (self.editor.undo(), self.editor.redo()) if one is after.experiment), None)
        if step is not None:
            self.editor.restore(step, after)
        else:
            self.editor.take(after)

    @contextlib.contextmanager
    def _ask_for(self) -> Iterator[None]:
        self._asking = True
        try:
            yield
        finally:
            self._asking = False

    async def take_back(self, step: WeightsSet) -> Mapping[str, str]:
        """Undo weights that were set, or set them again; returns them. Raises Unavailable if their run is over."""
        reader = self.client.reader
        if not self.trains or reader is None or reader.path != step.run:
            self.editor.drop(step)
            raise Unavailable("The run with these weights has ended; they can no longer be changed.")
        weights = step.before if step is self.editor.undo() else step.after
        await aside(self.client.set, weights)
        self.editor.restore(step)
        return weights

    def undo(self) -> Step:
        """What was before the last change. Raises Unavailable."""
        step = self.editor.undo()
        if step is None:
            raise Unavailable("There is nothing to undo.")
        return step

    def redo(self) -> Step:
        """What was undone last. Raises Unavailable."""
        step = self.editor.redo()
        if step is None:
            raise Unavailable("There is nothing to redo.")
        return step
