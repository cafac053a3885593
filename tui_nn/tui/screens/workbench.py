"""The workbench: the experiment at the left, the run at the right, the state of the trainer above, the keys below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Grid, Horizontal
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import OptionList, Static

from tui_nn.errors import TuiNNError
from tui_nn.experiment import Experiment
from tui_nn.plugin.registry import Registry
from tui_nn.render import Look
from tui_nn.tui import model
from tui_nn.tui.keys import bindings, footer
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.help import HelpScreen
from tui_nn.tui.status import status_line
from tui_nn.tui.trainer_client import LIVE_STATES, TrainerClient
from tui_nn.tui.widgets.builder import Builder
from tui_nn.tui.widgets.view import VIEWS, WEIGHT_VIEWS, ViewPane

POLL = 0.1  # seconds between two looks at the run
WEIGHTS_EVERY = 4  # polls between two pictures of weights: nobody reads them faster
SPEEDS = (1.0, 3.0, 10.0, 30.0, 100.0, 0.0)  # epochs a second; 0 is as fast as it goes
NARROW, SMALLEST = 110, (60, 20)


class WorkbenchScreen(Screen[None]):
    """Holds the draft of the experiment and the trainer's client; everything else is drawn from these two."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings())

    def __init__(self, experiment: Experiment, registry: Registry, client: TrainerClient, look: Look) -> None:
        super().__init__()
        self.draft = model.draft(experiment, registry)
        self.client = client
        self._registry = registry
        self._look = look
        self._speed = 10.0
        self._tick = 0
        self._weights_due = False
        self._said = ("", "")

    def compose(self) -> ComposeResult:
        yield Static(id="status", markup=False)
        with Horizontal(id="main"):
            yield Builder(id="builder", markup=False)
            with Grid(id="views"):
                for view in ("loss", "confusion", "accuracy", "units"):
                    yield ViewPane(view, self._look)
        yield Static(id="error", markup=False)
        yield Static("", id="keys")
        yield Static("", id="small")

    def on_mount(self) -> None:
        builder = self.query_one(Builder)
        builder.border_title = "experiment"
        builder.show(self.draft)
        builder.highlighted = 1
        builder.focus()
        self.set_interval(POLL, self._poll)
        self._show_status()

    def on_resize(self, event: Resize) -> None:
        width, height = event.size
        self.set_class(width < NARROW, "narrow")
        self.query_one("#keys", Static).update(footer(width - 2))
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(small, "small")
        self.query_one("#small", Static).update(
            f"The workbench needs {SMALLEST[0]} x {SMALLEST[1]} cells; this terminal has {width} x {height}."
        )

    # What is seen

    def _poll(self) -> None:
        self._tick += 1
        changed = self.client.poll()
        live = self.client.state in LIVE_STATES
        if changed or live:
            self._weights_due = self._weights_due or changed or self.client.state == "running"
            self._draw(weights=self._tick % WEIGHTS_EVERY == 0)
        elif self._weights_due:
            self._draw(weights=True)
        self._show_status()

    def _draw(self, *, weights: bool = True) -> None:
        for pane in self.query(ViewPane):
            if pane.view not in WEIGHT_VIEWS or weights:
                pane.draw(self.client.reader)
        if weights:
            self._weights_due = False

    def on_view_pane_resized(self) -> None:
        self._draw()

    def _show_status(self) -> None:
        line = status_line(self.client, self._speed, self._look.ascii)
        words = self.draft.error
        if not words and self.client.state in ("crashed", "ended"):
            words = f"{self.client.message}  Space starts a new run from the same initial weights."
        if (line, words) == self._said:
            return
        self._said = (line, words)
        self.query_one("#status", Static).update(line)
        error = self.query_one("#error", Static)
        error.display = bool(words)
        error.set_class(not self.draft.error and self.client.state == "ended", "calm")
        error.update(words)

    # Training

    def _start(self, *, paused: bool) -> bool:
        if self.draft.error:
            self.notify(self.draft.error, title="Not yet trainable", severity="error", markup=False)
            return False
        try:
            self.client.start(self.draft.experiment, paused=paused, speed=self._speed)
        except TuiNNError as error:
            self.notify(str(error), severity="error", markup=False)
            return False
        self._draw()
        return True

    def action_play(self) -> None:
        if self.client.state == "running":
            self.client.send("pause")
        elif self.client.state == "paused":
            self.client.send("play")
        elif self.client.state != "starting":
            self._start(paused=False)

    def action_step_batch(self) -> None:
        self._step("batch")

    def action_step_epoch(self) -> None:
        self._step("epoch")

    def _step(self, unit: str) -> None:
        if self.client.state in LIVE_STATES or self._start(paused=True):
            self.client.send("step", unit=unit, count=1)

    def action_stop(self) -> None:
        if self.client.state in LIVE_STATES:
            self.client.send("stop")
        else:
            self.notify("Nothing is training.")

    def action_reset(self) -> None:
        if self._start(paused=True):
            self.notify(f"The same initial weights as before (seed {self.draft.experiment.training.seed}).")

    def action_reroll(self) -> None:
        seed = self.draft.experiment.training.seed + 1
        self._replace(model.set_key(self.draft.experiment, "training", "seed", seed))
        if self._start(paused=True):
            self.notify(f"New initial weights (seed {seed}).")

    def action_faster(self) -> None:
        self._change_speed(1)

    def action_slower(self) -> None:
        self._change_speed(-1)

    def _change_speed(self, by: int) -> None:
        index = min(max(0, SPEEDS.index(self._speed) + by), len(SPEEDS) - 1)
        self._speed = SPEEDS[index]
        if self.client.state in LIVE_STATES:
            self.client.send("speed", epochs_per_second=self._speed)

    # Building

    def _replace(self, experiment: Experiment) -> None:
        self.draft = model.draft(experiment, self._registry)
        self.query_one(Builder).show(self.draft)
        self._show_status()

    @work
    async def _edit(self, change: Callable[[], Experiment]) -> None:
        """Carry out a change of the draft; while a run is under way, ask first what is to become of it."""
        try:
            experiment = change()
        except TuiNNError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        if self.client.state in LIVE_STATES:
            choice = await self.app.push_screen_wait(
                ChooseScreen(
                    "A run is under way",
                    [
                        (
                            "change",
                            "Stop this run and save it; the changed experiment starts from new weights.",
                        ),
                        ("keep", "Keep training, and forget the change."),
                    ],
                    note="Another experiment cannot go on with these weights.",
                )
            )
            if choice != "change":
                return
            self.client.forget()
        elif self.client.reader is not None:
            self.client.forget()
        self._replace(experiment)
        self._draw()

    def action_add_layer(self) -> None:
        builder, experiment = self.query_one(Builder), self.draft.experiment
        index = builder.selected_layer if builder.selected_layer is not None else len(experiment.network.layers) - 2
        self._edit(lambda: model.add_layer(experiment, index))

    def action_remove_layer(self) -> None:
        self._on_layer(lambda experiment, index: model.remove_layer(experiment, index))

    def action_move_up(self) -> None:
        self._on_layer(lambda experiment, index: model.move_layer(experiment, index, -1))

    def action_move_down(self) -> None:
        self._on_layer(lambda experiment, index: model.move_layer(experiment, index, 1))

    def _on_layer(self, change: Callable[[Experiment, int], Experiment]) -> None:
        index, experiment = self.query_one(Builder).selected_layer, self.draft.experiment
        if index is None:
            self.notify("Select a layer first.")
        else:
            self._edit(lambda: change(experiment, index))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        row, experiment = event.option_id or "", self.draft.experiment
        training, data = experiment.training, experiment.data
        if row == "data":
            self._choose("dataset", data.source, lambda name: model.set_data(experiment, name, self._registry))
        elif row == "scale":
            self._choose_of(("none", "unit", "standard"), data.scale, "data", "scale")
        elif row == "initialiser":
            self._choose("initialiser", experiment.network.initialiser, self._setter("network", row))
        elif row in ("loss", "optimizer"):
            self._choose(row, getattr(training, row), self._setter("training", row))
        elif row.startswith("layer-"):
            index = int(row.removeprefix("layer-"))
            units = experiment.network.layers[index].get("units", "")
            self._enter("units", units, lambda value: model.set_layer(experiment, index, units=value))
        elif row.startswith("optimizer."):
            option = row.removeprefix("optimizer.")
            assert isinstance(training.optimizer, dict)
            now = training.optimizer[option]
            self._enter(option, now, lambda value: model.set_option(experiment, "optimizer", option, value))
        elif row == "validation":
            self._enter(row, data.validation, self._setter("data", row))
        else:
            now = training.lambda_ if row == "lambda" else getattr(training, row)
            self._enter(row, now, self._setter("training", row))

    def _setter(self, section: str, key: str) -> Callable[[Any], Experiment]:
        experiment = self.draft.experiment

        def change(value: Any) -> Experiment:
            if key == "optimizer":
                # With its options written out, each of them becomes a row that can be changed.
                value = {"kind": value, **self._registry.options("optimizer", value)}
            return model.set_key(experiment, section, key, value)

        return change

    def action_activation(self) -> None:
        index, experiment = self.query_one(Builder).selected_layer, self.draft.experiment
        if index is None:
            self.notify("Select a layer first.")
            return
        now = experiment.network.layers[index].get("activation", "identity")
        self._choose("activation", now, lambda name: model.set_layer(experiment, index, activation=name))

    @work
    async def _choose(self, kind: str, now: Any, change: Callable[[str], Experiment]) -> None:
        entries = [(component.name, component.description) for component in self._registry.all(kind)]
        name = await self.app.push_screen_wait(ChooseScreen(kind, entries, model.kind_of(now)))
        if name is not None:
            self._edit(lambda: change(name))

    @work
    async def _choose_of(self, names: tuple[str, ...], now: str, section: str, key: str) -> None:
        name = await self.app.push_screen_wait(ChooseScreen(key, [(name, "") for name in names], now))
        if name is not None:
            self._edit(lambda: self._setter(section, key)(name))

    @work
    async def _enter(self, title: str, now: Any, change: Callable[[Any], Experiment]) -> None:
        def problem(text: str) -> str:
            try:
                changed = model.draft(change(model.parse(text)), self._registry)
            except TuiNNError as error:
                return str(error)
            # What was wrong before must not keep a person from mending it step by step.
            return "" if self.draft.error else changed.error

        text = await self.app.push_screen_wait(EntryScreen(title, f"{now}", problem))
        if text is not None:
            self._edit(lambda: change(model.parse(text)))

    # Looking

    def _pane(self) -> ViewPane:
        """The focused view, else the first that is seen."""
        focused = self.focused
        if isinstance(focused, ViewPane):
            return focused
        return next(iter(self.query(ViewPane)))

    def action_next_view(self) -> None:
        pane = self._pane()
        pane.view = VIEWS[(VIEWS.index(pane.view) + 1) % len(VIEWS)]
        pane.draw(self.client.reader)

    def action_next_layer(self) -> None:
        panes = [pane for pane in self.query(ViewPane) if pane.view == "weights" and pane.display]
        if not panes:
            pane = self._pane()
            pane.view = "weights"
            panes = [pane]
        else:
            for pane in panes:
                pane.matrix += 1
        for pane in panes:
            pane.draw(self.client.reader)

    def action_edit(self) -> None:
        """A click on the footer's Enter: what the key would do."""
        if isinstance(self.focused, ViewPane):
            self.focused.action_enlarge()
        else:
            self.query_one(Builder).action_select()

    def action_save_picture(self) -> None:
        path = self.app.save_screenshot()
        self.notify(path, title="Picture saved", markup=False)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen())

    @work
    async def action_quit(self) -> None:
        if self.client.state not in LIVE_STATES or self.client.reader is None:
            self.app.exit(return_code=0)
            return
        run = self.client.reader.path
        choice = await self.app.push_screen_wait(
            ChooseScreen(
                "Quit while training?",
                [
                    ("stop", "Stop after this step, save the weights, then quit."),
                    ("leave", f"Quit, and let it train on. Look at it with: tui-nn show {run}"),
                    ("back", "Do not quit."),
                ],
            )
        )
        if choice == "stop":
            self.client.send("stop")
            self.client.wait(5.0)
        elif choice == "leave":
            # As fast as it goes: there is nobody left to watch.
            self.client.send("speed", epochs_per_second=0.0)
            if self.client.state == "paused":
                self.client.send("play")
        if choice in ("stop", "leave"):
            self.app.exit(return_code=0)
