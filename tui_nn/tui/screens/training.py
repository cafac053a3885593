"""Keys that steer the trainer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual import work

from tui_nn.tui.screens.ask import AskScreen, Reply
from tui_nn.tui.screens.base import WorkbenchBase
from tui_nn.tui.screens.entry import EntryScreen


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

    @work
    async def action_resume(self) -> None:
        """Train on a run that was stopped, or broke off, where it is looked at."""
        with self.telling():
            found, changes = await self.bench.further()
            if found.limit and found.limit not in changes:
                done = found.epoch if found.limit == "training.epochs" else found.step
                text = await self._more("epochs" if found.limit == "training.epochs" else "steps", done)
                if text is None:
                    return
                changes[found.limit] = text
            where = "the beginning: it has no checkpoint"
            if found.step:
                where = f"its checkpoint after step {found.step}, epoch {found.epoch}"
            told = ", ".join(f"{key.rpartition('.')[2]} {value}" for key, value in changes.items())
            choice = await self.app.push_screen_wait(
                AskScreen(
                    "resume this run",
                    f"From {where}{f', with {told}' if told else ''}.",
                    [Reply("train", "Train on."), Reply("pause", "The same, paused.")],
                    "Leave it as it is.",
                )
            )
            if choice is not None:
                self.bench.resume(changes, paused=choice == "pause")

    async def _more(self, name: str, done: int) -> str | None:
        """How many epochs or steps a run is to have that has done all that were planned; None to leave it so."""

        def problem(text: str) -> str:
            return "" if text.isdecimal() and int(text) > done else f"expected a whole number above {done}"

        note = f"All {done} {name} of this run are done. Train up to how many?"
        return await self.app.push_screen_wait(EntryScreen(name, str(2 * done), problem, note))

    def action_stop(self) -> None:
        with self.telling():
            self.bench.stop()

    def action_reset(self) -> None:
        self.begin(self.bench.reset)

    def action_reroll(self) -> None:
        self.begin(self.bench.reroll)

    def action_faster(self) -> None:
        self.bench.pace.change(1)

    def action_slower(self) -> None:
        self.bench.pace.change(-1)
