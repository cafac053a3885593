"""The key for a run that does not learn: why, and a branch that tries what may help."""

from __future__ import annotations

from textual import work

from tui_nn.runs.family import counted, offset_of
from tui_nn.tui.screens.runs import RunActions
from tui_nn.views.verdicts import all_well


class AdviceActions(RunActions):
    """Opens the page of verdicts."""

    @work
    async def action_why(self) -> None:
        reader, advisor = self.bench.client.reader, self.bench.advisor
        if reader is None:
            self.notify("Nothing has been trained yet.")
            return
        advisor.judge(reader, now=True)
        if not advisor.verdicts:
            self.notify(all_well(reader))
            return
        from tui_nn.tui.screens.why import WhyScreen

        screen = WhyScreen(advisor.verdicts, self.look, counted(reader.fact(offset_of, 0), reader.history.last_epoch))
        chosen = await self.app.push_screen_wait(screen)
        if chosen is not None:
            with self.telling():
                start = await self.bench.try_remedy(chosen)
                self.notify(", ".join(chosen.remedy), title=f"A branch {start}, with", markup=False)
