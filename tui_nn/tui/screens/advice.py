"""Words for a run that does not learn: verdicts are looked up as it trains, and what may help is one key away."""

from __future__ import annotations

import time

from textual import work

from tui_nn.diagnosis import Verdict
from tui_nn.errors import TuiNNError
from tui_nn.experiment.load import with_overrides
from tui_nn.runs import RunReader
from tui_nn.runs.family import Parent, root_of
from tui_nn.tui import model
from tui_nn.tui.changes import Branch, at_hand
from tui_nn.tui.screens.runs import RunActions
from tui_nn.tui.screens.why import WhyScreen
from tui_nn.views.verdicts import all_well, verdicts_of

EVERY = 1.0  # seconds between two looks at a run under way


class AdviceActions(RunActions):
    """Says nothing while nothing is wrong."""

    verdicts: tuple[Verdict, ...] = ()
    _judged: tuple[RunReader, int, int, bool] | None = None
    _judged_at = 0.0

    def judge(self, *, now: bool = False) -> None:
        """Look at the run again if an epoch has ended since, and not too often."""
        reader = self.client.reader
        if reader is None:
            self.verdicts, self._judged = (), None
            return
        history = reader.history
        stand = (reader, len(history.epochs), len(history.health), history.ended is not None)
        if stand == self._judged:
            return
        same_run = self._judged is not None and self._judged[0] is reader
        soon = time.monotonic() - self._judged_at < EVERY
        if same_run and soon and history.ended is None and not now:
            return
        self._judged, self._judged_at = stand, time.monotonic()
        try:
            self.verdicts = tuple(verdicts_of(reader))
        except TuiNNError:
            self.verdicts = ()  # its experiment file is gone or damaged: nothing can be said

    def advice(self) -> str:
        """One line for the foot of the screen; empty when nothing is wrong."""
        if not self.verdicts:
            return ""
        first, more = self.verdicts[0], len(self.verdicts) - 1
        layer = f" (layer {first.layer})" if first.layer is not None else ""
        others = f", and {more} more" if more else ""
        return f"{'!' if self.look.ascii else '▲'} {first.title}{layer}{others}: y says why, and what may help."

    @work
    async def action_why(self) -> None:
        reader = self.client.reader
        if reader is None:
            self.notify("Nothing has been trained yet.")
            return
        self.judge(now=True)
        if not self.verdicts:
            self.notify(all_well(reader))
            return
        chosen = await self.app.push_screen_wait(WhyScreen(self.verdicts, self.look))
        if chosen is not None:
            self.try_remedy(chosen)

    def try_remedy(self, verdict: Verdict) -> None:
        """Start a branch of the run with what the verdict suggests; the run itself stops and is saved."""
        reader = self.client.reader
        if reader is None or self.watching():
            return
        try:
            experiment = with_overrides(at_hand(reader.path), verdict.remedy)
        except TuiNNError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        branch = None
        if not verdict.anew and self.subject is not None:
            self.subject.go(None)
            branch = self.branch_for(model.draft(experiment, self.registry))
        if branch is None:
            branch = Branch(Parent(root_of(reader.path), 0, 0), ())
        self.editor.replace(experiment)
        self.show_experiment()
        if self.start(paused=False, branch=branch):
            start = f"from epoch {branch.parent.epoch}" if branch.kept else "from the start"
            self.notify(", ".join(verdict.remedy), title=f"A branch {start}, with", markup=False)
