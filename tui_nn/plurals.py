"""How many of a thing there are, in words."""

from __future__ import annotations


def plural(count: int, one: str, several: str = "") -> str:
    """`1 row`, `1,200 rows`; `several` for what takes no -s."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"
