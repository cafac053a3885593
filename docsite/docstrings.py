"""Docstrings of the code are plain text with code in backticks: nothing else of them is markup for Sphinx."""

from __future__ import annotations

import re
from typing import Any

MARKUP = re.compile(r"([\\*|_])")


def escaped(app: Any, what: str, name: str, found: Any, options: Any, lines: list[str]) -> None:  # noqa: ARG001
    """Called by Sphinx, which takes what is in `lines` afterwards."""
    for at, line in enumerate(lines):
        pieces = line.split("`")
        lines[at] = "`".join(piece if at % 2 else MARKUP.sub(r"\\\1", piece) for at, piece in enumerate(pieces))
