"""Enter at a row of the experiment: a list to pick from, a form of options, or a field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from textual import work
from textual.widgets import OptionList

from tui_nn.errors import TuiNNError
from tui_nn.experiment import Experiment
from tui_nn.experiment.schema import chosen_kind
from tui_nn.tui import model
from tui_nn.tui.aside import soon
from tui_nn.tui.facts import RANGES, hint
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.form import FormScreen
from tui_nn.tui.screens.pick import PickScreen
from tui_nn.tui.screens.runs import RunActions
from tui_nn.tui.screens.tables import tables_here
from tui_nn.tui.widgets.filter_list import Entry
from tui_nn.tui.widgets.view import ViewPane

SECTIONS = {"data": "data", "initializer": "network"}  # of the rows that are no keys of [training]
KINDS = {"data": "dataset"}  # rows named otherwise than their kind in the registry
KEYS = {"data": "source"}
TITLES = {"dataset": "data set", "initializer": "initial weights"}  # of kinds that people call otherwise
SCALES = {
    "none": "The inputs as they are.",
    "unit": "To [0, 1], from the smallest to the largest of the training part.",
    "standard": "To mean 0 and deviation 1 over the training part.",
    "robust": "To median 0 and a distance of the quartiles of 1: values far out count less.",
}


class RowActions(RunActions):
    """Changes what a row says."""

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        row = event.option_id or ""
        experiment = self.bench.experiment
        training, data = experiment.training, experiment.data
        if row == "scale":
            self._choose_of(SCALES, str(data.scale), "data", "scale")
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
        from tui_nn.tui.data.screen import DataScreen

        self.app.push_screen(DataScreen(self))

    async def pick_data(self) -> None:
        """Have another data set chosen."""
        await self._picked("data")

    @work
    async def _pick(self, row: str, wanted: str = "") -> None:
        await self._picked(row, wanted)

    async def _picked(self, row: str, wanted: str = "") -> None:
        section, key, now = self._choice(row)
        kind, here = KINDS.get(row, row), chosen_kind(now)
        tables = [str(path) for path in await soon(tables_here)] if row == "data" else []
        here = next((name for name in tables if Path(name).absolute() == Path(here).absolute()), here)
        at = wanted or here
        name = await self.app.push_screen_wait(
            PickScreen(kind, self.bench.registry, at, self.look, TITLES.get(kind, kind), tables)
        )
        by_hand = row == "initializer" and self.bench.experiment.network.weights is not None
        if name is None or (name == here and not by_hand):
            return
        if name in tables:
            await self.open(f"table:{name}")
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
        kind = await self.app.push_screen_wait(
            PickScreen("layer", self.bench.registry, now, self.look, f"kind of layer {index + 1}")
        )
        if kind is not None and kind != now:
            options = self.bench.registry.options("layer", kind)
            await self.change_to(lambda experiment: model.change_kind(experiment, index, kind, options))

    def action_activation(self) -> None:
        self._pick_activation(self._layer_here())

    @work
    async def _pick_activation(self, index: int, wanted: str = "") -> None:
        now = chosen_kind(self.bench.experiment.network.layers[index].get("activation", "identity"))
        title = f"activation of layer {index + 1}"
        at = wanted or now
        name = await self.app.push_screen_wait(PickScreen("activation", self.bench.registry, at, self.look, title))
        if name is not None:
            await self.change_to(lambda experiment: model.set_layer(experiment, index, activation=name))

    @work
    async def _choose_of(self, meanings: Mapping[str, str], now: str, section: str, key: str) -> None:
        entries = [Entry(name, detail=meaning) for name, meaning in meanings.items()]
        name = await self.app.push_screen_wait(ChooseScreen(key, entries, now))
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
