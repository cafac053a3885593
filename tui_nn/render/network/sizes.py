"""How large the nodes of a network are drawn, and what stands beside them, so that all columns have room."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

from tui_nn.render.look import Look
from tui_nn.render.network.parts import UnitColumn
from tui_nn.render.short_names import short_names

Detail = tuple[int, int, int]

SEEN = 6  # units of a layer that pictures leave room for, if it has as many, unless they became too small
SMALLEST = 3  # cells that a picture is high, where there are several and some have no room: below, it says little
TINIEST = 2  # the same where it is the price of seeing all of them, of pictures of the plane: others are no shape then
WHOLE = 5  # cells that a single picture is high, at least, where there is room for anything
LEAST = 4  # the same in the narrowest box: a digit of fewer is not known again
FEWEST, SHAPELY = 4, 12  # columns of weights that show a shape, in colours and as glyphs of their signs
PLAIN_PLANE = 6  # columns of glyphs of a picture of the plane, below which it is a few letters among others
ENOUGH = 10  # cells that a picture is high, from which on room for the edges is worth more
MARK = 2  # cells for the arrow at the answer
GAP = 4  # cells between two columns, at least
SHARES = (0.6, 0.4)  # of a column's part of the width, for the gap behind it: wanted, and worth whole names
# Widths of name, bar and number beside a node, and beside what the network says, which is worth a word more than what
# it thinks: what is tried, in turn.
LONG, FULL, NAMED, SHORT, BARE = (24, 8, 5), (14, 8, 5), (14, 4, 4), (8, 4, 4), (4, 3, 0)
MUTE = (14, 4, 0)  # rather than a gap in which no line can be followed
TINY, DOT, NONE = (2, 2, 0), (0, 2, 0), (0, 0, 0)
ROOMS = (24, 14, 8, 4, 2)  # for names
DETAILS = (
    (LONG, LONG), (FULL, FULL), (NAMED, NAMED), (SHORT, FULL), (SHORT, SHORT), (BARE, SHORT), (BARE, BARE),
    (TINY, SHORT), (TINY, TINY), (TINY, NONE), (DOT, BARE), (DOT, TINY), (DOT, DOT), (NONE, SHORT), (NONE, BARE),
    (NONE, NONE),
)  # fmt: skip
CLOSE = (*DETAILS[:3], (MUTE, NAMED), *DETAILS[3:])  # where gaps are no wider than they have to be


class Needs(NamedTuple):
    """What decides the size of a column.

    units; the longest name in each of ROOMS; (rows, columns) of a picture, and whether it is one of the plane; what
    else is there. lines: rows and columns of a node of words. is_plain: pictures are of glyphs. is_named: as of
    the column.
    """

    units: int
    names: tuple[int, ...]
    picture: tuple[int, int] | None
    is_plane: bool
    has_bias: bool
    has_bar: bool
    has_answer: bool
    lines: tuple[int, int] | None
    is_plain: bool
    is_named: bool


@lru_cache(maxsize=256)
def shortened(names: tuple[str, ...], room: int) -> list[str]:
    """The names in so many cells; a layer may have thousands, and asks with every picture."""
    return short_names(names, room)


def needs(column: UnitColumn, look: Look) -> Needs:
    """Of a column."""
    return Needs(
        len(column.names),
        tuple(max(map(cell_len, shortened(tuple(column.names), room))) for room in ROOMS),
        None if column.pictures is None else column.pictures.shape[1:],
        column.is_plane,
        column.has_bias,
        column.a is not None,
        column.answer is not None,
        (len(column.lines), max(map(len, column.lines))) if column.lines else None,
        look.is_plain,
        column.is_named,
    )


@dataclass(frozen=True)
class Size:
    """How a column would be drawn."""

    rows: int
    shown: int
    pixels: tuple[int, int]
    picture: int
    labels: Detail
    mark: int = 0

    @property
    def says(self) -> bool:
        """Whether it shows what a unit does."""
        return self.picture > 0 or self.labels[1] > 0

    @property
    def width(self) -> int:
        """Cells, a blank after each part."""
        parts = [part for part in (self.picture, *self.labels) if part]
        return sum(parts) + len(parts) + self.mark


@lru_cache(maxsize=256)
def fitting(columns: tuple[Needs, ...], width: int, height: int) -> Sequence[Size] | None:
    """The largest nodes, with the most said beside them, that leave room for the edges; None if nothing does.

    Large pictures are worth more than numbers beside them, small ones more than wide gaps, and the names of the answers
    more than pictures. Nodes that show neither picture nor bar are no use as long as layers can be left out.
    """
    tried = []
    wide, less = (max(GAP, int(width * share / len(columns))) for share in SHARES)
    has_picture = any(column.units == 1 and column.picture is not None for column in columns)
    narrower = [2, 1, 0] if len(columns) <= 2 else [2] if has_picture else []
    # In a narrower gap a line is a tick: pictures of the plane that are of glyphs are not worth that.
    least = GAP if columns[0].is_plain and columns[0].is_plane else 0
    for gap in (wide, less, GAP, 3, *narrower):
        for detail in DETAILS if gap == wide else CLOSE:
            found = _largest(columns, *detail, width - gap * (len(columns) - 1), height)
            if found is not None:
                # The plane in fewer cells is no picture: names are not worth that.
                is_paid = gap >= less and (found[0] >= SMALLEST or not columns[0].is_plane)
                worth = gap >= least, _whole_names(columns, found[1]) if is_paid else 0
                tried.append((*found, worth))
    is_known = columns[-1].units == 1 and columns[-1].is_plane  # by its picture: others need the room for a name more
    shown = [
        (
            sum(bool(size.says) for size in sizes),
            sizes[-1].labels[0] > 0 or columns[-1].units == 1,
            _named(columns, sizes) if columns[-1].is_named else 0,
            _told(sizes) if is_known else 0,
            is_long,
            sum(size.picture > 0 for size in sizes),
            whole,
        )
        for _, sizes, (is_long, whole) in tried
    ]
    # Of glyphs there may be no picture, though there is one of pixels.
    known = sum(
        column.has_bar or column.lines is not None or (column.picture is not None and not column.is_plain)
        for column in columns
    )
    if not tried or (max(shown)[0] < known and len(columns) > 2):
        return None
    best = [one for one, value in zip(tried, shown, strict=True) if value == max(shown)]
    if len(columns) > 3 and max(_told(sizes) for _, sizes, _ in best) < len(columns):
        return None
    for enough in (min(ENOUGH, height // 3), WHOLE):
        for most, sizes, _ in best:
            if most >= enough:
                return sizes
    return best[0][1]


def _told(sizes: Sequence[Size]) -> int:
    """Columns whose units are told from each other, by their pictures or their names."""
    return sum(size.picture > 0 or size.labels[0] > 0 for size in sizes)


def _named(columns: Sequence[Needs], sizes: Sequence[Size]) -> int:
    """Columns with names, those with the lecture's twice: in two cells `a_12` is `12`, and `a_1` alone `a`."""
    room = ROOMS.index(4)
    return sum(
        (size.labels[0] > 0) + (size.labels[0] >= column.names[room] > 0)
        for column, size in zip(columns, sizes, strict=True)
    )


def _whole_names(columns: Sequence[Needs], sizes: Sequence[Size]) -> int:
    """2 where all names stand there as well as they ever do, 1 where as well as in the second of ROOMS, else 0."""
    return sum(
        all(size.labels[0] >= column.names[room] for column, size in zip(columns, sizes, strict=True))
        for room in range(2)
    )


def _largest(
    columns: Sequence[Needs], within: Detail, last: Detail, room: int, height: int
) -> tuple[int, list[Size]] | None:
    """The largest height of pictures, and what comes of it, with which all columns fit side by side."""
    has_several = any(column.picture is not None and column.units > 1 for column in columns)
    single = max(ENOUGH, height // 2) if has_several else height  # the rest is for what becomes of it

    def sizes(most: int) -> list[Size]:
        return [
            *(_size(column, most, height, within, single) for column in columns[:-1]),
            _size(columns[-1], most, height, last, single),
        ]

    # Larger pictures take more room.
    most = bisect_right(range(1, height + 1), room, key=lambda most: sum(size.width for size in sizes(most)))
    return (most, sizes(most)) if most else None


@lru_cache(maxsize=4096)
def _size(column: Needs, most: int, height: int, labels: Detail, single: int) -> Size:
    """single: cells that the only picture of a column is high, at most."""
    if column.lines is not None:
        return Size(column.lines[0], 1, (0, 0), column.lines[1], NONE)
    count, room = column.units, height - column.has_bias
    name = column.names[ROOMS.index(labels[0])] if labels[0] else 0
    labels = (name, labels[1], labels[2]) if column.has_bar else (name, 0, 0)
    mark = MARK if column.has_answer and labels[1] else 0
    if column.picture is None:
        return Size(1, _shown(count, 1, room), (0, 0), 0, labels if any(labels) else (1, 0, 0), mark)
    rows, columns = column.picture
    # Pictures that touch each other are one picture: half a cell or more is left between them, and of glyphs a line.
    apart = 0 if count == 1 else 2 if column.is_plain else 1
    if count == 1:
        shape = PLAIN_PLANE // 2 if column.is_plain else 0
        least = shape if column.is_plane else min(-(-rows // 2), WHOLE if most > 1 else LEAST)
        tall = min(room, single, max(most, least))
    else:
        least = TINIEST if column.is_plane else SMALLEST
        tall = room // count if count * least <= room else max(SMALLEST, room // min(count, SEEN))
        tall = min(most, tall)
    down = 2 * tall - apart
    across = down * columns // rows
    if not column.is_plane and down > 0:
        down, across = _whole(rows, columns, down)
    if column.is_plane:
        lost = column.is_plain and across < PLAIN_PLANE
    else:
        lost = across < (SHAPELY if column.is_plain else FEWEST)
    if (count > 1 and (tall < TINIEST or 2 * tall > room or lost)) or tall > room:
        return Size(1, _shown(count, 1, room), (0, 0), 0, labels if any(labels) else (1, 0, 0), mark)
    tall = (down + apart + 1) // 2
    return Size(tall, _shown(count, tall, room), (down, across), across, labels, mark)


def _whole(rows: int, columns: int, most: int) -> tuple[int, int]:
    """Pixels down and across: a whole multiple of the picture's, or means over whole blocks of it."""
    if most >= rows:
        return rows * (most // rows), columns * (most // rows)
    factor = -(-rows // most)
    return -(-rows // factor), -(-columns // factor)


def _shown(count: int, rows: int, room: int) -> int:
    return count if count * rows <= room else max(1, (room - 1) // rows)
