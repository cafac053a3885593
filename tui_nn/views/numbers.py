"""The numbers behind a view as a table: columns where there are lists, rows where there is a matrix."""

from __future__ import annotations

import csv
import io
from typing import Any


def to_csv(numbers: dict[str, Any]) -> str:
    """CSV with a header line. A matrix keeps its shape; lists become columns; single values are left out."""
    matrix = next((value for value in numbers.values() if _is_matrix(value)), None)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if matrix is not None:
        names = numbers.get("classes")
        writer.writerow(names if names and len(names) == len(matrix[0]) else range(len(matrix[0])))
        writer.writerows(matrix)
        return out.getvalue().rstrip("\n")
    columns = {name: value for name, value in numbers.items() if isinstance(value, list | tuple)}
    writer.writerow(columns)
    longest = max((len(value) for value in columns.values()), default=0)
    for row in range(longest):
        writer.writerow([value[row] if row < len(value) else "" for value in columns.values()])
    return out.getvalue().rstrip("\n")


def _is_matrix(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], list | tuple)
