"""Keys that go from run to run: open, compare, branch; and the experiment file."""

from __future__ import annotations

from pathlib import Path

from textual import work

from tui_nn.errors import TuiNNError
from tui_nn.experiment import Experiment, load_experiment
from tui_nn.runs import open_run
from tui_nn.tui import model
from tui_nn.tui.changes import at_hand
from tui_nn.tui.screens.building import BuildingActions
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.compare import CompareScreen
from tui_nn.tui.screens.file import FileScreen
from tui_nn.tui.screens.launch import LaunchScreen
from tui_nn.tui.screens.sweep import SweepScreen
from tui_nn.tui.trainer_client import LIVE_STATES

RUNS = Path("runs")


class RunActions(BuildingActions):
    """Which run is looked at, and which experiment is at hand."""

    @property
    def runs_folder(self) -> Path:
        """Where runs are: beside the one that is shown, else ./runs."""
        reader = self.client.reader
        return reader.path.parent if reader is not None else RUNS

    @work
    async def action_open(self) -> None:
        what = await self.app.push_screen_wait(LaunchScreen(self.runs_folder, self.look))
        if what is not None and what.startswith("sweep:"):
            what = await self._of_sweep(Path(what.removeprefix("sweep:")))
        if what is not None:
            await self.open(what)

    async def _of_sweep(self, path: Path) -> str | None:
        """The run that is chosen from a sweep."""
        try:
            run = await self.app.push_screen_wait(SweepScreen(path, self.look))
        except TuiNNError as error:
            self.notify(str(error), severity="error", markup=False)
            return None
        return f"run:{run}" if run is not None else None

    async def open(self, what: str) -> None:
        """Open example:NAME, file:PATH or run:PATH."""
        if self.client.state in LIVE_STATES and not await self._leave():
            return
        kind, _, name = what.partition(":")
        try:
            if kind == "run":
                reader = open_run(name)
                experiment = at_hand(Path(name))
                self.client.forget()
                self.client.show(reader)
            else:
                experiment = load_experiment(name)
                self.client.forget()
        except TuiNNError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.editor.replace(experiment)
        self.show_experiment()
        self.redraw()

    async def _leave(self) -> bool:
        """Settle what becomes of the run under way. False: stay."""
        choice = await self.app.push_screen_wait(
            ChooseScreen(
                "A run is under way",
                [("train on", "Let it train on by itself."), ("stop", "Stop and save it."), ("stay", "Stay here.")],
            )
        )
        if choice in (None, "stay"):
            return False
        self.client.forget(stop=choice == "stop")
        return True

    @work
    async def action_compare(self) -> None:
        current = self.client.reader.path if self.client.reader is not None else None
        chosen = await self.app.push_screen_wait(CompareScreen(self.runs_folder, current, self.look))
        if chosen is not None:
            await self.open(f"run:{chosen}")

    @work
    async def action_experiment_file(self) -> None:
        def check(experiment: Experiment) -> model.Draft:
            return model.draft(experiment, self.registry)

        experiment = await self.app.push_screen_wait(FileScreen(self.draft.experiment, check))
        if experiment is not None:
            await self.change_to(lambda _: experiment)

    def action_branch(self) -> None:
        """A new run from the weights of the moment that is shown, with the experiment as it is now."""
        if self.draft.error:
            self.notify(self.draft.error, title="Not yet trainable", severity="error", markup=False)
            return
        branch = self.branch_for(self.draft)
        if branch is None:
            self.notify("There is no run to branch off yet.")
            return
        if not branch.kept:
            self.notify("No layer of this experiment fits the weights of the run.", severity="warning")
            return
        if self.start(paused=True, branch=branch):
            total = sum(layer.theta is not None for layer in self.draft.shapes.layers) if self.draft.shapes else 0
            kept = "its weights" if branch.kept == total else f"the weights of {branch.kept} of {total} layers"
            self.notify(
                f"A branch from epoch {branch.parent.epoch} with {kept}; its optimiser starts afresh. Space trains it."
            )
