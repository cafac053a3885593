"""A page to read: help, or a table. Leaves with Esc, Enter or q."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.visual import VisualType
from textual.widget import Widget
from textual.widgets import Static

from tui_nn.tui.key import Key
from tui_nn.tui.keys import help_text
from tui_nn.tui.screens.dialog import Dialog, key


class Laid(Static):
    """Laid out anew for each width."""

    def __init__(self, page: Callable[[int], VisualType]) -> None:
        super().__init__()
        self._page, self._wide = page, 0

    def on_resize(self) -> None:
        if self._wide != self.content_size.width:
            self._wide = self.content_size.width
            self.update(self._page(self._wide))


class PageScreen(Dialog[None]):
    """Shows what it is given, as it is, or as that lays it out for a width in cells."""

    BOX = "page"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,f1,q,enter", "back", "back")]

    def __init__(self, title: str, page: VisualType | Callable[[int], VisualType]) -> None:
        super().__init__(title)
        self._page = page

    @property
    def keys(self) -> Sequence[Key]:
        scrolls = any(one.max_scroll_y for one in self.query(VerticalScroll))
        return [key("up down", "", "scroll")] if scrolls else []

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        self.call_after_refresh(self.show_keys)  # when it is known what has room

    def content(self) -> Iterable[Widget]:
        yield VerticalScroll(Laid(self._page) if callable(self._page) else Static(self._page))


def help_page(about: str, table: Sequence[Key], here: Sequence[Key] = ()) -> PageScreen:
    """What a screen says of itself, markup, above its keys; before all that the keys of what is looked at."""

    def page(width: int) -> Content:
        first = f"{help_text(here, width)}\n" if here else ""
        return Content.from_markup(f"{first}{about}\n\n{help_text(table, width)}")

    return PageScreen("help", page)
