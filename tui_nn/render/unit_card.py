"""The card of one unit: what comes in, its sum, whether it fires, how often, and where its sum lies on the curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from rich.style import Style
from rich.text import Text

from tui_nn.render.bars import terms_and_rest
from tui_nn.render.canvas import boxed, filled, fitting, too_small
from tui_nn.render.curve import Series, curve
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, VALIDATION, accent

NARROWEST, LOWEST = 24, 4
PLOT = 8  # lines: below that a curve cannot be seen
MOST = 12  # terms that are listed where there is room for a curve too
SLOTS = 40  # of a spike train, at most
GAP = "   "  # between two phrases

UNBROKEN = "\u00a0"  # a blank at which no line is broken


@dataclass(frozen=True)
class CardRow:
    """A name, and what is said of it in phrases, the first of which is always shown. rate: of spikes, 0 to 1."""

    name: str
    phrases: Sequence[str]
    rate: float | None = None


@dataclass(frozen=True)
class UnitCard:
    """head: phrases about the unit and the sample. terms: name, factor and value, the largest first; rest: of how many
    others, and their sum. rows: the sum and what is made of it. curves: over z; z: where the sum lies, None where that
    is no finite number.
    """

    head: Sequence[str]
    terms: Sequence[tuple[str, float, float]]
    rest: tuple[int, float]
    rows: Sequence[CardRow]
    curves: Sequence[Series]
    z: float | None


def unit_card(card: UnitCard, width: int, height: int, look: Look | None = None) -> Text:
    """The rows come first where there is little room, then the terms, then the curve."""
    look = look or Look()
    if width < NARROWEST or height < LOWEST:
        return too_small(width, height)
    name = max(len(row.name) for row in card.rows)
    said = max((len(row.phrases[0]) for row in card.rows if row.rate is not None), default=0)
    rows = [line for row in card.rows for line in _row(row, name, said, width, look)]
    left = height - 1 - len(rows)
    drawn = card.z is not None and left >= PLOT + min(3, len(card.terms))
    listed = min(len(card.terms), MOST, left - PLOT) if drawn else min(len(card.terms), left)
    lines = [Text(fitting(width, *card.head, gap=GAP), Style(bold=look.depth != "none"), no_wrap=True)]
    lines += terms_and_rest(card.terms, card.rest, listed, width, look)
    lines += rows
    if drawn:
        room = height - len(lines)
        plot = curve(card.curves, width, room, look, "z", cursor=card.z)
        lines += plot.split("\n", allow_blank=True)
    return boxed(lines, width, height)


def _row(row: CardRow, name: int, said: int, width: int, look: Look) -> list[Text]:
    """Name, phrases and spikes, all from one column; in a second line what has no room beside the name."""
    if len(row.phrases[0]) > width - name - 3:  # beneath its name: no number is cut
        line = Text(f" {row.name}", accent(DIM, look), no_wrap=True)
        # A difference is one number, and a result begins with the sign that makes it one.
        whole = row.phrases[0].replace(" - ", f"{UNBROKEN}-{UNBROKEN}").replace(" = ", f" ={UNBROKEN}")
        lines_of = (words.replace(UNBROKEN, " ") for words in wrap(whole, width - 3))
        return [line, *(Text(f"   {words}", no_wrap=True) for words in lines_of)]
    first, second = filled(width - name - 3, 2, row.phrases, GAP)
    lines = [Text(no_wrap=True).append(f" {row.name:<{name}}  ", accent(DIM, look)).append(first)]
    slots = min(SLOTS, width - name - 3 - said - len(GAP))
    if row.rate is not None and slots >= SLOTS // 4:
        lines[0].append(" " * (said - len(first)) + GAP).append_text(spikes(row.rate, slots, look))
    return [*lines, Text(" " * (name + 3) + second, no_wrap=True)] if second else lines


def spikes(rate: float, slots: int, look: Look) -> Text:
    """So many moments, in a share `rate` of which it fires, evenly: round(rate * slots) spikes."""
    spike, silence = ("|", ".") if look.ascii else ("┃", "·")
    text = Text(no_wrap=True)
    for slot in range(slots):
        fires = int((slot + 1) * rate + 0.5) > int(slot * rate + 0.5)
        text.append(spike if fires else silence, accent(VALIDATION if fires else DIM, look))
    return text
