"""Tables in the working folder: they are offered where data are chosen, and opened as on the command line."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from tui_nn.datasets.source import Source
from tui_nn.printable import in_a_line
from tui_nn.render.canvas import boxed

SUFFIXES = (".csv", ".tsv", ".arff", ".parquet", ".pq")  # of what is a table and hardly anything else
MOST = 200  # tables that are offered
HEAD = 1 << 14  # bytes of a table that are read to show its beginning
OPENS = "Enter makes an experiment for this table; then D shows its columns."


def tables_here() -> list[Path]:
    """Those in the working folder, plain or compressed, by name. Waits for the disk."""
    found = (Source(path) for path in sorted(Path().glob("*")))
    return [one.path for one in found if one.suffix in SUFFIXES and one.is_table][:MOST]


def table_page(path: Path, width: int, height: int) -> Text:
    """Its first lines as they are, where they are text. Waits for the disk; raises DataError."""
    head = Source(path).head(HEAD).decode("utf-8", "replace")
    lines = [] if "\0" in head else head.splitlines()[:height]
    return boxed([Text(in_a_line(line), no_wrap=True) for line in lines], width, height)
