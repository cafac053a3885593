"""Going on with a run that broke off, or was stopped."""

from __future__ import annotations

from collections.abc import Mapping

from tui_nn.experiment.change import live_changes
from tui_nn.experiment.load import with_overrides
from tui_nn.training.unfinished import CUT_SHORT, Further, further
from tui_nn.tui import model
from tui_nn.tui.aside import soon
from tui_nn.tui.bench.branch import at_hand
from tui_nn.tui.bench.refusals import Unavailable
from tui_nn.tui.bench.training import Training


class Resuming(Training):
    """From its last checkpoint."""

    @property
    def cut_short(self) -> bool:
        """Whether the run that is shown had more to do, and nobody trains it: it broke off, or was stopped."""
        reader = self.client.reader
        if reader is None or reader.is_removed or reader.history.started is None:
            return False
        if self.client.state not in ("crashed", "ended"):
            return False
        ended = reader.history.ended
        return ended is None or ended.reason in CUT_SHORT

    async def further(self) -> tuple[Further, dict[str, str]]:
        """Where the run that is shown can go on, and which settings at hand it would take from there.

        Raises Unavailable if there is none to go on with, StorageError with the reason why it cannot.
        """
        reader = self.client.reader
        if reader is None:
            raise Unavailable("There is no run to resume.")
        if self.trains:
            raise Unavailable("This run is in progress: space trains it, or pauses.")
        found = await soon(further, reader.path)
        return found, live_changes(at_hand(reader), self.experiment) or {}

    def resume(self, changes: Mapping[str, str], *, paused: bool) -> None:
        """Go on with the run that is shown, from its last checkpoint, with these changes from there."""
        reader = self.client.reader
        if reader is None:
            raise Unavailable("There is no run to resume.")
        changed = with_overrides(at_hand(reader), [f"{key}={value}" for key, value in changes.items()])
        if changed != self.experiment:
            self.editor.take(model.draft(changed, self.registry))
        self._views.is_fresh = False
        self.pace.takes_over()
        if self.subject is not None:
            self.subject.go(None)
        self._will_train = not paused
        self.client.resume(changes, paused=paused, speed=self.pace.speed)
