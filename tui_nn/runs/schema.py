"""What the JSON files of a run may hold: one decoder for all, whose errors name the file.

A type says which keys there are and what they hold; beyond that, no integer is larger than 64 bits, and nothing is
nested deeper than Python goes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from tui_nn.errors import StorageError
from tui_nn.runs import layout

T = TypeVar("T")

MOST = 1 << 53  # of what is counted: an integer that a float holds too
Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e12)]

LONG = re.compile(rb"(?<![0-9.])[0-9]{19}")  # digits of what may be a large integer, or stand within a text
INT64 = 1 << 63


def read_json(run: Path, name: str, kind: type[T], what: str) -> T | None:
    """The content of a file of a run, None if there is none. Raises StorageError with its path for anything else."""
    content = layout.read(run, name)
    if content is None:
        return None
    try:
        return parse(content, kind)
    except ValueError as error:
        raise StorageError(f"{run / name}: not {what}: {error}.") from None


def parse(content: bytes, kind: type[T]) -> T:
    """JSON as an object of this kind. Raises ValueError, in words, for anything else."""
    try:
        found = msgspec.json.decode(content, type=kind)
        if LONG.search(content):
            check_integers(msgspec.json.decode(content))
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 text ({error.reason})") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return found


def check_integers(tree: Any) -> None:
    """Raise ValueError for an integer of more than 64 bits."""
    if isinstance(tree, int) and not -INT64 <= tree < INT64:
        raise ValueError("it holds an integer of more than 64 bits")
    for value in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        check_integers(value)
