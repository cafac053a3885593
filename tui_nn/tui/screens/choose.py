"""A list to choose from, with a description of each entry: Enter takes one, Esc none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from tui_nn.tui.screens.dialog import ACCEPT, CHOOSE, Dialog


class ChooseScreen(Dialog[str]):
    """Dismissed with the name that was chosen, or None. entries: (name, description)."""

    KEYS = (CHOOSE, ACCEPT)

    def __init__(self, title: str, entries: Sequence[tuple[str, str]], chosen: str = "", note: str = "") -> None:
        super().__init__(title)
        self._entries, self._chosen, self._note = entries, chosen, note

    def content(self) -> Iterable[Widget]:
        if self._note:
            yield Label(self._note, classes="note", markup=False)
        options = []
        for name, text in self._entries:
            prompt = Content.assemble((name, "bold"), f"\n{self.wrapped(text)}" if text else "")
            options.append(Option(prompt, id=name))
        yield OptionList(*options)

    def on_mount(self) -> None:
        names = [name for name, _ in self._entries]
        self.query_one(OptionList).highlighted = names.index(self._chosen) if self._chosen in names else 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)

    def action_accept(self) -> None:
        self.query_one(OptionList).action_select()
