"""A page to read: help, or a table. Leaves with Esc, Enter or q."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.visual import VisualType
from textual.widget import Widget
from textual.widgets import Static

from tui_nn.tui.screens.dialog import Dialog, key


class PageScreen(Dialog[None]):
    """Shows what it is given, as it is."""

    BOX = "page"
    KEYS = (key("up down", "", "scroll"),)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,f1,q,enter", "back", "back")]

    def __init__(self, title: str, page: VisualType) -> None:
        super().__init__(title)
        self._page = page

    def content(self) -> Iterable[Widget]:
        yield VerticalScroll(Static(self._page))
