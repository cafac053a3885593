"""Putting lines into a box: cut to its width and height, with a word where there is no room."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text


def boxed(lines: Sequence[Text], width: int, height: int) -> Text:
    """At most `height` lines of at most `width` cells, joined."""
    kept = []
    for line in lines[:height]:
        line = line.copy()
        line.truncate(width)
        kept.append(line)
    return Text("\n", no_wrap=True, end="").join(kept)


def too_small(width: int, height: int, wanted: str = "") -> Text:
    """What a view says where it has no room."""
    return boxed([Text("too small"), Text(wanted)][: 2 if wanted else 1], width, height)
