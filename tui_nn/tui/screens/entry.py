"""One value to type: Enter takes it, Esc leaves it as it was. A mistake is explained here, before anything changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from tui_nn.printable import in_a_line
from tui_nn.tui.aside import soon
from tui_nn.tui.widgets.field import Field


class EntryScreen(ModalScreen[str | None]):
    """Dismissed with the text, or None. problem: text -> what is wrong with it, empty if nothing is.

    joined: what several pasted lines are as one, if it is not the lines with blanks between.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(
        self,
        title: str,
        value: str,
        problem: Callable[[str], str],
        range_: str = "",
        joined: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        self._title, self._value, self._problem, self._range = title, value, problem, range_
        self._joined = {} if joined is None else {"joined": joined}

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(in_a_line(self._title))
            if self._range:
                yield Label(self._range, classes="note", markup=False)
            yield Field(self._value, select_on_focus=True, **self._joined)
            yield Label("", id="problem", markup=False)
            yield Label("Enter accepts, Esc goes back", classes="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._take(event.value)

    @work(exclusive=True)
    async def _take(self, value: str) -> None:
        problem = await soon(self._problem, value)
        if problem:
            self.query_one("#problem", Label).update(problem)
        else:
            self.dismiss(value)
