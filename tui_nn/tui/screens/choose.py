"""A list to choose from, filtered while one types; all of the description of the one under the bar stands beneath."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.events import Resize
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input, Label

from tui_nn.tui.screens.listed import ListDialog
from tui_nn.tui.widgets.filter_list import Entry, FilterList

MOST = 4  # lines of a description
LEAST = 4  # lines of a list, what is typed included


class ChooseScreen(ListDialog[str]):
    """Dismissed with the name that was chosen, or None.

    others: what cannot be chosen here, each with the reason as its detail, which is told where nothing else is found.
    """

    BOX = "choose"

    def __init__(self, title: str, entries: Sequence[Entry], chosen: str = "", others: Sequence[Entry] = ()) -> None:
        super().__init__(title)
        self._entries, self._chosen, self._others = entries, chosen, others
        self._told = 0  # lines of the description

    def content(self) -> Iterable[Widget]:
        yield FilterList(self._entries, self._chosen)
        self._told = min(MOST, max(len(self.wrapped(entry.detail).splitlines()) for entry in self._entries))
        if self._told:
            about = Label("", id="about", markup=False)
            about.styles.height = self._told
            yield about

    def on_resize(self, event: Resize) -> None:
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        """As many lines of the list as leave the description room."""
        self.fit(max(LEAST, self.most_lines(size) - self._told))

    def on_filter_list_highlighted(self, event: FilterList.Highlighted) -> None:
        event.stop()
        found = next((entry for entry in self._entries if entry.name == event.name), None)
        text = self._nothing() if found is None else found.detail
        for about in self.query("#about").results(Label):
            about.update(text)
        self._fit(self.size)

    def _nothing(self) -> str:
        """Why what was typed is not in the list."""
        typed = self.query_one(Input).value.strip().lower()
        ranked = [(rank, f"{one.name}: {one.detail}") for one in self._others if (rank := one.rank(typed)) is not None]
        return min(ranked)[1] if typed and ranked else "No match."

    def on_filter_list_chosen(self, event: FilterList.Chosen) -> None:
        event.stop()
        self.dismiss(event.name)
