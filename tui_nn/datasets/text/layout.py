"""How a table is laid out, and its cells by that: which marks stand between them and around them."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tui_nn.datasets.limits import MOST_INPUTS
from tui_nn.datasets.source import Source
from tui_nn.datasets.text.charset import text_of
from tui_nn.datasets.text.numbers import PLAIN, NumberForm
from tui_nn.datasets.text.wrong import wrong


@dataclass(frozen=True)
class TextLayout:
    """delimiter: "" stands for blanks, as many as there are. quote: "" for none. skipped: lines before the table.

    header: the line on which the names end, 0 for none. trailing: whether each row ends with a delimiter.
    """

    encoding: str
    delimiter: str = ","
    quote: str = '"'
    comment: str = ""
    skipped: int = 0
    names: tuple[str, ...] = ()
    header: int = 0
    trailing: bool = False
    numbers: NumberForm = PLAIN
    notes: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = field(default=(), repr=False)


def check_cells(source: Source, line: int, cells: int) -> None:
    """Raise DataError for a line of more cells than there may be inputs, before it is divided into them."""
    if cells - 1 > MOST_INPUTS:
        raise wrong(source.name, line, 1, f"has {cells:,} cells; at most {MOST_INPUTS:,} inputs are read.")


def lines_of(source: Source, layout: TextLayout, errors: str = "strict") -> Iterator[str]:
    """The lines of the table, as many as the file has: those that are none of its are empty."""
    with text_of(source, layout.encoding, errors) as file:
        lines: Iterator[str] = file
        if layout.skipped:
            lines = itertools.chain("\n" * layout.skipped, itertools.islice(file, layout.skipped, None))
        yield from tidied(source, layout, lines)


def tidied(source: Source, layout: TextLayout, lines: Iterator[str], start: int = 1) -> Iterator[str]:
    """These lines, numbered from `start` on, without comments, and with one blank where blanks lie between cells.

    Raises DataError for a line of very many cells, which would take the memory once it is divided.
    """
    for number, line in enumerate(lines, start):
        if len(line) > MOST_INPUTS:
            check_cells(source, number, 1 + line.count(layout.delimiter or " "))
        if layout.comment and line.startswith(layout.comment):
            yield "\n"
        elif layout.delimiter:
            yield line
        else:
            yield single_blanks(line, layout.quote)


def single_blanks(line: str, quote: str) -> str:
    """The line with one blank between cells, and none around it; what stands in quotes stays."""
    inside = rf"({quote}[^{quote}]*{quote})|" if quote else "()"
    return re.sub(rf"{inside}[ \t]+", lambda found: found[1] or " ", line.strip()) + "\n"


def cells_of(lines: Iterator[str], layout: TextLayout, *, strict: bool = True) -> Iterator[list[str]]:
    """The reader of csv over these lines, which counts them."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE
    return csv.reader(
        lines, delimiter=layout.delimiter or " ", quotechar=layout.quote or None, quoting=quoting, strict=strict,
    )  # fmt: skip
