"""The last line of every screen: the keys that work now, and in their place, for a while, what is told."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widgets import Static


@dataclass(frozen=True)
class Notice:
    """A sentence for the user, and how serious it is."""

    title: str
    message: str
    severity: SeverityLevel = "information"

    def __str__(self) -> str:
        return f"{self.title}: {self.message}" if self.title else self.message


class KeyLine(Static):
    """What is told never covers anything but the keys; what takes several lines has them from the panes."""

    def __init__(self) -> None:
        super().__init__("")
        self.markup = ""
        self._told: Notice | None = None

    def on_mount(self) -> None:
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
        told = self._told
        for severity in ("information", "warning", "error"):
            self.set_class(told is not None and told.severity == severity, severity)
        self.update(self.markup if told is None else Content(str(told)))
