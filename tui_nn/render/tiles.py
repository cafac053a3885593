"""A sheet of pictures side by side, as large as the box allows: in whole pixels, or as means over blocks of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.text import Span, Text

from tui_nn.render.drawing import Spot
from tui_nn.render.look import Look
from tui_nn.render.pages import page
from tui_nn.render.palette import largest_size, pixels, pool

Array = np.ndarray[Any, np.dtype[Any]]

SMALLEST = 8  # pixels a side: below that a picture says little
HANDFUL, SHAPELY = 2, 12  # tiles that are enough where each has so many pixels a side: of means of few, a shape is lost
MANY, FEW = 8, 6  # samples that are to be seen at once: for more room for each, and for fewer pixels of each
EMPTY, MOST_OF = 0.5, 2 / 3  # of the room, below which so many of those that are to be seen at once are enough
STRONG = 0.85  # of the sizes in a picture without colours: those beyond are drawn alike
CELLS = 800  # for each of more samples than MANY


@dataclass(frozen=True)
class Tiling:
    """How a tile of `pieces` pictures is drawn, and how many tiles stand beside and below each other.

    narrow: pixels are one cell wide and a line high, where wider ones leave too few tiles, and of larger blocks where
    those are in a single row.

    per_pixel: 1 where half blocks show two pixels a cell; 2 where a glyph hardly can: a pixel is two cells wide there,
    as long as there is room.

    pooled: rows and columns of a picture that are left after means over blocks; scale: cells that each is wide.
    width, height: cells of a tile, a blank column at its right and the `words` lines of its caption included.
    aside: columns of a caption that stands at the left of its picture instead, 0 where none does.
    """

    pooled: tuple[int, int]
    scale: int
    width: int
    height: int
    across: int
    down: int
    words: int = 1
    per_pixel: int = 1
    narrow: bool = False
    aside: int = 0

    @property
    def room(self) -> int:
        """Tiles that are seen at once: a page."""
        return self.across * self.down

    def page(self, count: int, at: int) -> range:
        """Of so many tiles those of the page that `at` is on."""
        return page(count, self.room, at)


def tiling(
    picture: tuple[int, int],
    many: int,
    few: int,
    width: int,
    height: int,
    look: Look,
    *,
    narrowest: int = 1,
    pieces: int = 1,
    words: int = 1,
    is_signed: bool = False,
) -> Tiling:
    """The largest with which `many` tiles have room; smaller, down to SMALLEST, only where fewer than `few` have.

    Where half of the box would be empty, a step larger, if most of them still have room.

    narrowest, words: cells and lines that a caption needs. A single tile is pooled as far as it must be. is_signed:
    without colours a mean over two pixels would hide both.
    """

    wanted = 2 if look.is_plain else 1
    small = wanted if is_signed else 1

    def tried(
        scale: int, factor: int = 1, least: int = SMALLEST, per_pixel: int = small, narrow: bool = False
    ) -> Tiling:
        # Of a side that would have less than `least` pixels, blocks are smaller.
        rows, columns = (-(-side // min(factor, max(1, side // least))) for side in picture)
        wide = max(pieces * (columns * scale * (1 if narrow else per_pixel) + 1) - 1, narrowest) + 1
        tall = -(-rows * scale * per_pixel // 2) + words
        return Tiling((rows, columns), scale, wide, tall, (width + 1) // wide, height // tall, words, per_pixel, narrow)

    scale, factor = 1, 1
    while tried(scale + 1, per_pixel=wanted).room >= max(1, many):
        scale += 1
    best = tried(scale, per_pixel=wanted)
    if best.room < 1 or (best.room < few and max(picture) >= 2 * SMALLEST):
        best = tried(1)  # means of two pixels keep more than those of four
    while best.room < few and (factor + 1) * SMALLEST <= max(picture):
        if small == 2 and best.room >= HANDFUL and max(picture) < (factor + 1) * SHAPELY:
            break
        factor += 1
        best = tried(1, factor)
    larger = tried(1, factor - 1) if factor > 1 else tried(scale + 1, per_pixel=wanted)
    drawn = many * best.width * best.height
    if best.room >= few and drawn < EMPTY * width * height and larger.room >= max(MOST_OF * many, min(few, FEW)):
        best = larger
    if look.is_plain and best.room < min(few, EMPTY * many):
        narrow = tried(1, factor, per_pixel=2, narrow=True)
        best = narrow if narrow.room > best.room else best
        smaller = tried(1, factor + 1, per_pixel=2, narrow=True)
        if best.down == 1 < smaller.down:  # of a single row the lines below are of no use
            best = smaller
    factor = 1
    while best.room < 1 and factor < max(picture):
        factor += 1
        best = tried(1, factor, 1)
    return replace(best, across=max(1, best.across), down=max(1, best.down))


def spread(drawn: Tiling, count: int, width: int, height: int) -> Tiling:
    """With what the tiles leave of the box between them; as many of them in each row."""
    shown = max(1, min(count, drawn.room))
    down = -(-shown // drawn.across)
    across = -(-shown // down)
    tall = min(height // down, drawn.height + drawn.height // 2)
    return replace(drawn, across=across, down=down, width=(width + 1) // across, height=max(tall, drawn.height))


def aside(drawn: Tiling, columns: int, width: int, height: int) -> Tiling:
    """With the captions at the left of the pictures in so many columns, where more tiles have room so."""
    wide, tall = drawn.width + columns, drawn.height - drawn.words
    moved = replace(
        drawn, width=wide, height=tall, across=(width + 1) // wide, down=height // tall, words=0, aside=columns
    )
    return moved if moved.room > drawn.room else drawn


def sheet(
    picture: tuple[int, int],
    count: int,
    width: int,
    height: int,
    look: Look,
    *,
    narrowest: int,
    words: int = 1,
    wanted: int = MANY,
) -> Tiling:
    """For samples, of which some at once are enough: so many as are `wanted`, and the more the more cells there are."""
    many = max(wanted, width * height // CELLS)
    return tiling(picture, min(count, many), min(count, FEW), width, height, look, narrowest=narrowest, words=words)


def tiles(
    pictures: Sequence[Array], captions: Sequence[Text], drawn: Tiling, look: Look, *, is_above: bool = False
) -> tuple[list[Text], list[Spot]]:
    """Lines of the tiles that have room, and where each is.

    pictures: (pieces, rows, columns), each on a scale of its own. captions: `drawn.words` lines each,
    below its picture or above it, or as many as the picture has at the left of it.
    """
    lines: list[Text] = []
    spots: list[Spot] = []
    for start in range(0, min(len(pictures), drawn.room), drawn.across):
        numbers = range(start, min(start + drawn.across, len(pictures)))
        said = [_cut(captions[number], drawn) for number in numbers]
        words = [_beside([one[line] for one in said], drawn.width) for line in range(drawn.words)]
        painted = [_painted(pictures[number], drawn, look) for number in numbers]
        if drawn.aside:
            left = [captions[number].split("\n") for number in numbers]
            painted = [
                [_beside(pair, drawn.aside) for pair in itertools.zip_longest(words, bands, fillvalue=Text())]
                for words, bands in zip(left, painted, strict=True)
            ]
        bands = [_beside(band, drawn.width) for band in zip(*painted, strict=True)]
        spots += [Spot(place * drawn.width, len(lines), drawn.width - 1, drawn.height) for place in range(len(numbers))]
        lines += [*words, *bands] if is_above else [*bands, *words]
        lines += [Text(no_wrap=True)] * (drawn.height - len(words) - len(bands))
    return lines, spots


def _cut(caption: Text, drawn: Tiling) -> list[Text]:
    """Its lines, as long as a tile is wide; blank ones where it has fewer."""
    lines = [*caption.split("\n", allow_blank=True)][: drawn.words]
    for line in lines:
        line.truncate(drawn.width - 1)
    return lines + [Text()] * (drawn.words - len(lines))


def _beside(texts: Sequence[Text], width: int) -> Text:
    """One line of them, each beginning so many cells after the one before."""
    plain, cells = "", 0
    spans: list[Span] = []
    for place, text in enumerate(texts):
        plain += " " * (place * width - cells)
        at = len(plain)
        if text.style:
            spans.append(Span(at, at + len(text.plain), text.style))
        spans += [Span(start + at, end + at, style) for start, end, style in text.spans]
        plain += text.plain
        cells = place * width + text.cell_len
    return Text(plain, no_wrap=True, spans=spans)


def _painted(pieces: Array, drawn: Tiling, look: Look) -> list[Text]:
    """The pictures (pieces, rows, columns) of a tile beside each other, on one scale."""
    pooled = [pool(piece.astype(float), *drawn.pooled) for piece in pieces]
    scale = max(largest_size(one) for one in pooled) or 1.0
    if look.is_plain and min(float(one.min(initial=0)) for one in pooled) < 0:
        sizes = np.abs(np.concatenate([one.ravel() for one in pooled]))
        scale = float(np.quantile(sizes[sizes > 0], STRONG))  # of three steps the last is for more than a single pixel
    lines: list[Text] = []
    for one in pooled:
        times = drawn.scale * drawn.per_pixel
        across = drawn.scale if drawn.narrow else times
        large = pixels(one.repeat(times, axis=0).repeat(across, axis=1), scale, look)
        if not lines:
            lines = large
            continue
        for line, more in zip(lines, large, strict=True):
            line.append(" ").append_text(more)
    return lines
