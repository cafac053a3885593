"""The circuit's screen on its own, for `tui-nn circuit --open`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping
from dataclasses import replace

from textual.app import App

from tui_nn.render import Look
from tui_nn.tui.circuit_state import FOLDING, CircuitState, opened
from tui_nn.tui.screens.circuit import CircuitScreen
from tui_nn.tui.settings import of_user
from tui_nn.tui.themes import CONTRAST, CONTRAST_LIGHT, THEMES


class CircuitApp(App[None]):
    """One screen; leaving it ends the application."""

    TITLE = "tui-nn circuit"
    CSS_PATH = "workbench.tcss"

    def __init__(self, look: Look, state: CircuitState | None = None, theme: str = "") -> None:
        super().__init__()
        self._look, self._state = look, state
        self._theme = theme

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        if self._theme in self.available_themes:
            self.theme = self._theme
        contrast = self.theme in (CONTRAST, CONTRAST_LIGHT)
        self._look = replace(self._look, light=not self.current_theme.dark, contrast=contrast)
        self.push_screen(CircuitScreen(self._look, self._state), lambda _: self.exit(return_code=0))
        for name in ("SIGTERM", "SIGHUP"):
            # Textual would leave the terminal in its alternate screen.
            with contextlib.suppress(NotImplementedError, RuntimeError, AttributeError, ValueError):
                number = getattr(signal, name)
                asyncio.get_running_loop().add_signal_handler(number, self._leave, int(number))

    def _leave(self, number: int) -> None:
        self.exit(return_code=128 + number)


def run_circuit(expression: str, inputs: Mapping[str, float], folded: bool | None) -> int:
    """Open the screen on a terminal. Returns the exit code. Raises CircuitError for what cannot be drawn."""
    state = opened(expression, inputs, FOLDING[0] if folded is None else FOLDING[1] if folded else FOLDING[2])
    # Theme and glyphs are those that the user chose in the workbench.
    settings = of_user().settings
    look = Look.detect(os.environ, terminal=True)
    app = CircuitApp(replace(look, ascii=look.ascii or settings.ascii), state, settings.theme)
    app.run()
    return app.return_code or 0
