"""A pane with one view of the run. It draws what the table of views gives for its own size, and only when asked."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Focus, MouseScrollDown, MouseScrollUp, Resize
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui_nn.printable import in_a_line
from tui_nn.render import Look
from tui_nn.tui.status import PAST
from tui_nn.tui.strips import strips_of
from tui_nn.views import Knobs, Subject, View, find
from tui_nn.views.view import Missing

SETTLE = 0.03  # seconds that a size must hold before a pane is drawn for it
DOUBLE = 0.3  # seconds in which a second click may come


class ViewPane(Widget):
    """view: an entry of the table of views. knobs: how it is to be seen."""

    can_focus = True
    ALLOW_MAXIMIZE = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "enlarge", "enlarge", show=False)]

    @dataclass
    class Resized(Message):
        """The pane has another size: it wants to be drawn anew."""

        pane: ViewPane

    @dataclass
    class Turned(Message):
        """The wheel was turned: by so many moments forward."""

        by: int

    @dataclass
    class Pointed(Message):
        """A column of the focused pane was clicked, counted from its left edge."""

        pane: ViewPane
        column: int

    def __init__(self, name: str, look: Look) -> None:
        super().__init__(classes="view")
        self._text = Text()
        self._strips: list[Strip] | None = None
        self._width = 0
        self._settling: Timer | None = None
        self._pointing: Timer | None = None
        self._focused = 0.0
        self.view: View = find(name)
        self.knobs = Knobs()
        self.look = look

    @property
    def text(self) -> str:
        """What stands in the pane, without colours."""
        return self._text.plain

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        """Drawn anew when the size has held for a moment, each pane by itself; until then, what is there, cut."""
        if self._settling is not None:
            self._settling.stop()
        if self._text:
            self._settling = self.set_timer(SETTLE, self._has_settled)
        else:
            self._has_settled()

    def _has_settled(self) -> None:
        self.post_message(self.Resized(self))

    def action_enlarge(self) -> None:
        """Fill the screen, or shrink back."""
        if self.screen.maximized is self:
            self.screen.minimize()
        else:
            self.screen.maximize(self)

    def on_click(self, event: Click) -> None:
        """The first click focuses, the next points; a double click enlarges."""
        if self._pointing is not None:
            self._pointing.stop()
        place = event.get_content_offset(self)
        if event.chain == 2:
            self.action_enlarge()
        elif event.chain == 1 and time.monotonic() - self._focused > DOUBLE and place is not None:
            self._pointing = self.set_timer(DOUBLE, lambda: self.post_message(self.Pointed(self, place.x)))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """The wheel turns time."""
        event.stop()
        self.post_message(self.Turned(1))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.post_message(self.Turned(-1))

    def on_focus(self, event: Focus) -> None:  # noqa: ARG002
        self._focused = time.monotonic()  # a click that gives the focus does nothing else
        self.scroll_visible()

    def _show(self, text: Text) -> None:
        if text != self._text or self._width != self.size.width:
            self._text, self._width = text, self.size.width
            self._strips = None
            self.refresh()

    def notify_style_update(self) -> None:
        """The theme's background is in the strips."""
        super().notify_style_update()
        self._strips = None

    def render_line(self, y: int) -> Strip:
        if self._strips is None:
            self._strips = strips_of(self._text, self.size.width, self.rich_style)
        if y < len(self._strips):
            return self._strips[y].adjust_cell_length(self.size.width, self.rich_style)
        return Strip.blank(self.size.width, self.rich_style)

    def draw(self, subject: Subject | None) -> None:
        """Show this run at the moment that is looked at."""
        if not self.display or not self.size.width:
            return
        if subject is None or subject.started is None:
            self.border_title, self.border_subtitle = self.view.name, ""
            self._show(Text("Press space to train." if subject is None else "", "dim"))
            return
        reading = self.view.reading(subject, self.knobs)
        heading = self.view.heading(subject, self.knobs)
        title = heading if not reading or reading in heading else f"{heading}: {reading}"
        self.border_title = Content(in_a_line(title))  # names of others are in it: no markup
        epoch = subject.epoch
        self.border_subtitle = "" if epoch is None else f"{PAST}: epoch {epoch}"
        box = (self.size.width, self.size.height)
        try:
            self._show(self.view.draw(subject, self.knobs, box, self.look))
        except Missing as missing:
            hint = "" if missing.waiting else " v shows another view."
            self._show(Text(f"{missing}{hint}", "dim"))
