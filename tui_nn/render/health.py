"""The health of each layer: how its activations and gradients are spread, which units are dead or saturated, and how
far an update moves the weights.

A share of dead or saturated units that grows, gradients that shrink by orders from layer to layer, and updates far
from a thousandth of the weights are the classic reasons for a network that does not learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.text import Text

from tui_nn.render.canvas import boxed, too_small
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, TRAIN, VALIDATION, accent

Array = np.ndarray[Any, np.dtype[Any]]

BARS, ASCII_BARS = " ▁▂▃▄▅▆▇█", " ._-=+*%#"
WORRYING = 0.5  # a share of units from which on it is drawn as bad


@dataclass(frozen=True)
class LayerHealth:
    """activations, gradients: samples of the numbers, any shape. dead, saturated: shares, None where meaningless.

    ratio: the length of the last update over the length of the weights, None if no update is known.
    """

    name: str
    activations: Array
    gradients: Array
    dead: float | None
    saturated: float | None
    ratio: float | None


def health(layers: Sequence[LayerHealth], width: int, height: int, look: Look | None = None) -> Text:
    """A block of lines a layer, first to last: activations, gradients of Theta, shares and ratio."""
    look = look or Look()
    if width < 34 or height < 5:
        return too_small(width, height)
    dim = accent(DIM, look)
    bins = max(8, min(40, (width - 32) // 2 * 2 if width < 72 else (width - 30) // 2))
    lines = []
    for layer in layers:
        if len(layers) * 3 > height - 1:
            lines.append(Text(layer.name[:16].ljust(17)).append_text(_shares(layer, look)))
            continue
        lines.append(
            Text(layer.name, "bold" if look.depth != "none" else "").append("  ").append_text(_shares(layer, look))
        )
        for word, values, style in (("a", layer.activations, TRAIN), ("grad", layer.gradients, VALIDATION)):
            finite = values[np.isfinite(values)]
            line = Text(f"  {word:<5}", no_wrap=True)
            if not finite.size:
                lines.append(line.append("none", dim))
                continue
            low, high = float(finite.min()), float(finite.max())
            line.append(f"{low:>9.2g} ", dim).append(_histogram(finite, bins, look), accent(style, look))
            lines.append(line.append(f" {high:<9.2g}", dim))
    lines = lines[: height - 1]
    words = "histograms from smallest to largest; update: |change| / |Theta|, about 0.001 is healthy"
    return boxed([*lines, Text(words, dim)], width, height)


def _histogram(values: Array, bins: int, look: Look) -> str:
    counts, _ = np.histogram(values, bins)
    glyphs = ASCII_BARS if look.ascii else BARS
    # The root keeps small counts visible beside the peak; any count at all gets a mark.
    heights = np.ceil(np.sqrt(counts / max(1, counts.max())) * (len(glyphs) - 1)).astype(int)
    return "".join(glyphs[height] for height in heights)


def _shares(layer: LayerHealth, look: Look) -> Text:
    text = Text(no_wrap=True)
    for word, share in (("dead", layer.dead), ("saturated", layer.saturated)):
        if share is not None:
            style = accent(BAD if share >= WORRYING else DIM, look)
            text.append(f"{word} {100 * share:.0f} %{'!' if share >= WORRYING else ''}  ", style)
    if layer.ratio is not None:
        text.append(f"update {layer.ratio:.1e}  ", accent(DIM, look))
    gradients = layer.gradients[np.isfinite(layer.gradients)]
    if gradients.size:
        text.append(f"|grad| {float(np.sqrt(np.square(gradients).mean())):.1e}", accent(DIM, look))
    return text
