"""The circuit's screen: the drawing, the step with its chain rule written out, the inputs, and the keys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
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
from textual.widgets import Static

from tui_nn.graph.circuits import (
    BUNDLED,
    COST_HEADER,
    Bundled,
    CircuitError,
    bundled,
    cost_rows,
    gate_header,
    gate_rows,
    in_a_line,
    mode_header,
    mode_rows,
    parse_number,
)
from tui_nn.render import CircuitPicture, Look, circuit_code
from tui_nn.tui import footer, keys
from tui_nn.tui.circuit.keys import CIRCUIT_KEYS, footer_keys
from tui_nn.tui.circuit.state import CircuitState, open_circuit
from tui_nn.tui.circuit.texts import gate_table, inputs_line, step_text, table_of
from tui_nn.tui.circuit.view import CircuitView
from tui_nn.tui.explained import Explained
from tui_nn.tui.findings import Hit
from tui_nn.tui.pictures import save_picture
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.page import PageScreen
from tui_nn.tui.widgets.filter_list import Entry
from tui_nn.tui.widgets.key_line import KeyLine

STARTER = "sum-times-z"
PAGE = 120  # cells of a saved picture, if the circuit needs no more
ROOMY = 36  # lines from which on the gates have a place below the drawing
ABOUT = (
    "Above each wire is the value that flows forward, below it the gradient of the result that flows back.\n"
    "Each gate multiplies the gradient from above by its local gradient: this is the chain rule.\n"
    "Click a gate to go to its step, or an input to choose it.\n\n"
)


class CircuitScreen(Explained):
    """Holds one state; everything is drawn from it."""

    CSS_PATH = "circuit.tcss"
    TABLE = CIRCUIT_KEYS
    ABOUT = ABOUT
    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(CIRCUIT_KEYS))

    def __init__(self, look: Look, state: CircuitState | None = None) -> None:
        super().__init__()
        starter = bundled(STARTER)
        assert starter is not None
        self.state = state or open_circuit(starter.expression, starter.inputs)
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
        self.set_class(self._look.ascii, "ascii")
        self._show()

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
        help_key = next(key for key in CIRCUIT_KEYS if key.action == "help")
        self.query_one(KeyLine).offer(footer.markup(footer_keys(facts), width - 2, facts, help_key, bar))

    # What is seen

    def _show(self) -> None:
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
        """Below the drawing: the gates, where there is room for them, or the code, wherever it is asked for."""
        below, (width, height) = self.query_one("#below"), self.size
        below.display = self._as_code or (height >= ROOMY and width >= 100)
        if not below.display:
            return
        below.styles.max_height = max(4, height // 3 if height >= ROOMY else height // 2 - 2)
        if self._as_code:
            text, current = circuit_code(self.state.evaluation, self._look, self.state.done)
            self.query_one("#below-table", Static).update(text)
        else:
            table, current = gate_table(self.state)
            self.query_one("#below-table", Static).update(table)
        below.scroll_to(y=current - 2, animate=False)

    def _show_inputs(self) -> None:
        self.query_one("#inputs", Static).update(inputs_line(self.state, self.size.width - 4))

    # Steps

    def action_step(self) -> None:
        self._change(lambda state: state.step(1))

    def action_step_back(self) -> None:
        self._change(lambda state: state.step(-1))

    def action_start(self) -> None:
        self._change(lambda state: state.at(0))

    def action_finish(self) -> None:
        self._change(lambda state: state.at(state.total))

    def on_circuit_view_gate_clicked(self, event: CircuitView.GateClicked) -> None:
        self._change(lambda state: state.at_gate(event.gate))

    # Changes

    def _change(self, change: Callable[[CircuitState], CircuitState]) -> None:
        try:
            self.state = change(self.state)
        except CircuitError as error:
            self.notify(error.line, severity="warning", markup=False)
            return
        self._show()

    def action_next_input(self) -> None:
        self._change(lambda state: state.choose(1))

    def action_former_input(self) -> None:
        self._change(lambda state: state.choose(-1))

    def action_choose_input(self, name: str) -> None:
        self._change(lambda state: replace(state, chosen=name))

    def action_more(self) -> None:
        self._change(lambda state: state.nudge(0.1))

    def action_less(self) -> None:
        self._change(lambda state: state.nudge(-0.1))

    def action_much_more(self) -> None:
        self._change(lambda state: state.nudge(1.0))

    def action_much_less(self) -> None:
        self._change(lambda state: state.nudge(-1.0))

    def action_fold(self) -> None:
        self._change(CircuitState.refold)

    @work
    async def action_value(self) -> None:
        name = self.state.chosen

        def problem(text: str) -> str:
            return _problem(lambda: self.state.set(name, parse_number(text)))

        now = f"{self.state.evaluation.inputs[name]:g}"
        text = await self.app.push_screen_wait(EntryScreen(f"value of {name}", now, problem))
        if text is not None:
            self._change(lambda state: state.set(name, parse_number(text)))

    @work
    async def action_expression(self) -> None:
        inputs = dict(self.state.evaluation.inputs)
        note = "+ - * / ^ and max min exp log sqrt abs sin cos tanh s relu softplus"
        now = in_a_line(self.state.circuit.expression)
        entry = EntryScreen("expression", now, lambda text: _pointed(text, inputs), note, in_a_line)
        text = await self.app.push_screen_wait(entry)
        if text is not None:
            self._change(lambda state: open_circuit(text, inputs))

    @work
    async def action_open(self) -> None:
        entries = [Entry(one.name, detail=f"{one.shows}: {in_a_line(one.expression)}") for one in BUNDLED]
        shown = next((one.name for one in BUNDLED if one.expression == self.state.circuit.expression), "")
        name: str | None = await self.app.push_screen_wait(ChooseScreen("circuit", entries, shown))
        one = bundled(name or "")
        if one is not None:
            self._open(one)

    def _open(self, one: Bundled) -> None:
        self._change(lambda state: open_circuit(one.expression, one.inputs))

    # Looking

    def action_pan_left(self) -> None:
        self.query_one(CircuitView).pan(-8, 0)

    def action_pan_right(self) -> None:
        self.query_one(CircuitView).pan(8, 0)

    def action_pan_up(self) -> None:
        self.query_one(CircuitView).pan(0, -3)

    def action_pan_down(self) -> None:
        self.query_one(CircuitView).pan(0, 3)

    def action_gates(self) -> None:
        header = gate_header(self.state.evaluation)
        self.app.push_screen(PageScreen("gates", table_of(header, gate_rows(self.state.evaluation))))

    def action_code(self) -> None:
        self._as_code = not self._as_code
        self._show()

    def action_modes(self) -> None:
        found, name = self.state.evaluation, self.state.chosen
        rule = Text("\nForward mode sweeps once for each input, reverse mode once for each output.\n")
        costs = table_of(COST_HEADER, cost_rows(found))
        page = Group(table_of(mode_header(found, name), mode_rows(found, name)), rule, costs)
        self.app.push_screen(PageScreen("forward mode and reverse mode", page))

    def own_findings(self) -> Iterator[Hit]:
        for one in BUNDLED:
            yield Hit(f"circuit: {one.name}", one.shows, partial(self._open, one), one.expression)

    @work
    async def action_save_picture(self) -> None:
        """The whole circuit, however much of it the window shows."""
        found, look = self.state.evaluation, replace(self._look, depth="truecolor")
        picture = CircuitPicture(found, look, width=PAGE, done=self.state.done, selected=None)
        text = picture.window(0, 0, picture.width, picture.height)
        await save_picture(self, "circuit", self.state.circuit.title, text, light=self._look.light)

    def action_leave(self) -> None:
        self.dismiss(None)


def _problem(change: Callable[[], CircuitState]) -> str:
    """What is wrong with a change, in words; nothing if it can be made."""
    try:
        change()
    except CircuitError as error:
        return error.line
    return ""


def _pointed(text: str, inputs: dict[str, float]) -> str:
    """What is wrong with an expression, with a mark below the place where the field shows it."""
    try:
        open_circuit(text, inputs)
    except CircuitError as error:
        return str(error)
    return ""
