"""Choosing a component: the registry's names of a kind at the left, what each is and its curve at the right."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from tui_nn.plugin.pictures import picture_of
from tui_nn.plugin.registry import Registry
from tui_nn.render import Look
from tui_nn.tui.facts import words_of
from tui_nn.tui.widgets.filter_list import Entry, FilterList


class PickScreen(ModalScreen[str | None]):
    """Dismissed with the name that was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(self, kind: str, registry: Registry, chosen: str, look: Look) -> None:
        super().__init__()
        self._kind, self._registry, self._chosen, self._look = kind, registry, chosen, look

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as dialog:
            dialog.border_title = self._kind
            with Horizontal(classes="halves"):
                yield FilterList([Entry(name) for name in self._registry.names(self._kind)], self._chosen)
                with Vertical(classes="facts"):
                    yield Static(id="words", markup=False)
                    yield Static(id="picture", markup=False)
            yield Label("type to filter, Enter chooses, Esc goes back", classes="hint")

    def on_filter_list_highlighted(self, event: FilterList.Highlighted) -> None:
        event.stop()
        self.query_one("#words", Static).update(
            words_of(self._registry, self._kind, event.name) if event.name else "No match."
        )
        self.call_after_refresh(self._draw, event.name)

    def _draw(self, name: str) -> None:
        picture = self.query_one("#picture", Static)
        if name:
            width, height = picture.size
            picture.update(picture_of(self._registry, self._kind, name, width, height, self._look) or "")

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: self._draw(self.query_one(FilterList).chosen))

    def on_filter_list_chosen(self, event: FilterList.Chosen) -> None:
        event.stop()
        self.dismiss(event.name)
