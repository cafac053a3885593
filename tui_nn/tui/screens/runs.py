"""Keys that go from run to run: open, compare, branch; and the experiment file.

What such a key opens is imported by it: the first picture does not wait for dialogs.
"""

from __future__ import annotations

from pathlib import Path

from textual import work

from tui_nn.confined import is_served
from tui_nn.experiment import Experiment
from tui_nn.tui import model
from tui_nn.tui.aside import soon
from tui_nn.tui.bench.changing import KEEP, STOP
from tui_nn.tui.screens.ask import Reply
from tui_nn.tui.screens.building import BuildingActions


class RunActions(BuildingActions):
    """Which run is looked at, and which experiment is at hand."""

    @work
    async def action_open(self) -> None:
        from tui_nn.tui.screens.launch import LaunchScreen

        what = await self.app.push_screen_wait(LaunchScreen(self.bench.runs_folder, self.look))
        if what is not None:
            await self._open_found(what)

    @work
    async def open_soon(self, what: str) -> None:
        """Open what was found: sweep:PATH too, of which a run is chosen first."""
        await self._open_found(what)

    async def _open_found(self, found: str) -> None:
        what: str | None = found
        if what is not None and what.startswith("sweep:"):
            from tui_nn.tui.screens.sweep import SweepScreen

            sweep = SweepScreen(Path(what.removeprefix("sweep:")), self.look, self.bench.registry)
            run = await self.app.push_screen_wait(sweep)
            what = f"run:{run}" if run is not None else None
        if what is not None:
            await self.open(what)

    async def open(self, what: str) -> None:
        """Open what `Bench.found` takes, once it is settled what becomes of the run under way."""
        if self.bench.trains and not await self._leave():
            return
        with self.telling():
            # A long log takes its time: the screen goes on meanwhile.
            draft, reader, told = await soon(self.bench.found, what)
            self.bench.show(draft, reader)
            if told:
                self.notify(told, markup=False)
            if not what.startswith("run:"):
                self.set_focus(self.builder)  # the next key is for what was opened

    async def _leave(self) -> bool:
        """Settle what becomes of the run under way. False: stay."""
        choice = await self.settle_run("open something else", "Stay here.")
        if choice is not None:
            self.bench.client.forget(stop=choice == STOP)
        return choice is not None

    async def settle_run(self, what: str, nothing: str, then: str = "") -> str | None:
        """Whether the run under way is to stop or, unless a visitor's, to go on when it is left; None to stay."""

        def answers() -> list[Reply]:
            if not self.bench.trains:
                return [Reply(STOP, f"{what.capitalize()}.")]
            stop = Reply(STOP, f"Stop and save it{then}.")
            keep = Reply(KEEP, f"Keep it training by itself, at full speed{then}. `tui-nn latest` reopens it.")
            return [stop] if is_served() else [stop, keep]

        return await self.settled(what, answers, nothing)

    @work
    async def action_compare(self) -> None:
        from tui_nn.tui.screens.compare import CompareScreen

        reader = self.bench.client.reader
        current = reader.path if reader is not None else None
        chosen = await self.app.push_screen_wait(CompareScreen(self.bench.runs_folder, current, self.look))
        if chosen is not None:
            await self.open(f"run:{chosen}")

    @work
    async def action_experiment_file(self) -> None:
        from tui_nn.tui.screens.file import FileScreen

        def check(experiment: Experiment) -> model.Draft:
            return model.draft(experiment, self.bench.registry)

        experiment = await self.app.push_screen_wait(FileScreen(self.bench.experiment, check))
        if experiment is not None:
            await self.change_to(lambda _: experiment)

    def action_branch(self) -> None:
        """A new run from the weights of the moment that is shown, with the experiment as it is now."""
        with self.telling():
            self.notify(self.bench.branch(), markup=False)
