"""The palette: whatever there is, found while one types, by its name or by a word that people use for it."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence

from textual import work
from textual.events import Resize
from textual.geometry import Size
from textual.widget import Widget

from tui_nn.tui.findings import Hit
from tui_nn.tui.screens.dialog import FRAME
from tui_nn.tui.screens.listed import ListDialog
from tui_nn.tui.widgets.filter_list import Entry, FilterList

HIGHEST = 0.7  # of the screen
RECENT = 5  # things that were found last stand first


class PaletteScreen(ListDialog[Hit]):
    """Dismissed with what was chosen, or None. more: what is still being read from the disk."""

    BOX = "palette"

    def __init__(
        self,
        findings: Sequence[Hit],
        recent: Sequence[str],
        more: Awaitable[Sequence[Hit]] | None = None,
        title: str = "find",
    ) -> None:
        super().__init__(title)
        self._recent, self._more = recent, more
        self._findings = {finding.name: finding for finding in findings}

    def content(self) -> Iterable[Widget]:
        yield FilterList(self._entries())

    def _entries(self) -> list[Entry]:
        names = dict.fromkeys([*(name for name in self._recent if name in self._findings), *self._findings])
        found = [self._findings[name] for name in names]
        return [Entry(one.name, one.shown or one.name, one.beside, one.words, one.under) for one in found]

    def on_mount(self) -> None:
        self._read()

    def on_resize(self, event: Resize) -> None:
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        self.fit(int(HIGHEST * size.height) - FRAME)

    @work
    async def _read(self) -> None:
        if self._more is not None:
            more = await self._more
            self._findings |= {finding.name: finding for finding in more}
            entries = self.query_one(FilterList)
            entries.replace(self._entries(), entries.chosen)

    def on_filter_list_highlighted(self, event: FilterList.Highlighted) -> None:
        event.stop()
        self._fit(self.size)

    def on_filter_list_chosen(self, event: FilterList.Chosen) -> None:
        event.stop()
        self.dismiss(self._findings[event.name])
