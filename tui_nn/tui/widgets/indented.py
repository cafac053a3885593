"""Text whose lines, where the width breaks them, go on further in than they began: what belongs together is seen."""

from __future__ import annotations

from textwrap import wrap

from textual.widgets import Static

FURTHER = 2  # cells


class Indented(Static):
    """Laid out anew for each width."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id, markup=False)
        self.said = ""
        self._wide = 0

    def say(self, text: str) -> None:
        """Show this text."""
        self.said = text
        self._lay()

    def on_resize(self) -> None:
        if self._wide != self.content_size.width:
            self._lay()

    def _lay(self) -> None:
        self._wide = self.content_size.width
        self.update(indented(self.said, self._wide) if self._wide else self.said)


def indented(text: str, width: int) -> str:
    """Lines of at most this width; the first of a paragraph keeps its place."""
    lines: list[str] = []
    for line in text.splitlines():
        further = " " * (len(line) - len(line.lstrip()) + FURTHER)
        lines += wrap(line, max(width, len(further) + 1), subsequent_indent=further, break_on_hyphens=False) or [""]
    return "\n".join(lines)
