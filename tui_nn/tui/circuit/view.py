"""A window on the drawing of a circuit: moved by keys and the wheel, and never without the gate that is selected."""

from __future__ import annotations

from rich.text import Text
from textual.events import Click, MouseScrollDown, MouseScrollLeft, MouseScrollRight, MouseScrollUp, Resize
from textual.message import Message
from textual.widgets import Static

from tui_nn.render import CircuitPicture, Look
from tui_nn.tui.circuit.state import CircuitState

MARGIN = 3  # cells that stay visible around the selected gate
WHEEL = 3  # lines a notch


class CircuitView(Static):
    """Draws a state; says which gate was clicked."""

    class GateClicked(Message):
        """gate: its number in the circuit."""

        def __init__(self, gate: int) -> None:
            super().__init__()
            self.gate = gate

    def __init__(self, look: Look) -> None:
        super().__init__("", id="circuit")
        self.look = look
        self._state: CircuitState | None = None
        self._picture: CircuitPicture | None = None
        self.left = self.top = 0
        self.shift = (0, 0)

    def show(self, state: CircuitState) -> None:
        """Draw, with the selected gate in sight."""
        self._state = state
        if not self.size.width:
            return
        self._picture = CircuitPicture(
            state.evaluation, self.look, width=self.size.width, height=self.size.height, done=state.done,
            selected=state.selected,
        )  # fmt: skip
        if state.selected is not None:
            x, y, cells = self._picture.places[state.selected]
            if state.done == state.total and self._picture.height <= self.size.height:
                y = 1
            self.left = _seen(self.left, x, cells, self.size.width)
            self.top = _seen(self.top, y, 1, self.size.height)
        self._window()

    def pan(self, across: int, down: int) -> None:
        """Move the window by so many cells."""
        self.left += across
        self.top += down
        self._window()

    def _window(self) -> None:
        picture = self._picture
        if picture is None:
            return
        width, height = self.size.width, self.size.height
        self.left = min(max(self.left, 0), max(0, picture.width - width))
        self.top = min(max(self.top, 0), max(0, picture.height - height))
        # A drawing smaller than the window stands in the middle.
        self.shift = (max(0, (width - picture.width) // 2), max(0, (height - picture.height) // 2))
        lines = picture.window(self.left, self.top, width, height).split("\n")
        blank = " " * self.shift[0]
        self.update(Text("\n" * self.shift[1] + blank).append_text(Text("\n" + blank).join(lines)))
        beyond = [f"{picture.width} x {picture.height}"] if (picture.width > width or picture.height > height) else []
        self.border_subtitle = f"{beyond[0]} cells: H J K L or the wheel move it" if beyond else ""

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        if self._state is not None:
            self.show(self._state)

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or self._picture is None:
            return
        gate = self._picture.at(offset.x - self.shift[0] + self.left, offset.y - self.shift[1] + self.top)
        if gate is not None:
            self.post_message(self.GateClicked(gate))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self.pan(*((2 * WHEEL, 0) if event.shift else (0, WHEEL)))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self.pan(*((-2 * WHEEL, 0) if event.shift else (0, -WHEEL)))

    def on_mouse_scroll_left(self, event: MouseScrollLeft) -> None:  # noqa: ARG002
        self.pan(-2 * WHEEL, 0)

    def on_mouse_scroll_right(self, event: MouseScrollRight) -> None:  # noqa: ARG002
        self.pan(2 * WHEEL, 0)


def _seen(start: int, place: int, cells: int, room: int) -> int:
    """Where a window of `room` cells begins so that `place` is in it."""
    margin = min(MARGIN, max(0, (room - cells) // 2))
    return min(max(start, place + cells + margin - room), max(0, place - margin))
