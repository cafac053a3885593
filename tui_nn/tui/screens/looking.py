"""Keys that change what is seen: views in their panes, their readings and axes; and the pages beside them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace

from textual import work

from tui_nn.plugin.knobs import LAYER, LOG, SMOOTHING, WINDOW, Knob
from tui_nn.render import Look
from tui_nn.render.palette import negative
from tui_nn.tui.bench.editor import Step
from tui_nn.tui.findings import WORDS
from tui_nn.tui.key import Key
from tui_nn.tui.keys import own_keys
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.moments import MomentActions
from tui_nn.tui.screens.page import help_page
from tui_nn.tui.widgets.filter_list import Entry
from tui_nn.tui.widgets.view import LARGE, ViewPane
from tui_nn.views import Knobs, View, find, suitable
from tui_nn.views.finding import fitness

ABOUT = (
    "{layout}\n"
    "Training runs in a separate process. Runs are kept in ./runs; `tui-nn RUN` reopens one.\n\n"
    "{signs} The last line names the keys that are most useful now.\n"
    "{moves}\n"
    "Ctrl+p finds all by a word."
)


def _signs(look: Look) -> str:
    if look.depth == "none":
        return "Each picture says which marks are positive and which negative."
    return f"Blue is positive and {negative(look)} negative, everywhere."


class LookingActions(MomentActions):
    """Panes and what is shown in them. LAYOUT: where what is, in the help; MOVES: what moves there."""

    LAYOUT = "Left: what is trained, from the data set to the loss and the optimizer. Right: how training goes."
    MOVES = "Arrows move in the experiment, and the cursor of a view; Esc goes back by one, at last to the experiment."

    _panes: tuple[ViewPane, ...] = ()
    _noted: Step | None = None  # the change that a frame speaks of, as it is undone

    @abstractmethod
    def keep_views(self) -> None:
        """Remember which views stand in the panes."""

    @abstractmethod
    def show_keys(self) -> None:
        """Name the keys of what has the focus."""

    @property
    def panes(self) -> tuple[ViewPane, ...]:
        """Those of this screen, which it has from its first moment to its last; keys ask for them very often."""
        self._panes = self._panes or tuple(self.query(ViewPane))
        return self._panes

    def pane(self, fits: Callable[[ViewPane], bool] = lambda pane: True) -> ViewPane | None:
        """The enlarged or focused pane if it fits, else the first seen one that does."""
        enlarged = self.enlarged
        if enlarged is not None:
            return enlarged if fits(enlarged) else None
        if isinstance(self.focused, ViewPane) and fits(self.focused):
            return self.focused
        return next((pane for pane in self.panes if pane.display and pane.size.width and fits(pane)), None)

    @property
    def enlarged(self) -> ViewPane | None:
        """The pane that has the place of all."""
        return next((pane for pane in self.panes if pane.is_large), None)

    def on_view_pane_enlarged(self, event: ViewPane.Enlarged) -> None:
        """The state and one line of keys stay in sight."""
        large = None if event.pane.is_large else event.pane
        # The pane keeps the focus only if there is no moment in which it is hidden.
        if large is None:
            self.remove_class("enlarged")
        for pane in self.panes:
            pane.set_class(pane is large, LARGE)
        self.set_class(large is not None, "enlarged")
        event.pane.focus()
        self.call_after_refresh(self.redraw)  # what was hidden may be of another moment
        self.show_keys()

    def note(self, pane: ViewPane, text: str) -> None:
        """Say on the frame of a pane what was changed there, until something else is, or it is undone."""
        self.forget_notes()
        self._noted = self.bench.editor.undo()
        pane.note(text)

    def forget_notes(self) -> None:
        """What is said on frames of a change that is not the last one any more."""
        if self._noted is not None and self.bench.editor.undo() is not self._noted:
            self._noted = None
            for pane in self.panes:
                pane.forget_note()

    def view_of(self, name: str) -> View:
        """The view of this name. Raises ExperimentError with the nearest one."""
        return find(name, self.bench.registry)

    def show_view(self, pane: ViewPane, view: View, knobs: Knobs | None = None) -> None:
        """Show a view in a pane, with these knobs or as it was left; where it stood before, the pane's former one."""
        for other in self.panes:
            if other is not pane and other.view.name == view.name:
                knobs = other.knobs if knobs is None else knobs
                other.take(pane.view, pane.knobs)
        pane.take(view, knobs)
        self.keep_views()
        self.redraw()  # the card of the first keys may have left any of them

    def action_next_view(self) -> None:
        pane = self.pane()
        if pane is not None:
            views = suitable(self.bench.shown, self.bench.registry)
            names = [view.name for view in views]
            at = names.index(pane.view.name) if pane.view.name in names else -1
            self.show_view(pane, views[(at + 1) % len(views)])
            self.set_focus(pane)  # what is typed next is for the view, and no command to the experiment

    @work
    async def action_choose_view(self) -> None:
        pane = self.pane()
        if pane is None:
            return
        entries: list[Entry] = []
        others: list[Entry] = []
        for view, why in fitness(self.bench.shown, self.bench.registry):
            of = others if why else entries
            of.append(Entry(view.name, detail=why or view.description, words=WORDS.get(view.name, "")))
        name = await self.app.push_screen_wait(ChooseScreen("view", entries, pane.view.name, others))
        if name is not None:
            self.show_view(pane, self.view_of(name))
            self.set_focus(pane)

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

    def action_circuit(self) -> None:
        from tui_nn.tui.circuit.screen import CircuitScreen

        self.app.push_screen(CircuitScreen(self.look))

    def action_help(self) -> None:
        """The keys of the view that has the focus come first: those that only it has stand nowhere else."""
        pane = self.enlarged or self.focused
        here = own_keys(pane.view, pane.readings) if isinstance(pane, ViewPane) else ()
        about = ABOUT.format(layout=self.LAYOUT, moves=self.MOVES, signs=_signs(self.look))
        self.app.push_screen(help_page(about, self.of_use(), here))

    def of_use(self) -> Sequence[Key]:
        """Keys of the table that can do something on this screen."""
        return self.TABLE
