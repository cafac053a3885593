"""The options of a layer as typed fields: each says what it takes, and a mistake is explained below it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, Label

from tui_nn.plugin.registry import Registry
from tui_nn.tui.aside import soon
from tui_nn.tui.facts import hint
from tui_nn.tui.key import Key
from tui_nn.tui.model import parse
from tui_nn.tui.screens.dialog import ACCEPT, Dialog, key
from tui_nn.tui.widgets.field import Field


class FormScreen(Dialog[dict[str, Any]]):
    """Dismissed with the table of the component, or None. problem: table -> what is wrong with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(
        self, kind: str, spec: dict[str, Any], registry: Registry, problem: Callable[[dict[str, Any]], str]
    ) -> None:
        self._component = str(spec["kind"])
        super().__init__(f"{kind}: {self._component}")
        self._kind, self._spec, self._registry, self._problem = kind, spec, registry, problem
        self._options = registry.options(kind, self._component)

    @property
    def keys(self) -> Sequence[Key]:
        return (*([key("up down", "", "field")] if len(self._options) > 1 else []), ACCEPT)

    def content(self) -> Iterable[Widget]:
        yield Label(self._registry.get(self._kind, self._component).description, classes="note", markup=False)
        yield VerticalScroll(
            *(self._row(option, default) for option, default in self._options.items()), classes="fields"
        )
        yield Label("", id="problem", markup=False)

    def _row(self, option: str, default: Any) -> Widget:
        value = self._spec.get(option, getattr(default, "name", default))
        suggester = None
        if option == "activation":
            suggester = SuggestFromList(self._registry.names("activation"))
            default = default if isinstance(default, str) else getattr(default, "name", "identity")
        text = "" if value is None else _shown(value)
        return Horizontal(
            Label(option, classes="name", markup=False),
            Field(text, id=f"field-{option}", suggester=suggester, compact=True),
            Label(hint(option, default), classes="range", markup=False),
            classes="field",
        )

    def on_mount(self) -> None:
        first = self.query(Input).first() if self._options else None
        if first is not None:
            first.focus()

    def table(self) -> dict[str, Any]:
        """What is entered; an empty field is left at its default."""
        table: dict[str, Any] = {"kind": self._component}
        for option in self._options:
            text = self.query_one(f"#field-{option}", Input).value.strip()
            if text:
                table[option] = parse(text)
        return table

    def on_input_changed(self) -> None:
        self._say(self.table())

    @work(exclusive=True, group="say")
    async def _say(self, table: dict[str, Any]) -> None:
        self.query_one("#problem", Label).update(await soon(self._problem, table))

    def on_input_submitted(self) -> None:
        self.action_accept()

    @work(exclusive=True, group="take")
    async def _take(self, table: dict[str, Any]) -> None:
        problem = await soon(self._problem, table)
        if problem:
            self.query_one("#problem", Label).update(problem)
        else:
            self.dismiss(table)

    def action_accept(self) -> None:
        self._take(self.table())


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.get("kind", value)) if isinstance(value, dict) else str(value)
