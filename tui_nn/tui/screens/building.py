"""Keys that change the experiment, and the question that a change asks while a network is being trained."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from textual import work

from tui_nn.errors import TuiNNError
from tui_nn.experiment import Experiment
from tui_nn.render import Look
from tui_nn.runs.control import Refused
from tui_nn.runs.family import counted
from tui_nn.tui import model
from tui_nn.tui.aside import soon
from tui_nn.tui.bench.bench import Bench
from tui_nn.tui.bench.by_hand import WeightsSet
from tui_nn.tui.bench.changing import BRANCH, KEEP, STOP, Change
from tui_nn.tui.bench.editor import Step
from tui_nn.tui.bench.refusals import Untrainable
from tui_nn.tui.screens.ask import AskScreen, Reply
from tui_nn.tui.screens.training import TrainingActions
from tui_nn.tui.widgets.builder import Builder

Edit = Callable[[Experiment], Experiment]


class BuildingActions(TrainingActions):
    """Layers and undo, and what becomes of the run under way."""

    def __init__(self, bench: Bench, look: Look) -> None:
        super().__init__(bench, look)
        self._changing = asyncio.Lock()  # one change after another: each begins with what the one before has left

    @property
    def builder(self) -> Builder:
        """The rows at the left."""
        return self.query_one(Builder)

    @work
    async def edit(self, change: Edit) -> None:
        """Carry out a change of the experiment; what it means for a network under training is asked first."""
        await self.change_to(change)

    async def change_to(self, edit: Edit) -> None:
        """The same, to be awaited."""
        async with self._changing:
            await self._change_to(edit)

    async def _change_to(self, edit: Edit) -> None:
        before = self.bench.experiment
        try:
            checked = await soon(lambda: model.draft(edit(before), self.bench.registry))
            if checked.experiment == before:
                return
            change = self.bench.change_to(checked)
            choice = "" if change.live is not None else await self._settled(change)
            if choice is not None:
                await self.bench.make(change, choice)
        except Refused as error:
            self.notify(str(error), title="The trainer refused the change", severity="warning", markup=False)
        except Untrainable as error:
            self.notify(str(error), title="This cannot be trained", severity="warning", markup=False)
        except TuiNNError as error:
            self.notify(str(error), severity="warning", markup=False)
        self.show_experiment()
        self.redraw()

    async def _settled(self, change: Change) -> str | None:
        """What is to become of the run under way: BRANCH, STOP or KEEP; None to leave everything as it is."""
        subject = self.bench.subject
        kept, total = change.kept, change.total
        what = "all weights" if kept == total else f"the weights of {kept} of {total} layers"
        past = f" from epoch {subject.moment}" if subject is not None and subject.epoch is not None else ""
        anew = "The changed experiment begins with new weights."

        def answers() -> list[Reply]:
            trains = self.bench.trains
            stop = "Stop and save this run. " if trains else ""
            branch = [Reply(BRANCH, f"{stop}Go on in a branch{past}, with {what}.")] if kept else []
            keep = [Reply(KEEP, f"Keep this run training. {anew}")] if trains else []
            return [*branch, Reply(STOP, f"{stop}{anew}"), *keep]

        return await self.settled("this change takes a new run", answers, "Discard the change.")

    async def settled(self, what: str, answers: Callable[[], Sequence[Reply]], nothing: str) -> str | None:
        """The answer to what becomes of the run under way, None for `nothing`; STOP where nothing would be lost."""
        if not self.bench.would_be_missed:
            return STOP
        return await self.app.push_screen_wait(AskScreen(what, self._under_way, answers, nothing))

    def _under_way(self) -> str:
        """How the run under way stands: it may go on, or end, while this is read."""
        client, subject = self.bench.client, self.bench.subject
        if client.state == "starting":
            return "A run is being started. What should happen to it?"
        if subject is None:
            return "There is no run any more."
        history = subject.history
        where = f"epoch {counted(subject.offset, history.last_epoch)} of {history.planned}"
        if not self.bench.trains:
            return f"The run has {'broken off' if client.state == 'crashed' else 'ended'} meanwhile, at {where}."
        return f"A run is {'paused' if client.state == 'paused' else 'training'}, {where}. What should happen to it?"

    # Layers

    def action_add_layer(self) -> None:
        index = self.builder.selected_layer
        if index is None:
            index = len(self.bench.experiment.network.layers) - 2
        self.edit(lambda experiment: model.add_layer(experiment, index))

    def action_insert_layer(self) -> None:
        self._on_layer(model.insert_layer)

    def action_duplicate_layer(self) -> None:
        self._on_layer(model.duplicate_layer)

    def action_remove_layer(self) -> None:
        self._on_layer(model.remove_layer)

    def action_move_up(self) -> None:
        self._move_layer(-1)

    def action_move_down(self) -> None:
        self._move_layer(1)

    @work
    async def _move_layer(self, by: int) -> None:
        index = self._layer_here()
        before = self.bench.experiment
        await self.change_to(lambda experiment: model.move_layer(experiment, index, by))
        if self.bench.experiment is not before:
            self.builder.select(f"layer-{index + by}")

    def _on_layer(self, change: Callable[[Experiment, int], Experiment]) -> None:
        index = self._layer_here()
        self.edit(lambda experiment: change(experiment, index))

    def _layer_here(self) -> int:
        """The selected layer: keys that need one are not carried out without it."""
        index = self.builder.selected_layer
        assert index is not None
        return index

    # Undo

    def action_undo(self) -> None:
        self._back_to(self.bench.undo)

    def action_redo(self) -> None:
        self._back_to(self.bench.redo)

    @work
    async def _back_to(self, which: Callable[[], Step]) -> None:
        async with self._changing:
            with self.telling():
                step = which()
                if isinstance(step, WeightsSet):
                    weights = await self.bench.take_back(step)
                    first, *more = (f"{key} = {float(value):g}" for key, value in weights.items())
                    self.notify(f"{first}{f', and {len(more)} more' if more else ''}", markup=False)
                else:
                    await self._change_to(lambda _: step)
