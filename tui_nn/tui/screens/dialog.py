"""The one look of all dialogs: a box with its title on the frame, the keys that work in the last line of the screen.

Their words are the same everywhere: Enter accepts, Esc goes back and changes nothing.
"""

from __future__ import annotations

import textwrap
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widget import Widget

from tui_nn.printable import in_a_line
from tui_nn.tui.footer import markup
from tui_nn.tui.key import Key
from tui_nn.tui.leaving import Leaving
from tui_nn.tui.readable import Readable
from tui_nn.tui.widgets.key_line import KeyLine

Result = TypeVar("Result")
WIDTH, SHARE, AROUND = 76, 0.94, 6  # cells of a dialog, of how much of the screen at most, and what its frame takes

HIGHEST, FRAME = 0.88, 2  # of the screen without its last line, as in the style sheet; lines of a frame
TALL = 30  # lines of a screen, below which what is in a dialog stands closer
ROOMY = 118  # columns of a screen on which lists are as wide as their longest sentences


def key(show: str, action: str, short: str) -> Key:
    """One for the last line; without an action it belongs to a widget."""
    return Key("", show, action, short, "", "")


CHOOSE = key("up down", "", "choose")
FILTER = key("type", "", "filter")
ACCEPT = key("enter", "accept", "accept")
BACK = key("esc", "back", "back")


class Dialog(ModalScreen[Result | None], Leaving[Result | None]):  # styles are those of the first
    """Dismissed with what was chosen, or None. BOX: classes of the box, `wide`, `full` or none."""

    BOX: ClassVar[str] = ""
    KEYS: ClassVar[Sequence[Key]] = (ACCEPT,)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "back")]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    @abstractmethod
    def content(self) -> Iterable[Widget]:
        """The widgets in the box."""

    def compose(self) -> ComposeResult:
        with Vertical(classes=f"dialog {self.BOX}") as box:
            box.border_title = Content(in_a_line(self._title))
            yield from self.content()
        yield KeyLine()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What lies behind the box is not to be read."""
        return [one for one in super().get_line_filters() if not isinstance(one, Readable)]

    @property
    def keys(self) -> Sequence[Key]:
        """Those that work now; to go back is always among them."""
        return self.KEYS

    def show_keys(self, size: Size | None = None) -> None:
        """Name the keys that work, in the width that there is."""
        width = (size or self.size).width - 2
        self.query_one(KeyLine).offer(markup(self.keys, width, last=BACK))

    def on_resize(self, event: Resize) -> None:
        """Textual calls this beside what a dialog itself does then."""
        self.set_class(event.size.height < TALL, "short")
        self.set_class(event.size.width >= ROOMY, "roomy")
        self.show_keys(event.size)

    def action_press(self, action: str) -> None:
        """A click in the last line."""
        getattr(self, f"action_{action}")()

    def action_back(self) -> None:
        """Leave, and change nothing."""
        self.dismiss(None)

    def most_lines(self, size: Size) -> int:
        """That there are within a dialog on such a screen."""
        return int(HIGHEST * (size.height - 1)) - FRAME

    def wrapped(self, text: str, indent: int = 2, box: int = WIDTH) -> str:
        """A description as lines of the dialog's width, all of them indented."""
        width = min(box, int(SHARE * self.app.size.width)) - AROUND
        margin = " " * indent
        lines: list[str] = []
        for line in text.splitlines():
            lines += textwrap.wrap(
                line, max(20, width), initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
            )
        return "\n".join(lines)
