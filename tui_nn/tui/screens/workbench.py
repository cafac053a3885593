"""The workbench: the experiment at the left, the run at the right, the state of the trainer above, the keys below."""

from __future__ import annotations

import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Grid, Horizontal
from textual.events import DescendantFocus, Resize
from textual.widgets import Static

from tui_nn.render import Look
from tui_nn.tui import keys
from tui_nn.tui.layout import PANES, default_views, kind_of_data
from tui_nn.tui.screens.advice import AdviceActions
from tui_nn.tui.screens.by_hand import HandActions
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.looking import LookingActions
from tui_nn.tui.screens.plugins import PluginsScreen
from tui_nn.tui.status import status_line
from tui_nn.tui.trainer_client import LIVE_STATES
from tui_nn.tui.widgets.builder import Builder
from tui_nn.tui.widgets.view import ViewPane
from tui_nn.views import VIEWS, find

POLL = 0.1  # seconds between two looks at the run
SLOW_EVERY = 4  # polls between two pictures of weights, and twice as many as between two curves
REST = 8  # a thread that asks the network rests so many times as long as it worked: the trainer needs the processor
NARROW, SMALLEST = 110, (60, 20)


class WorkbenchScreen(AdviceActions, LookingActions, HandActions):
    """Puts the parts together and draws them at its own rate; the trainer never waits for it."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings())

    _tick = 0
    _slow_due = False
    _said = ("", "")
    _keys = ""
    _was = "idle"
    _working = False
    _rest_until = 0.0

    def compose(self) -> ComposeResult:
        yield Static(id="status", markup=False)
        with Horizontal(id="main"):
            yield Builder(id="builder", markup=False)
            with Grid(id="views"):
                for view in self._views():
                    yield ViewPane(view, self.look)
        yield Static(id="error", markup=False)
        yield Static("", id="keys")
        yield Static("", id="small")

    def on_mount(self) -> None:
        self.builder.border_title = "experiment"
        self.builder.ascii_only = self.look.ascii
        self.set_class(self.look.ascii, "ascii")
        self.builder.show(self.draft)
        self.builder.highlighted = 1
        self.builder.focus()
        self._source = self.draft.experiment.data.source
        self.set_interval(POLL, self._poll)
        self._show_status()

    def _views(self) -> tuple[str, ...]:
        """What the user had in the panes for this kind of data, else what shows most of it."""
        kept = self.remembered.settings.views.get(kind_of_data(self.draft.shapes), ())
        known = {view.name for view in VIEWS}
        return kept if len(kept) == PANES and set(kept) <= known else default_views(self.draft.shapes)

    def keep_views(self) -> None:
        """Remember what stands in the panes."""
        views = tuple(pane.view.name for pane in self.query(ViewPane))
        kind = kind_of_data(self.draft.shapes)
        self.remembered.change(views={**self.remembered.settings.views, kind: views})

    def set_look(self, look: Look) -> None:
        """Draw otherwise: another theme, or other glyphs."""
        self.look = look
        if not self.is_mounted:
            return
        self.set_class(look.ascii, "ascii")
        self.builder.ascii_only = look.ascii
        self.show_experiment()
        for pane in self.query(ViewPane):
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
            self._show_keys()

    def on_descendant_focus(self, event: DescendantFocus) -> None:  # noqa: ARG002
        self._show_keys()

    def _show_keys(self) -> None:
        looking = isinstance(self.focused, ViewPane)
        groups = (keys.TRAIN, *((keys.LOOK, keys.TIME) if looking else (keys.BUILD, keys.LOOK)), keys.FILES)
        shown = keys.footer(self.size.width - 2, groups)
        if shown != self._keys:
            self._keys = shown
            self.query_one("#keys", Static).update(shown)

    # What is seen

    def _poll(self) -> None:
        self._tick += 1
        changed = self.client.poll()
        live = self.client.state in LIVE_STATES
        if changed or live:
            self._slow_due = self._slow_due or changed or self.client.state == "running"
            if self.client.state == "running":
                # Curves and pictures take turns, so that no key waits for both.
                self.redraw(slow=self._tick % SLOW_EVERY == 1, quick=self._tick % SLOW_EVERY in (0, 2))
            else:
                self.redraw()
        elif self._slow_due:
            self.redraw()
        self._ask()
        self._show_status()

    def redraw(self, *, slow: bool = True, quick: bool = True) -> None:
        """Draw the panes that are seen."""
        subject = self.subject
        for pane in self.query(ViewPane):
            if slow if pane.view.slow else quick:
                pane.draw(subject)
        if slow:
            self._slow_due = False

    def _ask(self) -> None:
        """Have a thread ask the network what the views want to know, if there is anything."""
        subject = self.subject
        if self._working or subject is None or not subject.waiting or time.monotonic() < self._rest_until:
            return
        self._working = True

        def work() -> None:
            began = time.monotonic()
            subject.work()
            took = time.monotonic() - began
            self._rest_until = time.monotonic() + (REST * took if self.client.state == "running" else 0)
            self._working = False
            self._slow_due = True

        self.run_worker(work, thread=True, exit_on_error=False, group="network")

    def on_view_pane_resized(self, event: ViewPane.Resized) -> None:
        event.pane.draw(self.subject)

    def show_experiment(self) -> None:
        """Draw the builder; other data get the views that suit them."""
        self.builder.show(self.draft)
        if self.draft.experiment.data.source != self._source and self.draft.shapes is not None:
            self._source = self.draft.experiment.data.source
            for pane, name in zip(self.query(ViewPane), self._views(), strict=False):
                pane.view = find(name)
        self._show_status()

    def _show_status(self) -> None:
        line = status_line(self.client, self.speed, self.look.ascii, self.size.width - 2)
        self.judge()
        words, advice = self.draft.error, self.advice()
        if not words and self.client.state == "running" and self.client.message:
            words = f"{self.client.message}. x ends it."
        if not words and self.client.state in ("crashed", "ended"):
            words = f"{self.client.message}  {advice or 'Space starts a new run from the same initial weights.'}"
        words = words or advice
        if (line, words) == self._said:
            return
        if self.client.state in ("ended", "crashed") and self._was in LIVE_STATES and self.client.reader is not None:
            self.notify(str(self.client.reader.path), title="Run saved", timeout=3, markup=False)
        self._was = self.client.state
        said, self._said = self._said, (line, words)
        self.query_one("#status", Static).update(line, layout=False)  # else the whole screen is laid out, all the time
        if said[1:] == (words,):
            return
        error = self.query_one("#error", Static)
        error.display = bool(words)
        error.set_class(bool(advice) and words.endswith(advice), "advice")
        error.set_class(not self.draft.error and not advice and self.client.state == "ended", "calm")
        error.update(words)

    def action_plugins(self) -> None:
        self.app.push_screen(PluginsScreen(self.registry, self.look), lambda _: self.editor.check_again())

    def action_quit(self) -> None:
        self.run_worker(self._quit())

    async def _quit(self) -> None:
        if self.client.state not in LIVE_STATES or self.client.reader is None:
            self.app.exit(return_code=0)
            return
        run = self.client.reader.path
        choice = await self.app.push_screen_wait(
            ChooseScreen(
                "Quit while training?",
                [
                    ("stop", "Stop after this step, save the weights, then quit."),
                    ("leave", f"Quit, and let it train on. Look at it with: tui-nn {run}"),
                    ("back", "Do not quit."),
                ],
            )
        )
        if choice == "stop":
            self.client.send("stop")
            self.client.wait(5.0)
        elif choice == "leave":
            self.client.forget(stop=False)  # as fast as it goes: there is nobody left to watch
        if choice in ("stop", "leave"):
            self.app.exit(return_code=0)
