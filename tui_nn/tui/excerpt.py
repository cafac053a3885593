"""What stands in a text file that cannot be read as a table: the lines around the place that is wrong, or the first."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from itertools import islice

from rich.text import Text

from tui_nn.errors import Finding, TuiNNError
from tui_nn.files import open_to_read
from tui_nn.printable import in_a_line
from tui_nn.render import Look
from tui_nn.render.canvas import boxed
from tui_nn.render.palette import BAD, DIM, accent

BEFORE, MOST = 12, 100  # lines before the place, and in all
LONGEST = 1000  # characters of a line; none is wider than a screen

Lines = Sequence[tuple[int, str, bool]]  # number, text, and whether it is the place


def excerpt(error: TuiNNError | OSError, source: str) -> Lines:
    """Lines of the file that the error names, else of the source; none of what is no text. Waits for the disk."""
    found = error.findings[0] if isinstance(error, TuiNNError) else Finding(str(error))
    first = max(1, found.line - BEFORE)
    try:
        with open_to_read(found.file or source, sys.maxsize, links=True) as file:
            text = io.TextIOWrapper(file, "utf-8", "replace")
            lines = [line[:LONGEST].rstrip("\n") for line in islice(text, first - 1, first - 1 + MOST)]
    except (OSError, ValueError):  # a NUL in a name
        return []
    if any("\0" in line for line in lines):
        return []
    return [(number, in_a_line(line), number == found.line) for number, line in enumerate(lines, start=first)]


def excerpt_page(lines: Lines, width: int, height: int, look: Look) -> Text:
    """As many of them as there is room for, the place among them."""
    at = next((place for place, (_, _, is_it) in enumerate(lines) if is_it), 0)
    top = max(0, at - height // 2)
    shown = lines[top : top + height]
    wide = len(f"{shown[-1][0]}") if shown else 0
    drawn = []
    for number, line, is_it in shown:
        mark = ">" if is_it else " "
        text = Text(f"{mark} {number:>{wide}}  ", accent(BAD if is_it else DIM, look), no_wrap=True)
        drawn.append(text.append(line, accent(BAD, look) if is_it else ""))
    return boxed(drawn, width, height)
