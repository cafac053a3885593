"""Choosing a component: the registry's names of a kind at the left, what each is and its curve at the right."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Static

from tui_nn.plugin.pictures import picture_of
from tui_nn.plugin.registry import Registry
from tui_nn.render import Look
from tui_nn.tui.facts import words_of
from tui_nn.tui.screens.dialog import ACCEPT, CHOOSE, FILTER, Dialog
from tui_nn.tui.widgets.filter_list import Entry, FilterList


class PickScreen(Dialog[str]):
    """Dismissed with the name that was chosen, or None."""

    BOX = "wide"
    KEYS = (FILTER, CHOOSE, ACCEPT)

    def __init__(self, kind: str, registry: Registry, chosen: str, look: Look, title: str = "") -> None:
        super().__init__(title or kind)
        self._kind, self._registry, self._chosen, self._look = kind, registry, chosen, look

    def content(self) -> Iterable[Widget]:
        yield Horizontal(
            FilterList([Entry(name) for name in self._registry.names(self._kind)], self._chosen),
            Vertical(Static(id="words", markup=False), Static(id="picture", markup=False), classes="facts"),
            classes="halves",
        )

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

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        self.call_after_refresh(lambda: self._draw(self.query_one(FilterList).chosen))

    def on_filter_list_chosen(self, event: FilterList.Chosen) -> None:
        event.stop()
        self.dismiss(event.name)

    def action_accept(self) -> None:
        self.query_one(FilterList).take()
