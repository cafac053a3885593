"""The workbench: the experiment at the left, the run at the right, the state of the trainer above, the keys below."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Grid, Horizontal
from textual.events import DescendantFocus, Resize
from textual.widgets import Static

from tui_nn.confined import only_watches
from tui_nn.experiment import Experiment
from tui_nn.experiment.amended import Amendment
from tui_nn.render import Look
from tui_nn.runs.pauses import pause_of
from tui_nn.tui import keys
from tui_nn.tui.aside import aside
from tui_nn.tui.bench.changing import KEEP, STOP
from tui_nn.tui.first_keys import FIRST, TRAINING, without
from tui_nn.tui.layout import BEFORE, PANES, default_views, kind_of_data
from tui_nn.tui.screens.finding import FindingActions
from tui_nn.tui.screens.saving import SavingActions
from tui_nn.tui.screens.stepping import SteppingActions
from tui_nn.tui.screens.units import UnitActions
from tui_nn.tui.status import status_line
from tui_nn.tui.widgets.builder import Builder
from tui_nn.tui.widgets.key_line import KeyLine
from tui_nn.tui.widgets.view import NETWORK, ViewPane
from tui_nn.views import Subject, View, find, views_of

TICK = 0.1  # seconds
LOOK_EVERY = 3  # ticks between two looks at a run that trains: header and panes are all of one look
REST = 8  # a thread that asks the network rests so many times as long as it worked: the trainer needs the processor
BRIEFLY = 0.3  # seconds
NARROW, SMALLEST = 110, (60, 20)


class WorkbenchScreen(FindingActions, UnitActions, SteppingActions, SavingActions):
    """Puts the parts together and draws them at its own rate; the trainer never waits for it."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings())
    FIRST_KEYS: Mapping[str, str] = FIRST
    BARE = False  # whether the line above has only what a class can take in
    ESCAPE_TO_MINIMIZE = False  # Esc first takes the cursor of a view away: the pane sees to both

    _tick = 0
    _slow_due = False
    _all_due = False
    _shown: tuple[Experiment, dict[str, Amendment], str] | None = None
    _said = ("", "")
    _working = False
    _done: Sequence[int] = ()  # per cent of what the network is asked at length
    _later: View | None = None  # what the last pane shows once there is a run, if the data have its place until then
    _rest_until = 0.0

    def compose(self) -> ComposeResult:
        yield Static(id="status", markup=False)
        with Horizontal(id="main"):
            yield Builder(id="builder", markup=False)
            with Grid(id="views"):
                for view in self._views():
                    yield ViewPane(view, self.look, self.bench.registry)
        yield Static(id="error", markup=False)
        yield KeyLine()
        yield Static("", id="small")

    def on_mount(self) -> None:
        self.builder.border_title = "experiment"
        self.builder.ascii_only = self.look.ascii
        self.set_class(self.look.ascii, "ascii")
        self.builder.show(self.bench.draft, self.bench.initial_weights, self.bench.amendments)
        self.builder.highlighted = 1
        self.builder.focus()
        self._data = self._kind_of_data
        self.set_interval(TICK, self._poll)
        self._show_status()

    @property
    def _kind_of_data(self) -> tuple[object, str]:
        """The data set and the kind of its answers: another target of the same table may want other views."""
        return self.bench.experiment.data.source, kind_of_data(self.bench.draft.shapes)

    def _views(self) -> tuple[str, ...]:
        """What the user had in the panes for this kind of data, else what shows most of it."""
        kept = self.bench.remembered.preferences.views.get(kind_of_data(self.bench.draft.shapes), ())
        known = {view.name for view in views_of(self.bench.registry)}
        return kept if len(kept) == PANES and set(kept) <= known else default_views(self.bench.draft.shapes)

    def keep_views(self) -> None:
        """Remember what stands in the panes; the footer follows."""
        self.show_keys()
        panes = list(self.panes)
        self._place_card(panes, nothing=self.bench.shown is None)
        views = tuple(pane.view.name for pane in panes)
        if self._later is not None and views[-1] == BEFORE:
            views = (*views[:-1], self._later.name)
        kind = kind_of_data(self.bench.draft.shapes)
        self.bench.remembered.change(views={**self.bench.remembered.preferences.views, kind: views})

    def set_look(self, look: Look) -> None:
        """Draw otherwise: another theme, or other glyphs."""
        self.look = look
        if not self.is_mounted:
            return
        self.set_class(look.ascii, "ascii")
        self.builder.ascii_only = look.ascii
        self.show_experiment()
        for pane in self.panes:
            pane.look = look
        self.redraw()

    def on_resize(self, event: Resize) -> None:
        width, height = event.size
        self.set_class(width < NARROW, "narrow")
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(small, "small")
        if small:
            self.query_one("#small", Static).update(
                f"The workbench needs {SMALLEST[0]} x {SMALLEST[1]} cells; this terminal has {width} x {height}."
            )
        else:
            self.show_keys()

    def on_descendant_focus(self, event: DescendantFocus) -> None:  # noqa: ARG002
        self.show_keys()

    # What is seen

    def _poll(self) -> None:
        """Curves and header in one tick, what is made of weights in the next: so no key waits for both."""
        if self._tick == 0:
            if self.bench.poll() or self.bench.trains:
                self._slow_due = True
                self._follow()
                self._draw(slow=False)
            self._show_status()
        elif self._slow_due:
            self._slow_due = False
            self._draw(slow=True)
            if self._all_due:
                self._all_due = False
                self._draw(slow=False)
        subject = self.bench.shown
        done = subject.done if subject is not None else []
        if done != self._done:
            self._done, self._slow_due = done, True  # never back to False here: a thread may just have set it
        running = self.bench.client.state == "running"
        if running and self._tick == LOOK_EVERY - 1:
            self.bench.client.look_ahead()
        self._tick = (self._tick + 1) % (LOOK_EVERY if running else 2)
        self._ask()

    def _follow(self) -> None:
        """The builder says what was changed in the run, here or elsewhere, and that it is a branch once it is known."""
        if self._said_by_builder() != self._shown:
            self.show_experiment()

    def _said_by_builder(self) -> tuple[Experiment, dict[str, Amendment], str]:
        return self.bench.experiment, self.bench.amendments, self.bench.initial_weights

    def redraw(self) -> None:
        """Draw the panes that are seen, and the header above them."""
        self._slow_due = False  # before anything is drawn: an answer that comes meanwhile is drawn later
        for slow in (False, True):
            self._draw(slow=slow)
        self._show_status()

    def _draw(self, *, slow: bool) -> None:
        """Draw the panes made of weights, or the others."""
        subject = self.bench.shown
        self.set_class(subject is not None and subject.epoch is not None, "past")
        self._before_play(subject)
        self.forget_notes()
        for pane in self.panes:
            if pane.view.slow is slow:
                self._draw_pane(pane, subject)

    def _draw_pane(self, pane: ViewPane, subject: Subject | None) -> None:
        """What there is to be seen, or why there is nothing."""
        pane.is_reading = subject is None and self.bench.preview.is_awaited
        pane.without_data = self.bench.draft.problem if subject is None else ""
        pane.excerpt = self.bench.preview.excerpt
        pane.draw(subject)

    def _before_play(self, subject: Subject | None) -> None:
        """Until there is a run, the last of the usual panes has the data, and one pane the keys to begin with."""
        panes, run = list(self.panes), self.bench.subject
        if run is not None:
            if self._later is not None and panes[-1].view.name == BEFORE and panes[-1].knobs.at is None:
                panes[-1].take(self._later)
            self._later = None
        elif subject is not None and self._later is None:
            usual = default_views(self.bench.draft.shapes)
            if tuple(pane.view.name for pane in panes) == usual:
                self._later = panes[-1].view
                panes[-1].take(find(BEFORE, self.bench.registry))
        self._place_card(panes, nothing=subject is None)
        # Without a network the pane that would say so once more leaves its room to the one that says why.
        if len(panes) == PANES:
            why = self.bench.draft.problem if subject is None else subject.refused
            refused = bool(why) and panes[0].view.name == NETWORK
            silent = refused and panes[2].view.name != BEFORE and not panes[2].has_card
            panes[0].set_class(silent, "tall")
            panes[2].set_class(silent, "silent")

    def _place_card(self, panes: list[ViewPane], *, nothing: bool) -> None:
        """The keys to begin with: in the first empty axes, or where nothing at all is to be seen."""
        seen = [pane for pane in panes if pane.display]
        curves = [pane for pane in seen if pane.view.epoch_at is not None]
        carded = next(iter(curves or (seen if nothing else [])), None) if self.bench.subject is None else None
        keys = self.FIRST_KEYS
        if carded is not None:
            _, idle = self.of_the_view()
            keys = without([*idle, *(TRAINING if self.bench.draft.error else ())], keys)
        for pane in panes:
            pane.has_card = pane is carded
            pane.first_keys = keys

    def _ask(self) -> None:
        """Have a thread ask the network what the views want to know, if there is anything."""
        subject, preview = self.bench.shown, self.bench.preview
        asked = preview if subject is not self.bench.subject or preview.wants else subject
        rests = self.bench.client.state == "running" and time.monotonic() < self._rest_until
        if self._working or asked is None or not asked.waiting or rests:
            return
        self._working = True

        def work() -> None:
            began = time.monotonic()
            # While there is a trainer all panes are drawn again and again; without one, when there is an answer.
            self._all_due = asked.work() and not (self.bench.trains and asked is subject)
            took = time.monotonic() - began
            self._rest_until = time.monotonic() + REST * took
            self._working = False
            self._slow_due = True

        self.run_worker(aside(work), exit_on_error=False, group="network")

    def on_view_pane_resized(self, event: ViewPane.Resized) -> None:
        self._draw_pane(event.pane, self.bench.shown)

    def show_experiment(self) -> None:
        """Draw the builder; other data get the views that suit them."""
        self._shown = self._said_by_builder()
        self.builder.show(self.bench.draft, self.bench.initial_weights, self.bench.amendments)
        if self._kind_of_data != self._data and self.bench.draft.shapes is not None:
            self._data, self._later = self._kind_of_data, None
            for pane, name in zip(self.panes, self._views(), strict=False):
                pane.take(find(name, self.bench.registry))
        self._show_status()

    def _show_status(self) -> None:
        self.show_keys()
        client, advisor = self.bench.client, self.bench.advisor
        line = status_line(self.bench, self.look.ascii, self.size.width - 2, bare=self.BARE)
        advisor.judge(client.reader)
        words = self.bench.draft.error
        # Of a run that is being started, or gone on with, nothing is known to be wrong yet.
        advice = "" if client.state == "starting" else advisor.line(ascii_only=self.look.ascii)
        if not words and client.state in ("running", "paused") and client.message:
            words = client.message if client.message.endswith(".") else f"{client.message}. Press x to stop."
        if not words and client.state in ("crashed", "ended"):
            on = "Press R to resume it. " if self.bench.cut_short else ""
            words = f"{client.message}  {on}{advice or 'Press space for a new run from the same initial weights.'}"
        found = "" if words or client.state != "paused" or client.reader is None else pause_of(client.reader)
        words = words or found or advice
        if (line, words) == self._said:
            return
        said, self._said = self._said, (line, words)
        self.query_one("#status", Static).update(line, layout=False)  # else the whole screen is laid out, all the time
        if said[1:] == (words,):
            return
        error = self.query_one("#error", Static)
        error.set_class(bool(words), "said")
        error.set_class(bool(advice) and words.endswith(advice), "advice")
        error.set_class(not self.bench.draft.error and not advice and client.state == "ended", "calm")
        error.set_class(bool(found), "found")
        error.update(words)

    def action_plugins(self) -> None:
        from tui_nn.tui.screens.plugins import PluginsScreen

        self.app.push_screen(PluginsScreen(self.bench.registry, self.look), self._plugins_left)

    def _plugins_left(self, _: None) -> None:
        self._read_again()

    @work
    async def _read_again(self) -> None:
        """What a plugin's file gives may be otherwise now, or gone."""
        await self.bench.check_again()
        views = {view.name: view for view in views_of(self.bench.registry)}
        for pane in self.panes:
            pane.take(views.get(pane.view.name, next(iter(views.values()))))
        self.redraw()

    def action_quit(self) -> None:
        self.run_worker(self._quit())

    async def _quit(self) -> None:
        if only_watches():
            self.app.exit(return_code=0)
            return
        if not self.bench.trains:
            self.app.exit(return_code=0)
            return
        choice = await self.settle_run("quit", "Do not quit.", ", then quit")
        if choice == STOP and self.bench.client.state == "starting":
            self.bench.client.forget()
            await aside(self.bench.client.wait, BRIEFLY)
        elif choice == STOP:
            self.bench.client.send("stop")
            await aside(self.bench.client.wait, 5.0)
        elif choice == KEEP:
            self.bench.client.forget(stop=False)  # as fast as it goes: there is nobody left to watch
        if choice is not None:
            self.app.exit(return_code=0)
