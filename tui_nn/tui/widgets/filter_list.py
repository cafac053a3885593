"""A list that narrows while one types: the input keeps the focus, up and down move in the list, Enter takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui_nn.tui.widgets.field import Field

GAP = 2  # cells between a title and its detail
SHARE = 0.4  # of the width that titles take before details that are long
LEAST_DETAIL = 12  # cells of a detail that is cut
NONE_FITS = "no match; all:"  # above the whole list, which is better than an empty one


@dataclass(frozen=True)
class Entry:
    """name: what is given back. shown: what stands in the list. detail: dim, behind it; it is searched too.

    words: found by them as well, and not shown. under: the heading that it stands below as long as nothing is typed.
    """

    name: str
    shown: str = ""
    detail: str = ""
    words: str = ""
    under: str = ""

    @property
    def kind(self) -> str:
        """What stands before the colon of its name; "" for a list of one kind."""
        kind, colon, _ = self.name.partition(": ")
        return kind if colon else ""

    def rank(self, typed: str) -> tuple[int, ...] | None:
        """How well it fits what was typed, the best first; None if it does not: every word must be somewhere."""
        title = (self.shown or self.name).strip().lower()
        plain = title.rpartition(": ")[2]
        words = typed.split()
        places = (
            title,
            f"{title} {self.name} {self.detail}".lower(),
            f"{self.name} {self.detail} {self.words} {self.under}".lower(),
        )
        found = [number for number, place in enumerate(places) if all(word in place for word in words)]
        if not found:
            return None
        return (
            plain != typed,
            not plain.startswith(typed),
            not self.words.startswith(typed),
            f" {typed}" not in f" {self.words}",
            found[0],
        )


class FilterList(Vertical):
    """Posts Highlighted while one moves, Chosen on Enter or a click."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-8)", show=False),
        Binding("pagedown", "move(8)", show=False),
    ]

    @dataclass
    class Highlighted(Message):
        """The entry under the bar; empty if nothing fits."""

        name: str

    @dataclass
    class Chosen(Message):
        """The entry that was taken."""

        name: str

    def __init__(self, entries: Sequence[Entry], chosen: str = "") -> None:
        super().__init__()
        self._entries, self._chosen = entries, chosen
        self._room = 0  # cells of a line
        self.names: list[str] = []  # of those that fit, the best first
        self._columns: dict[str, int] = {}  # by kind: cells of a title that has its detail beside it

    def compose(self) -> ComposeResult:
        yield Field(placeholder="type to filter")
        options = OptionList(markup=False)
        options.can_focus = False
        yield options

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._fill("")

    def _fill(self, text: str) -> None:
        # What is called so comes before what begins so, and that before what only has it somewhere.
        typed = text.strip().lower()
        ranked = [(rank, entry) for entry in self._entries if (rank := entry.rank(typed)) is not None]
        sifts = bool(ranked) and bool(typed)
        fits = [entry for _, entry in sorted(ranked, key=lambda one: one[0])] if sifts else self._entries
        self._columns = self._columns_of_details()
        lines = [] if ranked or not self._entries else [_heading(NONE_FITS)]
        under = ""
        for entry in fits:
            if entry.under != under and not sifts:
                lines.append(_heading(entry.under))
                under = entry.under
            lines.append(Option(self._prompt(entry), id=entry.name))
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(lines)
        places = {line.id: place for place, line in enumerate(lines) if not line.disabled}
        self.names = [line.id or "" for line in lines if not line.disabled] if ranked else []
        options.highlighted = places.get(self._chosen, min(places.values(), default=None)) if ranked else None
        if not ranked:
            self.post_message(self.Highlighted(""))

    def _prompt(self, entry: Entry) -> Content:
        """The title, and the detail unless little of it would be left."""
        title = entry.shown or entry.name
        title += " " * (self._columns[entry.kind] - cell_len(title))
        if not entry.detail or self._room - cell_len(title) - GAP < min(LEAST_DETAIL, cell_len(entry.detail)):
            return Content(title.rstrip())
        return Content.assemble(title, (" " * GAP + entry.detail, "dim"))

    def _columns_of_details(self) -> dict[str, int]:
        """Cells that titles with a detail take: one column for all, and another for a kind whose details are short."""
        kinds: dict[str, list[Entry]] = {}
        for entry in self._entries:
            kinds.setdefault(entry.kind, []).append(entry)
        columns = {kind: self._column_of_details(entries) for kind, entries in kinds.items()}
        common = max((column for column in columns.values() if column <= SHARE * self._room), default=0)
        return {kind: max(common, column) for kind, column in columns.items()}

    def _column_of_details(self, entries: Sequence[Entry]) -> int:
        """Cells of the longest title that leaves the details room."""
        titled = [entry for entry in entries if entry.detail]
        longest = max((cell_len(entry.detail) for entry in titled), default=0)
        most = max(self._room - GAP - longest, int(SHARE * self._room))
        return max((cells for one in titled if (cells := cell_len(one.shown or one.name)) <= most), default=0)

    def on_resize(self) -> None:
        room = self.size.width - 1  # all but a scroll bar
        if room != self._room:
            self._room, self._chosen = room, self.chosen
            self._fill(self.query_one(Input).value)

    def replace(self, entries: Sequence[Entry], chosen: str) -> None:
        """Other entries under the same filter."""
        self._entries, self._chosen = entries, chosen
        self._fill(self.query_one(Input).value)

    @property
    def lines(self) -> tuple[int, int]:
        """Of what fits what was typed, and of all, each with the line for typing."""
        headings = {entry.under for entry in self._entries} - {""}
        every = len(self._entries) + len(headings) + 1
        return min(every, self.query_one(OptionList).option_count + 1), every

    def type(self, text: str) -> None:
        """Filter by this."""
        self.query_one(Input).value = text

    @property
    def chosen(self) -> str:
        """The name under the bar."""
        options = self.query_one(OptionList)
        if options.highlighted is None:
            return ""
        return options.get_option_at_index(options.highlighted).id or ""

    def action_move(self, by: int) -> None:
        options = self.query_one(OptionList)
        places = [place for place, option in enumerate(options.options) if not option.disabled]
        if places:
            at = places.index(options.highlighted) if options.highlighted in places else -max(by, 0)
            options.highlighted = places[min(max(0, at + by), len(places) - 1)]
            if options.highlighted == places[0]:
                options.scroll_home(animate=False)  # with the heading

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._chosen = ""  # what fits best is what is meant
        self._fill(event.value)
        options = self.query_one(OptionList)
        if event.value.strip() and self.names:
            options.highlighted = 0  # what fits best, and not what was chosen before

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.take()

    def take(self) -> None:
        """Take the entry under the bar."""
        if self.chosen:
            self.post_message(self.Chosen(self.chosen))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.post_message(self.Highlighted(event.option_id or ""))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Chosen(event.option_id or ""))


def _heading(text: str) -> Option:
    """A line that cannot be chosen."""
    return Option(Content.assemble((text.upper(), "dim")), disabled=True)
