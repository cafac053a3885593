"""A list to choose from, filtered while one types; all of the description of the one under the bar stands beneath."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.widget import Widget
from textual.widgets import Label

from tui_nn.tui.screens.dialog import ACCEPT, CHOOSE, FILTER, Dialog
from tui_nn.tui.widgets.filter_list import Entry, FilterList

MOST = 4  # lines of a description


class ChooseScreen(Dialog[str]):
    """Dismissed with the name that was chosen, or None."""

    BOX = "choose"
    KEYS = (FILTER, CHOOSE, ACCEPT)

    def __init__(self, title: str, entries: Sequence[Entry], chosen: str = "") -> None:
        super().__init__(title)
        self._entries, self._chosen = entries, chosen

    def content(self) -> Iterable[Widget]:
        found = FilterList(self._entries, self._chosen)
        found.styles.height = len(self._entries) + 1  # that of all, however few are left: the dialog stays in its place
        yield found
        lines = max(len(self.wrapped(entry.detail).splitlines()) for entry in self._entries)
        if lines:
            about = Label("", id="about", markup=False)
            about.styles.height = min(lines, MOST)
            yield about

    def on_filter_list_highlighted(self, event: FilterList.Highlighted) -> None:
        event.stop()
        text = next((entry.detail for entry in self._entries if entry.name == event.name), "No match.")
        for about in self.query("#about").results(Label):
            about.update(text)

    def on_filter_list_chosen(self, event: FilterList.Chosen) -> None:
        event.stop()
        self.dismiss(event.name)

    def action_accept(self) -> None:
        self.query_one(FilterList).take()
