"""The gallery of mistakes: the samples that a network gets wrong, the surest errors first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.canvas import boxed, fitting
from tui_nn.render.drawing import Drawing, Spot, row_spot
from tui_nn.render.inputs import NARROW, input_columns
from tui_nn.render.likeness import Likeness, likeness_lines
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, GOOD, TRAIN, accent
from tui_nn.render.short_names import short_names
from tui_nn.render.tiles import FEW, sheet, spread, tiles

Array = np.ndarray[Any, np.dtype[Any]]

CAPTION = 9  # cells
BARS, CLOSE = 2, 3  # the answer and the one that comes next, and of a sample by itself one more
SECOND, ROOMY = 18, 60  # cells of the answer that comes next in a line, and of lines that have it
NAMES, INPUTS = 16, 3  # cells of both classes in a line, and more where so many of the inputs keep their room
ANSWERS = 120  # cells for the bars of a single sample
TALL = 14  # lines, below which pictures have all the room


@dataclass(frozen=True)
class Mistake:
    """A sample taken for another class, or for its own. sure: the output of that class, in per cent of its span.

    best: the classes with the largest outputs and these, the answer first.
    """

    number: int  # of the sample, counted from 0 in its part
    true: str
    predicted: str
    sure: float
    inputs: Array  # (n,)
    best: tuple[tuple[str, float], ...] = ()


def gallery(
    mistakes: Sequence[Mistake],
    head: Sequence[str],
    picture: tuple[int, int] | None,
    features: Sequence[str],
    width: int,
    height: int,
    look: Look | None = None,
    at: int = -1,
    closer: Likeness | None = None,
) -> Drawing:
    """Pictures with `true -> predicted` and the best two answers below; for data that are no pictures, a line each.

    head: phrases about all of them. at: which mistake has the cursor, -1 for none; it is among those drawn. closer: the
    inputs of that one, or of the first, beside what is usual: drawn where a table leaves room for them. Spots: (number
    of the sample from 1,).
    """
    look = look or Look()
    heading = Text(fitting(width, *head, gap=" "), no_wrap=True)
    if not mistakes:
        return Drawing(boxed([heading], width, height))
    if picture is not None:
        lines, spots = _tiles(mistakes, picture, width, height, look, at)
        return Drawing(boxed([heading, *lines], width, height), spots, is_marked=True)
    first = max(0, at + 3 - height)
    shown = mistakes[first:]
    rows = {(one.number + 1,): row_spot(2 + line, width, look) for line, one in enumerate(shown[: height - 2])}
    lines = [heading, *_table(shown, features, width, look)]
    if closer is not None:
        lines += _closer(mistakes[max(0, at)], closer, width, height - len(lines), look)
    return Drawing(boxed(lines, width, height), rows)


def _closer(mistake: Mistake, likeness: Likeness, width: int, height: int, look: Look) -> list[Text]:
    """Its best answers, and its inputs, as much as there is room for below the table."""
    bars = _bars(mistake, min(CLOSE, len(mistake.best)), min(width, ANSWERS), look)
    inputs = likeness_lines(likeness, width, height - len(bars) - 2, look)
    if inputs:
        return [Text(), *bars, Text(), *inputs]
    return [Text(), *bars] if height > len(bars) else []


def _verdict(mistake: Mistake, look: Look) -> Style:
    return accent(GOOD if mistake.true == mistake.predicted else BAD, look)


def _captions(mistakes: Sequence[Mistake], width: int, look: Look) -> list[str]:
    """true -> predicted for each, or its class if it is right, in at most `width` cells: whole names where they fit,
    else each in half of it.
    """
    arrow = ">" if look.ascii else "→"
    pairs = [(mistake.true, mistake.predicted) for mistake in mistakes]
    whole = [true if true == taken else f"{true}{arrow}{taken}" for true, taken in pairs]
    if max(map(len, whole)) <= width:
        return whole
    names = short_names([name for pair in pairs for name in pair], (width - 1) // 2)
    short = zip(names[::2], names[1::2], strict=True)
    return [true if true == taken else f"{true}{arrow}{taken}" for true, taken in short]


def _tiles(
    mistakes: Sequence[Mistake], picture: tuple[int, int], width: int, height: int, look: Look, at: int
) -> tuple[list[Text], dict[tuple[int], Spot]]:
    bars = min(BARS, *(len(one.best) for one in mistakes)) if height >= TALL else 0
    drawn = sheet(picture, len(mistakes), width, max(1, height - 1), look, narrowest=CAPTION, words=1 + bars)
    if bars and drawn.room < min(FEW, len(mistakes)):  # more samples say more than the answers of each
        closer = sheet(picture, len(mistakes), width, max(1, height - 1), look, narrowest=CAPTION)
        drawn, bars = (closer, 0) if closer.room > drawn.room else (drawn, bars)
    close = drawn.height
    drawn = spread(drawn, len(mistakes), width, max(1, height - 1))
    if bars:  # more of the answers, where there are lines to spare
        bars = min(bars + max(0, drawn.height - close - 1), *(len(one.best) for one in mistakes))
        drawn = replace(drawn, words=1 + bars)
    captions = _captions(mistakes, drawn.width - 1, look)
    page = drawn.page(len(mistakes), at)
    words = []
    for number in page:
        said = fitting(drawn.width - 1, captions[number], f"{mistakes[number].sure:.0f}%", gap=" ")
        style = _verdict(mistakes[number], look)
        if number == at:
            said = f"[{captions[number]}]" if look.is_plain else said
            style += Style(reverse=True)
        words.append(Text("\n").join([Text(said, style), *_bars(mistakes[number], bars, drawn.width - 2, look)]))
    shown = [mistakes[number] for number in page]
    lines, spots = tiles([one.inputs.reshape(1, *picture) for one in shown], words, drawn, look)
    return lines, {(one.number + 1,): replace(spot, line=spot.line + 1) for one, spot in zip(shown, spots, strict=True)}


def _bars(mistake: Mistake, count: int, width: int, look: Look) -> list[Text]:
    """The best answers, each with its bar, which is no pixel of a picture, and its per cent: `7 ━━━ 83`."""
    names = short_names([name for name, _ in mistake.best[:count]], max(1, width // 3))
    name = max(map(len, names), default=0)
    room = width - name - 5
    lines = []
    for label, (_, share) in zip(names, mistake.best, strict=False):
        line = Text(f"{label:<{name}} ", no_wrap=True)
        cells = round(min(100.0, max(0.0, share)) / 100 * room) if room > 0 else 0
        line.append(("#" if look.is_plain else "━") * cells, accent(TRAIN, look))
        lines.append(line.append(" " * max(0, room - cells)).append(f"{share:4.0f}"[:4], accent(DIM, look)))
    return lines


def _table(mistakes: Sequence[Mistake], features: Sequence[str], width: int, look: Look) -> list[Text]:
    second = SECOND if width >= ROOMY and all(len(one.best) > 1 for one in mistakes) else 0
    wide, room = max(3, min(NAMES, width - 16)), width - 16 - second
    longest = max((len(one.true) + 1 + len(one.predicted) for one in mistakes), default=0)
    spare = room - max(wide, longest) - NARROW * min(INPUTS, len(mistakes[0].inputs))
    wide = max(wide, longest) if spare >= 0 else wide
    if second and spare > NARROW:
        more = max(0, min(spare - NARROW, max(len(one.best[1][0]) for one in mistakes) + 7 - second))
        second, room = second + more, room - more
    room -= wide
    columns = input_columns(features, [one.inputs for one in mistakes], room)
    head = f"sample  {'true>predicted'[:wide]:<{wide}}  sure  {'then':<{second}.{second}}"
    lines = [Text(head, accent(DIM, look)).append_text(columns.head(look))]
    names = short_names([one.best[1][0] if second else "" for one in mistakes], max(1, second - 7))
    for mistake, caption, name in zip(mistakes, _captions(mistakes, wide, look), names, strict=True):
        line = Text(f"{mistake.number + 1:>6}  ", no_wrap=True)
        line.append(f"{caption:<{wide}}", _verdict(mistake, look)).append(f"{mistake.sure:5.0f} % ")
        if second:
            line.append(f"{name} {mistake.best[1][1]:.0f} %".ljust(second))
        lines.append(line.append_text(columns.line(mistake.inputs, look)))
    return lines
