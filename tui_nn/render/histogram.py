"""How often values are found: in one line, or as columns of any height."""

from __future__ import annotations

from collections.abc import Sequence

from tui_nn.render.health import ASCII_BARS, BARS


def spark(counts: Sequence[int], *, ascii_only: bool = False, most: int = 0) -> str:
    """A character a count; `most`: the one that is as high as a character, by default the largest. 0 is blank."""
    steps = ASCII_BARS if ascii_only else BARS
    most = most or max(counts, default=0) or 1
    return "".join(steps[-(-count * (len(steps) - 1) // most)] for count in counts)


def tall(counts: Sequence[int], height: int, *, ascii_only: bool = False, most: int = 0) -> list[str]:
    """Lines of columns on one scale; what is not 0 has at least a trace. `most`: the one that is as high as all lines,
    by default the largest."""
    steps = ASCII_BARS if ascii_only else BARS
    full, most = len(steps) - 1, most or max(counts, default=0) or 1
    parts = [-(-count * height * full // most) for count in counts]
    return [
        "".join(steps[min(full, max(0, part - full * below))] for part in parts) for below in reversed(range(height))
    ]
