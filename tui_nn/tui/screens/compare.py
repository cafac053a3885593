"""Comparing runs: pinned runs as curves over each other, and as a table of results and of settings that differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from rich.text import Text
from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, SelectionList, Static
from textual.widgets.selection_list import Selection

from tui_nn.errors import StorageError
from tui_nn.figures import figure
from tui_nn.plurals import plural
from tui_nn.printable import in_a_line
from tui_nn.render import Look
from tui_nn.runs import RunReader
from tui_nn.runs.catalogue import UNREADABLE, RunInfo, catalogue, run_info
from tui_nn.runs.layout import runs_under, short_name
from tui_nn.tui.aside import soon
from tui_nn.tui.key import Key
from tui_nn.tui.screens.dialog import CHOOSE, FILTER, Dialog, key
from tui_nn.tui.widgets.field import Field
from tui_nn.tui.widgets.filter_list import NONE_FITS
from tui_nn.views.comparison import Compared, draw_curves, draw_table, settled_log

AT_FIRST = 4  # runs that are pinned when the screen opens
LISTED = 100
LOOK_EVERY = 1.0  # seconds between two looks at runs that are not over, and for new ones
AROUND_NAMES = 6  # cells of a row in the list beside its text
GOING = ("starting", "live", "paused")
SHORT = {"loss": "loss", "accuracy": "acc", "r2": "r2"}


class Plot(Static):
    """Says when its size has changed: the table below it takes as many lines as there are runs."""

    class Resized(Message):
        """Draw me anew."""

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        self.post_message(self.Resized())


class RunSelectionList(SelectionList[str]):
    """The box of a run that is not pinned is empty: Textual's has the same cross there in another colour."""

    def render_line(self, y: int) -> Strip:
        strip, row = super().render_line(y), self.scroll_offset.y + y
        if row >= self.option_count or self.get_option_at_index(row).value in self.selected:
            return strip
        left, cross, *rest = strip
        return Strip([left, Segment(" ", cross.style), *rest])


class CompareScreen(Dialog[str]):
    """Dismissed with the path of a run to open, or None."""

    BOX = "full"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "metric", "metric"),
        Binding("g", "log", "log"),
        Binding("o", "open", "open"),
        Binding("slash", "filter", "filter"),
        Binding("x", "clear", "unpin all"),
        Binding("n", "next_lines", "more lines"),
    ]

    def __init__(self, base: Path, current: Path | None, look: Look) -> None:
        super().__init__("compare runs")
        self._base, self._current, self._look = base, current, look
        self._runs: dict[str, Compared] = {}
        self._older: set[str] = set()  # runs that are not listed
        self._empty = "reading ..."
        self.pinned: list[str] = []
        self._metric = "loss"
        self._log: bool | None = None  # as the curves are
        self._drawing = self._again = self._looking = False

    @work
    async def _read(self) -> None:
        found = await soon(catalogue, self._base)
        infos, self._older = found[:LISTED], {str(info.path) for info in found[LISTED:]}
        self._empty = "No run is pinned." if infos else "There are no runs yet."
        # Numbered from the oldest: a number and its colour stay the same when a new run comes.
        self._runs = {
            str(info.path): Compared(number, info, RunReader(info.path))
            for number, info in enumerate(reversed(infos), start=1)
        }
        current = self._current
        first = str(current) if str(current) in self._runs else next(reversed(self._runs), "")
        # Runs of the same experiment come first: to compare others is rarer.
        alike = [str(info.path) for info in infos if first and info.experiment == self._runs[first].info.experiment]
        self.pinned = list(dict.fromkeys([first, *alike]))[:AT_FIRST] if first else []
        self._fill()
        self._draw()
        self.set_interval(LOOK_EVERY, self._look_again)

    @work
    async def _look_again(self) -> None:
        """What has become of the runs that were not over, and which have come."""
        if self._looking:
            return
        self._looking = True
        seen = await soon(_news, self._base, {path: run.info for path, run in self._runs.items()}, self._older)
        self._looking = False
        if not seen:
            return
        for path, info in seen.items():
            run = self._runs.get(path) or Compared(len(self._runs) + 1, info, RunReader(info.path))
            self._runs[path] = replace(run, info=info)
        self._fill()
        if not seen.keys().isdisjoint(self.pinned):
            self._draw()

    def content(self) -> Iterable[Widget]:
        yield Plot(id="plot")
        yield VerticalScroll(Static(id="table", markup=False), id="scroll", can_focus=False)
        yield Field(placeholder="filter by name, state or result", id="filter", compact=True)
        nothing = Static(NONE_FITS.upper(), classes="note", id="nothing")
        nothing.display = False
        yield nothing
        yield RunSelectionList(id="runs")

    @property
    def keys(self) -> Sequence[Key]:
        if isinstance(self.focused, Input):
            return (FILTER, key("enter", "accept", "to the runs"))
        if not self._runs:
            return ()
        pinned = [key("m", "metric", "metric"), key("g", "log", "log"), key("x", "clear", "unpin all")]
        more = [key("n", "next_lines", "more lines")] if self.query_one("#scroll").max_scroll_y else []
        return (
            CHOOSE, key("space", "accept", "pin"), *more, key("o", "open", "open"), *(pinned if self.pinned else []),
            key("/", "filter", "filter"),
        )  # fmt: skip

    def on_descendant_focus(self) -> None:
        self.show_keys()

    def action_accept(self) -> None:
        if isinstance(self.focused, Input):
            self.set_focus(self.query_one(SelectionList))
        else:
            self.query_one(SelectionList).action_select()

    def on_mount(self) -> None:
        self.query_one(SelectionList).focus()
        self.query_one("#plot", Static).update(self._empty)
        scroll = self.query_one("#scroll")
        self.watch(scroll, "scroll_y", self._tell_hidden)
        self.watch(scroll, "virtual_size", self._tell_hidden_then)
        self._read()

    def _tell_hidden_then(self) -> None:
        """The table is told to have grown before it has the room for it."""
        self.call_after_refresh(self._tell_hidden)

    def _tell_hidden(self) -> None:
        """How many lines of the table have no room, and the key that shows them."""
        scroll = self.query_one("#scroll")
        below = scroll.max_scroll_y - round(scroll.scroll_y)
        hint = f"{plural(below, 'more line')}: n" if below else "back to the first line: n"
        self.query_one(".dialog").border_subtitle = hint if scroll.max_scroll_y else ""
        self.show_keys()

    def action_next_lines(self) -> None:
        """The next of the lines that have no room; after the last, the first ones."""
        scroll = self.query_one("#scroll")
        if scroll.scroll_y < scroll.max_scroll_y:
            scroll.scroll_page_down(animate=False)
        else:
            scroll.scroll_home(animate=False)

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        self.call_after_refresh(self._fill)
        self.call_after_refresh(self._draw)

    def _fill(self) -> None:
        """List those that fit what was typed, or if there are none, all; the bar stays on its run."""
        text, runs = self.query_one("#filter", Input).value.lower().split(), self.query_one(SelectionList)
        before = runs.get_option_at_index(runs.highlighted).value if runs.highlighted is not None else ""
        found = [
            path
            for path, run in reversed(self._runs.items())
            if all(word in f"{run.number} {_words(run.info, run.info.path.name)}".lower() for word in text)
        ]
        self.query_one("#nothing").display = not found and bool(self._runs)
        found = found or list(reversed(self._runs))
        runs.clear_options()
        runs.add_options([Selection(self._prompt(path), path, path in self.pinned) for path in found])
        runs.highlighted = None if not found else found.index(before) if before in found else 0

    def _prompt(self, path: str) -> Content:
        """Whether a run is pinned is written too: not everybody has colours."""
        whole = [_words(run.info, run.info.path.name) for run in self._runs.values()]
        fits = max(map(len, whole)) + len(_pinned(0, True)) + AROUND_NAMES <= self.query_one("#runs").size.width
        run = self._runs[path]
        words = _words(run.info, run.info.path.name if fits else short_name(run.info.path))
        return Content(in_a_line(f"{_pinned(run.number, path in self.pinned)}{words}"))

    def on_selection_list_selection_toggled(self, event: SelectionList.SelectionToggled[str]) -> None:
        path = event.selection.value
        if path in self.pinned:
            self.pinned.remove(path)
        else:
            self.pinned.append(path)
        event.selection_list.replace_option_prompt_at_index(event.selection_index, self._prompt(path))
        self._draw()

    def on_input_changed(self) -> None:
        self._fill()

    def on_input_submitted(self) -> None:
        self.set_focus(self.query_one(SelectionList))

    def on_plot_resized(self) -> None:
        self._draw_plot()
        self._tell_hidden()  # the plot has what the table leaves it

    def _draw_plot(self) -> None:
        plot = self.query_one(Plot)
        if self.pinned and not self._drawing:
            plot.update(draw_curves(self._shown(), self._metric, *plot.size, self._look, self._log), layout=False)

    def action_filter(self) -> None:
        self.set_focus(self.query_one("#filter", Input))

    def action_metric(self) -> None:
        known = {name for run in self._shown() for name in list(run.reader.history.train)}
        names = sorted(known, key=lambda name: (name != "loss", name != "accuracy", name))
        if names:
            at = names.index(self._metric) if self._metric in names else -1
            self._metric = names[(at + 1) % len(names)]
            self._draw()

    def action_log(self) -> None:
        self._log = not settled_log(self._shown(), self._metric, self._log)
        self._draw()

    def action_clear(self) -> None:
        self.pinned.clear()
        self._fill()
        self._draw()

    def action_open(self) -> None:
        runs: SelectionList[str] = self.query_one(SelectionList)
        if runs.highlighted is not None:
            self.dismiss(runs.get_option_at_index(runs.highlighted).value)

    def _shown(self) -> list[Compared]:
        return sorted((self._runs[path] for path in self.pinned), key=lambda run: run.number)

    def _draw(self) -> None:
        """Draw what is pinned, once more if it is being drawn already."""
        self._again = True
        if not self._drawing:
            self._draw_aside()

    @work
    async def _draw_aside(self) -> None:
        self._drawing = True
        while self._again:
            self._again = False
            width, apart = self.query_one("#scroll").size.width, not self.has_class("short")
            table, problems = await soon(_table, self._shown(), [*self._runs.values()], width, self._look, apart)
            self.query_one("#table", Static).update(table)
            for problem in problems:
                self.notify(problem, severity="warning", markup=False)
        self._drawing = False
        self.show_keys()
        if not self.pinned:
            self.query_one("#plot", Static).update(self._empty)
        self._draw_plot()


def _table(runs: list[Compared], known: list[Compared], width: int, look: Look, apart: bool) -> tuple[Text, list[str]]:
    """What is new of the runs, in a table, and what is wrong with them. Waits for the disk."""
    problems = []
    for run in runs:
        try:
            run.reader.refresh()
        except StorageError as error:
            problems.append(str(error))
    return draw_table(runs, width, look, apart=apart, known=known) if runs else Text(), problems


def _news(base: Path, known: Mapping[str, RunInfo], older: Collection[str]) -> dict[str, RunInfo]:
    """Runs that are otherwise than they were known to be, or were not known. Waits for the disk."""
    going = [info.path for info in known.values() if info.state in GOING]
    come = sorted(run for run in runs_under(base) if str(run) not in known and str(run) not in older)
    found = {}
    for run in (*going, *come):
        try:
            found[str(run)] = run_info(run)
        except OSError:
            if run in going:
                problem = f"{run}: this run has been removed."
                found[str(run)] = replace(known[str(run)], state=UNREADABLE, problem=problem)
    return {path: info for path, info in found.items() if info != known.get(path)}


def _pinned(number: int, pinned: bool) -> str:
    return f"{'pinned' if pinned else '      '} {number:>3}  "


def _words(info: RunInfo, name: str) -> str:
    results = [f"{short} {figure(info.metrics[key])}" for key, short in SHORT.items() if key in info.metrics]
    return f"{info.standing:<8}  {name}  {info.problem or '  '.join(results)}"
