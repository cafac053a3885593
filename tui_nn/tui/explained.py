"""A screen that says of itself what it can do: in a palette of its keys, and on a page of help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import work

from tui_nn.tui.findings import Hit, of_keys, of_themes
from tui_nn.tui.keyed import Keyed
from tui_nn.tui.screens.page import help_page
from tui_nn.tui.screens.palette import PaletteScreen


class Explained(Keyed):
    """ABOUT: markup that stands above the keys of TABLE in the help."""

    ABOUT: ClassVar[str] = ""

    def own_findings(self) -> Iterator[Hit]:
        """What the palette finds here beside keys and themes."""
        yield from ()

    def findings(self) -> Iterator[Hit]:
        """All that the palette finds."""
        yield from of_keys(self.TABLE, lambda key: self.action_press(key.action))
        yield from self.own_findings()
        yield from of_themes(self.app)

    @work
    async def action_palette(self) -> None:
        found = await self.app.push_screen_wait(PaletteScreen(list(self.findings()), ()))
        if found is not None:
            found.do()

    def action_help(self) -> None:
        self.app.push_screen(help_page(self.ABOUT, self.TABLE))
