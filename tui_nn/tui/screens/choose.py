"""A list to choose from, with a description of each entry: Enter takes one, Esc none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from tui_nn.printable import in_a_line


class ChooseScreen(ModalScreen[str | None]):
    """Dismissed with the name that was chosen, or None. entries: (name, description)."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(self, title: str, entries: Sequence[tuple[str, str]], chosen: str = "", note: str = "") -> None:
        super().__init__()
        self._title, self._entries, self._chosen, self._note = title, entries, chosen, note

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(in_a_line(self._title))
            if self._note:
                yield Label(self._note, classes="note", markup=False)
            options = []
            for name, text in self._entries:
                prompt = Content.assemble((name, "bold"), f"\n  {text}" if text else "")
                options.append(Option(prompt, id=name))
            yield OptionList(*options)
            yield Label("Enter accepts, Esc goes back", classes="hint")

    def on_mount(self) -> None:
        names = [name for name, _ in self._entries]
        self.query_one(OptionList).highlighted = names.index(self._chosen) if self._chosen in names else 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)
