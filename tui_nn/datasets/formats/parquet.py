"""Parquet, through pyarrow: an extra. Types are those of the file; what is null is missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.datasets.limits import MOST_INPUTS, check_size
from tui_nn.datasets.reader import reader
from tui_nn.datasets.source import Source
from tui_nn.datasets.table import Column, Table, words_of
from tui_nn.errors import DataError

Array = np.ndarray[Any, np.dtype[Any]]


@reader(".parquet", ".pq", signature=b"PAR1")
def parquet(source: Source) -> Table:
    """A Parquet table; needs pyarrow."""
    try:
        import pyarrow
        from pyarrow import parquet as format_of
    except ImportError:
        raise DataError(f"{source.name}: reading Parquet needs: pip install 'tui-nn[parquet]'.") from None
    with source.open() as file:
        try:
            opened = format_of.ParquetFile(file)
            facts = opened.metadata
            if facts.num_columns - 1 > MOST_INPUTS:
                raise DataError(f"{source.name}: has {facts.num_columns:,} columns; at most {MOST_INPUTS:,} are read.")
            check_size(source.path, facts.num_rows, facts.num_columns, 16 * facts.num_rows * facts.num_columns)
            found = opened.read()
        except DataError:
            raise
        except Exception as error:  # pyarrow has many kinds for a damaged file
            reason = " ".join(str(error).split())
            raise DataError(f"{source.name}: not a readable Parquet file: {reason}.") from None
    if not found.num_rows or not found.num_columns:
        raise DataError(f"{source.name}: has no rows.")
    if len(set(found.column_names)) < found.num_columns:
        raise DataError(f"{source.name}: two columns have the same name.")
    return Table(source.name, tuple(_column(source, name, found[name], pyarrow) for name in found.column_names))


def _column(source: Source, name: str, chunks: Any, pyarrow: Any) -> Column:
    types, kind = pyarrow.types, chunks.type
    missing = np.asarray(chunks.is_null())
    gone = missing if missing.any() else None
    if types.is_dictionary(kind):
        chunks, kind = chunks.cast(kind.value_type), kind.value_type
    if types.is_boolean(kind):
        values = np.asarray(chunks.fill_null(False), np.uint8)
        return Column(name, "truth value", values, missing=gone)
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        values = np.asarray(chunks.cast("float64", safe=False).fill_null(np.nan), np.float64)
        largest = np.abs(values[~missing]).max(initial=0)
        if types.is_integer(kind) and 2.0**53 <= largest < 2.0**63:
            whole = np.asarray(chunks.cast("int64").fill_null(0), np.int64)
            return Column(name, "number", whole, missing=gone)
        if values.dtype.kind == "f" and np.isinf(values).any():
            raise DataError(f"{source.name}: column '{name}' holds infinite numbers.")
        missing = missing | np.isnan(values)
        return Column(name, "number", values, missing=missing if missing.any() else None)
    if types.is_string(kind) or types.is_large_string(kind):
        return words_of(["" if cell is None else cell for cell in chunks.to_pylist()], name, "text", missing)
    if types.is_null(kind):
        return words_of([""] * len(missing), name, "text", np.ones(len(missing), bool))
    if types.is_timestamp(kind):  # to microseconds: Python has no times that are finer
        chunks = chunks.cast(pyarrow.timestamp("us", kind.tz), safe=False)
        return words_of(
            ["" if cell is None else cell.isoformat(" ") for cell in chunks.to_pylist()], name, "text", missing
        )
    if types.is_date(kind):
        return words_of(["" if cell is None else str(cell) for cell in chunks.to_pylist()], name, "text", missing)
    raise DataError(
        f"{source.name}: column '{name}' is of type {kind}; expected numbers, truth values, texts or dates."
    )
