"""A table that somebody still holds is not read again while its file is as it was.

The data screen tries one setting after another, and what is made of a file is asked several times before it fits.
"""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakValueDictionary

from tui_nn.datasets.source import Source
from tui_nn.datasets.table import Table

FRESH = 2 * 10**9  # nanoseconds within which a file may change twice at what some disks call one time
Key = tuple[object, ...]

_tables: WeakValueDictionary[Key, Table] = WeakValueDictionary()


def seen_or_read(source: Source, reader: str, options: Mapping[str, Any], read: Callable[[], Table]) -> Table:
    """The table that was read of this very file in this way, if it is still there; else it is read."""
    key = _key(source, reader, options)
    table = None if key is None else _tables.get(key)
    if table is None:
        table = read()
        if key is not None and key == _key(source, reader, options):
            _tables[key] = table
    return table


def _key(source: Source, reader: str, options: Mapping[str, Any]) -> Key | None:
    """None for what is no file, and for one that has just been written."""
    try:
        facts = source.path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(facts.st_mode) or time.time_ns() - max(facts.st_mtime_ns, facts.st_ctime_ns) < FRESH:
        return None
    asked = json.dumps([reader, sorted(options.items())], default=str)
    path = str(source.path.absolute()), source.name
    return *path, facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, asked
