"""Colours with one meaning everywhere: orange is negative, blue is positive, dark is zero.

The ramps for 256 and 16 colours are chosen by hand, for an automatic downgrade makes all dark shades one. Without
colour a ramp of glyphs carries sign and size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from rich.color import Color, ColorSystem
from rich.style import Style
from rich.text import Span, Text

from tui_nn.render.amount import amount, signed
from tui_nn.render.contrast import TURN, contrast, luminance
from tui_nn.render.look import Depth, Look

Array = np.ndarray[Any, np.dtype[Any]]

NEGATIVE, ZERO, POSITIVE = (255, 152, 48), (24, 26, 32), (64, 160, 255)
LIGHT_NEGATIVE, LIGHT_ZERO, LIGHT_POSITIVE = (190, 84, 0), (246, 247, 249), (0, 84, 190)
NEGATIVE_256 = (94, 130, 136, 172, 208, 214)
POSITIVE_256 = (18, 25, 26, 32, 33, 39)
ZERO_256 = 234
LIGHT_NEGATIVE_256 = (223, 216, 215, 208, 166, 130)
LIGHT_POSITIVE_256 = (189, 153, 111, 69, 27, 19)
LIGHT_ZERO_256 = 255
LEVELS: dict[Depth, int] = {"truecolor": 15, "256": 6, "16": 2, "none": 3}  # steps on each side of zero
RAMPS = {"negative": "-~=", "positive": "+*#"}
SHADED = "░▒▓"  # positive, where there are blocks: a picture is seen at a glance
SPREAD = 0.6  # the power that makes small values seen where there are two or three steps a sign
ON_16 = (  # letters on the colour of a level, on a dark and on a light ground; terminals differ in what these look like
    {-2: "black", -1: "black", 0: "white", 1: "bright_white", 2: "bright_white"},
    {-2: "bright_white", -1: "black", 0: "black", 1: "bright_white", 2: "bright_white"},
)
SIDES, ASCII_SIDES = " ·:░▒▓", " .:+*#"  # without colours: from surely below 0 to surely above
FAR_APART = 2  # levels of two pixels in a cell, from which on no mean stands for both

# Right and wrong are blue and orange as well, for red and green are one colour to one man in twelve.
TRAIN, VALIDATION, DIM, GOOD, BAD = "#5fb3ff", "#ffb454", "#7f8794", "#7cc6ff", "#ff9a3c"
# Values and gradients of a circuit, green and red as on the slides; their place and an arrow tell them apart as well.
FORWARD, BACKWARD = "#7fd88f", "#ff7a7a"

# Classes and runs, told apart with normal and with deficient colour vision (Okabe and Ito, 2008).
DISTINCT = ("#009e73", "#cc79a7", "#f0e442", "#d55e00", "#56b4e9", "#e69f00", "#0072b2")
# Of lines beside those of TRAIN and VALIDATION: the same without what is nearly one of these two.
BESIDE_PARTS = (*(one for one in DISTINCT if one not in ("#56b4e9", "#e69f00")), DIM)
# One shade of each by hand, on which points are seen: the nearest of 256 colours to a dark pink is a grey, and two
# shades of some would be taken for two classes.
DISTINCT_256 = (22, 96, 58, 124, 24, 130, 25)
# Of the sixteen colours those that are seen on black, and those that are on white.
DISTINCT_16 = {
    False: ("green", "bright_magenta", "bright_yellow", "bright_red", "bright_blue", "yellow", "cyan"),
    True: ("green", "magenta", "cyan", "red", "bright_blue", "bright_black", "blue"),
}
PALE_16 = ("green", "cyan")  # of the latter those on which black is read best
INKS_16, INKS = ("black", "bright_white"), ("#000000", "#ffffff")  # of words on a ground of any colour


# The same on a light background, as dark as is needed to be read; and what is dim at high contrast.
ON_LIGHT = {TRAIN: "#0059b3", VALIDATION: "#9a5200", DIM: "#5a6270", GOOD: "#0059b3", BAD: "#a84300"}
ON_LIGHT |= {FORWARD: "#006b3c", BACKWARD: "#b3261e"}
ON_LIGHT |= dict(
    zip(DISTINCT, ("#00694c", "#94427a", "#7a7000", "#b3261e", "#1f78a8", "#8a5f00", "#00707f"), strict=True)
)
ON_LIGHT_16 = {TRAIN: "blue", VALIDATION: "red", DIM: "bright_black", GOOD: "blue", BAD: "red"}
ON_LIGHT_16 |= {FORWARD: "green", BACKWARD: "red"}
STRONG_DIM = {False: "#d4d8e0", True: "#202428"}
STRONG_DIM_16 = {False: "white", True: "black"}


def accent(colour: str, look: Look) -> Style:
    """A style for lines and words; where there is no colour, none."""
    if look.depth == "none":
        return Style.null()
    if look.contrast and colour == DIM:
        return Style.parse((STRONG_DIM_16 if look.depth == "16" else STRONG_DIM)[look.light])
    if look.light and look.depth != "16":
        return Style.parse(ON_LIGHT.get(colour, colour))
    if look.light and colour in ON_LIGHT_16:
        return Style.parse(ON_LIGHT_16[colour])
    if look.depth == "16":
        names = {TRAIN: "bright_blue", VALIDATION: "yellow", DIM: "white", GOOD: "green", BAD: "red"}
        names |= {FORWARD: "green", BACKWARD: "red"}
        names |= dict(zip(DISTINCT, DISTINCT_16[look.light], strict=True))
        return Style.parse(names[colour])
    return Style.parse(colour)


def on_ground_of(colour: str, look: Look) -> Style:
    """A style for a word on a ground of this colour."""
    behind = accent(colour, look).color
    if behind is None:
        return Style(bold=True, reverse=True)
    if look.depth == "16":
        ink = INKS_16[look.light and behind.name not in PALE_16]
    else:
        ink = seen_best(INKS, behind.name, look.depth)
    return Style.parse(f"bold {ink} on {behind.name}")


def faded(colour: str, look: Look) -> Style:
    """The same colour, as a background to itself: half way to the ground, or dim where there are 16 colours."""
    if look.depth in ("16", "none"):
        return accent(colour, look) + (Style(dim=True) if look.depth == "16" else Style.null())
    if look.light:
        colour = ON_LIGHT.get(colour, colour)
        red, green, blue = (255 - (255 - int(colour[at : at + 2], 16)) * 13 // 20 for at in (1, 3, 5))
        return Style.parse(f"#{red:02x}{green:02x}{blue:02x}")
    share = 9 if look.depth == "truecolor" else 13  # of 20: the nearest of 256 colours to a darker one has another hue
    red, green, blue = (int(colour[at : at + 2], 16) * share // 20 for at in (1, 3, 5))
    return Style.parse(f"#{red:02x}{green:02x}{blue:02x}")


def levels(values: Array, scale: float, look: Look) -> Array:
    """Values -> whole levels from -n to n, where n stands for `scale` and more. What is not finite is level 0.

    With two levels a sign they are not of equal size, so that small values are seen.
    """
    n = LEVELS[look.depth]
    ratio: Array = np.clip(values / scale if scale > 0 else values * 0, -1, 1)
    if n == LEVELS["16"]:
        ratio = np.sign(ratio) * np.abs(ratio) ** SPREAD
    found: Array = np.rint(np.where(np.isnan(ratio), 0, ratio) * n).astype(int)
    return found


@lru_cache(maxsize=256)
def colour(level: int, depth: Depth, light: bool = False) -> str:
    """The colour of a level."""
    n = LEVELS[depth]
    if depth == "truecolor":
        middle = LIGHT_ZERO if light else ZERO
        ends = (LIGHT_POSITIVE, LIGHT_NEGATIVE) if light else (POSITIVE, NEGATIVE)
        end = ends[0] if level > 0 else ends[1]
        share = (abs(level) / n) ** 0.8  # small values stay visible
        r, g, b = (round(zero + (one - zero) * share) for zero, one in zip(middle, end, strict=True))
        return f"#{r:02x}{g:02x}{b:02x}"
    if depth == "256":
        ramps = (LIGHT_POSITIVE_256, LIGHT_NEGATIVE_256) if light else (POSITIVE_256, NEGATIVE_256)
        ramp = ramps[0] if level > 0 else ramps[1]
        return f"color({ramp[abs(level) - 1] if level else LIGHT_ZERO_256 if light else ZERO_256})"
    if light:
        return {-2: "red", -1: "bright_red", 0: "bright_white", 1: "bright_blue", 2: "blue"}[level]
    return {-2: "bright_yellow", -1: "yellow", 0: "black", 1: "blue", 2: "bright_blue"}[level]


def negative(look: Look) -> str:
    """The word for the colour of what is negative."""
    return "orange" if look.depth != "16" else "red" if look.light else "yellow"


def of_sign(value: float, look: Look) -> Style:
    """Of a line for a number: what is good and what is bad have other colours among sixteen."""
    if look.depth == "16":
        return accent(TRAIN if value >= 0 else VALIDATION, look)
    return accent(GOOD if value >= 0 else BAD, look)


@lru_cache(maxsize=256)
def shade(level: int, look: Look) -> Style:
    """The style of a level on the terminal's own ground; where there is no colour, none."""
    return Style.null() if look.depth == "none" else Style.parse(colour(level, look.depth, look.light))


def ground(value: float, scale: float, look: Look) -> Style:
    """The style of a number that is written on the colour of its value."""
    if look.depth == "none" or not math.isfinite(value):
        return Style.null()
    return _on(int(levels(np.array([value]), scale, look)[0]), look.depth, look.light)


@lru_cache(maxsize=256)
def _on(level: int, depth: Depth, light: bool) -> Style:
    behind = colour(level, depth, light)
    if depth == "16":
        return Style.parse(f"{ON_16[light][level]} on {behind}")
    triplet = Style.parse(f"on {behind}").bgcolor
    assert triplet is not None
    is_bright = luminance(triplet.get_truecolor()) > TURN
    return Style.parse(f"{'#000000' if is_bright else '#ffffff'} on {behind}")


@lru_cache(maxsize=4096)
def pair(first: int, second: int, depth: Depth, light: bool = False) -> Style:
    """Two pixels in a cell: the upper or left one is drawn, the other is behind it."""
    return Style.parse(f"{colour(first, depth, light)} on {colour(second, depth, light)}")


@lru_cache(maxsize=1024)
def contrasts(ink: str, behind: str, depth: Depth) -> float:
    """How much an ink stands out from a ground, from 1."""
    return contrast(_rgb(ink, depth), _rgb(behind, depth))


@lru_cache(maxsize=1024)
def seen_best(inks: tuple[str, ...], behind: str, depth: Depth) -> str:
    """The one that stands out most from its ground, as they are shown."""
    return max(inks, key=lambda one: contrasts(one, behind, depth))


def _rgb(colour: str, depth: Depth) -> tuple[int, int, int]:
    parsed = Color.parse(colour)
    return (parsed.downgrade(ColorSystem.EIGHT_BIT) if depth == "256" else parsed).get_truecolor()


def glyphs(values: Array, scale: float = 1.0, *, has_blocks: bool = False) -> str:
    """Values (n,) as characters that carry sign and size: - ~ = negative, + * # or shades positive, blank for zero."""
    positive = SHADED if has_blocks else RAMPS["positive"]
    ramp = " " + positive + RAMPS["negative"][::-1]  # index -1 is the first of the negative ones
    return "".join(ramp[level] for level in _glyph_levels(values, scale))


def _glyph_levels(values: Array, scale: float) -> Array:
    ratio = np.nan_to_num(values / scale if scale > 0 else values * 0, posinf=1, neginf=-1)
    return levels(np.sign(ratio) * np.abs(ratio) ** SPREAD, 1.0, Look("none"))


def _halved(top: Array, bottom: Array, scale: float) -> str:
    """A line of two rows of pixels as glyphs of their means; of pixels far apart, the larger as half a block."""
    means = glyphs((top + bottom) / 2, scale, has_blocks=True)
    above, below = _glyph_levels(top, scale), _glyph_levels(bottom, scale)
    half = (np.minimum(above, below) >= 0) & (np.abs(above - below) >= FAR_APART)
    return "".join(
        ("▀" if up > low else "▄") if is_half else mean
        for mean, is_half, up, low in zip(means, half.tolist(), above.tolist(), below.tolist(), strict=True)
    )


def sides(values: Array, look: Look) -> str:
    """Values (n,) from -1 to 1 as characters, of which one below 0 is hardly there; so is one that is no number."""
    ramp = ASCII_SIDES if look.ascii else SIDES
    places = (np.clip(np.nan_to_num(values, nan=-1.0), -1, 1) + 1) / 2 * len(ramp)
    return "".join(ramp[min(place, len(ramp) - 1)] for place in places.astype(int).tolist())


def pixels(values: Array, scale: float, look: Look) -> list[Text]:
    """A picture, (rows, columns), as lines of half blocks: two rows of pixels a line.

    Without colour, or in ASCII, a cell shows the mean of its two pixels as a glyph: - ~ = negative, + * # or
    shades positive; or half a block, where one of them is positive and the other is none.
    """
    if len(values) % 2:
        values = np.vstack([values, np.zeros((1, values.shape[1]))])
    if look.ascii:
        return [Text(glyphs(row, scale)) for row in (values[::2] + values[1::2]) / 2]
    if look.depth == "none":
        return [Text(_halved(top, bottom, scale)) for top, bottom in zip(values[::2], values[1::2], strict=True)]
    shades = levels(values, scale, look)
    return [_paired(top, bottom, "▀", look) for top, bottom in zip(shades[::2], shades[1::2], strict=True)]


def dotted(lines: Sequence[Text], values: Array, scale: float, look: Look) -> list[Text]:
    """A row of cells that `pixels` drew of values (columns,), with dots where a level of 0 has no ground of its own."""
    if not look.is_plain and look.depth != "16":
        return list(lines)
    is_zero, dot, dim = levels(values, scale, look) == 0, "." if look.ascii else "·", accent(DIM, look)
    found = []
    for line in lines:
        glyphs_of = zip(line.plain, is_zero.tolist(), strict=True)
        cells = [dot if zero and glyph in " ▀" else glyph for glyph, zero in glyphs_of]
        one = line.copy()
        one.plain = "".join(cells)
        for place in np.flatnonzero(is_zero).tolist():
            one.stylize(dim, place, place + 1)
        found.append(one)
    return found


def narrow_pixels(values: Array, scale: float, look: Look) -> list[Text]:
    """A picture, (lines, columns), as half blocks beside each other, in colours: two columns a cell, a row a line."""
    if values.shape[1] % 2:
        values = np.hstack([values, np.zeros((len(values), 1))])
    shades = levels(values, scale, look)
    return [_paired(row[::2], row[1::2], "▌", look) for row in shades]


def _paired(first: Array, second: Array, block: str, look: Look) -> Text:
    """A line of cells with two levels each, the first in the ink of the block and the second behind it."""
    # One span for each run of equal cells: a terminal is slow in changing colours.
    starts = [0, *(np.flatnonzero((first[1:] != first[:-1]) | (second[1:] != second[:-1])) + 1).tolist()]
    spans = [
        Span(start, end, pair(int(first[start]), int(second[start]), look.depth, look.light))
        for start, end in zip(starts, [*starts[1:], len(first)], strict=True)
    ]
    return Text(block * len(first), no_wrap=True, spans=spans)


def largest_size(values: Array) -> float:
    """The largest size of the finite values, 0 where there is none: the scale of colours symmetric about 0."""
    found = float(np.abs(values).max(initial=0))
    return found if math.isfinite(found) else float(np.abs(values[np.isfinite(values)]).max(initial=0))


def activation_scale(a: Array, limits: tuple[float, float]) -> tuple[float, float]:
    """(middle, scale) for painting activations: the colour of a is that of (a - middle) / scale, from -1 to 1.

    A bounded activation is painted on its range `limits`, so that a unit that always says 1 is not dark, and one that
    hardly moves is not made to look as if it did. Any other is painted about 0, up to its largest value.
    """
    low, high = limits
    if math.isfinite(low) and math.isfinite(high):
        return (low + high) / 2, (high - low) / 2 or 1.0
    return 0.0, largest_size(a) or 1.0


def row_scale(a: Array, limits: tuple[float, float]) -> tuple[float, float]:
    """`activation_scale` for a row of cells: a range that begins at 0 is painted from there on.

    The colour of what is negative, around a 0, would say that the unit is against something.
    """
    low, high = limits
    if low == 0 and math.isfinite(high):
        return 0.0, high
    return activation_scale(a, limits)


def legend(scale: float, look: Look, is_signed: bool = True, width: int = 80) -> Text:
    """What the colours mean: -scale, 0, +scale; of what is never negative, 0 and scale; nothing without room."""
    text = Text(no_wrap=True)
    if look.is_plain:
        most = RAMPS["positive"] if look.ascii else SHADED
        says = (
            f"=~- {amount(-scale, 2)}   0   {amount(scale, 2)} {most}"
            if is_signed
            else f"0   {amount(scale, 2)} {most}"
        )
        return text.append(says if len(says) <= width else "")
    low, high = (amount(-scale, 2), signed(scale, 2)) if is_signed else ("0", amount(scale, 2))
    room = min(12, width - len(low) - len(high) - 2)
    if room < 2:
        return text
    ramp = np.linspace(-1 if is_signed else 0, 1, room)[None, :].repeat(2, axis=0)
    return text.append(f"{low} ").append_text(pixels(ramp, 1.0, look)[0]).append(f" {high}")


def pool(values: Array, rows: int, columns: int) -> Array:
    """Means over blocks, so that a picture fits rows x columns; one that fits already stays as it is."""
    for axis, most in ((0, rows), (1, columns)):
        size = values.shape[axis]
        if size > most:
            factor = -(-size // most)
            starts = np.arange(0, size, factor)
            sums = np.add.reduceat(values, starts, axis=axis)
            counts = np.diff([*starts, size])
            values = sums / (counts[:, None] if axis == 0 else counts)
    return values


def shrunk(picture: Array, rows: int, columns: int) -> Array:
    """Means over square blocks, so that a picture fits rows x columns and keeps its proportions."""
    factor = max(1, -(-picture.shape[0] // max(1, rows)), -(-picture.shape[1] // max(1, columns)))
    return pool(picture, -(-picture.shape[0] // factor), -(-picture.shape[1] // factor))
