"""A field over a cell of a view: what stands there is typed anew, or pasted, while the view goes on around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Blur
from textual.geometry import Size
from textual.widgets import Input, Static

from tui_nn.render.drawing import Spot
from tui_nn.tui.widgets.field import Field

NARROWEST = 12  # cells


@dataclass(frozen=True)
class CellQuestion:
    """What is asked at a cell. value: what the field begins with. hint: what can be typed.

    problem: text -> what is wrong with it, "" if nothing. joined: what several pasted lines are as one.
    """

    value: str
    hint: str
    problem: Callable[[str], str]
    joined: Callable[[str], str]


class CellField(Field):
    """answer: the text that was accepted, None if it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "answer(None)", "back", show=False)]

    def __init__(self, question: CellQuestion) -> None:
        super().__init__(question.value, joined=question.joined, select_on_focus=True, compact=True)
        self.question = question
        self.answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.hint = Static(question.hint, classes="cell-hint", markup=False)
        self._where: tuple[Spot | None, Size] = (None, Size())

    def place(self, spot: Spot | None, box: Size) -> None:
        """Over all of its cell, or as wide as the text needs; the hint at the bottom, or at the top if it is low."""
        self._where = (spot, box)
        line = box.height - 1 if spot is None else min(spot.line + (spot.height - 1) // 2, box.height - 1)
        width = min(box.width, max(NARROWEST, len(self.value) + 2, spot.width if spot is not None else 0))
        column = min(spot.column, box.width - width) if spot is not None else 0
        self.styles.width = width
        self.styles.offset = (column, line)
        self.hint.styles.dock = "top" if line > box.height // 2 else "bottom"

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        problem = self.question.problem(event.value)
        if problem:
            self.hint.update(problem)
            self.hint.add_class("wrong")
        else:
            self.action_answer(event.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.place(*self._where)
        if self.hint.has_class("wrong"):
            self.hint.remove_class("wrong")
            self.hint.update(self.question.hint)

    def on_blur(self, event: Blur) -> None:  # noqa: ARG002
        """Left by a click or Tab; not with the whole terminal, where somebody fetches what is to be pasted."""
        if self.app.app_focus:
            self.action_answer(None)

    def action_answer(self, text: str | None) -> None:
        """Done, with this text or without any."""
        if not self.answer.done():
            self.answer.set_result(text)
