"""Theta as a picture: a row for each unit, a column for each input, the bias column set apart at the left."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.canvas import boxed, fitting, too_small
from tui_nn.render.drawing import Drawing, Lattice
from tui_nn.render.look import Look
from tui_nn.render.palette import legend, pixels, pool

Array = np.ndarray[Any, np.dtype[Any]]


def heatmap(theta: Array, width: int, height: int, look: Look | None = None, what: str = "") -> Drawing:
    """theta (s_j, s_{j-1} + 1), or anything of its shape. Colours are symmetric about 0, up to the largest |value|.

    A matrix that does not fit is shown by means over blocks, and says so; a small one is drawn larger. Spots: (row,
    column) of theta.
    """
    look = look or Look()
    if width < 12 or height < 3:
        return Drawing(too_small(width, height))
    scale = float(np.abs(theta[np.isfinite(theta)]).max(initial=0)) or 1.0
    rows, columns = 2 * (height - 2), width - 4
    weights = pool(theta[:, 1:], rows, columns)
    bias = pool(theta[:, :1], rows, 1)
    pooled = weights.shape != theta[:, 1:].shape
    # Enlarge by whole numbers, cells being twice as high as wide.
    tall = max(1, min(rows // len(weights), 4))
    wide = max(1, min(columns // weights.shape[1], tall))
    places = _places(theta.shape, weights.shape, tall, wide)
    weights = weights.repeat(tall, axis=0).repeat(wide, axis=1)
    bias = bias.repeat(tall, axis=0).repeat(2, axis=1)
    named = f"{what}: " if what else ""
    head = fitting(width, f"{named}bias | {theta.shape[1] - 1} inputs across", f"{theta.shape[0]} units down", gap=", ")
    lines = [Text(head, no_wrap=True)]
    for left, right in zip(pixels(bias, scale, look), pixels(weights, scale, look), strict=True):
        lines.append(left.append("  ").append_text(right))
    footer = legend(scale, look)
    if pooled:
        footer.append("  means over blocks")
    return Drawing(boxed([*lines[: height - 1], footer], width, height), places)


def _places(theta: tuple[int, ...], pooled: tuple[int, ...], tall: int, wide: int) -> Lattice:
    """Where the entries of Theta stand, the bias in the first two columns; two rows of pixels are a line."""
    down, across = -(-theta[0] // pooled[0]), -(-(theta[1] - 1) // pooled[1])  # entries in a block
    tops = [row // down * tall for row in range(theta[0])]
    columns = [(4 + column // across * wide, wide) for column in range(theta[1] - 1)]
    return Lattice([(1 + top // 2, 1 + (top % 2 + tall - 1) // 2) for top in tops], [(0, 2), *columns])
