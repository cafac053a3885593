"""A mouse says more than a screen can follow: what has not been taken yet of its moves and its wheel is one event."""

from __future__ import annotations

import threading
from typing import Any

from textual.driver import Driver
from textual.events import MouseEvent, MouseMove, MouseScrollDown, MouseScrollUp
from textual.message import Message

from tui_nn.tui.moves import as_moving_key

HELD = 0.015  # seconds that the mouse is listened to before it is told, or longer where the screen is busy


def turns(event: MouseEvent) -> int:
    """How many notches of the wheel an event stands for. Its delta_y carries it: who scrolls asks for no move."""
    return max(1, event.delta_y)


def calm(driver: type[Driver]) -> type[Driver]:
    """The same driver, which tells the latest place of the mouse, and the sum of what its wheel was turned."""

    class CalmDriver(driver):  # type: ignore[valid-type, misc]
        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **options)
            self._held: MouseEvent | None = None
            self._notches = 0  # upwards
            self._awaited = False
            self._holding = threading.Lock()

        def send_message(self, message: Message) -> None:
            with self._holding:
                if not isinstance(message, MouseMove | MouseScrollUp | MouseScrollDown):
                    self._tell()  # in the order in which it happened
                    super().send_message(as_moving_key(message))
                    return
                if self._held is not None and isinstance(message, MouseMove) is not isinstance(self._held, MouseMove):
                    self._tell()
                self._held = message
                if not isinstance(message, MouseMove):
                    self._notches += 1 if isinstance(message, MouseScrollUp) else -1
                if not self._awaited:
                    self._awaited = True
                    self._loop.call_soon_threadsafe(self._loop.call_later, HELD, self._tell_later)

        def _tell_later(self) -> None:
            with self._holding:
                self._awaited = False
                self._tell()

        def _tell(self) -> None:
            held, notches = self._held, self._notches
            self._held, self._notches = None, 0
            if isinstance(held, MouseMove):
                super().send_message(held)
            elif held is not None and notches:
                told = (MouseScrollUp if notches > 0 else MouseScrollDown)(
                    None, held._x, held._y, 0, abs(notches), held.button, held.shift, held.meta, held.ctrl,
                    screen_x=held._screen_x, screen_y=held._screen_y,
                )  # fmt: skip
                told.set_sender(self._app)
                super().send_message(told)

    return CalmDriver
