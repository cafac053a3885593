"""Keys that go from column to column and from page to page, and choose the axes of the scatter plot."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from textual import work

from tui_nn.errors import did_you_mean
from tui_nn.printable import in_a_line
from tui_nn.tui.data.base import DataBase
from tui_nn.tui.data.column_pane import ColumnPane
from tui_nn.tui.data.pages import SCATTER, Axes
from tui_nn.tui.screens.entry import EntryScreen


class GoingActions(DataBase):
    """Nothing here changes the experiment."""

    @abstractmethod
    def window(self) -> range:
        """The columns that are seen in the list."""

    @abstractmethod
    def go(self, place: int) -> None:
        """Put the cursor there, or at the nearest end."""

    @abstractmethod
    def pages(self) -> Sequence[str]:
        """The pages that there are to go through."""

    def action_down(self) -> None:
        self.go(self.at + 1)

    def action_up(self) -> None:
        self.go(self.at - 1)

    def action_page_down(self) -> None:
        self.go(self.at + len(self.window()))

    def action_page_up(self) -> None:
        self.go(self.at - len(self.window()))

    def action_first(self) -> None:
        self.go(0)

    def action_last(self) -> None:
        self.go(len(self.report.roles) if self.report is not None else 0)

    def on_column_pane_clicked(self, event: ColumnPane.Clicked) -> None:
        window = self.window()
        if 1 <= event.line <= len(window):
            self.go(window.start + event.line - 1)

    def on_column_pane_wheeled(self, event: ColumnPane.Wheeled) -> None:
        self.go(self.at + event.by)

    @work
    async def action_find_column(self) -> None:
        report = self.report
        if report is None:
            return
        names = [role.column.name for role in report.roles]

        def problem(text: str) -> str:
            near = did_you_mean(text, names)
            return "" if _found(names, text) is not None else f"There is no column '{text}'.{near}"

        text = await self.app.push_screen_wait(EntryScreen("column", "", problem))
        if text is not None and (place := _found(names, text)) is not None:
            self.go(place)

    def action_next_page(self) -> None:
        names = self.pages()
        self.page = names[(names.index(self.page) + 1) % len(names)] if self.page in names else names[0]
        self.show()

    def action_across(self) -> None:
        self._take_axis(is_across=True)

    def action_upwards(self) -> None:
        self._take_axis(is_across=False)

    def _take_axis(self, *, is_across: bool) -> None:
        report = self.report
        if report is None:
            return
        if not report.is_axis(self.at):
            self.notify(f"'{in_a_line(report.roles[self.at].column.name)}' is no column of numbers.")
            return
        now = self.axes or Axes(self.at, self.at)
        self.axes = Axes(self.at, now.upwards) if is_across else Axes(now.across, self.at)
        self.page = SCATTER
        self.show()

    def action_enlarge(self) -> None:
        self.toggle_class("enlarged")
        self.show()

    def action_leave(self) -> None:
        if self.has_class("enlarged"):
            self.action_enlarge()
        else:
            self.dismiss(None)

    def action_train(self) -> None:
        self.dismiss(None)
        self.workbench.press("play")


def _found(names: list[str], text: str) -> int | None:
    """The column of this name, else the first that begins so, in small letters or not."""
    if text in names:
        return names.index(text)
    low = text.lower()
    return next((at for at, name in enumerate(names) if low and name.lower().startswith(low)), None)
