"""Keys are obeyed one after another, each where the focus is once the one before has done what it does.

Textual lets a letter act in its field at once, and a key with a binding only after a way up through all parents: in a
burst (a slow line, a script, fast fingers) letters overtake it, and those for a dialog reach the screen below.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from textual._callback import invoke
from textual.app import App
from textual.events import Event, Key, Paste
from textual.screen import ModalScreen, Screen
from textual.worker import Worker

from tui_nn.tui.moves import MovingKey

AWAITED = 0.3  # seconds in which the next key waits for what one has begun; a slow disk is not waited for longer
OPENED = 3.0  # seconds in which it waits for the focus of a screen that is being opened
GLIMPSE = 0.002  # seconds between two looks whether it is done
OF_KEYS = ("default", "take")  # groups of the workers that keys begin; others work for what is seen


class OrderlyApp(App[None]):
    """Takes keys and pastes in hand itself, where Textual would pass them on."""

    obeying = False  # whether more keys come that were taken together

    def __init__(self) -> None:
        super().__init__()
        self._begun: dict[Worker[Any], float] = {}  # what keys have begun and is not done, and when
        self._pressed: tuple[list[Screen[Any]], float] = ([], 0.0)  # what was open at the last key, and when that was

    async def on_event(self, event: Event) -> None:
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        for one in _apart(event):
            await self._take(one)

    async def _take(self, event: Key | Paste) -> None:
        while self.screen_stack and self._is_busy():
            await asyncio.sleep(GLIMPSE)
        if not self.screen_stack:
            return  # the application has ended meanwhile
        before, opened = self._of_keys(), list(self.screen_stack)
        self.app_focus = True
        event._set_forwarded()
        if isinstance(event, Key):
            await self._press(event)
        else:
            await self._offer(event)
        now = time.monotonic()
        self._begun |= dict.fromkeys(self._of_keys() - before, now)
        self._pressed = (opened, now)
        await asyncio.sleep(0)  # the screen is drawn meanwhile

    def _of_keys(self) -> set[Worker[Any]]:
        return {worker for worker in self.workers if worker.group in OF_KEYS}

    def _is_busy(self) -> bool:
        """Whether a dialog is being opened or closed, or something is not done yet, of what keys have begun."""
        now = time.monotonic()
        self._begun = {worker: since for worker, since in self._begun.items() if not worker.is_finished}
        (opened, since), focused = self._pressed, self.focused
        if focused is None:
            return self.screen not in opened and now - since < OPENED and self._will_have_focus()
        if now - since > AWAITED:
            return False
        told = (node.message_queue_size for node in focused.ancestors_with_self if node is not self)
        if any(told):
            return True
        if self.screen not in opened[-1:] and isinstance(self.screen, ModalScreen):
            return False  # what has opened it goes on when it is closed
        return any(now - since < AWAITED for since in self._begun.values())

    def _will_have_focus(self) -> bool:
        """Not a screen with nothing in it that could have it, such as a circuit's."""
        return not self.screen.is_mounted or bool(self.screen.focus_chain)

    async def _press(self, event: Key) -> None:
        if await self._check_bindings(event.key, priority=True) or await self._offer(event):
            return
        try:
            self.obeying = True
            for key in event.earlier if isinstance(event, MovingKey) else ():
                await self._check_bindings(key)
        finally:
            self.obeying = False
        await self._check_bindings(event.key)

    async def _offer(self, event: Event) -> bool:
        """To what has the focus, and upwards until somebody takes it. True if anybody does."""
        for node in (self.focused or self.screen).ancestors_with_self:
            if node is self:
                break
            event.prevent_default(False)
            with node._context():
                for _, method in node._get_dispatch_methods(event.handler_name, event):
                    await invoke(method, event)
            if event._stop_propagation:
                return True
        return False


def _apart(event: Key | Paste) -> list[Key | Paste]:
    """Esc and a letter right behind it look like Alt with that letter, which is no key here."""
    if isinstance(event, Key) and event.key.startswith("alt+") and event.character and event.is_printable:
        return [Key("escape", None), Key(event.character, event.character)]
    return [event]
