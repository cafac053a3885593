"""The options of a layer as typed fields: each says what it takes, and a mistake is explained below it at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Label

from tui_nn.plugin.registry import Registry
from tui_nn.tui.aside import soon
from tui_nn.tui.facts import hint
from tui_nn.tui.model import parse
from tui_nn.tui.widgets.field import Field


class FormScreen(ModalScreen[dict[str, Any] | None]):
    """Dismissed with the table of the component, or None. problem: table -> what is wrong with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(
        self, kind: str, spec: dict[str, Any], registry: Registry, problem: Callable[[dict[str, Any]], str]
    ) -> None:
        super().__init__()
        self._kind, self._spec, self._registry, self._problem = kind, spec, registry, problem
        self._component = str(spec["kind"])
        self._options = registry.options(kind, self._component)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(f"{self._kind}: {self._component}")
            yield Label(self._registry.get(self._kind, self._component).description, classes="note", markup=False)
            with VerticalScroll(classes="fields"):
                for option, default in self._options.items():
                    value = self._spec.get(option, getattr(default, "name", default))
                    suggester = None
                    if option == "activation":
                        suggester = SuggestFromList(self._registry.names("activation"))
                        default = default if isinstance(default, str) else getattr(default, "name", "identity")
                    with Horizontal(classes="field"):
                        yield Label(option, classes="name", markup=False)
                        yield Field(
                            "" if value is None else _shown(value),
                            id=f"field-{option}",
                            suggester=suggester,
                            compact=True,
                        )
                        yield Label(hint(option, default), classes="range", markup=False)
            yield Label("", id="problem", markup=False)
            yield Label("Enter accepts, up and down move, Esc goes back", classes="hint")
            with Horizontal(classes="buttons"):
                yield Button("Apply", variant="primary", compact=True, id="take")
                yield Button("Back", compact=True, id="back")

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
        self._take(self.table())

    @work(exclusive=True, group="take")
    async def _take(self, table: dict[str, Any]) -> None:
        problem = await soon(self._problem, table)
        if problem:
            self.query_one("#problem", Label).update(problem)
        else:
            self.dismiss(table)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "take":
            self.on_input_submitted()
        else:
            self.dismiss(None)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.get("kind", value)) if isinstance(value, dict) else str(value)
