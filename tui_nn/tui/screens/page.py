"""A page to read: help, or a table. Leaves with Esc or q."""

from __future__ import annotations

from typing import ClassVar

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_nn.printable import in_a_line

WIDTH = 116  # cells, where the terminal has them


class PageScreen(ModalScreen[None]):
    """Shows what it is given, as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,f1,q,enter", "dismiss(None)", "back")]

    def __init__(self, title: str, page: RenderableType) -> None:
        super().__init__()
        self._title, self._page = title, page

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog") as dialog:
            dialog.styles.width = WIDTH
            dialog.border_title = Content(in_a_line(self._title))
            dialog.border_subtitle = "Esc goes back"
            yield Static(self._page)
