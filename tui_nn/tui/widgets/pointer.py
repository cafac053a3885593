"""The mouse over a view: a click puts its cursor, two enlarge, the wheel turns its pages or time."""

from __future__ import annotations

import time
from abc import abstractmethod
from dataclasses import dataclass

from textual.events import Click, Focus, MouseMove, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.timer import Timer

from tui_nn.plugin.places import Towards
from tui_nn.tui.calm import turns
from tui_nn.tui.widgets.cursor import WithCursor

DOUBLE = 0.3  # seconds in which a second click may come


class WithPointer(WithCursor):
    """A click that gives the focus does nothing else."""

    _pointing: Timer | None = None
    _focused = 0.0

    @dataclass
    class Turned(Message, namespace="view_pane"):
        """The wheel was turned: by so many moments forward."""

        by: int

    @dataclass
    class Pointed(Message, namespace="view_pane"):
        """A column of the focused pane was clicked, counted from its left edge."""

        pane: WithPointer
        column: int

    @abstractmethod
    def action_enlarge(self) -> None:
        """Take the place of all panes, or give it back."""

    def on_focus(self, event: Focus) -> None:  # noqa: ARG002
        self._focused = time.monotonic()
        self.scroll_visible()

    def on_click(self, event: Click) -> None:
        """A click on a place puts the cursor there. Else the first one focuses, the next points; two enlarge."""
        if self._pointing is not None:
            self._pointing.stop()
        place = event.get_content_offset(self)
        at = self._drawing.at(place.x, place.y) if place is not None and self.view.cursor is not None else None
        if at is not None and event.chain == 1:
            self._put(at)
            return
        if event.chain == 2:
            self.action_enlarge()
        elif event.chain == 1 and time.monotonic() - self._focused > DOUBLE and place is not None:
            self._pointing = self.set_timer(DOUBLE, lambda: self.post_message(self.Pointed(self, place.x)))

    def on_mouse_move(self, event: MouseMove) -> None:
        """With the button held, a brush draws; no other cursor is drawn along."""
        cursor = self.view.cursor
        if not event.button or cursor is None or cursor.arrives is None:
            return
        place = event.get_content_offset(self)
        at = self._drawing.at(place.x, place.y) if place is not None else None
        if at is not None and at != self.knobs.at:
            self._put(at)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """The wheel turns the pages of a view that has them, else time."""
        event.stop()
        if not self._turn_page("pageup"):
            self.post_message(self.Turned(turns(event)))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        if not self._turn_page("pagedown"):
            self.post_message(self.Turned(-turns(event)))

    def _turn_page(self, towards: Towards) -> bool:
        """Whether it has any."""
        cursor = self.view.cursor
        if cursor is None or not cursor.pages or self._subject is None:
            return False
        if self.knobs.at is None:
            self.action_go(towards)  # shows the cursor, on the page that is seen
        self.action_go(towards)
        return True
