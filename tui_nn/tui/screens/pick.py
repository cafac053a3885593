"""Choosing a component: the registry's names of a kind at the left, what each is and its curve at the right."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.text import Text
from textual import work
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Static

from tui_nn.errors import TuiNNError
from tui_nn.plugin.pictures import has_picture, picture_of
from tui_nn.plugin.registry import Registry
from tui_nn.render import Look
from tui_nn.render.canvas import boxed
from tui_nn.tui.aside import soon
from tui_nn.tui.facts import words_of
from tui_nn.tui.screens.dialog import FRAME
from tui_nn.tui.screens.listed import ListDialog
from tui_nn.tui.screens.tables import OPENS, table_page
from tui_nn.tui.widgets.filter_list import Entry, FilterList

MOST = 40  # lines of the box
NOTHING = "No match. All that there is:"
HEAD = 2  # lines above a list in which nothing fits: what was typed, and that
PICTURE = 11  # lines that a picture takes where others of its kind have none, with the gap above it


class PickScreen(ListDialog[str]):
    """Dismissed with the name that was chosen, or None. tables: files that are offered below the registry's names."""

    BOX = "wide"

    def __init__(
        self, kind: str, registry: Registry, chosen: str, look: Look, title: str = "", tables: Sequence[str] = ()
    ) -> None:
        super().__init__(title or kind)
        self._kind, self._registry, self._chosen, self._look = kind, registry, chosen, look
        self._tables = tables
        self._most = MOST

    def content(self) -> Iterable[Widget]:
        yield Horizontal(
            FilterList([Entry(name) for name in self._names], self._chosen),
            Vertical(Static(id="words", markup=False), Static(id="picture", markup=False), classes="facts"),
            classes="halves",
        )

    def on_filter_list_highlighted(self, event: FilterList.Highlighted) -> None:
        event.stop()
        self.query_one("#words", Static).update(self._words(event.name) if event.name else NOTHING)
        drawn = bool(event.name) and self._has_picture(event.name)
        self.query_one("#words").set_class(not drawn, "alone")
        self._grow(event.name)
        self.call_after_refresh(self._draw, event.name)

    @property
    def _names(self) -> list[str]:
        """All that can be chosen."""
        return [*self._registry.names(self._kind), *self._tables]

    def _words(self, name: str) -> str:
        return OPENS if name in self._tables else words_of(self._registry, self._kind, name)

    def _has_picture(self, name: str) -> bool:
        return name in self._tables or has_picture(self._registry, self._kind, name)

    @work(exclusive=True)
    async def _show_table(self, name: str) -> None:
        picture = self.query_one("#picture", Static)
        try:
            picture.update(await soon(table_page, Path(name), *picture.size))
        except TuiNNError as error:
            picture.update(str(error))

    def _draw(self, name: str) -> None:
        picture = self.query_one("#picture", Static)
        if not name:
            picture.update(self._all(*picture.size))
        elif name in self._tables:
            self._show_table(name)
        else:
            width, height = picture.size
            drawn = picture_of(self._registry, self._kind, name, width, height, self._look)
            picture.update(drawn or "")
            if drawn is None:  # it has no room: the words have all of it
                self.query_one("#words").add_class("alone")

    def _all(self, width: int, height: int) -> Text:
        """A line of each, where what is typed fits none."""
        names = self._registry.names(self._kind)
        lines = [Text(f"{name}: {self._registry.get(self._kind, name).description}", no_wrap=True) for name in names]
        for line in lines:
            line.truncate(width, overflow="ellipsis")
        return boxed(lines[:height], width, height)

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """As high as the list and the longest of the descriptions, which stays so whatever is under the bar."""
        names = self._names
        drawn = [self._has_picture(name) for name in names]
        width = max(1, self.query_one("#words").size.width)
        needed = len(names) + 1
        for name, with_picture in zip(names, drawn, strict=True):
            lines = self._words(name).splitlines()
            said = sum(len(textwrap.wrap(line, width)) or 1 for line in lines)
            needed = max(needed, said + PICTURE * with_picture)
        self._most = MOST if all(drawn) else min(MOST, needed + FRAME)
        chosen = self.query_one(FilterList).chosen
        self._grow(chosen)
        self.call_after_refresh(lambda: self._draw(chosen))

    def _grow(self, name: str) -> None:
        """What fits nothing needs no more lines than the list of all: the box ends earlier, and begins where it did."""
        box = self.query_one(".dialog")
        everything = len(self._names) + HEAD + FRAME
        if name:
            box.styles.max_height, box.styles.margin = self._most, 0
        elif box.outer_size.height > everything:
            box.styles.margin = (0, 0, box.outer_size.height - everything, 0)
            box.styles.max_height = everything

    def on_filter_list_chosen(self, event: FilterList.Chosen) -> None:
        event.stop()
        self.dismiss(event.name)
