"""Errors about places of a text."""

from __future__ import annotations

from collections.abc import Sequence

from tui_nn.errors import DataError, Finding

MOST_ERRORS = 10


def wrong(name: str, line: int, column: int, message: str) -> DataError:
    """The error about one place."""
    return DataError(f"{name}:{line}:{column}: {message}", [Finding(message, name, line, column)])


def together(name: str, findings: Sequence[Finding]) -> DataError:
    """The error about several places, the first ten of them."""
    shown = findings[:MOST_ERRORS]
    lines = [f"{one.file}:{one.line}:{one.column}: {one.message}" if one.line else one.message for one in shown]
    more = [f"{name}: and possibly more."] if len(findings) >= MOST_ERRORS else []
    return DataError("\n".join([*lines, *more]), shown)
