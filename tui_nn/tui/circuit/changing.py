"""Keys of the circuit's screen that change what it shows: steps, inputs, folding, another expression."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace

from textual import work

from tui_nn.graph.circuits import BUNDLED, Bundled, CircuitError, bundled, in_a_line, parse_number
from tui_nn.tui.circuit.state import CircuitState, open_circuit
from tui_nn.tui.explained import Explained
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.widgets.filter_list import Entry

STARTER = "sum-times-z"


class CircuitActions(Explained):
    """Holds one state, from which everything is drawn."""

    def __init__(self, state: CircuitState | None = None) -> None:
        super().__init__()
        starter = bundled(STARTER)
        assert starter is not None
        self.state = state or open_circuit(starter.expression, starter.inputs)

    @abstractmethod
    def show(self) -> None:
        """Draw the state that it has now."""

    def change(self, change: Callable[[CircuitState], CircuitState]) -> None:
        """Go to what it makes of the state; why that cannot be is told."""
        try:
            self.state = change(self.state)
        except CircuitError as error:
            self.notify(error.line, severity="warning", markup=False)
            return
        self.show()

    # Steps

    def action_step(self) -> None:
        self.change(lambda state: state.step(1))

    def action_step_back(self) -> None:
        self.change(lambda state: state.step(-1))

    def action_start(self) -> None:
        self.change(lambda state: state.at(0))

    def action_finish(self) -> None:
        self.change(lambda state: state.at(state.total))

    # Changes

    def action_next_input(self) -> None:
        self.change(lambda state: state.choose(1))

    def action_former_input(self) -> None:
        self.change(lambda state: state.choose(-1))

    def action_choose_input(self, name: str) -> None:
        self.change(lambda state: replace(state, chosen=name))

    def action_more(self) -> None:
        self.change(lambda state: state.nudge(0.1))

    def action_less(self) -> None:
        self.change(lambda state: state.nudge(-0.1))

    def action_much_more(self) -> None:
        self.change(lambda state: state.nudge(1.0))

    def action_much_less(self) -> None:
        self.change(lambda state: state.nudge(-1.0))

    def action_fold(self) -> None:
        self.change(CircuitState.refold)

    @work
    async def action_value(self) -> None:
        name = self.state.chosen

        def problem(text: str) -> str:
            return _problem(lambda: self.state.set(name, parse_number(text)))

        now = f"{self.state.evaluation.inputs[name]:g}"
        text = await self.app.push_screen_wait(EntryScreen(f"value of {name}", now, problem))
        if text is not None:
            self.change(lambda state: state.set(name, parse_number(text)))

    @work
    async def action_expression(self) -> None:
        inputs = dict(self.state.evaluation.inputs)
        note = "+ - * / ^ and max min exp log sqrt abs sin cos tanh s relu softplus"
        now = in_a_line(self.state.circuit.expression)
        entry = EntryScreen("expression", now, lambda text: _pointed(text, inputs), note, in_a_line)
        text = await self.app.push_screen_wait(entry)
        if text is not None:
            self.change(lambda state: open_circuit(text, inputs))

    @work
    async def action_open(self) -> None:
        entries = [Entry(one.name, detail=f"{one.shows}: {in_a_line(one.expression)}") for one in BUNDLED]
        shown = next((one.name for one in BUNDLED if one.expression == self.state.circuit.expression), "")
        name: str | None = await self.app.push_screen_wait(ChooseScreen("circuit", entries, shown))
        one = bundled(name or "")
        if one is not None:
            self.open_bundled(one)

    def open_bundled(self, one: Bundled) -> None:
        self.change(lambda state: open_circuit(one.expression, one.inputs))


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
