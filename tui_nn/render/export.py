"""Views for elsewhere: plain text without an escape code, and SVG."""

from __future__ import annotations

import io

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tui_nn.printable import printable

BUTTONS = 16  # cells that the frame's buttons take, and as many on the other side of a centred title


def to_plain(text: Text) -> str:
    """The characters alone, without trailing blanks."""
    return "\n".join(line.rstrip() for line in printable(text.plain).splitlines())


def to_svg(text: Text, title: str) -> str:
    """An SVG picture of the text in its colours, wide enough for its title."""
    text, title = shown(text), printable(title)
    width = max((cell_len(line) for line in [*text.plain.splitlines(), title + " " * BUTTONS]), default=1)
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(text, end="")
    return console.export_svg(title=title)


def shown(text: Text) -> Text:
    """The same in its colours, fit to be shown: a replacement is one character for another."""
    same = text.copy()
    same.plain = printable(text.plain)
    return same
