"""Views for elsewhere: plain text without an escape code, and SVG."""

from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text


def to_plain(text: Text) -> str:
    """The characters alone, without trailing blanks."""
    return "\n".join(line.rstrip() for line in text.plain.splitlines())


def to_svg(text: Text, title: str) -> str:
    """An SVG picture of the text in its colours."""
    width = max((len(line) for line in text.plain.splitlines()), default=1)
    console = Console(
        record=True, width=max(width, 20), file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(text, end="")
    return console.export_svg(title=title)
