"""A reader: what makes a table of one format of file. Formats are plugins, the built-in ones too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tui_nn.datasets.source import Source
from tui_nn.datasets.table import Table
from tui_nn.engine.component import Component, Function
from tui_nn.engine.options import only_known
from tui_nn.errors import PluginError
from tui_nn.graph.decorated import decorated
from tui_nn.plurals import plural


@dataclass(frozen=True)
class Reader(Component):
    """A reader of one file format. function: (source, **options) -> Table; options are keys of [data] by name.

    suffixes: those of the files that it reads, with their dots. signature: the bytes with which such a file begins,
    whatever its name. sample: a small file of the format, to try it on, or a function that gives one. kept: whether the
    contents of a large file are worth keeping in the user's cache.
    """

    suffixes: tuple[str, ...] = ()
    signature: bytes = b""
    sample: bytes | Callable[[], bytes] = b""
    kept: bool = False

    def read(self, source: Source, **options: Any) -> Table:
        """The table. Raises DataError for a file that is not of the format, PluginError for what is no table."""
        table = self.function(source, **{**self.settings, **only_known(self.function, options)})
        if not isinstance(table, Table):
            raise PluginError(f"reader '{self.name}' returned a {type(table).__name__}; expected a Table.")
        if not table.columns:
            raise PluginError(f"reader '{self.name}' returned a table without columns.")
        for column in table.columns:
            if len(column) != len(table):
                raise PluginError(
                    f"reader '{self.name}': column '{column.name}' has {plural(len(column), 'row')}, "
                    f"and '{table.columns[0].name}' {len(table)}."
                )
        return table


def reader(
    *suffixes: str,
    name: str = "",
    signature: bytes = b"",
    sample: bytes | Callable[[], bytes] = b"",
    kept: bool = False,
) -> Callable[[Function], Reader]:  # fmt: skip
    """Make a reader of a function (source, **options) -> Table: `@reader(".parquet")`."""

    def made(function: Function) -> Reader:
        return Reader(decorated(function), name=name, suffixes=suffixes, signature=signature, sample=sample, kept=kept)

    return made
