"""A key that is held repeats faster than a screen can follow: those that wait are one event, drawn now and then.

Only keys that move are taken together, and only where the widget in the focus says so: what is typed are letters.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from textual._context import active_app
from textual.events import Key
from textual.message import Message
from textual.message_pump import MessagePump
from textual.timer import Timer

MOVING = frozenset(
    {"up", "down", "left", "right", "pageup", "pagedown", "comma", "full_stop", "less_than_sign", "greater_than_sign"}
)
STORM = 0.25  # seconds that keys may come faster than they can be drawn, before one of them is
SETTLED = 0.1  # seconds after which the last is drawn


class MovingKey(Key):
    """A key that moves something. earlier: those of its kind that were pressed before it, and have not been obeyed."""

    __slots__ = ["earlier"]

    def __init__(self, key: str, character: str | None) -> None:
        super().__init__(key, character)
        self.earlier: list[str] = []

    def can_replace(self, message: Message) -> bool:
        """Let the next one, where it waits already, stand for this one too."""
        if not isinstance(message, MovingKey) or not getattr(active_app.get().focused, "takes_moves", False):
            return False
        self.earlier += [self.key, *message.earlier]
        message.earlier = self.earlier
        return True


MovingKey.handler_name = Key.handler_name  # whoever takes keys takes these


def as_moving_key(message: Message) -> Message:
    """The same key as one that stands for those that wait, if it moves something."""
    if type(message) is not Key or message.key not in MOVING:
        return message
    key = MovingKey(message.key, message.character)
    return key if message._sender is None else key.set_sender(message._sender)


class Repaint:
    """Draws at once where no key waits; in a storm of keys now and then, and when it is over."""

    def __init__(self, owner: MessagePump, draw: Callable[[], None]) -> None:
        self._owner, self._draw = owner, draw
        self._drawn = 0.0
        self._timer: Timer | None = None

    def ask(self) -> None:
        """There is something new to be drawn."""
        app = self._owner.app
        more = app.message_queue_size or getattr(app, "obeying", False)
        if not more or time.monotonic() - self._drawn >= STORM:
            self._now()
        elif self._timer is None:
            self._timer = self._owner.set_timer(SETTLED, self._now)

    def _now(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._draw()
        self._drawn = time.monotonic()
