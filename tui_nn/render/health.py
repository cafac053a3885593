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
from tui_nn.render.canvas import beside, boxed, fitting, wording
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, TRAIN, VALIDATION, accent

BARS, ASCII_BARS = " ▁▂▃▄▅▆▇█", " ._-=+*%#"
LABEL, GAP = 7, 4  # cells for the name of a histogram beside it, and between two
WITH_ENDS = 34  # cells from which on a histogram has the numbers of its ends
NAME, SHARES = 16, 38  # cells of a layer's name where it is a line, at least, and of what is said of the layer
MUCH = 1.15  # times the room that its ends leave a histogram: for so much it stands above them
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

    The two histograms of a layer stand below or beside each other, as makes them larger, and are as high as lets all
    have room; without room for two of them a layer is a line.
    """
    look = look or Look()
    tall = (height - 1 - len(layers)) // (2 * len(layers))
    spreads = [one for layer in layers for one in (layer.activations, layer.gradients) if one is not None]
    lows, highs = [one.low for one in spreads], [one.high for one in spreads]
    low, high = (max((len(amount(end, 2)) + 1 for end in found), default=0) for found in (lows, highs))
    ends = (low, high) if width >= WITH_ENDS else (0, 0)
    half, higher = (width - GAP) // 2, (height - 1) // len(layers) - 2  # a line for the name, one for the ends
    bins = max((len(one.counts) for one in spreads), default=1) or 1
    most_bad = max((len(_bad(one)) for one in spreads), default=0)
    has_room = half >= low + high + len("grad") + most_bad
    between = tall * _wide(bins, width - LABEL - sum(ends))
    is_beside = has_room and higher * _wide(bins, half) > between
    # Ends of many digits leave few cells between them.
    is_above = not is_beside and tall > 1 and (tall - 1) * _wide(bins, width) > MUCH * between
    longest = max(len(layer.name) for layer in layers)
    lines: list[Text] = []
    for layer in layers:
        name = Text(layer.name, "bold" if look.depth != "none" else "")
        if tall < 1 and not is_beside:
            name.truncate(min(longest, max(min(NAME, width // 2), width - SHARES)), pad=True)
        lines.append(name.append_text(_shares(layer, width - name.cell_len, look)))
        both = (("a", layer.activations, accent(TRAIN, look)), ("grad", layer.gradients, accent(VALIDATION, look)))
        if is_beside:
            left, right = (_above_its_ends(*one, half, higher, look) for one in both)
            lines += beside(left, right, half + GAP)
        elif is_above:
            lines += [line for one in both for line in _above_its_ends(*one, width, tall - 1, look)]
        elif tall >= 1:
            lines += [line for one in both for line in _between_its_ends(*one, ends, width, tall, look)]
    lines = lines[: height - 1]
    words = fitting(width, wording(width, *UPDATE), *KEY)
    return boxed([*lines, Text(words, accent(DIM, look))], width, height)


def _wide(bins: int, room: int) -> int:
    """Cells that so many bins take, each as many as the others; or so many of them one, where there is less room."""
    if room >= bins:
        return room // bins * bins
    return next((wide for wide in range(room, 0, -1) if bins % wide == 0), 1)


def _bad(spread: Spread) -> str:
    return f" {spread.bad} not finite" if spread.bad else ""


def _unseen(spread: Spread | None) -> str:
    """Why there is nothing to draw."""
    if spread is not None and any(spread.counts):
        return ""
    return "no finite number" if spread is not None else "has no parameters"


def _between_its_ends(
    word: str, spread: Spread | None, style: Style, ends: tuple[int, int], width: int, tall: int, look: Look
) -> list[Text]:
    """Bars in `tall` lines, with their ends beside the last one; `ends`: the cells for them, none where they are 0."""
    dim = accent(DIM, look)
    head = Text(f"  {word:<{LABEL - 2}}", no_wrap=True)
    if (why := _unseen(spread)) or spread is None:
        return [head.append(why, dim), *(Text(no_wrap=True) for _ in range(tall - 1))]
    bad = _bad(spread)
    low = f"{amount(spread.low, 2)} ".rjust(ends[0]) if any(ends) else ""
    high = f" {amount(spread.high, 2)}".ljust(ends[1]) if any(ends) else ""
    bars = _bars(spread, max(1, width - LABEL - sum(ends) - len(bad)), tall, look)
    lines = [Text(" " * (head.cell_len + len(low)), no_wrap=True).append(line, style) for line in bars[:-1]]
    lines.append(head.append(low, dim).append(bars[-1], style).append(high, dim).append(bad, accent(BAD, look)))
    return lines


def _above_its_ends(word: str, spread: Spread | None, style: Style, width: int, tall: int, look: Look) -> list[Text]:
    """Bars in `tall` lines and below them their ends, with what they are of in the middle."""
    dim = accent(DIM, look)
    if (why := _unseen(spread)) or spread is None:
        return [*(Text(no_wrap=True) for _ in range(tall)), Text(f"{word} {why}", dim, no_wrap=True)]
    bad = _bad(spread)
    bars = _bars(spread, width - len(bad), tall, look)
    wide = len(bars[0])
    low, high = f"{amount(spread.low, 2)} ", f" {amount(spread.high, 2)}"
    foot = Text(low, dim, no_wrap=True).append(word.center(wide - len(low) - len(high)), Style.null()).append(high, dim)
    return [*(Text(line, style, no_wrap=True) for line in bars), foot.append(bad, accent(BAD, look))]


def _bars(spread: Spread, room: int, tall: int, look: Look) -> list[str]:
    """Lines from the top."""
    counts = np.asarray(spread.counts, float)
    wide = _wide(len(counts), room)
    if wide < len(counts):
        counts = counts.reshape(wide, -1).sum(axis=1)
    counts = counts.repeat(wide // len(counts))
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
