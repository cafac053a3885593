"""Keys that change what is seen: views, their readings and axes, the moment in time; and what is saved of it."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual import work

from tui_nn.tui.circuit.screen import CircuitScreen
from tui_nn.tui.layout import next_window, smoother
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.help import HelpScreen
from tui_nn.tui.screens.training import TrainingActions
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import Knobs, View, find, suitable
from tui_nn.views.numbers import numbers_as_csv
from tui_nn.views.view import Missing


class LookingActions(TrainingActions):
    """Views, time, pictures."""

    @abstractmethod
    def keep_views(self) -> None:
        """Remember which views stand in the panes."""

    def pane(self, fits: Callable[[ViewPane], bool] = lambda pane: True) -> ViewPane | None:
        """The enlarged or focused pane if it fits, else the first seen one that does."""
        maximized = self.maximized
        if isinstance(maximized, ViewPane):
            return maximized if fits(maximized) else None
        if isinstance(self.focused, ViewPane) and fits(self.focused):
            return self.focused
        return next((pane for pane in self.query(ViewPane) if pane.display and pane.size.width and fits(pane)), None)

    def _show(self, pane: ViewPane, view: View) -> None:
        # No view stands in two panes: they change places.
        for other in self.query(ViewPane):
            if other is not pane and other.view is view:
                other.view, other.knobs = pane.view, pane.knobs
                other.draw(self.bench.subject)
        pane.view = view
        pane.draw(self.bench.subject)
        self.keep_views()

    def action_next_view(self) -> None:
        pane = self.pane()
        if pane is not None:
            views = suitable(self.bench.subject)
            names = [view.name for view in views]
            at = names.index(pane.view.name) if pane.view.name in names else -1
            self._show(pane, views[(at + 1) % len(views)])

    @work
    async def action_choose_view(self) -> None:
        pane = self.pane()
        if pane is None:
            return
        entries = [(view.name, view.about) for view in suitable(self.bench.subject)]
        name = await self.app.push_screen_wait(ChooseScreen("view", entries, pane.view.name))
        if name is not None:
            self._show(pane, find(name))

    def _turn(self, change: Callable[[Knobs], Knobs], fits: Callable[[ViewPane], bool], otherwise: str) -> None:
        pane = self.pane(fits)
        if pane is None:
            self.notify(otherwise)
            return
        pane.knobs = change(pane.knobs)
        pane.draw(self.bench.subject)

    def action_next_layer(self) -> None:
        subject = self.bench.subject

        def layers(pane: ViewPane) -> bool:
            return subject is not None and pane.view.layers(subject) > 0

        pane = self.pane(layers)
        if pane is None and (first := self.pane()) is not None:
            self._show(first, find("weights"))
        elif pane is not None:
            self._turn(lambda knobs: replace(knobs, layer=knobs.layer + 1), layers, "")

    def action_next_reading(self) -> None:
        subject = self.bench.subject
        self._turn(
            lambda knobs: replace(knobs, reading=knobs.reading + 1),
            lambda pane: subject is not None and len(pane.view.readings(subject)) > 1,
            "No view shown here has several readings.",
        )

    def action_log_axis(self) -> None:
        self._turn(lambda knobs: replace(knobs, log=not knobs.log), _has_curves, "No curve is shown here.")

    def action_smoothing(self) -> None:
        self._turn(smoother, _has_curves, "No curve is shown here.")

    def action_window(self) -> None:
        self._turn(next_window, _has_curves, "No curve is shown here.")

    # Step by sample

    def action_step_sample(self) -> None:
        """Show the next sample of the batch that comes; when all have been seen, take the step that they make."""
        client = self.bench.client
        if client.state == "running":
            client.send("pause")
        elif not self.bench.trains and self.bench.subject is None:
            with self.telling():
                self.bench.start(paused=True)
            if not self.bench.trains:
                return
        pane = self.pane(lambda pane: pane.view.name == "sample")
        if pane is None:
            if (first := self.pane()) is not None:
                first.knobs = replace(first.knobs, sample=0)
                self._show(first, find("sample"))
            return
        walked = self.bench.subject.walk() if self.bench.subject is not None else None
        last = walked is None or pane.knobs.sample + 1 >= len(walked.numbers)
        if walked is not None and last and client.state == "paused":
            client.send("step", unit="batch", count=1)
        pane.knobs = replace(pane.knobs, sample=0 if last else pane.knobs.sample + 1)
        pane.draw(self.bench.subject)

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
            newest = subject.history.last_epoch
            subject.go(None if epoch > newest - 0.5 else max(0, round(epoch)))
            self.redraw()

    def action_time_now(self) -> None:
        if self.bench.subject is not None:
            self.bench.subject.go(None)
            self.redraw()

    def _far(self) -> int:
        subject = self.bench.subject
        records = subject.snapshots() if subject is not None else None
        return max(1, len(records) // 10) if records is not None else 1

    def _travel(self, by: int) -> None:
        if self.bench.subject is None or self.bench.subject.snapshots() is None:
            self.notify("Nothing has been recorded yet.")
            return
        self.bench.subject.move(by)
        self.redraw()

    # Saving what is seen

    def action_save_picture(self) -> None:
        path = self.app.save_screenshot()
        self.notify(path, title="Picture saved", markup=False)

    def action_save_numbers(self) -> None:
        pane, subject = self.pane(), self.bench.subject
        if pane is None or subject is None:
            self.notify("There are no numbers yet.")
            return
        try:
            text = numbers_as_csv(pane.view.numbers(subject, pane.knobs))
            path = _free(Path(f"{subject.reader.path.name}-{pane.view.name}.csv"))
            path.write_text(text + "\n", "utf-8")
        except (Missing, OSError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.notify(str(path.resolve()), title="Numbers saved", markup=False)

    def action_circuit(self) -> None:
        self.app.push_screen(CircuitScreen(self.look))

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen())


def _has_curves(pane: ViewPane) -> bool:
    return pane.view.name in ("loss", "accuracy", "metrics")


def _free(path: Path) -> Path:
    """This name, or the same with a number, so that nothing is overwritten."""
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free
