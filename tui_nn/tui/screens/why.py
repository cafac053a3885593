"""Verdict, why, next: what is wrong with a run, and a key that tries on a branch what may help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from tui_nn import render
from tui_nn.diagnosis import Verdict
from tui_nn.render import Look
from tui_nn.tui.key import Key
from tui_nn.tui.screens.dialog import CHOOSE, Dialog, key

STEP, HINT = 3, 2  # lines: that a key scrolls by, and of what is said of the remedy
WIDTH, AROUND = 76, 8  # cells of a block where the terminal has them, and of what stands around it


class WhyScreen(Dialog[Verdict]):
    """A block a verdict, causes first. Dismissed with the verdict whose remedy is to be tried, or None.

    It says of which moment it speaks, for the run may go on meanwhile.
    """

    BOX = "why"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,y", "back", "back"),
        Binding("up", "read(-1)", priority=True),
        Binding("down", "read(1)", priority=True),
    ]

    def __init__(self, verdicts: Sequence[Verdict], look: Look, epoch: str) -> None:
        super().__init__(f"Diagnosis after epoch {epoch}")
        self._verdicts, self._look = tuple(verdicts), look

    @property
    def keys(self) -> Sequence[Key]:
        chosen = self._chosen
        remedy = [key("enter", "accept", "try the remedy")] if chosen is not None and chosen.remedy else []
        scrolls = [key("up down", "", "scroll")] if self.query_one(OptionList).max_scroll_y else []
        return (*([CHOOSE] if len(self._verdicts) > 1 else scrolls), *remedy)

    def on_resize(self, event: Resize) -> None:
        """Blocks of this width, as many lines of them as leave what is said of the remedy room."""
        options = self.query_one(OptionList)
        for place, verdict in enumerate(self._verdicts):
            options.replace_option_prompt_at_index(place, self._block(verdict))
        options.styles.max_height = max(3, self.most_lines(event.size) - HINT)
        self.call_after_refresh(self.show_keys)  # when it is known what has room

    def content(self) -> Iterable[Widget]:
        yield OptionList(*(Option(self._block(verdict)) for verdict in self._verdicts))
        yield Label(classes="hint", markup=False)

    @property
    def _chosen(self) -> Verdict | None:
        place = self.query_one(OptionList).highlighted
        return self._verdicts[place] if place is not None else None

    def _block(self, verdict: Verdict) -> Content:
        width = min(WIDTH, max(30, int(0.94 * self.app.size.width) - AROUND))
        return Content.from_rich_text(render.verdicts([verdict], "", width, 100, self._look))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        verdict = self._verdicts[event.option_index]
        start = "from new weights" if verdict.anew else "from the current weights"
        tries = f"The remedy is tried on a branch, {start}" if verdict.remedy else "No setting fixes this"
        self.query_one(Label).update(f"{tries}.")
        self.show_keys()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        verdict = self._verdicts[event.option_index]
        if verdict.remedy:
            self.dismiss(verdict)

    def action_read(self, by: int) -> None:
        """On in a block that is higher than its place, after its end to the next one."""
        options = self.query_one(OptionList)
        place = options.highlighted or 0
        lines = [self._block(verdict).plain.count("\n") + 1 for verdict in self._verdicts[: place + 1]]
        top, bottom = sum(lines[:-1]), sum(lines)
        rest = bottom - options.scroll_offset.y - options.size.height if by > 0 else options.scroll_offset.y - top
        if rest > 0:
            options.scroll_relative(y=by * min(STEP, rest), animate=False)
        elif by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_accept(self) -> None:
        self.query_one(OptionList).action_select()
