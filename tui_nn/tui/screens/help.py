"""The help page, made from the key table."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_nn.tui.keys import help_text

ABOUT = (
    "Left: what is trained, from the data set to the loss and the optimizer. Right: how training goes.\n"
    "Training runs in a separate process. Runs are kept in ./runs; `tui-nn RUN` reopens one.\n\n"
)


class HelpScreen(ModalScreen[None]):
    """Leaves with Esc, ? or q."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,f1,q", "dismiss(None)", "back")]

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog wide") as dialog:
            dialog.border_title = "Help"
            dialog.border_subtitle = "Esc goes back"
            yield Static(ABOUT + help_text())
