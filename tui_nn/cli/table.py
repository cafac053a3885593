"""Plain tables: columns under each other, no lines, no escape codes, fit for a terminal, a pipe and a screen reader."""

from __future__ import annotations

from collections.abc import Sequence

from tui_nn.printable import in_a_line


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Left-aligned columns, two spaces apart; the last is as wide as it likes. What cannot be shown is replaced."""
    lines = [[in_a_line(cell) for cell in line] for line in (header, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]).rstrip()
        for line in lines
    )
