"""Comparing runs: pinned runs as curves over each other, and as a table of results and of settings that differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, SelectionList, Static
from textual.widgets.selection_list import Selection

from tui_nn.errors import StorageError
from tui_nn.printable import in_a_line
from tui_nn.render import Look
from tui_nn.runs import RunReader
from tui_nn.runs.catalogue import RunInfo, catalogue
from tui_nn.tui.aside import soon
from tui_nn.tui.key import Key
from tui_nn.tui.screens.dialog import CHOOSE, FILTER, Dialog, key
from tui_nn.tui.widgets.field import Field
from tui_nn.views.comparison import Compared, draw_curves, draw_table, settled_log

AT_FIRST = 4  # runs that are pinned when the screen opens
LISTED = 100


class Plot(Static):
    """Says when its size has changed: the table below it takes as many lines as there are runs."""

    class Resized(Message):
        """Draw me anew."""

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        self.post_message(self.Resized())


class CompareScreen(Dialog[str]):
    """Dismissed with the path of a run to open, or None."""

    BOX = "full"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "metric", "metric"),
        Binding("g", "log", "log"),
        Binding("o", "open", "open"),
        Binding("slash", "filter", "filter"),
        Binding("x", "clear", "unpin all"),
    ]

    def __init__(self, base: Path, current: Path | None, look: Look) -> None:
        super().__init__("compare runs")
        self._base, self._current, self._look = base, current, look
        self._runs: dict[str, Compared] = {}
        self._empty = "reading ..."
        self.pinned: list[str] = []
        self._metric = "loss"
        self._log: bool | None = None  # as the curves are
        self._drawing = self._again = False

    @work
    async def _read(self) -> None:
        infos = (await soon(catalogue, self._base))[:LISTED]
        self._empty = "No run is pinned." if infos else "There are no runs yet."
        # Numbered from the oldest: a number and its colour stay the same when a new run comes.
        self._runs = {
            str(info.path): Compared(number, info, RunReader(info.path))
            for number, info in enumerate(reversed(infos), start=1)
        }
        current = self._current
        first = str(current) if str(current) in self._runs else next(reversed(self._runs), "")
        # Runs of the same experiment come first: to compare others is rarer.
        alike = [str(info.path) for info in infos if _experiment(info.path) == _experiment(Path(first))]
        self.pinned = list(dict.fromkeys([first, *alike]))[:AT_FIRST] if first else []
        self._fill(self.query_one("#filter", Input).value)
        runs: SelectionList[str] = self.query_one(SelectionList)
        if runs.option_count and runs.highlighted is None:
            runs.highlighted = 0
        self._draw()

    def content(self) -> Iterable[Widget]:
        yield Plot(id="plot")
        yield VerticalScroll(Static(id="table", markup=False), id="scroll")
        yield Field(placeholder="filter by name, state or setting", id="filter", compact=True)
        yield SelectionList[str](id="runs")

    @property
    def keys(self) -> Sequence[Key]:
        if isinstance(self.focused, Input):
            return (FILTER, key("enter", "accept", "to the runs"))
        if not self._runs:
            return ()
        pinned = [key("m", "metric", "metric"), key("g", "log", "log"), key("x", "clear", "unpin all")]
        return (
            CHOOSE, key("space", "accept", "pin"), key("o", "open", "open"), *(pinned if self.pinned else []),
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
        self._read()

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        self.call_after_refresh(self._draw)

    def _fill(self, text: str) -> None:
        runs: SelectionList[str] = self.query_one(SelectionList)
        runs.clear_options()
        for path, run in reversed(self._runs.items()):
            words = _words(run.info)
            if all(word in f"{run.number} {words}".lower() for word in text.lower().split()):
                runs.add_option(Selection(self._prompt(path), path, path in self.pinned))

    def _prompt(self, path: str) -> Content:
        """Whether a run is pinned is written too: not everybody has colours."""
        run = self._runs[path]
        return Content(
            in_a_line(f"{'pinned' if path in self.pinned else '      '} {run.number:>3}  {_words(run.info)}")
        )

    def on_selection_list_selection_toggled(self, event: SelectionList.SelectionToggled[str]) -> None:
        path = event.selection.value
        if path in self.pinned:
            self.pinned.remove(path)
        else:
            self.pinned.append(path)
        event.selection_list.replace_option_prompt_at_index(event.selection_index, self._prompt(path))
        self._draw()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._fill(event.value)

    def on_input_submitted(self) -> None:
        self.set_focus(self.query_one(SelectionList))

    def on_plot_resized(self) -> None:
        self._draw_plot()

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
        self._fill(self.query_one("#filter", Input).value)
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
            table, problems = await soon(_table, self._shown(), self.query_one("#scroll").size.width, self._look)
            self.query_one("#table", Static).update(table)
            for problem in problems:
                self.notify(problem, severity="warning", markup=False)
        self._drawing = False
        self.show_keys()
        if not self.pinned:
            self.query_one("#plot", Static).update(self._empty)
        self._draw_plot()


def _table(runs: list[Compared], width: int, look: Look) -> tuple[Text, list[str]]:
    """What is new of the runs, in a table, and what is wrong with them. Waits for the disk."""
    problems = []
    for run in runs:
        try:
            run.reader.refresh()
        except StorageError as error:
            problems.append(str(error))
    return draw_table(runs, width, look) if runs else Text(), problems


def _experiment(run: Path) -> str:
    """The name of the experiment in <time>-<name>-<hash>, else the whole name."""
    match = re.fullmatch(r"\d{8}-\d{6}-(.+)-[0-9a-f]{8}(-\d+)?", run.name)
    return match.group(1) if match else run.name


def _words(info: RunInfo) -> str:
    results = [f"{name} {info.metrics[name]:.4f}" for name in ("loss", "accuracy", "r2") if name in info.metrics]
    return f"{info.state:<8}  {info.path.name}  {info.problem or '  '.join(results)}"
