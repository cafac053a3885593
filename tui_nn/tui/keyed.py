"""A screen whose keys stand in a table: what a key needs is looked at here, before anything is done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from tui_nn.tui.key import NEEDED, Key, refusal
from tui_nn.tui.keys import KEYS
from tui_nn.tui.leaving import Leaving
from tui_nn.tui.terminal_app import TerminalApp


class Keyed(Leaving[None]):
    """Its bindings are `keys.bindings(TABLE)`. A key that does nothing now says why."""

    TABLE: ClassVar[Sequence[Key]] = KEYS
    _refused: tuple[Key, frozenset[str]] | None = None  # the key that was refused last, and what was granted it

    def facts(self, needed: Collection[str] | None = None) -> frozenset[str]:  # noqa: ARG002
        """What is so now, of all that keys may need; only these have to be looked at, where they are given."""
        return frozenset()

    def action_press(self, action: str) -> None:
        """What a key does, or a click on it in the last line."""
        self.press(action)

    def press(self, action: str, granted: frozenset[str] = frozenset()) -> None:
        """The same, where some of the facts are no matter."""
        key = next((key for key in self.TABLE if key.action == action), None)
        why = refusal(key, self.facts(key.needs) | granted) if key is not None else ""
        if why and key is not None:
            self.notify(why)
            self._refused = key, granted
        else:
            getattr(self, f"action_{action}")()

    def forgive(self, facts: frozenset[str]) -> None:
        """Take back what was said of a key that does something by now: what stands there is so."""
        if self._refused is not None and not refusal(self._refused[0], facts | self._refused[1]):
            if isinstance(self.app, TerminalApp):
                self.app.take_back([NEEDED[need] for need in self._refused[0].needs])
            self._refused = None

    def action_focus_next(self) -> None:
        """A click on the last line's Tab."""
        self.focus_next()
