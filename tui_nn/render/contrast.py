"""How well one colour is read on another (Web Content Accessibility Guidelines 2.2, "contrast ratio")."""

from __future__ import annotations

from collections.abc import Sequence

TURN = 0.179  # the luminance of a ground on which black and white are read equally well


def luminance(colour: Sequence[int]) -> float:
    """colour: red, green and blue, 0 to 255. From 0, black, to 1, white."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Sequence[int], other: Sequence[int]) -> float:
    """From 1, the same, to 21, black and white."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)
