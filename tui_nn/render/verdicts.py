"""Verdicts as text: what is wrong, why it matters, which threshold says so, and what to change next."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Protocol

from rich.style import Style
from rich.text import Text

from tui_nn.plurals import plural
from tui_nn.render.canvas import boxed
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, GOOD, accent

LABEL = 8  # cells
APART = 3  # cells between a rule and its limit
NOT_FOUND = "looked for, and not found"
NARROW = 30  # cells below which labels have no column of their own


class Told(Protocol):
    """What is drawn of a verdict."""

    @property
    def title(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def limit(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def advice(self) -> str: ...
    @property
    def remedy(self) -> Sequence[str]: ...


def verdicts(
    told: Sequence[Told],
    nothing: str,
    width: int,
    height: int,
    look: Look | None = None,
    passed: Sequence[tuple[str, str, str]] = (),
) -> Text:
    """One block a verdict, causes first; `nothing` where there is none. What does not fit is counted.

    passed: title, limit and reason of the rules that found nothing, which stand beneath where there is room for all:
    a line each, or two with the reason, or else their titles behind each other.
    """
    look = look or Look()
    if not told:
        mark = "ok " if look.ascii else "√ "
        first, *rest = textwrap.wrap(nothing, max(1, width - len(mark))) or [""]
        lines = [Text(mark, accent(GOOD, look)).append(first, ""), *(Text(" " * len(mark) + line) for line in rest)]
        return boxed([*lines, *_passed(passed, width, height - len(lines), look)], width, height)
    blocks = [_block(one, width, look) for one in told]
    lines = []
    for index, block in enumerate(blocks):
        others = len(blocks) - 1 - index
        room = height - len(lines) - (1 if others else 0)
        if len(block) > room and lines:
            lines.append(Text(f"and {others + 1} more", accent(DIM, look)))
            break
        if len(block) > room:
            hidden = plural(len(block) - height + 1, "more line")
            said = f"{hidden}, and {others} more" if others else hidden
            return boxed([*block[: max(0, height - 1)], Text(said, accent(DIM, look))], width, height)
        lines += block
    return boxed([*lines, *_passed(passed, width, height - len(lines), look)], width, height)


def _passed(passed: Sequence[tuple[str, str, str]], width: int, height: int, look: Look) -> list[Text]:
    """A line a rule, with as much of what it asks for as fits, or the titles alone; none where not all have room."""
    if not passed:
        return []
    if len(passed) + 2 > height:
        titles = f"{NOT_FOUND}: {', '.join(title for title, *_ in passed)}"
        wrapped = textwrap.wrap(titles, max(1, width))
        dim = accent(DIM, look)
        return [Text(), *(Text(line, dim) for line in wrapped)] if len(wrapped) < height else []
    dim, name = accent(DIM, look), max(len(title) for title, *_ in passed)
    lines = [Text(), Text(NOT_FOUND, dim)]
    room = width - 2 - name - APART
    limits = [textwrap.wrap(limit, room) if room >= NARROW else [""] for _, limit, _ in passed]
    if sum(map(len, limits)) + 2 > height:
        limits = [[_cut(limit, room)] for _, limit, _ in passed]
    reasons = [textwrap.wrap(why, room) if room >= NARROW else [] for *_, why in passed]
    taken = sum(map(len, limits))
    explains = any(reasons) and taken + sum(map(len, reasons)) + 2 <= height
    taken += sum(map(len, reasons)) if explains else 0
    for number, ((title, *_), limit, reason) in enumerate(zip(passed, limits, reasons, strict=True)):
        if number and taken + len(passed) + 1 <= height and room >= NARROW:
            lines.append(Text())
        beside = f"  {title}".ljust(2 + name + APART)
        for piece in limit:
            lines.append(Text(beside, no_wrap=True).append(piece, dim))
            beside = " " * len(beside)
        lines += [Text(beside + piece, no_wrap=True) for piece in reason if explains]
    return lines


def _cut(limit: str, room: int) -> str:
    """All of it, or its first clause."""
    clause = limit if len(limit) <= room else limit.partition(", ")[0]
    return textwrap.shorten(clause, room, placeholder=" ...")


def _block(told: Told, width: int, look: Look) -> list[Text]:
    mark = "! " if look.ascii else "▲ "
    head = Text(mark, accent(BAD, look)).append(told.title, Style(bold=look.depth != "none"))
    lines = [head]
    column = LABEL if width >= NARROW else 0  # for the labels, which without room begin the words
    for label, words in (
        ("", told.says), ("should", f"{told.limit} ({told.source})"), ("why", told.why),
        ("next", told.advice or "no setting fixes this"), ("set", "   ".join(told.remedy)),
    ):  # fmt: skip
        words = words if column or not label or not words else f"{label}: {words}"
        room = max(1, width - column - 2)
        for number, piece in enumerate(textwrap.wrap(words, room, break_long_words=True, break_on_hyphens=False)):
            beside = (label if number == 0 else "").ljust(column)[:column]
            line = Text(no_wrap=True).append("  " + beside, accent(DIM, look))
            style = accent(DIM, look) if label == "should" else Style.null()
            lines.append(line.append(piece, style))
    return lines
