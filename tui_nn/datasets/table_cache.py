"""Tables that were read once, in the user's cache: a second start, or `predict` after training, does not read the text.

The name of an entry is a hash of every byte of the file, of the reader, its options and the version. An entry is an
archive of arrays, read like any that comes from a stranger: sizes before arrays, nothing pickled. What does not fit
together is no entry: it is removed, and the file is read. Where nothing can be kept, nothing is.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets.archive import read_npz
from tui_nn.datasets.limits import opened
from tui_nn.datasets.source import Source
from tui_nn.datasets.table import Column, Table
from tui_nn.datasets.text.numbers import NumberForm
from tui_nn.errors import StorageError
from tui_nn.home import user_folder
from tui_nn.system import rename

Array = np.ndarray[Any, np.dtype[Any]]

HOME, SWITCH = "TUI_NN_CACHE", "TUI_NN_TABLE_CACHE"  # another folder for all caches; "off"
FORMAT = 1
SMALLEST = 2**23  # bytes of a file that takes longer to read than to look for
MOST = 2**31  # bytes of all entries together; one takes at most half of them
SUFFIX = ".npz"


def folder() -> Path:
    """Where they are. Raises StorageError where there is no home for it."""
    return user_folder("cache", HOME) / "tables"


def entries() -> list[tuple[Path, os.stat_result]]:
    """All of them, the one that was used last at the end."""
    found = []
    with contextlib.suppress(OSError, StorageError):
        for path in folder().glob(f"*{SUFFIX}"):
            with contextlib.suppress(OSError):
                found.append((path, path.stat(follow_symlinks=False)))
    return sorted(found, key=lambda entry: entry[1].st_mtime)


def clear() -> None:
    """Remove all of them. Raises OSError for one that cannot be."""
    for path, _ in entries():
        path.unlink(missing_ok=True)


def through_cache(source: Source, reader: str, options: Mapping[str, Any], read: Callable[[], Table]) -> Table:
    """The table as it was kept, else as it is read, which is kept where that is worth it."""
    try:
        if os.environ.get(SWITCH, "").lower() in ("off", "0", "no") or not source.path.is_file():
            return read()
        if not SMALLEST <= source.path.stat().st_size <= MOST:
            return read()
        path = folder() / f"{_key(source, reader, options)}{SUFFIX}"
    except (OSError, StorageError):
        return read()
    table = _kept(path, source.name)
    if table is not None:
        return replace(table, as_written=_as_written(table.as_written, read))
    table = read()
    with contextlib.suppress(OSError, StorageError):
        _keep(table, path)
    return table


def _as_written(known: Callable[[int], Column] | None, read: Callable[[], Table]) -> Callable[[int], Column]:
    """A column as its texts: as it was kept, else the file is read for it."""
    again = cache(read)

    def column(at: int) -> Column:
        try:
            assert known is not None
            return known(at)
        except KeyError:
            return again().texts(at)

    return column


def _key(source: Source, reader: str, options: Mapping[str, Any]) -> str:
    with opened(source.path) as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    asked = [FORMAT, version("tui-nn"), np.dtype(np.float64).str, reader, source.is_compressed, source.suffix]
    return hashlib.sha256(json.dumps([*asked, sorted(options.items()), content]).encode()).hexdigest()


def _keep(table: Table, path: Path) -> None:
    """Write an entry, and remove those that have not been used for the longest time, until all fit."""
    packed = _packed(table)
    size = sum(array.nbytes for array in packed.values())
    if 2 * size > MOST:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = entries()
    total = size + sum(facts.st_size for _, facts in known)
    for old, facts in known:
        if total > MOST:
            old.unlink(missing_ok=True)
            total -= facts.st_size
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez(file, **packed)  # type: ignore[arg-type]
        rename(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _packed(table: Table) -> dict[str, Array]:
    """The arrays of a table; "facts" are JSON."""
    arrays: dict[str, Array] = {}
    columns: list[dict[str, Any]] = []
    block = next((one.values.base for one in table.columns if one.values.base is not None), None)
    for at, column in enumerate(table.columns):
        facts: dict[str, Any] = {"name": column.name, "kind": column.kind, "words": column.words}
        if block is not None and block.ndim == 2 and column.values.base is block and block.flags.c_contiguous:
            arrays["block"] = block
            facts["place"] = (column.values.__array_interface__["data"][0] - _start(block)) // block.itemsize
        else:
            arrays[f"values{at}"] = column.values
        if column.missing is not None:
            arrays[f"missing{at}"] = column.missing
        if at in table.written:
            texts = table.texts(at)
            arrays[f"written{at}"], facts["written"] = texts.values, texts.words
        columns.append(facts)
    facts = {
        "rows": len(table), "notes": table.notes, "has_names": table.has_names,
        "numbers": [table.numbers.decimal, table.numbers.thousands], "columns": columns,
    }  # fmt: skip
    if table.lines is not None:
        arrays["lines"] = table.lines
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    return arrays


def _start(block: Array) -> int:
    start: int = block.__array_interface__["data"][0]
    return start


def _kept(path: Path, name: str) -> Table | None:
    """The table of an entry, None if there is none. One that does not hold together is removed."""
    try:
        if not path.is_file():
            return None
        table = _unpacked(read_npz(path, lambda names: names), name)
        os.utime(path)
        return table
    except Exception:  # whatever was put there, it is not what was kept
        with contextlib.suppress(OSError):
            path.unlink()
        return None


def _unpacked(arrays: Mapping[str, Array], name: str) -> Table:
    """The table of these arrays. Raises ValueError, KeyError or TypeError for what no table was packed as."""
    facts = json.loads(arrays["facts"].tobytes())
    rows, block = int(facts["rows"]), arrays.get("block")
    if block is not None and (block.ndim != 2 or block.dtype != np.float64 or len(block) != rows):
        raise ValueError
    columns, written = [], {}
    for at, one in enumerate(facts["columns"]):
        numbers = block[:, int(one["place"])] if block is not None and "place" in one else arrays[f"values{at}"]
        missing = arrays.get(f"missing{at}")
        columns.append(_column(rows, str(one["name"]), one["kind"], numbers, one["words"], missing))
        if "written" in one:
            written[at] = _column(rows, str(one["name"]), "text", arrays[f"written{at}"], one["written"], None)
    decimal, thousands = facts["numbers"]
    lines = arrays["lines"]
    if lines.shape != (rows,) or lines.dtype != np.int64 or not columns:
        raise ValueError
    notes = tuple(map(str, facts["notes"]))
    return Table(
        name, tuple(columns), lines, notes, as_written=written.__getitem__, has_names=bool(facts["has_names"]),
        numbers=NumberForm(str(decimal), str(thousands)), written=tuple(written),
    )  # fmt: skip


def _column(rows: int, name: str, kind: Any, values: Array, words: Any, missing: Array | None) -> Column:
    texts = tuple(words)
    types = (np.float64, np.int64) if kind == "number" else (np.int32,) if kind in ("text", "category") else ()
    if values.shape != (rows,) or values.dtype not in types or not all(isinstance(word, str) for word in texts):
        raise ValueError
    if kind != "number" and not -1 <= values.min() <= values.max() < len(texts):
        raise ValueError
    if kind != "number" and missing is None and values.min() < 0:
        missing = values < 0
    if missing is not None and (missing.shape != (rows,) or missing.dtype != np.bool_):
        raise ValueError
    return Column(name, kind, values, texts, missing)
