"""Tables as text: CSV and its relatives."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from tui_nn.datasets.choice import USUAL_TARGETS
from tui_nn.datasets.limits import check_size
from tui_nn.datasets.reader import reader
from tui_nn.datasets.source import Source
from tui_nn.datasets.table import Table
from tui_nn.datasets.text.charset import charset_of
from tui_nn.datasets.text.dialect import TextSettings, layout_of
from tui_nn.datasets.text.footer import footer_of
from tui_nn.datasets.text.foreign import check_text
from tui_nn.datasets.text.layout import TextLayout
from tui_nn.datasets.text.numbers import floats
from tui_nn.datasets.text.reading import Reading
from tui_nn.datasets.text.wrong import wrong

HEAD = 4096  # bytes that tell what a file is
CODE = re.compile(r"0[0-9]+")
COPIES = 2  # of the numbers of a table, while it is read


@reader(
    ".csv",
    ".tsv",
    ".txt",
    ".data",
    ".dat",
    ".tab",
    ".asc",
    kept=True,
    sample=b"height,width,kind\n1.5,2,rose\n2.5,?,'lily'\n,1,rose\n",
)
def delimited(
    source: Source,
    delimiter: str | None = None,
    quote: str | None = None,
    header: bool | None = None,
    comment: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    encoding: str | None = None,
) -> Table:
    """A text table: cells separated by commas, tabs, semicolons, bars or blanks."""
    check_text(source.name, source.head(HEAD))
    charset = charset_of(source, encoding)
    layout = layout_of(source, charset, TextSettings(delimiter, quote, header, comment, decimal, thousands))
    names = layout.names
    if len(names) < 2:
        raise wrong(source.name, 1, 1, "has one column; expected inputs and a target.")
    cells = min(charset.lines * len(names), charset.size // 2 + 1)  # a cell takes two bytes at least
    check_size(source.path, charset.lines, len(names) - 1, COPIES * 8 * cells)
    last = len(names) - 1
    likely = {last} | {at for at, name in enumerate(names) if name.lower() in USUAL_TARGETS}
    reading = Reading(source, layout, charset, _texts(layout), likely)
    reading.read()
    table = Table(
        source.name, reading.columns(), reading.lines, layout.notes, as_written=reading.as_written,
        has_names=bool(layout.header) or any(not name.startswith("column ") for name in names),
        numbers=layout.numbers, written=reading.written,
    )  # fmt: skip
    more = [note for note in (_codes(layout, table), footer_of(table)) if note]
    return replace(table, notes=(*table.notes, *more)) if more else table


def _codes(layout: TextLayout, table: Table) -> str:
    """A sentence about columns of numbers that begin with 0, as those of articles and post offices do; or ""."""
    rows = layout.sample[1 if layout.header else 0 :]
    begun = {
        at
        for row in rows
        for at, cell in enumerate(row)
        if len(cell) > 1 and cell[0] not in "123456789-" and CODE.fullmatch(cell.strip())
    }
    found = [f'"{column.name}"' for at, column in enumerate(table.columns) if column.kind == "number" and at in begun]
    names = ", ".join(found)
    return f"some numbers of {names} begin with 0: if they are codes, set data.categories = [{names}]" if found else ""


def _texts(layout: TextLayout) -> list[int]:
    """The columns that hold something else than numbers in the first rows."""
    body = [row for row in layout.sample[1 if layout.header else 0 :] if len(row) >= len(layout.names)]
    if floats(list(set(itertools.chain.from_iterable(body))), layout.numbers)[1]:
        return []
    columns = list(zip(*body, strict=False))[: len(layout.names)]
    return [at for at, cells in enumerate(columns) if not floats(cells, layout.numbers)[1]]
