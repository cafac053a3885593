"""A data set that was made from a table, and knows how."""

from __future__ import annotations

from dataclasses import dataclass

from tui_nn.datasets.encoding import Input
from tui_nn.datasets.table import Table
from tui_nn.engine.data import Dataset


@dataclass(frozen=True)
class TableDataset(Dataset):
    """table: its rows, as many as x has; rows that were dropped are gone. inputs: what each column of x comes from."""

    table: Table | None = None
    inputs: tuple[Input, ...] = ()
