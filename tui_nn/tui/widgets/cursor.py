"""The cursor of a view: keys move it, and a text can be typed over the place where it stands."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui_nn.experiment.hidden_units import Unit
from tui_nn.plugin.places import At, Here, Towards
from tui_nn.tui.widgets.cell import CellField, CellQuestion
from tui_nn.tui.widgets.viewing import Viewing
from tui_nn.views import Missing

TOWARDS: tuple[Towards, ...] = ("left", "right", "up", "down", "home", "end", "pageup", "pagedown")


class WithCursor(Viewing):
    """Where it stands is one of the knobs, `at`: each view keeps it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(towards, f"go('{towards}')", towards, show=False) for towards in TOWARDS)
    ]
    _field: CellField | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Arrows belong to a view with a cursor."""
        if self._field is not None:
            return False
        if action == "go":
            return self.view.cursor is not None and self._subject is not None
        return True

    def action_go(self, towards: Towards) -> None:
        """Move the cursor; the first key shows it."""
        if self._subject is not None:
            with self._blaming():
                self._put(self.view.moved(self._subject, self.knobs, towards, self._drawing))

    @property
    def unit(self) -> Unit | None:
        """The hidden unit under the cursor."""
        here = self.here()
        return None if here is None else here.unit

    def here(self) -> Here | None:
        """What is said of the place of the cursor; None without one."""
        here = None
        if self._subject is not None and self.knobs.at is not None:
            with self._blaming(), contextlib.suppress(Missing):
                here = self.view.here(self._subject, self.knobs)
        return here

    def _put(self, at: At | None) -> None:
        self._note = ""
        self.knobs = replace(self.knobs, at=at)
        cursor = self.view.cursor
        if at is not None and cursor is not None and cursor.arrives is not None and self._subject is not None:
            with self._blaming(), contextlib.suppress(Missing):
                self.knobs = cursor.arrives(self._subject, self.knobs)
        self._repaint.ask()

    async def ask(self, question: CellQuestion) -> str | None:
        """Have a text typed over the cell of the cursor; None if it was left."""
        if self._field is not None:
            return None
        self._field = field = CellField(question)
        try:
            await self.mount(field, field.hint)
            self._place_field()
            self.screen.set_focus(field)
            return await field.answer
        finally:
            self._field = None
            if self.screen.focused is field:
                self.screen.set_focus(self)
            field.hint.remove()
            field.remove()

    def _place_field(self) -> None:
        if self._field is not None:
            self._field.place(self._drawing.spots.get(self.knobs.at), self.content_size)
