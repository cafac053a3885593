"""The last line of every screen: the keys that work now, and for a while what is told, in their place.

In a dialog, which cannot be left or answered without its keys, they stay and what is told stands above them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from textual.content import Content
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen
from textual.widgets import Static

INKS = {
    "information": "$text",
    "warning": "$text-warning on $warning-muted",
    "error": "$text-error on $error-muted",
}  # of what is told in a dialog; elsewhere it has the whole line


@dataclass(frozen=True)
class Notice:
    """A sentence for the user, and how serious it is."""

    title: str
    message: str
    severity: SeverityLevel = "information"

    def __str__(self) -> str:
        return f"{self.title}: {self.message}" if self.title else self.message


@lru_cache(512)
def _read(markup: str) -> Content:
    """What is offered here was most likely offered before, and to read it takes longer than to draw it."""
    return Content.from_markup(markup)


class KeyLine(Static):
    """What is told never covers anything but the keys; what takes several lines has them from the panes."""

    def __init__(self) -> None:
        super().__init__("")
        self.markup = ""
        self._told: Notice | None = None

    def on_mount(self) -> None:
        if self.screen is self.app.screen_stack[0]:  # another begins with its keys: what was told is of the one below
            self.tell(getattr(self.app, "told", None))

    def offer(self, markup: str) -> None:
        """Name these keys."""
        if markup != self.markup:
            self.markup = markup
            self._show()

    def tell(self, told: Notice | None) -> None:
        """Tell something, or nothing any more."""
        if told != self._told:
            self._told = told
            self._show()

    def _show(self) -> None:
        told, keeps = self._told, isinstance(self.screen, ModalScreen)
        for severity in ("information", "warning", "error"):
            self.set_class(told is not None and told.severity == severity and not keeps, severity)
        if told is None:
            self.update(_read(self.markup))
        elif keeps:
            said = Content.styled(str(told), INKS[told.severity])
            self.update(Content("\n").join([said, _read(self.markup)]))
        else:
            self.update(Content(str(told)))
