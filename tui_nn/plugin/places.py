"""Where the cursor of a view can go, what is said about a place, and what Enter does there. All are plain values.

A place is a tuple, such as (row, column) or ("unit", 2, 13). The screen keeps the place of the cursor in `Knobs.at`; a
view only says where it can go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from tui_nn.plugin.knobs import Knobs

At = tuple[Any, ...]
Towards = Literal["left", "right", "up", "down", "home", "end", "pageup", "pagedown"]

PAGE = 10  # rows


@dataclass(frozen=True)
class OpenView:
    """Show the view of this name with these knobs, in this pane or in the one that has it."""

    view: str
    knobs: Knobs = field(default_factory=Knobs)


@dataclass(frozen=True)
class GoTo:
    """Go to the moment after this epoch; None is now."""

    epoch: int | None


@dataclass(frozen=True)
class EditWeight:
    """Let the user type a new weight: layer and unit from 1, input from 0, which is the bias."""

    layer: int
    unit: int
    input: int


Request = OpenView | GoTo | EditWeight


@dataclass(frozen=True)
class Here:
    """A place. says: one line about it, in the lecture's notation. enter: the request of Enter; does: that in words.

    unit: the hidden unit there, (layer, unit) from 1, which can be switched off and frozen.
    """

    says: str
    enter: Request | None = None
    does: str = ""
    unit: tuple[int, int] | None = None


class Places(Protocol):
    """Where a cursor can go. `Grid` and `Graph` are two kinds; a view may have its own."""

    @property
    def first(self) -> At:
        """Where the cursor begins."""
        ...

    def __contains__(self, at: object, /) -> bool: ...

    def __iter__(self) -> Iterator[At]: ...

    def step(self, at: At, towards: Towards) -> At:
        """The next place in this direction; the same place if there is none."""
        ...

    def name(self, at: At) -> str:
        """The name of a place for `tui-nn show --at`."""
        ...


@dataclass(frozen=True)
class Grid:
    """Rows and columns by name; a place is (row, column), counted from 0, and its name is `ROW.COLUMN`.

    first: where the cursor begins.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    first: At = (0, 0)

    def __contains__(self, at: object, /) -> bool:
        return (
            isinstance(at, tuple) and len(at) == 2
            and at[0] in range(len(self.rows)) and at[1] in range(len(self.columns))
        )  # fmt: skip

    def __iter__(self) -> Iterator[At]:
        return ((row, column) for row in range(len(self.rows)) for column in range(len(self.columns)))

    def step(self, at: At, towards: Towards) -> At:
        row, column = at
        last = len(self.columns) - 1
        row += {"up": -1, "down": 1, "pageup": -PAGE, "pagedown": PAGE}.get(towards, 0)
        column += {"left": -1, "right": 1, "home": -column, "end": last - column}.get(towards, 0)
        return (min(max(row, 0), len(self.rows) - 1), min(max(column, 0), last))

    def name(self, at: At) -> str:
        return f"{self.rows[at[0]]}.{self.columns[at[1]]}"


class Dotted:
    """Places named by the parts of their tuple, joined by points: 1.2 for a unit, grad.1.2.3 for a gradient."""

    def name(self, at: At) -> str:
        """The name of a place in words and on the command line."""
        return ".".join(str(part) for part in at)


@dataclass(frozen=True)
class Graph(Dotted):
    """Places with their neighbours: place -> direction -> place.

    The cursor begins at the first place.
    """

    links: Mapping[At, Mapping[Towards, At]]

    @property
    def first(self) -> At:
        return next(iter(self.links))

    def __contains__(self, at: object, /) -> bool:
        return at in self.links

    def __iter__(self) -> Iterator[At]:
        return iter(self.links)

    def step(self, at: At, towards: Towards) -> At:
        return self.links[at].get(towards, at)


@dataclass(frozen=True)
class Shelf(Dotted):
    """Places one after the other, drawn in rows and, if there are many, in pages.

    across, page: the number of places in a row, and on a page, of the visible picture. A page begins at its place in
    the order, so that one page on is the next one.
    """

    order: Sequence[At]
    across: int = 1
    page: int = PAGE

    @property
    def first(self) -> At:
        return self.order[0]

    def __contains__(self, at: object, /) -> bool:
        return at in self.order

    def __iter__(self) -> Iterator[At]:
        return iter(self.order)

    def seen(self, lines: Iterable[int]) -> Shelf:
        """The same places with the line of each in the picture."""
        rows = Counter(lines)
        return replace(self, across=max(rows.values()), page=rows.total()) if rows else self

    def step(self, at: At, towards: Towards) -> At:
        place, last = self.order.index(at), len(self.order) - 1
        by = {"left": -1, "right": 1, "up": -self.across, "down": self.across, "home": -last, "end": last}
        place += by.get(towards, self.page if towards == "pagedown" else -self.page)
        return self.order[min(max(place, 0), last)]


@dataclass(frozen=True)
class Cursor:
    """The cursor of a view. places: (subject, knobs) -> where it can go. here: the same -> what is at `knobs.at`.

    Both raise Missing. arrives: the same -> the knobs once the cursor has come to `knobs.at`; a brush leaves its trace
    there. pages: whether the wheel turns pages rather than time.
    """

    places: Callable[[Any, Knobs], Places]
    here: Callable[[Any, Knobs], Here]
    arrives: Callable[[Any, Knobs], Knobs] | None = None
    pages: bool = False
