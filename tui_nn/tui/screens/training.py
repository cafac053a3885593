"""Keys that steer the trainer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual import work

from tui_nn.tui.screens.base import WorkbenchBase


class TrainingActions(WorkbenchBase):
    """Play, pause, step, stop, reset, speed."""

    def begin(self, how: Callable[[], str | None]) -> None:
        """Do what may begin a run, and say what it says; what keeps an experiment from it is looked at again first."""
        if self.bench.draft.error:
            self._begin_checked(how)
            return
        with self.telling():
            said = how()
            if said:
                self.notify(said, markup=False)

    @work
    async def _begin_checked(self, how: Callable[[], str | None]) -> None:
        await self.bench.check_again()
        with self.telling():
            said = how()
            if said:
                self.notify(said, markup=False)

    def action_play(self) -> None:
        self.begin(self.bench.play)

    def action_step_batch(self) -> None:
        self.begin(partial(self.bench.step, "batch"))

    def action_step_epoch(self) -> None:
        self.begin(partial(self.bench.step, "epoch"))

    def action_stop(self) -> None:
        with self.telling():
            self.bench.stop()

    def action_reset(self) -> None:
        self.begin(self.bench.reset)

    def action_reroll(self) -> None:
        self.begin(self.bench.reroll)

    def action_faster(self) -> None:
        self.bench.change_speed(1)

    def action_slower(self) -> None:
        self.bench.change_speed(-1)
