"""Keys that change what is seen: views, their readings and axes, the moment in time; and what is saved of it."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual import work
from textual.content import Content

from tui_nn.engine.breakpoints import FORM, Breakpoint
from tui_nn.experiment.tracing import BATCH
from tui_nn.plugin.knobs import LAYER, LOG, SAMPLE, SMOOTHING, WINDOW, Knob
from tui_nn.render import Look
from tui_nn.tui.aside import soon
from tui_nn.tui.bench.bench import Bench
from tui_nn.tui.circuit.screen import CircuitScreen
from tui_nn.tui.findings import WORDS
from tui_nn.tui.keys import help_text
from tui_nn.tui.moves import Repaint
from tui_nn.tui.pictures import free, save_picture
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.page import PageScreen
from tui_nn.tui.screens.training import TrainingActions
from tui_nn.tui.widgets.filter_list import Entry
from tui_nn.tui.widgets.view import LARGE, ViewPane
from tui_nn.views import Knobs, Missing, View, find, suitable
from tui_nn.views.numbers import numbers_as_csv
from tui_nn.views.trace.asked import PART, WRONG, ask

ABOUT = (
    "Left: what is trained, from the data set to the loss and the optimizer. Right: how training goes.\n"
    "Training runs in a separate process. Runs are kept in ./runs; `tui-nn RUN` reopens one.\n\n"
    "Blue is positive and orange negative, everywhere. The last line names the keys that are most useful now.\n"
    "Arrows move in the experiment, and the cursor of a view; Esc goes back by one, at last to the experiment.\n"
    "Ctrl+p finds all by a word.\n\n"
)


class LookingActions(TrainingActions):
    """Views, time, pictures."""

    def __init__(self, bench: Bench, look: Look) -> None:
        super().__init__(bench, look)
        self._journey = Repaint(self, lambda: self.redraw())

    @abstractmethod
    def keep_views(self) -> None:
        """Remember which views stand in the panes."""

    @abstractmethod
    def show_keys(self) -> None:
        """Name the keys of what has the focus."""

    def pane(self, fits: Callable[[ViewPane], bool] = lambda pane: True) -> ViewPane | None:
        """The enlarged or focused pane if it fits, else the first seen one that does."""
        enlarged = self.enlarged
        if enlarged is not None:
            return enlarged if fits(enlarged) else None
        if isinstance(self.focused, ViewPane) and fits(self.focused):
            return self.focused
        return next((pane for pane in self.query(ViewPane) if pane.display and pane.size.width and fits(pane)), None)

    @property
    def enlarged(self) -> ViewPane | None:
        """The pane that has the place of all."""
        return next((pane for pane in self.query(ViewPane) if pane.is_large), None)

    def on_view_pane_enlarged(self, event: ViewPane.Enlarged) -> None:
        """The state and one line of keys stay in sight."""
        large = None if event.pane.is_large else event.pane
        # The pane keeps the focus only if there is no moment in which it is hidden.
        if large is None:
            self.remove_class("enlarged")
        for pane in self.query(ViewPane):
            pane.set_class(pane is large, LARGE)
        self.set_class(large is not None, "enlarged")
        event.pane.focus()
        self.call_after_refresh(self.redraw)  # what was hidden may be of another moment
        self.show_keys()

    def view_of(self, name: str) -> View:
        """The view of this name. Raises ExperimentError with the nearest one."""
        return find(name, self.bench.registry)

    def show_view(self, pane: ViewPane, view: View, knobs: Knobs | None = None) -> None:
        """Show a view in a pane, with these knobs or as it was left; where it stood before, the pane's former one."""
        for other in self.query(ViewPane):
            if other is not pane and other.view.name == view.name:
                knobs = other.knobs if knobs is None else knobs
                other.take(pane.view, pane.knobs)
                other.draw(self.bench.shown)
        pane.take(view, knobs)
        self.keep_views()
        pane.draw(self.bench.shown)

    def action_next_view(self) -> None:
        pane = self.pane()
        if pane is not None:
            views = suitable(self.bench.shown, self.bench.registry)
            names = [view.name for view in views]
            at = names.index(pane.view.name) if pane.view.name in names else -1
            self.show_view(pane, views[(at + 1) % len(views)])
            pane.focus()  # what is typed next is for the view, and no command to the experiment

    @work
    async def action_choose_view(self) -> None:
        pane = self.pane()
        if pane is None:
            return
        views = suitable(self.bench.shown, self.bench.registry)
        entries = [Entry(view.name, detail=view.description, words=WORDS.get(view.name, "")) for view in views]
        name = await self.app.push_screen_wait(ChooseScreen("view", entries, pane.view.name))
        if name is not None:
            self.show_view(pane, self.view_of(name))
            pane.focus()

    def _turn(self, knob: Knob) -> None:
        pane = self.pane(lambda pane: pane.takes(knob))
        if pane is None:
            self.notify(f"No view shown here has a knob for this: {knob.name}.")
            return
        pane.turn(knob)

    def action_next_layer(self) -> None:
        subject = self.bench.shown
        pane = self.pane(lambda pane: pane.takes(LAYER) and subject is not None and pane.view.layers(subject) != 0)
        if pane is None and (first := self.pane()) is not None:
            self.show_view(first, self.view_of("weights"))
        elif pane is not None:
            self._turn(LAYER)

    def action_next_reading(self) -> None:
        pane = self.pane(lambda pane: len(pane.readings) > 1)
        if pane is None:
            self.notify("No view shown here has several readings.")
            return
        pane.knobs = replace(pane.knobs, reading=pane.knobs.reading + 1)
        pane.draw(self.bench.shown)

    def action_log_axis(self) -> None:
        self._turn(LOG)

    def action_smoothing(self) -> None:
        self._turn(SMOOTHING)

    def action_window(self) -> None:
        self._turn(WINDOW)

    # Step by sample

    def action_step_sample(self) -> None:
        """Show the next sample of the batch that comes; when all have been seen, take the step that they make."""
        pane = self.pane(lambda pane: pane.takes(PART))
        if pane is not None and pane.knobs[PART] != BATCH:
            pane.turn(SAMPLE)
            return
        client = self.bench.client
        if client.state == "running":
            client.send("pause")
        elif not self.bench.trains and self.bench.subject is None:
            with self.telling():
                self.bench.start(paused=True)
            if not self.bench.trains:
                return
        if pane is None:
            if (first := self.pane()) is not None:
                view = self.view_of("sample")
                self.show_view(first, view, replace(first.knobs_of(view), sample=0))
            return
        traced = None
        with contextlib.suppress(Missing):
            traced = ask(self.bench.subject, pane.knobs) if self.bench.subject is not None else None
        last = traced is None or pane.knobs.sample + 1 >= traced.of
        if traced is not None and last and client.state == "paused":
            client.send("step", unit="batch", count=1)
        pane.knobs = replace(pane.knobs, sample=0 if last else pane.knobs.sample + 1)
        pane.draw(self.bench.shown)

    @work
    async def action_step_until(self) -> None:
        """Train until the batch that comes next has what is typed; a sample of it is then followed."""

        def problem(text: str) -> str:
            try:
                Breakpoint.parsed(text)
            except ValueError as error:
                return f"{error}."
            return ""

        note = f"Trains batch by batch, and pauses before one with {FORM}."
        text = await self.app.push_screen_wait(EntryScreen("train until", "wrong", problem, note))
        if text is not None:
            with self.telling():
                self.bench.step_until(text)
                view, pane = self.view_of("sample"), self.pane(lambda pane: pane.takes(PART)) or self.pane()
                if pane is not None:
                    wrong = Breakpoint.parsed(text).wrong
                    self.show_view(pane, view, Knobs().put(WRONG, wrong))

    # Time

    def action_time_back(self) -> None:
        self._travel(-1)

    def action_time_forward(self) -> None:
        self._travel(1)

    def action_time_far_back(self) -> None:
        self._travel(-self._far())

    def action_time_far_forward(self) -> None:
        self._travel(self._far())

    def on_view_pane_turned(self, event: ViewPane.Turned) -> None:
        self._travel(event.by)

    def on_view_pane_pointed(self, event: ViewPane.Pointed) -> None:
        """Show the moment under the mouse; at the end of the curve, now."""
        subject, pane = self.bench.subject, event.pane
        if subject is None or pane.view.epoch_at is None:
            return
        epoch = None
        with contextlib.suppress(Missing):
            epoch = pane.view.epoch_at(subject, pane.knobs, pane.size.width, event.column)
        if epoch is not None:
            self.go_to(None if epoch > subject.history.last_epoch - 0.5 else max(0, round(epoch)))

    def go_to(self, epoch: int | None) -> None:
        """Look at the moment after this epoch; None is now."""
        if self.bench.subject is not None:
            self.bench.subject.go(epoch)
            self.redraw()

    def action_time_now(self) -> None:
        self.go_to(None)

    def _far(self) -> int:
        subject = self.bench.subject
        records = subject.snapshots() if subject is not None else None
        return max(1, len(records) // 10) if records is not None else 1

    def _travel(self, by: int) -> None:
        subject = self.bench.subject
        if subject is None or subject.snapshots() is None:
            self.notify("Nothing has been recorded yet.")
            return
        before = subject.at, subject.epoch
        subject.move(by)
        if (subject.at, subject.epoch) != before:
            self._journey.ask()

    # Saving what is seen

    @work
    async def action_save_picture(self) -> None:
        """The view in the focus as it is, in all colours whatever the terminal has."""
        pane, subject = self.pane(), self.bench.subject
        if pane is None:
            return
        try:
            title, text = pane.picture(replace(self.look, depth="truecolor"))
        except Missing as missing:
            self.notify(str(missing))
            return
        name = Path(self.bench.experiment.name).stem or "experiment"
        stem = f"{name}-untrained" if subject is None else subject.reader.path.name
        await save_picture(self, f"{stem}-{pane.view.name}", title, text, light=self.look.light)

    @work
    async def action_save_numbers(self) -> None:
        pane, subject = self.pane(), self.bench.subject
        if pane is None or subject is None:
            self.notify("There are no numbers yet.")
            return
        try:
            text = numbers_as_csv(pane.view.numbers(subject, pane.knobs))
            path = await soon(_written, f"{subject.reader.path.name}-{pane.view.name}.csv", text)
        except (Missing, OSError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.notify(path, title="Numbers saved", markup=False)

    def action_circuit(self) -> None:
        self.app.push_screen(CircuitScreen(self.look))

    def action_help(self) -> None:
        self.app.push_screen(PageScreen("help", Content.from_markup(ABOUT + help_text(self.TABLE))))


def _written(name: str, text: str) -> str:
    """The path of the new file."""
    path = free(Path(name))
    path.write_text(text + "\n", "utf-8")
    return str(path.resolve())
