"""The circuit's screen on its own, for `tui-nn circuit --open`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from tui_nn.render import Look
from tui_nn.tui.circuit.screen import CircuitScreen
from tui_nn.tui.circuit.state import FOLDING, CircuitState, open_circuit
from tui_nn.tui.preferences import of_user
from tui_nn.tui.terminal_app import TerminalApp
from tui_nn.tui.themes import look_on


class CircuitApp(TerminalApp):
    """One screen; leaving it ends the application."""

    TITLE = "tui-nn circuit"

    def __init__(self, look: Look, state: CircuitState | None = None, theme: str = "") -> None:
        super().__init__()
        self._look, self._state = look, state
        self._theme = theme

    def on_mount(self) -> None:
        self.prepare(self._theme)
        look = look_on(self.current_theme, self._look)
        self.push_screen(CircuitScreen(look, self._state), lambda _: self.exit(return_code=0))


def run_circuit(expression: str, inputs: Mapping[str, float], folded: bool | None) -> int:
    """Open the screen on a terminal. Returns the exit code. Raises CircuitError for what cannot be drawn."""
    state = open_circuit(expression, inputs, FOLDING[0] if folded is None else FOLDING[1] if folded else FOLDING[2])
    # Theme and glyphs are those that the user chose in the workbench.
    preferences = of_user().preferences
    look = Look.detect(os.environ, terminal=True)
    app = CircuitApp(replace(look, ascii=look.ascii or preferences.ascii), state, preferences.theme)
    return app.run_in_terminal()
