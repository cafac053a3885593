"""The numbers behind a view as a table: columns where there are lists, rows where there is a matrix."""

from __future__ import annotations

from typing import Any

from tui_nn.csvtext import to_csv


def numbers_as_csv(numbers: dict[str, Any]) -> str:
    """CSV with a header line. A matrix keeps its shape; lists become columns; single values are left out."""
    matrix = next((value for value in numbers.values() if _is_matrix(value)), None)
    if matrix is not None:
        names = numbers.get("classes")
        header = names if names and len(names) == len(matrix[0]) else range(len(matrix[0]))
        return to_csv([header, *matrix]).rstrip("\n")
    columns = {name: value for name, value in numbers.items() if isinstance(value, list | tuple)}
    longest = max((len(value) for value in columns.values()), default=0)
    rows = [[value[row] if row < len(value) else "" for value in columns.values()] for row in range(longest)]
    return to_csv([list(columns), *rows]).rstrip("\n")


def _is_matrix(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], list | tuple)
