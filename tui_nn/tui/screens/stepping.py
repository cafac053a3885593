"""Keys that step: sample by sample through the batch that comes, or until one has what is looked for."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from textual import work

from tui_nn.engine.breakpoints import FORM, Breakpoint
from tui_nn.experiment.tracing import BATCH
from tui_nn.plugin.knobs import SAMPLE
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.looking import LookingActions
from tui_nn.views import Knobs, Missing
from tui_nn.views.trace.asked import PART, ROW, WRONG, ask


class SteppingActions(LookingActions):
    """Follows samples in the view that traces them."""

    def action_step_sample(self) -> None:
        """Show the next sample of the batch that comes; when all have been seen, take the step that they make."""
        pane = self.pane(lambda pane: pane.takes(PART))
        if pane is not None and pane.knobs[ROW]:
            pane.knobs = pane.knobs.put(ROW, "")  # back to the sample before it
            pane.draw(self.bench.shown)
            return
        if pane is not None and pane.knobs[PART] != BATCH:
            pane.turn(SAMPLE)
            return
        client = self.bench.client
        if client.state == "running":
            client.send("pause")
        elif not self.bench.trains and self.bench.subject is None:
            with self.telling():
                self.bench.start(paused=True)
            if not self.bench.trains:
                return
        if pane is None:
            if (first := self.pane()) is not None:
                view = self.view_of("sample")
                self.show_view(first, view, replace(first.knobs_of(view), sample=0))
            return
        traced = None
        with contextlib.suppress(Missing):
            traced = ask(self.bench.subject, pane.knobs) if self.bench.subject is not None else None
        last = traced is None or pane.knobs.sample + 1 >= traced.of
        if traced is not None and last and client.state == "paused":
            client.send("step", unit="batch", count=1)
        pane.knobs = replace(pane.knobs, sample=0 if last else pane.knobs.sample + 1)
        pane.draw(self.bench.shown)

    @work
    async def action_step_until(self) -> None:
        """Train until the batch that comes next has what is typed; a sample of it is then followed."""

        def problem(text: str) -> str:
            try:
                Breakpoint.parsed(text)
            except ValueError as error:
                return f"{error}."
            return ""

        note = f"Trains batch by batch, and pauses before one with {FORM}."
        text = await self.app.push_screen_wait(EntryScreen("train until", "wrong", problem, note))
        if text is not None:
            with self.telling():
                self.bench.step_until(text)
                view, pane = self.view_of("sample"), self.pane(lambda pane: pane.takes(PART)) or self.pane()
                if pane is not None:
                    wrong = Breakpoint.parsed(text).wrong
                    self.show_view(pane, view, Knobs().put(WRONG, wrong))
