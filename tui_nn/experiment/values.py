"""What no experiment holds under any key: refused before anybody decodes it, or computes with it."""

from __future__ import annotations

import datetime
import re
from typing import Any

from tui_nn.errors import ExperimentError

DEEPEST = 32  # tables and lists within each other
LARGEST = 2**63 - 1  # what files, events and processors count to
LONGEST_TEXT = 4096  # characters; of paths, names and comparisons
# Parts of a key: the reader of TOML takes time that grows with the square of their number.
PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
MANY_PARTS = re.compile(rf"(?<![\w-]){PART}(?:[ \t]*+\.[ \t]*+{PART}){{{DEEPEST}}}")


def check_values(tree: dict[str, Any], file: str) -> None:
    """Raise ExperimentError for dates, numbers beyond 64 bits, texts without end or with a NUL, and deep nesting."""
    waiting: list[tuple[str, int, Any]] = [("", 0, tree)]
    while waiting:
        key, depth, value = waiting.pop()
        if isinstance(value, dict | list):
            if depth > DEEPEST:
                raise ExperimentError("is nested too deeply.", key.partition(".")[0].partition("[")[0], file)
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            for name, inner in pairs:
                if isinstance(name, str):
                    _check_leaf(name, f"{key}.{name}" if key else name, file)
                if type(inner) is float:
                    continue
                inside = f"{key}[{name}]" if isinstance(value, list) else f"{key}.{name}" if key else str(name)
                waiting.append((inside, depth + 1, inner))
        else:
            _check_leaf(value, key, file)


def _check_leaf(value: Any, key: str, file: str) -> None:
    if isinstance(value, datetime.date | datetime.time):
        raise ExperimentError(f"found the date or time {value}; no setting is one.", key, file)
    if isinstance(value, int) and not -LARGEST <= value <= LARGEST:
        raise ExperimentError(f"found a whole number of {value.bit_length()} bits; expected at most 63.", key, file)
    if isinstance(value, str) and "\0" in value:
        raise ExperimentError("found a text with a NUL character.", key, file)
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise ExperimentError(f"found {len(value):,} characters; expected at most {LONGEST_TEXT:,}.", key, file)


def check_text(text: str, file: str) -> None:
    """Raise ExperimentError for a TOML text with a key of so many parts that reading it would take very long."""
    found = MANY_PARTS.search(text) if text.count(".") >= DEEPEST else None
    if found:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        raise ExperimentError(f"a key of more than {DEEPEST} parts.", "", file, line, column)


def is_formula(source: object) -> bool:
    """Whether a data source is a formula with the ranges of its inputs, such as `y = 2*x; x in [0, 1]`."""
    return isinstance(source, str) and "=" in source and re.search(r"\bin\s*\[", source) is not None
