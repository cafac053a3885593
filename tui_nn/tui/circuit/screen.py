"""The circuit's screen: the drawing, the step with its chain rule written out, the inputs, and the keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar

from rich.console import Group
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.theme import Theme
from textual.widgets import Static

from tui_nn.graph.circuits import (
    BUNDLED,
    COST_HEADER,
    cost_rows,
    mode_header,
    mode_rows,
)
from tui_nn.render import CircuitPicture, Look, circuit_code
from tui_nn.tui import footer, keys
from tui_nn.tui.circuit.changing import CircuitActions
from tui_nn.tui.circuit.keys import CIRCUIT_KEYS, footer_keys
from tui_nn.tui.circuit.state import CircuitState
from tui_nn.tui.circuit.texts import gate_table, gates_page, inputs_line, step_text, table_of
from tui_nn.tui.circuit.view import CircuitView
from tui_nn.tui.findings import Hit
from tui_nn.tui.pictures import save_picture
from tui_nn.tui.screens.page import PageScreen
from tui_nn.tui.themes import look_on
from tui_nn.tui.widgets.key_line import KeyLine

PAGE = 120  # cells of a saved picture, if the circuit needs no more
ROOMY = 36  # lines from which on the gates have a place below the drawing
ABOUT = (
    "Above each wire is the value that flows forward, below it the gradient of the result that flows back.\n"
    "Each gate multiplies the gradient from above by its local gradient: this is the chain rule.\n"
    "Click a gate to go to its step, or an input to choose it."
)


class CircuitScreen(CircuitActions):
    """What is seen of the state."""

    CSS_PATH = "circuit.tcss"
    TABLE = CIRCUIT_KEYS
    ABOUT = ABOUT
    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(CIRCUIT_KEYS))

    def __init__(self, look: Look, state: CircuitState | None = None) -> None:
        super().__init__(state)
        self._look = look
        self._as_code = False

    def compose(self) -> ComposeResult:
        yield CircuitView(self._look)
        with VerticalScroll(id="below", can_focus=False):
            yield Static(id="below-table", markup=False)
        yield Static(id="step", markup=False)
        yield Static(id="inputs")
        yield KeyLine()

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._themed)
        self.set_class(self._look.ascii, "ascii")
        self.show()

    def _themed(self, theme: Theme) -> None:
        """What is drawn, and saved, follows the theme."""
        self._look = self.query_one(CircuitView).look = look_on(theme, self._look)
        self.show()

    def on_circuit_view_gate_clicked(self, event: CircuitView.GateClicked) -> None:
        self.change(lambda state: state.at_gate(event.gate))

    def on_resize(self, event: Resize) -> None:
        self._show_below()
        self._show_keys(event.size.width)
        self._show_inputs()

    def facts(self, needed: Collection[str] | None = None) -> frozenset[str]:  # noqa: ARG002 - all are cheap
        known = {
            "begun": self.state.done > 0,
            "unfinished": self.state.done < self.state.total,
            "inputs": len(self.state.circuit.inputs) > 1,
        }
        return frozenset(fact for fact, holds in known.items() if holds)

    def _show_keys(self, width: int) -> None:
        facts, bar = self.facts(), "|" if self._look.ascii else "│"
        self.forgive(facts)
        help_key = next(key for key in CIRCUIT_KEYS if key.action == "help")
        self.query_one(KeyLine).offer(footer.markup(footer_keys(facts), width - 2, facts, help_key, bar))

    # What is seen

    def show(self) -> None:
        state = self.state
        self.query_one("#step", Static).update(step_text(self.state, self._look))
        self._show_inputs()
        self._show_below()
        self._show_keys(self.size.width)
        view = self.query_one(CircuitView)
        how = f"  ({state.folding})" if state.folding != "as written" else ""
        view.border_title = Content(f"{state.circuit.title}{how}")
        view.show(state)

    def _show_below(self) -> None:
        """Below the drawing: the gates, or the code if it is asked for; where both have no room, the code alone."""
        below, (width, height) = self.query_one("#below"), self.size
        is_roomy = height >= ROOMY
        below.display = self._as_code or (is_roomy and width >= 100)
        self.query_one(CircuitView).display = is_roomy or not self._as_code
        below.border_title = Content(f"code of {self.state.circuit.title}" if self._as_code else "gates")
        below.border_subtitle = "" if is_roomy else "c shows the drawing"
        if not below.display:
            return
        below.styles.height = "auto" if is_roomy else "1fr"
        below.styles.max_height = height // (2 if self._as_code else 3) if is_roomy else None
        if self._as_code:
            text, current = circuit_code(self.state.evaluation, self._look, self.state.done)
            self.query_one("#below-table", Static).update(text)
        else:
            table, current = gate_table(self.state, width - 4)
            self.query_one("#below-table", Static).update(table)
        below.scroll_to(y=current - 2, animate=False)

    def _show_inputs(self) -> None:
        self.query_one("#inputs", Static).update(inputs_line(self.state, self.size.width - 4))

    # Looking

    def action_pan_left(self) -> None:
        self._pan(-8, 0)

    def action_pan_right(self) -> None:
        self._pan(8, 0)

    def action_pan_up(self) -> None:
        self._pan(0, -3)

    def action_pan_down(self) -> None:
        self._pan(0, 3)

    def _pan(self, across: int, down: int) -> None:
        """Move the drawing, or the code that has its place."""
        view = self.query_one(CircuitView)
        if view.display:
            view.pan(across, down)
        else:
            self.query_one("#below").scroll_relative(across, down, animate=False)

    def action_gates(self) -> None:
        self.app.push_screen(PageScreen("gates", partial(gates_page, self.state.evaluation)))

    def action_code(self) -> None:
        self._as_code = not self._as_code
        self.show()

    def action_modes(self) -> None:
        found, name = self.state.evaluation, self.state.chosen
        rule = Text("\nForward mode sweeps once for each input, reverse mode once for each output.\n")
        ways = cost_rows(found)
        counted = [[what, *(row[place] for row in ways)] for place, what in enumerate(COST_HEADER) if place]
        costs = table_of(["", *(row[0].replace(" mode, ", "\n") for row in ways)], counted)
        page = Group(table_of(mode_header(found, name), mode_rows(found, name)), rule, costs)
        self.app.push_screen(PageScreen("forward mode and reverse mode", page))

    def own_findings(self) -> Iterator[Hit]:
        for one in BUNDLED:
            yield Hit(f"circuit: {one.name}", one.shows, partial(self.open_bundled, one), one.expression)

    @work
    async def action_save_picture(self) -> None:
        """The whole circuit, however much of it the window shows."""
        found, look = self.state.evaluation, replace(self._look, depth="truecolor")
        picture = CircuitPicture(found, look, width=PAGE, done=self.state.done, selected=None)
        text = picture.window(0, 0, picture.width, picture.height)
        await save_picture(self, "circuit", self.state.circuit.title, text, light=self._look.light)

    def action_leave(self) -> None:
        self.dismiss(None)
