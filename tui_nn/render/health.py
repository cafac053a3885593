"""The health of each layer: how its activations and gradients are spread, which units are dead or saturated, and how
far an update moves the weights.

A share of dead or saturated units that grows, gradients that shrink by orders from layer to layer, and updates far
from a thousandth of the weights are the classic reasons for a network that does not learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.amount import amount
from tui_nn.render.canvas import boxed, fitting, wording
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, TRAIN, VALIDATION, accent

BARS, ASCII_BARS = " ▁▂▃▄▅▆▇█", " ._-=+*%#"
WITH_ENDS = 34  # cells from which on a histogram has the numbers of its ends
NAME, SHARES = 16, 52  # cells of a layer's name where it is a line, at least, and of what is said of the layer
WORRYING = 0.5  # a share of units from which on it is drawn as bad
UPDATE = ("update: |change| / |W| of a step", "update: |change| / |W|")
KEY = ("about 0.001 is healthy", "histograms from smallest to largest")


@dataclass(frozen=True)
class Spread:
    """A histogram: counts in bins of one width from low to high; `bad` numbers were not finite."""

    low: float
    high: float
    counts: Sequence[int]
    bad: int = 0


@dataclass(frozen=True)
class HealthBlock:
    """dead: share of units; saturated: share of outputs; None where meaningless. gradient: mean absolute value.

    update: the length of the next change of the weights over the length of the weights. twins: units that are alike.
    """

    name: str
    activations: Spread | None
    gradients: Spread | None
    dead: float | None
    saturated: float | None
    gradient: float | None
    update: float | None
    twins: int = 0


def health(layers: Sequence[HealthBlock], width: int, height: int, look: Look | None = None) -> Text:
    """A block of lines a layer, first to last: activations, gradients of Theta, shares and ratio.

    Histograms are as high as lets all have room; without room for two of them a layer is a line.
    """
    look = look or Look()
    dim = accent(DIM, look)
    tall = (height - 1 - len(layers)) // (2 * len(layers))
    longest = max(len(layer.name) for layer in layers)
    lines: list[Text] = []
    for layer in layers:
        name = Text(layer.name, "bold" if look.depth != "none" else "")
        if tall < 1:
            name.truncate(min(longest, max(min(NAME, width // 2), width - SHARES)), pad=True)
        lines.append(name.append_text(_shares(layer, width - name.cell_len, look)))
        for word, spread, style in (("a", layer.activations, TRAIN), ("grad", layer.gradients, VALIDATION)):
            if tall >= 1:
                lines += _histogram(word, spread, accent(style, look), width, tall, look)
    lines = lines[: height - 1]
    words = fitting(width, wording(width, *UPDATE), *KEY)
    return boxed([*lines, Text(words, dim)], width, height)


def _histogram(word: str, spread: Spread | None, style: Style, width: int, tall: int, look: Look) -> list[Text]:
    """Its bars in `tall` lines, its ends beside the last one where there is room for them."""
    dim = accent(DIM, look)
    head = Text(f"  {word:<5}", no_wrap=True)
    if spread is None or not sum(spread.counts):
        return [head.append("no finite number" if spread is not None else "has no parameters", dim)]
    bad = f"{spread.bad} not finite" if spread.bad else ""
    low, high = (f"{amount(spread.low, 2):>9} ", f" {amount(spread.high, 2):<9}") if width >= WITH_ENDS else ("", " ")
    bars = _bars(spread, max(1, width - head.cell_len - len(low) - len(high) - len(bad)), tall, look)
    lines = [Text(" " * (head.cell_len + len(low)), no_wrap=True).append(line, style) for line in bars[:-1]]
    lines.append(head.append(low, dim).append(bars[-1], style).append(high, dim).append(bad, accent(BAD, look)))
    return lines


def _bars(spread: Spread, bins: int, tall: int, look: Look) -> list[str]:
    """Lines from the top."""
    counts = np.asarray(spread.counts, float)
    if len(counts) > bins:
        counts = np.add.reduceat(counts, np.unique(np.arange(bins) * len(counts) // bins))
    else:
        counts = counts.repeat(bins // len(counts))
    glyphs = ASCII_BARS if look.ascii else BARS
    full = len(glyphs) - 1
    # The root keeps small counts visible beside the peak; any count at all gets a mark.
    heights = np.ceil(np.sqrt(counts / max(1, counts.max())) * full * tall).astype(int)
    return [
        "".join(glyphs[min(full, max(0, height - full * line))] for height in heights) for line in reversed(range(tall))
    ]


def _shares(layer: HealthBlock, room: int, look: Look) -> Text:
    """What is known of the layer, worries first, as far as it fits whole into `room` cells."""
    known: list[tuple[str, str]] = []
    for word, share in (("dead", layer.dead), ("saturated", layer.saturated)):
        if share is not None:
            known.append(
                (f"{word} {100 * share:.0f} %{'!' if share >= WORRYING else ''}", BAD if share >= WORRYING else DIM)
            )
    if layer.twins:
        known.append((f"{layer.twins} units alike!", BAD))
    if layer.update is not None:
        known.append((f"update {amount(layer.update, 2)}", DIM))
    if layer.gradient is not None:
        known.append((f"|grad| {amount(layer.gradient, 2)}", DIM))
    text = Text(no_wrap=True)
    for words, style in sorted(known, key=lambda one: one[1] != BAD):
        if text.cell_len + 2 + len(words) <= room:
            text.append("  " + words, accent(style, look))
    return text
