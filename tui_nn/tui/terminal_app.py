"""What every application here owes its terminal: the terminal's true size, and its former state at the end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Collection, Sequence
from pathlib import Path

from rich.segment import Segment
from textual.color import Color
from textual.driver import Driver
from textual.events import Event, InputEvent
from textual.filter import ANSIToTruecolor, LineFilter
from textual.notifications import SeverityLevel
from textual.theme import Theme
from textual.timer import Timer

from tui_nn.confined import is_served
from tui_nn.printable import OBEYED
from tui_nn.system import follow_stops, guarded, terminal_is_gone
from tui_nn.tui.calm import calm
from tui_nn.tui.garbage import EVERY, Garbage
from tui_nn.tui.in_order import OrderlyApp
from tui_nn.tui.readable import Readable
from tui_nn.tui.themes import THEMES, adapted
from tui_nn.tui.widgets.key_line import KeyLine, Notice

PATIENCE = {"information": 4.0, "warning": 7.0, "error": 10.0}  # seconds that a message stands
KEPT = 20  # messages
GRACE = 1.5  # seconds that an application has to leave after a signal
LOOKS_APART = 2.0  # seconds between two looks for the terminal
SETTLED = 1.0  # seconds after the first picture, in which what is needed for the next ones has been made


class NothingToObey(LineFilter):
    """The last thing that every line passes on its way to the terminal: no character of control is left in its text.

    They have no width, so they go without a trace. Names that are worth seeing are made printable where they are read.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        if not any(OBEYED.search(text) or "\n" in text for text, _, _ in segments):
            return segments
        return [Segment(OBEYED.sub("", text).replace("\n", ""), style, control) for text, style, control in segments]


class TerminalApp(OrderlyApp):
    """An application that ends with its terminal, or with a signal, and leaves the terminal as it was."""

    CSS_PATH = Path(__file__).with_name("workbench.tcss")  # whichever folder the application's own class is in
    ENABLE_COMMAND_PALETTE = False  # ours is a dialog like the others
    _nothing_to_obey = NothingToObey()
    _garbage: Garbage | None = None  # of a process that is this application's alone
    _adapted: tuple[str | None, Theme, Theme] | None = None  # for which colours, of which theme, and what was made
    _system: str | None = None  # the colours of the terminal, as Rich names them; known when there is a console
    told: Notice | None = None  # what stands in the last line, in the place of the keys
    _until: Timer | None = None

    def __init__(self) -> None:
        super().__init__()
        self._readable = Readable(self.console.color_system)
        self._system = self.console.color_system
        if self._system in ("standard", "256"):
            self.stylesheet.set_variables(self.get_css_variables())
        # Of 16 colours none lies between a colour and its ground: what a dialog dimmed would be gone in parts.
        self.set_class(self._system == "standard", "sixteen")
        self.messages: deque[Notice] = deque(maxlen=KEPT)  # the newest last

    def prepare(self, theme: str) -> None:
        """Take signals; know our themes, and use the one that was chosen, if there still is such a one."""
        for one in THEMES:
            self.register_theme(one)
        if theme in self.available_themes:
            self.theme = theme
        follow_stops()
        for name in ("SIGTERM", "SIGHUP"):
            # Textual would leave the terminal in its alternate screen.
            with contextlib.suppress(NotImplementedError, RuntimeError, AttributeError, ValueError):
                number = getattr(signal, name)
                asyncio.get_running_loop().add_signal_handler(number, self.leave, int(number))

    @property
    def current_theme(self) -> Theme:
        """The one that was chosen, in the colours that there are."""
        theme = super().current_theme
        if self._adapted is None or self._adapted[:2] != (self._system, theme):
            self._adapted = self._system, theme, adapted(theme, self._system)
        return self._adapted[2]  # it is asked for whenever a style is looked up

    def on_ready(self) -> None:
        """Once the first picture stands."""
        if not self.is_headless:
            self.set_interval(LOOKS_APART, self._look_for_the_terminal)
        if self._garbage is not None:
            self.set_timer(SETTLED, self._garbage.begin)
            self.set_interval(EVERY, self._garbage.look)

    async def on_event(self, event: Event) -> None:
        if self._garbage is not None and isinstance(event, InputEvent):
            self._garbage.pressed()
        await super().on_event(event)

    def get_driver_class(self) -> type[Driver]:
        """That of Textual, with a mouse that a screen can follow."""
        return calm(super().get_driver_class())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Those of Textual, and then our own. A terminal of 16 colours is told the names that views chose for it."""
        filters = super().get_line_filters()
        if self._system == "standard":
            filters = [one for one in filters if not isinstance(one, ANSIToTruecolor)]
        return [*filters, self._readable, self._nothing_to_obey]

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,  # noqa: ARG002
    ) -> None:
        """Tell something in the last line, where it covers no data. It is never markup: names of others are in it."""
        self.messages.append(Notice(title, message, severity))
        self._tell(self.messages[-1])
        if self._until is not None:
            self._until.stop()
        self._until = self.set_timer(timeout or PATIENCE[severity], self._tell)

    def take_back(self, messages: Collection[str]) -> None:
        """Leave the last line to the keys again, if one of these stands there."""
        if self.told is not None and self.told.message in messages:
            self._tell()

    def _tell(self, told: Notice | None = None) -> None:
        self.told = told
        for screen in self._screen_stacks[self._current_mode]:
            for line in screen.query(KeyLine):
                line.tell(told)

    def _look_for_the_terminal(self) -> None:
        if terminal_is_gone():
            self.leave(1)  # what SIGHUP would have said

    def leave(self, number: int) -> None:
        """End after a signal."""
        self.exit(return_code=128 + number)
        # A terminal that is gone takes no more bytes, and what writes to it would wait for ever.
        last_resort = threading.Timer(GRACE, os._exit, [128 + number])
        last_resort.daemon = True
        last_resort.start()

    def run_in_terminal(self) -> int:
        """Run it on the terminal. Returns the exit code."""
        for name in () if is_served() else ("COLUMNS", "LINES"):
            os.environ.pop(name, None)  # exported by some shells, and out of date as soon as the window is resized
        gc.freeze()  # what is imported stays
        self._garbage = Garbage()
        with guarded():
            self.run()
        return self.return_code or 0
