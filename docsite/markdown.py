"""Text of the program as Markdown: no character of it is taken for markup, but what stands in backticks is code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MARKUP = re.compile(r"([\\*_\[\]<>|#~$`])")


def text(words: str) -> str:
    """One line of text."""
    pieces = " ".join(words.split()).split("`")
    if len(pieces) % 2 == 0:  # a backtick that stands alone
        return MARKUP.sub(r"\\\1", "`".join(pieces))
    return "".join(code(piece) if at % 2 else MARKUP.sub(r"\\\1", piece) for at, piece in enumerate(pieces))


def code(words: str) -> str:
    """The same as code, also in a table."""
    if not words:
        return ""
    fence = "``" if "`" in words else "`"
    space = " " if "`" in words else ""
    return f"{fence}{space}{words}{space}{fence}".replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", *(part for part in parts if part)]) + "\n"
