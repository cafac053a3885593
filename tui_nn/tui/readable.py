"""Letters that can be read on their ground, whichever theme, view or plugin coloured them, in the terminal's colours.

What is dim, disabled or under a bar is blended from two colours, and nobody sees all of the blends beforehand.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.color import Color as RichColor
from rich.color import ColorSystem, blend_rgb, parse_rgb_hex
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.color import Color
from textual.filter import LineFilter

from tui_nn.render.contrast import contrast

LETTERS = re.compile(r"[^\s\u2500-\u25ff\u2800-\u28ff]")  # frames, blocks, points and braille are pictures
STEPS = 10  # from a colour to white or black
WHITE, BLACK = ColorTriplet(255, 255, 255), ColorTriplet(0, 0, 0)
ENOUGH = {ColorSystem.STANDARD: 4.0}  # else what the guidelines ask for
AA = 4.5
# What terminals show for the sixteen colours unless somebody has changed them, dark ones first: IBM's VGA, and xterm.
SIXTEEN = (
    (
        "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa",
        "555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    ),
    (
        "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5",
        "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
    ),
)


def _palette(dark: str, bright: str) -> TerminalTheme:
    halves: list[list[tuple[int, int, int]]] = [[parse_rgb_hex(one) for one in half.split()] for half in (dark, bright)]
    return TerminalTheme(BLACK, WHITE, *halves)


PALETTES = [_palette(*halves) for halves in SIXTEEN]
SYSTEMS = {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT}


class Readable(LineFilter):
    """Moves the colour of letters towards white or black, as little as is needed."""

    def __init__(self, system: str | None) -> None:
        """system: the colours of the terminal, as Rich names them."""
        super().__init__()
        self._system = SYSTEMS.get(system or "", ColorSystem.TRUECOLOR)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same text; background: where a segment has none of its own."""
        found = []
        for segment in segments:
            text, style, control = segment
            if style is not None and style.color is not None and LETTERS.search(text):
                better = _readable(style, None if style.bgcolor is not None else background, self._system)
                if better is not style:
                    segment = Segment(text, better, control)
            found.append(segment)
        return found


@lru_cache(maxsize=8192)
def _readable(style: Style, background: Color | None, system: ColorSystem) -> Style:
    ground = style.bgcolor if background is None else background.rich_color
    letters = style.color
    assert letters is not None
    assert ground is not None
    enough = ENOUGH.get(system, AA)
    if style.dim and _contrast(letters, ground, system, dim=True) < enough:
        style += Style(dim=False)
    if letters.is_default or ground.is_default or _contrast(letters, ground, system) >= enough:
        return style  # nobody knows what the terminal has by default
    white, black = (_contrast(RichColor.from_triplet(end), ground, system) for end in (WHITE, BLACK))
    colour, end = letters.get_truecolor(PALETTES[0]), WHITE if white > black else BLACK
    for step in range(1, STEPS + 1):
        moved = RichColor.from_triplet(blend_rgb(colour, end, step / STEPS))
        if _contrast(moved, ground, system) >= enough:
            break
    return style + Style(color=moved)


def _contrast(letters: RichColor, ground: RichColor, system: ColorSystem, *, dim: bool = False) -> float:
    """As the terminal shows them; dim letters are about half way to their ground."""
    shown = letters.downgrade(system), ground.downgrade(system)
    few = system is ColorSystem.STANDARD
    found = []
    for palette in PALETTES[: len(PALETTES) if few else 1]:
        above, below = (colour.get_truecolor(palette) for colour in shown)
        found.append(contrast(blend_rgb(above, below, 0.5) if dim else above, below))
    return min(found)
