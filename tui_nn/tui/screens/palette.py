"""The palette: whatever there is, found while one types, by its name or by a word that people use for it."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence

from textual import work
from textual.widget import Widget
from textual.widgets import Input, Static

from tui_nn.tui.findings import Hit
from tui_nn.tui.screens.listed import ListDialog
from tui_nn.tui.widgets.filter_list import Entry, FilterList

AROUND = 4  # lines of the dialog beside those of its list: a frame, what is typed, what is said of nothing
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
        nothing = Static("No match.", classes="note")
        nothing.display = False
        yield nothing

    def _entries(self) -> list[Entry]:
        names = dict.fromkeys([*(name for name in self._recent if name in self._findings), *self._findings])
        found = [self._findings[name] for name in names]
        return [Entry(one.name, one.shown or one.name, one.beside, one.words, one.under) for one in found]

    def on_mount(self) -> None:
        self._fit()
        self._read()

    def _fit(self) -> None:
        """No higher than all that there is to find, so that it stays in its place while one types."""
        headings = {finding.under for finding in self._findings.values()} - {""}
        lines = len(self._findings) + len(headings) + AROUND
        self.query_one(f".{self.BOX}").styles.max_height = lines

    @work
    async def _read(self) -> None:
        if self._more is not None:
            more = await self._more
            self._findings |= {finding.name: finding for finding in more}
            entries = self.query_one(FilterList)
            entries.replace(self._entries(), entries.chosen)
            self._fit()

    def on_filter_list_highlighted(self, event: FilterList.Highlighted) -> None:
        event.stop()
        self.query_one(".note").display = not event.name and bool(self.query_one(Input).value.strip())

    def on_filter_list_chosen(self, event: FilterList.Chosen) -> None:
        event.stop()
        self.dismiss(self._findings[event.name])
