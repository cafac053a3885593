"""Views for elsewhere: plain text without an escape code, and SVG."""

from __future__ import annotations

from rich.text import Text

from tui_nn.printable import printable
from tui_nn.render.svg import svg


def to_plain(text: Text) -> str:
    """The characters alone, without trailing blanks."""
    return "\n".join(line.rstrip() for line in printable(text.plain).splitlines())


def to_svg(text: Text, title: str, *, light: bool = False) -> str:
    """An SVG picture of the text in its colours, dark on light if wanted."""
    return svg(shown(text), printable(title), light=light)


def shown(text: Text) -> Text:
    """The same in its colours, fit to be shown: a replacement is one character for another."""
    same = text.copy()
    same.plain = printable(text.plain)
    return same
