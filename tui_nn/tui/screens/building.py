"""Keys that change the experiment, and the question that a change asks while a network is being trained."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, get_args

from textual import work
from textual.widgets import OptionList

from tui_nn.errors import TuiNNError
from tui_nn.experiment import Experiment
from tui_nn.experiment.schema import Scale
from tui_nn.render import Look
from tui_nn.runs.control import Refused
from tui_nn.tui import model
from tui_nn.tui.aside import soon
from tui_nn.tui.bench.bench import BRANCH, KEEP, STOP, Bench, Change, Untrainable
from tui_nn.tui.bench.by_hand import WeightsSet
from tui_nn.tui.bench.editor import Step
from tui_nn.tui.data.screen import DataScreen
from tui_nn.tui.facts import RANGES, hint
from tui_nn.tui.screens.ask import AskScreen, Reply
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.form import FormScreen
from tui_nn.tui.screens.pick import PickScreen
from tui_nn.tui.screens.training import TrainingActions
from tui_nn.tui.widgets.builder import Builder
from tui_nn.tui.widgets.filter_list import Entry
from tui_nn.tui.widgets.view import ViewPane

Edit = Callable[[Experiment], Experiment]
SECTIONS = {"data": "data", "initializer": "network"}  # of the rows that are no keys of [training]
KINDS = {"data": "dataset"}  # rows named otherwise than their kind in the registry
KEYS = {"data": "source"}


class BuildingActions(TrainingActions):
    """Layers, options, undo."""

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
        answers = []
        if change.branch is not None and change.branch.kept:
            kept = change.branch.kept
            what = "all weights" if kept == change.total else f"the weights of {kept} of {change.total} layers"
            answers.append(Reply(BRANCH, f"Stop and save this run; go on in a branch, with {what}."))
        answers += [
            Reply(STOP, "Stop and save this run; the changed experiment begins with new weights."),
            Reply(KEEP, "Keep this run training; the changed experiment begins with new weights."),
        ]
        return await self.settled("this change takes a new run", answers, "Discard the change.")

    async def settled(self, what: str, answers: Sequence[Reply], nothing: str) -> str | None:
        """The answer to what becomes of the run under way, None for `nothing`; STOP where nothing would be lost."""
        client = self.bench.client
        reader = client.reader
        if reader is None or not (reader.history.last_step or client.state == "running"):
            return STOP
        how = "training" if client.state == "running" else "paused"
        history = reader.history
        note = f"A run is {how}, epoch {history.last_epoch} of {history.planned}. What becomes of it?"
        return await self.app.push_screen_wait(AskScreen(what, note, answers, nothing))

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

    # Rows

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        row = event.option_id or ""
        experiment = self.bench.experiment
        training, data = experiment.training, experiment.data
        if row == "scale":
            self._choose_of(get_args(Scale), str(data.scale), "data", "scale")
        elif row == "data":
            self.action_data()
        elif row in ("initializer", "loss", "optimizer", "schedule"):
            self._pick(row)
        elif row.startswith("layer-"):
            self._layer(int(row.removeprefix("layer-")))
        elif "." in row:
            self._option(*row.split(".", 1))
        elif row == "validation":
            self._enter(row, data.validation, RANGES[row], self._setter("data", row))
        else:
            now = training.lambda_ if row == "lambda" else getattr(training, row)
            self._enter(row, now, RANGES.get(row, ""), self._setter("training", row))

    def _choice(self, row: str) -> tuple[str, str, Any]:
        """Section, key and value of a row that holds a choice."""
        section, key = SECTIONS.get(row, "training"), KEYS.get(row, row)
        return section, key, getattr(getattr(self.bench.experiment, section), key)

    def pick_of(self, kind: str, wanted: str) -> None:
        """The list of a kind with the bar on this one."""
        if kind == "activation":
            self._pick_activation(self.builder.selected_layer or 0, wanted)
        else:
            self._pick(next((row for row, known in KINDS.items() if known == kind), kind), wanted)

    def action_data(self) -> None:
        self.app.push_screen(DataScreen(self))

    async def pick_data(self) -> None:
        """Have another data set chosen."""
        await self._picked("data")

    @work
    async def _pick(self, row: str, wanted: str = "") -> None:
        await self._picked(row, wanted)

    async def _picked(self, row: str, wanted: str = "") -> None:
        section, key, now = self._choice(row)
        kind, at = KINDS.get(row, row), wanted or model.chosen_kind(now)
        name = await self.app.push_screen_wait(PickScreen(kind, self.bench.registry, at, self.look))
        by_hand = row == "initializer" and self.bench.experiment.network.weights is not None
        if name is None or (name == model.chosen_kind(now) and not by_hand):
            return
        options = self.bench.registry.options(kind, name)
        # With its options written out, each of them becomes a row that can be changed.
        value: Any = {"kind": name, **options} if options else name
        if row == "data":
            await self.change_to(lambda experiment: model.set_data(experiment, value, self.bench.registry))
        elif row == "initializer":
            await self.change_to(lambda experiment: model.set_initializer(experiment, value))
        else:
            await self.change_to(self._setter(section, key, value))

    def _option(self, row: str, option: str) -> None:
        section, key, choice = self._choice(row)
        now = choice[option]
        default = self.bench.registry.options(KINDS.get(row, row), choice["kind"]).get(option)
        self._enter(
            option,
            now,
            hint(option, default),
            lambda experiment, value: model.set_option(experiment, section, key, option, value),
        )

    def _setter(self, section: str, key: str, fixed: Any = None) -> Callable[..., Experiment]:
        def change(experiment: Experiment, value: Any = fixed) -> Experiment:
            return model.set_key(experiment, section, key, value)

        return change

    @work
    async def _layer(self, index: int) -> None:
        spec = {"kind": "dense", **self.bench.experiment.network.layers[index]}

        def changed(table: dict[str, Any]) -> Experiment:
            return model.replace_layer(self.bench.experiment, index, table)

        table = await self.app.push_screen_wait(
            FormScreen("layer", spec, self.bench.registry, lambda table: self._problem(lambda: changed(table)))
        )
        if table is not None:
            await self.change_to(lambda experiment: changed(table))

    def action_layer_kind(self) -> None:
        self._pick_kind(self._layer_here())

    @work
    async def _pick_kind(self, index: int) -> None:
        now = str(self.bench.experiment.network.layers[index].get("kind", "dense"))
        kind = await self.app.push_screen_wait(PickScreen("layer", self.bench.registry, now, self.look))
        if kind is not None and kind != now:
            options = self.bench.registry.options("layer", kind)
            await self.change_to(lambda experiment: model.change_kind(experiment, index, kind, options))

    def action_activation(self) -> None:
        self._pick_activation(self._layer_here())

    @work
    async def _pick_activation(self, index: int, wanted: str = "") -> None:
        now = model.chosen_kind(self.bench.experiment.network.layers[index].get("activation", "identity"))
        title = f"activation of layer {index + 1}"
        at = wanted or now
        name = await self.app.push_screen_wait(PickScreen("activation", self.bench.registry, at, self.look, title))
        if name is not None:
            await self.change_to(lambda experiment: model.set_layer(experiment, index, activation=name))

    @work
    async def _choose_of(self, names: tuple[str, ...], now: str, section: str, key: str) -> None:
        name = await self.app.push_screen_wait(ChooseScreen(key, [Entry(name) for name in names], now))
        if name is not None:
            await self.change_to(self._setter(section, key, name))

    def _problem(self, change: Callable[[], Experiment]) -> str:
        try:
            changed = model.draft(change(), self.bench.registry)
        except TuiNNError as error:
            return model.problem_of(error)
        # What was wrong before must not keep a person from mending it step by step.
        return "" if self.bench.draft.error else changed.problem

    @work
    async def _enter(self, title: str, now: Any, range_: str, change: Callable[[Experiment, Any], Experiment]) -> None:
        def changed(text: str) -> Experiment:
            return change(self.bench.experiment, model.parse(text))

        text = await self.app.push_screen_wait(
            EntryScreen(title, f"{now}", lambda text: self._problem(lambda: changed(text)), range_)
        )
        if text is not None:
            await self.change_to(lambda experiment: changed(text))

    def action_edit(self) -> None:
        """A click on the footer's Enter: what the key would do."""
        if isinstance(self.focused, ViewPane):
            self.focused.action_enter()
        else:
            self.builder.action_select()
