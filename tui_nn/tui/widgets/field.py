"""A field of one line into which several may be pasted: they are joined, where Textual's own keeps the first alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.events import Paste
from textual.widgets import Input


def _with_blanks(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines() if line.strip())


class Field(Input):
    """joined: what several lines are as one; by default they stand behind each other with a blank between."""

    def __init__(self, *arguments: Any, joined: Callable[[str], str] = _with_blanks, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._joined = joined

    def on_paste(self, event: Paste) -> None:
        event.prevent_default()
        event.stop()
        lines = event.text.splitlines()
        self.replace(self._joined(event.text) if len(lines) > 1 else "".join(lines), *self.selection)
