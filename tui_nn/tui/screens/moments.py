"""Keys that go back and forward in time: all views show the same moment."""

from __future__ import annotations

import contextlib

from tui_nn.render import Look
from tui_nn.tui.bench.bench import Bench
from tui_nn.tui.moves import Repaint
from tui_nn.tui.screens.training import TrainingActions
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import Missing


class MomentActions(TrainingActions):
    """Which moment of the run is looked at."""

    def __init__(self, bench: Bench, look: Look) -> None:
        super().__init__(bench, look)
        self._journey = Repaint(self, lambda: self.redraw())

    def action_time_back(self) -> None:
        self._travel(-1)

    def action_time_forward(self) -> None:
        self._travel(1)

    def action_time_far_back(self) -> None:
        self._travel(-self._far())

    def action_time_far_forward(self) -> None:
        self._travel(self._far())

    def on_view_pane_turned(self, event: ViewPane.Turned) -> None:
        self._travel(event.by)

    def on_view_pane_pointed(self, event: ViewPane.Pointed) -> None:
        """Show the moment under the mouse; at the end of the curve, now."""
        subject, pane = self.bench.subject, event.pane
        if subject is None or pane.view.epoch_at is None:
            return
        epoch = None
        with contextlib.suppress(Missing):
            epoch = pane.view.epoch_at(subject, pane.knobs, pane.size.width, event.column)
        if epoch is not None:
            self.go_to(None if epoch > subject.history.last_epoch - 0.5 else max(0, round(epoch)))

    def go_to(self, epoch: int | None) -> None:
        """Look at the moment after this epoch; None is now."""
        if self.bench.subject is not None:
            self.bench.subject.go(epoch)
            self.redraw()

    def action_time_now(self) -> None:
        self.go_to(None)

    def _far(self) -> int:
        subject = self.bench.subject
        records = subject.snapshots() if subject is not None else None
        return max(1, len(records) // 10) if records is not None else 1

    def _travel(self, by: int) -> None:
        subject = self.bench.subject
        if subject is None or subject.snapshots() is None:
            self.notify("Nothing has been recorded yet.")
            return
        before = subject.at, subject.epoch
        subject.move(by)
        if (subject.at, subject.epoch) != before:
            self._journey.ask()
