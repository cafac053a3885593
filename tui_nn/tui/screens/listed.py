"""A dialog around one list that is filtered while one types: Enter takes what is under the bar, if anything is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from tui_nn.tui.key import Key
from tui_nn.tui.screens.dialog import ACCEPT, CHOOSE, FILTER, Dialog
from tui_nn.tui.widgets.filter_list import FilterList

Result = TypeVar("Result")


class ListDialog(Dialog[Result]):
    """TAKE: what Enter is called."""

    TAKE: ClassVar[Key] = ACCEPT

    @property
    def keys(self) -> Sequence[Key]:
        taken = any(one.chosen for one in self.query(FilterList))
        return (FILTER, CHOOSE, *([self.TAKE] if taken else []))

    def on_filter_list_highlighted(self, event: FilterList.Highlighted) -> None:  # noqa: ARG002
        """Textual calls this beside what a dialog itself does then."""
        self.show_keys()

    def fit(self, most: int) -> None:
        """As many lines as are listed, at most so many: with fewer the box ends earlier, and begins where it did."""
        found = self.query_one(FilterList)
        now, every = (min(most, lines) for lines in found.lines)
        found.styles.height = now
        self.query_one(".dialog").styles.margin = (0, 0, every - now, 0)

    def action_accept(self) -> None:
        self.query_one(FilterList).take()
