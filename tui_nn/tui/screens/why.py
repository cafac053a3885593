"""Verdict, why, next: what is wrong with a run, and a key that tries on a branch what may help."""

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

from tui_nn import render
from tui_nn.diagnosis import Verdict
from tui_nn.render import Look

WIDTH, AROUND = 76, 8  # cells of a block where the terminal has them, and of what stands around it


class WhyScreen(ModalScreen[Verdict | None]):
    """A block a verdict, causes first. Dismissed with the verdict whose remedy is to be tried, or None.

    It says of which moment it speaks, for the run may go on meanwhile.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,y", "dismiss(None)", "back")]

    def __init__(self, verdicts: Sequence[Verdict], look: Look, epoch: str) -> None:
        super().__init__()
        self._verdicts, self._look, self._epoch = tuple(verdicts), look, epoch

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog why") as dialog:
            dialog.border_title = f"Diagnosis after epoch {self._epoch}"
            yield OptionList(*(Option(self._block(verdict)) for verdict in self._verdicts))
            yield Label(classes="hint", markup=False)

    def _block(self, verdict: Verdict) -> Content:
        width = min(WIDTH, max(30, int(0.94 * self.app.size.width) - AROUND))
        return Content.from_rich_text(render.verdicts([verdict], "", width, 100, self._look))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        verdict = self._verdicts[event.option_index]
        start = "from new weights" if verdict.anew else "from the current weights"
        tries = f"Enter tries the remedy on a branch, {start}" if verdict.remedy else "No setting fixes this"
        self.query_one(Label).update(f"{tries}. Esc goes back.")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        verdict = self._verdicts[event.option_index]
        if verdict.remedy:
            self.dismiss(verdict)
