"""The gallery of mistakes: the samples that a network gets wrong, the surest errors first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.canvas import boxed, fitting, too_small
from tui_nn.render.drawing import Drawing, Spot
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, accent, pixels, pool
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Mistake:
    """A sample taken for another class. sure: the output of that class, in per cent of its span."""

    number: int  # of the sample, counted from 0 in its part
    true: str
    predicted: str
    sure: float
    inputs: Array  # (n,)


def gallery(
    mistakes: Sequence[Mistake],
    asked: int,
    part: str,
    picture: tuple[int, int] | None,
    features: Sequence[str],
    width: int,
    height: int,
    look: Look | None = None,
    at: int = -1,
) -> Drawing:
    """Pictures with `true -> predicted` below; for data that are no pictures, a line of numbers each.

    at: which mistake has the cursor, -1 for none; it is among those drawn. Spots: (number of the sample from 1,).
    """
    look = look or Look()
    if width < 14 or height < 4:
        return Drawing(too_small(width, height))
    share = 100 * len(mistakes) / max(1, asked)
    head = Text(
        fitting(width, f"{len(mistakes)} of {asked} {part} samples are wrong", f"({share:.1f} %)", gap=" "),
        no_wrap=True,
    )
    if not mistakes:
        return Drawing(boxed([head], width, height))
    if picture is not None:
        lines, spots = _tiles(mistakes, picture, width, height, look, at)
        return Drawing(boxed([head, *lines], width, height), spots, is_marked=True)
    first = max(0, at + 3 - height)
    shown = mistakes[first:]
    rows = {(one.number + 1,): Spot(0, 2 + line, width - 1) for line, one in enumerate(shown[: height - 2])}
    return Drawing(boxed([head, *_table(shown, features, look)], width, height), rows)


def _captions(mistakes: Sequence[Mistake], width: int, look: Look) -> list[str]:
    """true -> predicted for each, in at most `width` cells: whole where they fit, else each name in half of it."""
    arrow = ">" if look.ascii else "→"
    whole = [f"{mistake.true}{arrow}{mistake.predicted}" for mistake in mistakes]
    if max(map(len, whole)) <= width:
        return whole
    names = short_names([name for mistake in mistakes for name in (mistake.true, mistake.predicted)], (width - 1) // 2)
    return [f"{true}{arrow}{predicted}" for true, predicted in zip(names[::2], names[1::2], strict=True)]


def _tiles(
    mistakes: Sequence[Mistake], picture: tuple[int, int], width: int, height: int, look: Look, at: int
) -> tuple[list[Text], dict[tuple[int], Spot]]:
    rows, columns = picture
    factor = max(1, -(-max(rows, columns) // 14), -(-columns // width))
    while (
        factor > 1 and (-(-rows // (factor - 1)) + 1) // 2 + 2 < (height - 1) // 2 and columns // (factor - 1) < width
    ):
        factor -= 1
    tall, wide = -(-rows // factor), -(-columns // factor)
    wide_tile = max(wide, 7) + 1
    per_line = max(1, (width + 1) // wide_tile)
    per_screen = max(1, (height - 1) // (-(-tall // 2) + 1))
    captions = _captions(mistakes, wide_tile - 1, look)
    lines: list[Text] = []
    spots: dict[tuple[int], Spot] = {}
    first = max(0, at // per_line - per_screen + 1) * per_line  # the cursor's is in the last row at most
    for start in range(first, min(len(mistakes), first + per_line * per_screen), per_line):
        bands = [Text(no_wrap=True) for _ in range(-(-tall // 2))]
        words = Text(no_wrap=True)
        for number, (mistake, caption) in enumerate(
            zip(mistakes[start : start + per_line], captions[start:], strict=False), start=start
        ):
            image = pool(mistake.inputs.reshape(rows, columns).astype(float), tall, wide)
            scale = float(np.abs(image[np.isfinite(image)]).max(initial=0)) or 1.0
            for band, line in zip(bands, pixels(image, scale, look), strict=True):
                band.append_text(line).append(" " * (wide_tile - wide))
            spots[(mistake.number + 1,)] = Spot(
                (number - start) * wide_tile, 1 + len(lines), wide_tile - 1, len(bands) + 1
            )
            said, style = fitting(wide_tile - 1, caption, f"{mistake.sure:.0f}%", gap=" "), accent(BAD, look)
            if number == at:
                said = f"[{caption}]"[: wide_tile - 1] if look.depth == "none" or look.ascii else said
                style += Style(reverse=True)
            words.append(said, style).append(" " * (wide_tile - len(said)))
        lines += [*bands, words]
    return lines, spots


def _table(mistakes: Sequence[Mistake], features: Sequence[str], look: Look) -> list[Text]:
    count = len(mistakes[0].inputs)
    names = [*features, *(f"x{number}" for number in range(len(features) + 1, count + 1))][:count]
    lines = [
        Text(
            "sample  true>predicted     sure  " + "".join(f"{name:>10}" for name in short_names(names, 9)),
            accent(DIM, look),
        )
    ]
    for mistake, caption in zip(mistakes, _captions(mistakes, 16, look), strict=True):
        line = Text(f"{mistake.number + 1:>6}  ", no_wrap=True)
        line.append(f"{caption:<16}", accent(BAD, look)).append(f"{mistake.sure:6.0f} %  ")
        lines.append(line.append("".join(f"{value:10.4g}" for value in mistake.inputs)))
    return lines
