"""Keys that change the experiment, and the question that a change asks while a network is being trained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual import work
from textual.widgets import OptionList

from tui_nn.errors import TuiNNError
from tui_nn.experiment import Experiment
from tui_nn.runs.family import Parent
from tui_nn.tui import model
from tui_nn.tui.changes import Branch, fitting_thetas, live_settings
from tui_nn.tui.facts import RANGES, hint
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.form import FormScreen
from tui_nn.tui.screens.pick import PickScreen
from tui_nn.tui.screens.training import TrainingActions
from tui_nn.tui.trainer_client import LIVE_STATES
from tui_nn.tui.widgets.builder import Builder

Change = Callable[[Experiment], Experiment]
SECTIONS = {"data": "data", "initialiser": "network"}  # of the rows that are no keys of [training]
KINDS = {"data": "dataset"}  # rows named otherwise than their kind in the registry
KEYS = {"data": "source"}


class BuildingActions(TrainingActions):
    """Layers, options, undo."""

    @property
    def builder(self) -> Builder:
        """The rows at the left."""
        return self.query_one(Builder)

    @work
    async def edit(self, change: Change) -> None:
        """Carry out a change of the draft; what it means for a network under training is asked first."""
        await self.change_to(change)

    async def change_to(self, change: Change) -> None:
        """The same, to be awaited."""
        before = self.draft.experiment
        try:
            after = change(before)
        except TuiNNError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        if after == before or not await self._agreed(before, after):
            return
        if after in (self.editor.undo(), self.editor.redo()):
            self.editor.restore(after)
        else:
            self.editor.replace(after)
        self.show_experiment()
        self.redraw()

    async def _agreed(self, before: Experiment, after: Experiment) -> bool:
        """Settle what becomes of the run under way. False: leave everything as it is."""
        if self.client.state not in LIVE_STATES:
            return True
        settings = live_settings(before, after)
        if settings is not None and self.client.set(settings):
            return True
        changed = model.draft(after, self.registry)
        if changed.error:
            self.notify(changed.error, title="This cannot be trained", severity="warning", markup=False)
            return False
        branch = self.branch_for(changed)
        total = sum(layer.theta is not None for layer in changed.shapes.layers) if changed.shapes else 0
        choices = []
        if branch is not None and branch.kept:
            what = "all weights" if branch.kept == total else f"the weights of {branch.kept} of {total} layers"
            choices.append(("keep what fits", f"Train on in a branch with {what}; this run stops and is saved."))
        choices += [
            ("start over", "Stop this run and save it; the changed experiment gets new weights."),
            ("beside it", "Let this run train on by itself, and start the changed one over."),
            ("no change", "Go on as before, and forget the change."),
        ]
        choice = await self.app.push_screen_wait(
            ChooseScreen("A run is under way", choices, note="The change needs another run. Nothing is lost:")
        )
        if choice in (None, "no change"):
            return False
        paused = self.client.state != "running"
        self.client.forget(stop=choice != "beside it")
        if choice == "keep what fits":
            self.call_after_refresh(lambda: self.start(paused=paused, branch=branch))
        return True

    def branch_for(self, changed: model.Draft) -> Branch | None:
        """What a changed experiment can take along from the moment that is shown."""
        subject = self.subject
        weights = subject.weights() if subject is not None else None
        if subject is None or weights is None or changed.shapes is None:
            return None
        epoch = subject.epoch
        if epoch is None:
            epoch = subject.history.epochs[-1] if subject.history.epochs else 0
        thetas = fitting_thetas(weights.thetas, [layer.theta for layer in changed.shapes.layers])
        return Branch(Parent(subject.reader.path.name, weights.step, epoch), thetas)

    # Layers

    def action_add_layer(self) -> None:
        index = self.builder.selected_layer
        if index is None:
            index = len(self.draft.experiment.network.layers) - 2
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
        index = self.builder.selected_layer
        if index is None:
            self.notify("Select a layer first.")
            return
        before = self.draft.experiment
        await self.change_to(lambda experiment: model.move_layer(experiment, index, by))
        if self.draft.experiment is not before:
            self.builder.select(f"layer-{index + by}")

    def _on_layer(self, change: Callable[[Experiment, int], Experiment]) -> None:
        index = self.builder.selected_layer
        if index is None:
            self.notify("Select a layer first.")
        else:
            self.edit(lambda experiment: change(experiment, index))

    # Undo

    def action_undo(self) -> None:
        self._back_to(self.editor.undo(), "There is nothing to take back.")

    def action_redo(self) -> None:
        self._back_to(self.editor.redo(), "There is nothing to do again.")

    def _back_to(self, experiment: Experiment | None, otherwise: str) -> None:
        if experiment is None:
            self.notify(otherwise)
        else:
            self.edit(lambda _: experiment)

    # Rows

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        row = event.option_id or ""
        experiment = self.draft.experiment
        training, data = experiment.training, experiment.data
        if row == "scale":
            self._choose_of(("none", "unit", "standard"), data.scale, "data", "scale")
        elif row in ("data", "initialiser", "loss", "optimizer", "schedule"):
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
        return section, key, getattr(getattr(self.draft.experiment, section), key)

    @work
    async def _pick(self, row: str) -> None:
        section, key, now = self._choice(row)
        kind = KINDS.get(row, row)
        name = await self.app.push_screen_wait(PickScreen(kind, self.registry, model.kind_of(now), self.look))
        if name is None or name == model.kind_of(now):
            return
        options = self.registry.options(kind, name)
        # With its options written out, each of them becomes a row that can be changed.
        value: Any = {"kind": name, **options} if options else name
        if row == "data":
            await self.change_to(lambda experiment: model.set_data(experiment, value, self.registry))
        else:
            await self.change_to(self._setter(section, key, value))

    def _option(self, row: str, option: str) -> None:
        section, key, choice = self._choice(row)
        now = choice[option]
        default = self.registry.options(KINDS.get(row, row), choice["kind"]).get(option)
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
        spec = {"kind": "dense", **self.draft.experiment.network.layers[index]}

        def changed(table: dict[str, Any]) -> Experiment:
            return model.replace_layer(self.draft.experiment, index, table)

        table = await self.app.push_screen_wait(
            FormScreen("layer", spec, self.registry, lambda table: self._problem(lambda: changed(table)))
        )
        if table is not None:
            await self.change_to(lambda experiment: changed(table))

    def action_layer_kind(self) -> None:
        index = self.builder.selected_layer
        if index is None:
            self.notify("Select a layer first.")
        else:
            self._pick_kind(index)

    @work
    async def _pick_kind(self, index: int) -> None:
        now = str(self.draft.experiment.network.layers[index].get("kind", "dense"))
        kind = await self.app.push_screen_wait(PickScreen("layer", self.registry, now, self.look))
        if kind is not None and kind != now:
            options = self.registry.options("layer", kind)
            await self.change_to(lambda experiment: model.change_kind(experiment, index, kind, options))

    def action_activation(self) -> None:
        index = self.builder.selected_layer
        if index is None:
            self.notify("Select a layer first.")
        else:
            self._pick_activation(index)

    @work
    async def _pick_activation(self, index: int) -> None:
        now = model.kind_of(self.draft.experiment.network.layers[index].get("activation", "identity"))
        name = await self.app.push_screen_wait(PickScreen("activation", self.registry, now, self.look))
        if name is not None:
            await self.change_to(lambda experiment: model.set_layer(experiment, index, activation=name))

    @work
    async def _choose_of(self, names: tuple[str, ...], now: str, section: str, key: str) -> None:
        name = await self.app.push_screen_wait(ChooseScreen(key, [(name, "") for name in names], now))
        if name is not None:
            await self.change_to(self._setter(section, key, name))

    def _problem(self, change: Callable[[], Experiment]) -> str:
        try:
            changed = model.draft(change(), self.registry)
        except TuiNNError as error:
            return str(error)
        # What was wrong before must not keep a person from mending it step by step.
        return "" if self.draft.error else changed.error

    @work
    async def _enter(self, title: str, now: Any, range_: str, change: Callable[[Experiment, Any], Experiment]) -> None:
        def changed(text: str) -> Experiment:
            return change(self.draft.experiment, model.parse(text))

        text = await self.app.push_screen_wait(
            EntryScreen(title, f"{now}", lambda text: self._problem(lambda: changed(text)), range_)
        )
        if text is not None:
            await self.change_to(lambda experiment: changed(text))

    def action_edit(self) -> None:
        """A click on the footer's Enter: what the key would do."""
        action = getattr(self.focused, "action_enlarge", None)
        if action is not None:
            action()
        else:
            self.builder.action_select()
