"""A class on a projector: the picture of its answers on the whole screen, drawn again while the files grow."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import Static

from tui_nn.errors import TuiNNError
from tui_nn.lesson.classroom import Classroom, Graded
from tui_nn.lesson.glance import glance
from tui_nn.render import Look
from tui_nn.tui.aside import aside
from tui_nn.tui.footer import markup
from tui_nn.tui.leaving import Leaving
from tui_nn.tui.screens.dialog import key
from tui_nn.tui.widgets.key_line import KeyLine

EVERY = 1.0  # seconds between two looks at the files


class ClassScreen(Leaving[None]):
    """Shows one lesson of the classroom at a time."""

    CSS_PATH = "lesson.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", show=False),
        Binding("pagedown", "turn(1)", show=False),
        Binding("pageup", "turn(-1)", show=False),
    ]

    def __init__(self, room: Classroom, look: Look) -> None:
        super().__init__()
        self._room, self._look = room, look
        self._found: list[Graded] = []
        self._at = 0
        self._looks = False

    def compose(self) -> ComposeResult:
        yield Static(id="class", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.set_interval(EVERY, self._look_again)
        self._look_again()

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        self.call_after_refresh(self._draw)

    @work(group="look")
    async def _look_again(self) -> None:
        if self._looks:
            return
        self._looks = True
        try:
            self._found = await aside(self._room.look)
        except TuiNNError as error:
            self.notify(str(error), severity="error")
        finally:
            self._looks = False
        self._draw()

    def _draw(self) -> None:
        if not self._found:
            return
        shown = self.query_one("#class", Static)
        width, height = shown.content_size
        one = self._found[self._at % len(self._found)]
        if width > 2 and height > 2:
            shown.update(glance(one.lesson.title, one.grades, one.questions, (width, height), self._look))
        several = [key("pgdn", "turn_on", "next lesson")] if len(self._found) > 1 else []
        self.query_one(KeyLine).offer(markup(several, self.app.size.width - 2, last=key("esc", "leave", "leave")))

    def action_press(self, action: str) -> None:
        """A click in the last line."""
        getattr(self, f"action_{action}")()

    def action_turn_on(self) -> None:
        self.action_turn(1)

    def action_turn(self, by: int) -> None:
        self._at += by
        self._draw()

    def action_leave(self) -> None:
        self.dismiss(None)
