"""One value to type: Enter takes it, Esc leaves it as it was. A mistake is explained here, before anything changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual import work
from textual.widget import Widget
from textual.widgets import Input, Label

from tui_nn.tui.aside import soon
from tui_nn.tui.screens.dialog import Dialog
from tui_nn.tui.widgets.field import Field


class EntryScreen(Dialog[str]):
    """Dismissed with the text, or None. problem: text -> what is wrong with it, empty if nothing is.

    joined: what several pasted lines are as one, if it is not the lines with blanks between.
    """

    def __init__(
        self,
        title: str,
        value: str,
        problem: Callable[[str], str],
        range_: str = "",
        joined: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__(title)
        self._value, self._problem, self._range = value, problem, range_
        self._joined = {} if joined is None else {"joined": joined}

    def content(self) -> Iterable[Widget]:
        if self._range:
            yield Label(self._range, classes="note", markup=False)
        yield Field(self._value, select_on_focus=True, **self._joined)
        yield Label("", id="problem", markup=False)

    def action_accept(self) -> None:
        self._take(self.query_one(Input).value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._take(event.value)

    @work(exclusive=True)
    async def _take(self, value: str) -> None:
        problem = await soon(self._problem, value)
        if problem:
            self.query_one("#problem", Label).update(problem)
        else:
            self.dismiss(value)
