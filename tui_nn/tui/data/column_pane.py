"""Panes of the data screen: each says when its size has changed, and where it was clicked."""

from __future__ import annotations

from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.message import Message
from textual.widgets import Static

WHEEL = 3  # columns a notch


class Sheet(Static):
    """Shows what is drawn for its size."""

    class Resized(Message):
        """Draw me anew."""

    def __init__(self, name: str) -> None:
        super().__init__("", id=name, markup=False)

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        self.post_message(self.Resized())


class ColumnPane(Sheet):
    """The list of columns: a window of it, for there may be 100,000. It has the focus of its screen."""

    can_focus = True
    takes_moves = True

    class Clicked(Message):
        """line: from 0, the heading."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

    class Wheeled(Message):
        """by: so many columns, down is positive."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None:
            self.post_message(self.Clicked(offset.y))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.post_message(self.Wheeled(WHEEL))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.post_message(self.Wheeled(-WHEEL))
