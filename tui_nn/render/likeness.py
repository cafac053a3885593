"""A sample between two classes, input by input: its value on the range of all, beside what is usual in each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style
from rich.text import Text

from tui_nn.render.amount import aligned
from tui_nn.render.canvas import fitting, spaced, wording
from tui_nn.render.histogram import tall as tall_columns
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, GOOD, VALIDATION, accent
from tui_nn.render.short_names import short_names

Array = np.ndarray[Any, np.dtype[Any]]

NAME, NUMBER = 14, 9  # cells of an input's name, and of a number
ROOMY, LONG_NAME, LONG_CLASS = 100, 24, 16  # cells from which on names of inputs and classes may have so many
STRIP, LONGEST = 8, 150  # cells of the range: from so many on numbers stand beside it, and at most
BINS, TALLEST = 24, 6  # parts of the range in which samples are counted, and lines of their columns
FEWEST = 2  # inputs that say something
MARKS, ASCII_MARKS = "●○×", "*ox"  # the sample, its class, the other


@dataclass(frozen=True)
class Likeness:
    """sample, own, other (n,): its inputs, and means of the class that it is of and of the one it is taken for.

    NaN for a class without a sample. low, high (n,): the range of each input. classes: the names of the two. number: of
    the sample, from 0. of: which samples the means are of, in words. samples (k, n) each: those of the two classes.
    """

    number: int
    classes: tuple[str, str]
    names: Sequence[str]
    sample: Array
    own: Array
    other: Array
    low: Array
    high: Array
    of: str
    samples: tuple[Array, Array]

    @property
    def leaning(self) -> Array:
        """(n,): how much nearer each input is to the other class than to its own, in parts of its range."""
        span = np.where(self.high > self.low, self.high - self.low, 1.0)
        found: Array = (np.abs(self.sample - self.own) - np.abs(self.sample - self.other)) / span
        return np.nan_to_num(found)


def likeness_lines(one: Likeness, width: int, height: int, look: Look) -> list[Text]:
    """A heading, what the marks mean, and a line an input; where not all have room, those that speak for the other.

    Nothing where there is no room for FEWEST.
    """
    count = len(one.names)
    room = min(count, height - 2)
    if room < min(FEWEST, count) or width < NAME + STRIP:
        return []
    order = np.sort(np.argsort(-one.leaning, kind="stable")[:room])
    has_numbers = width >= NAME + 3 * NUMBER + 2 + STRIP
    name = min(LONG_NAME if width >= ROOMY else NAME, max(map(len, one.names)))
    number = min(LONG_CLASS, max(NUMBER, *(len(word) + 3 for word in one.classes))) if width >= ROOMY else NUMBER
    strip = min(LONGEST, width - name - 1 - (3 * number + 2 if has_numbers else 0))
    names = short_names([one.names[place] for place in order], name)
    lines = [_heading(one, room, width, look), _marks(one, width, name if has_numbers else 0, number, look)]
    tall = min(TALLEST, ((height - 2) // max(1, room) - 2) // 2)  # a strip and a blank line are there besides
    for place, label in zip(order.tolist(), names, strict=True):
        line = Text(no_wrap=True).append(f"{label:<{name}} ", accent(DIM, look))
        if has_numbers:
            values = [float(value[place]) for value in (one.sample, one.own, one.other)]
            for text, style in zip(aligned(values, 3), _styles(look), strict=True):
                line.append(text.rjust(number), style)
            line.append("  ")
        before = line.cell_len
        line.append_text(_strip(one, place, strip, look))
        if tall > 0:
            own, other = _found(one, place, strip, tall, before, look)
            lines += [*own, line, *other, Text(no_wrap=True)]
        else:
            lines.append(line)
    return lines if tall > 0 else [*lines[:2], *spaced(lines[2:], height - 2)]


def _found(one: Likeness, place: int, cells: int, tall: int, before: int, look: Look) -> list[list[Text]]:
    """How often values of this input are found in the two classes, as columns of the height of `tall` lines, behind
    `before` cells for the name of the class."""
    low, high = float(one.low[place]), float(one.high[place])
    bins, drawn = min(cells, BINS), []
    shares = [_shares(samples[:, place].astype(np.float64), low, high, bins) for samples in one.samples]
    most, marks = max(max(share) for share in shares), ASCII_MARKS if look.ascii else MARKS
    # Of 16 colours red is made yellow where it is a letter, and stays red where it is a block: these are yellow too.
    colours = accent(GOOD, look), accent(VALIDATION, look)
    names = short_names(one.classes, before - 4)
    for mark, name, share, style, bars in zip(marks[1:], names, shares, _styles(look)[1:], colours, strict=True):
        lines = tall_columns(
            [share[cell * bins // cells] for cell in range(cells)], tall, ascii_only=look.ascii, most=most
        )
        said = [""] * (tall - 1) + [f"{mark} {name}  "]
        drawn.append(
            [
                Text(word.rjust(before), style, no_wrap=True).append(line, bars)
                for word, line in zip(said, lines, strict=True)
            ]
        )
    return drawn


def _shares(values: Array, low: float, high: float, bins: int) -> list[int]:
    """Of the values (k,) that are known how many of a thousand lie in each part of the range."""
    values = values[np.isfinite(values)]
    counts, _ = np.histogram(values, bins, (low, high if high > low else low + 1))
    shares: list[int] = np.ceil(1000 * counts / max(1, len(values))).astype(int).tolist()
    return shares


def _heading(one: Likeness, room: int, width: int, look: Look) -> Text:
    own, other = one.classes
    toward = int((one.leaning > 0).sum())
    count = len(one.names)
    nearer = f"{toward} of {count} inputs nearer to {other} than to {own}"
    shown = [f"{room} shown"] if room < count else []
    said = fitting(width, f"sample {one.number + 1}: {nearer}", *shown, f"means of {one.of}")
    short = f"{toward} of {count} nearer to {other}"
    said = said if nearer in said else wording(width, f"sample {one.number + 1}: {short}", short)
    return Text(said, accent(DIM, look), no_wrap=True)


def _marks(one: Likeness, width: int, name: int, number: int, look: Look) -> Text:
    """Over the numbers where they are, else before the strips."""
    marks = ASCII_MARKS if look.ascii else MARKS
    styles = _styles(look)
    said = ("this", *one.classes)
    text = Text(no_wrap=True)
    if name:
        text.append(" " * (name + 1))
        for mark, word, style in zip(marks, short_names(said, number - 3), styles, strict=True):
            text.append(f"{mark} {word}".rjust(number), style)
        return text
    for mark, word, style in zip(marks, short_names(said, max(1, (width - 10) // 3)), styles, strict=True):
        text.append(f"{mark} {word}  ", style)
    return text


def _styles(look: Look) -> tuple[Style, Style, Style]:
    """Of the sample, its class, the other."""
    return Style.null(), accent(GOOD, look), accent(BAD, look)


def _strip(one: Likeness, place: int, cells: int, look: Look) -> Text:
    low, high = float(one.low[place]), float(one.high[place])
    letters = ["-" if look.ascii else "─"] * cells
    styles = [accent(DIM, look)] * cells
    marks = ASCII_MARKS if look.ascii else MARKS
    found = zip(marks, (one.sample, one.own, one.other), _styles(look), strict=True)
    for mark, values, style in reversed([*found]):  # the sample last: where it is on a mean, it is seen
        value = float(values[place])
        if low <= value <= high:
            at = round((value - low) / (high - low) * (cells - 1)) if high > low else cells // 2
            letters[at] = mark
            styles[at] = style
    text = Text(no_wrap=True)
    for letter, style in zip(letters, styles, strict=True):
        text.append(letter, style)
    return text
