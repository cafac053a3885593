"""The launcher: bundled examples, experiment files, tables and runs, filtered while one types, with a preview."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path

from rich.text import Text
from textual import work
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from tui_nn.errors import TuiNNError
from tui_nn.experiment import example_names, example_text
from tui_nn.experiment.load import MOST_BYTES
from tui_nn.files import read_bytes
from tui_nn.render import Look
from tui_nn.render.amount import amount
from tui_nn.runs import RunReader
from tui_nn.runs.catalogue import RunInfo, catalogue
from tui_nn.runs.layout import runs_under
from tui_nn.sweep.picture import draw
from tui_nn.sweep.ranking import criterion_of, in_plan
from tui_nn.sweep.results import SweepDirectory, is_sweep
from tui_nn.training.unfinished import CUT_SHORT
from tui_nn.tui.aside import soon
from tui_nn.tui.screens.compare import Plot
from tui_nn.tui.screens.dialog import FRAME, key
from tui_nn.tui.screens.listed import ListDialog
from tui_nn.tui.screens.sweep import counted, found_in
from tui_nn.tui.screens.tables import OPENS, table_page, tables_here
from tui_nn.tui.status import ASCII_MARKS, MARKS
from tui_nn.tui.widgets.filter_list import Entry, FilterList
from tui_nn.views import Knobs, Subject, find
from tui_nn.views.comparison import RESULTS

STATES = {
    "live": "running",
    "starting": "starting",
    "paused": "paused",
    "finished": "ended",
    "crashed": "crashed",
}
SORTED = "The settings, ranked, as lines through parallel axes; the best before the others."
SWEEPS = Path("sweeps")  # where `tui-nn sweep` puts them
DRAWN = ("run", "sweep", "table")  # what has a picture
LOOK_EVERY = 1.0  # seconds between two looks for what has come
SHOWN = 200  # runs in the list: the newest
MOST, BESIDE = 40, 24  # lines of the box, and those that an experiment or a run has beside the list
PREVIEWED = 8 << 20  # bytes of a log that a preview reads: a longer one would hold the list up


class LaunchScreen(ListDialog[str]):
    """Dismissed with example:NAME, file:PATH, table:PATH, run:PATH or sweep:PATH, or None."""

    BOX = "wide"
    TAKE = key("enter", "accept", "open")

    def __init__(self, base: Path, look: Look) -> None:
        super().__init__("open")
        self._base, self._look = base, look
        self._runs: dict[str, RunInfo] = {}
        self._read = self._looking = False
        self._room = Size()  # for which the picture was drawn
        self._places: list[Path] = []  # of runs, sweeps, tables and experiment files

    def content(self) -> Iterable[Widget]:
        yield Horizontal(
            FilterList([Entry("", "reading ...")]),
            Vertical(Static(id="words", markup=False), Plot(id="picture", markup=False), classes="facts"),
            classes="halves",
        )

    def on_mount(self) -> None:
        self.query_one(FilterList).add_class("large")
        self._fill()
        self.set_interval(LOOK_EVERY, self._fill)

    @work
    async def _fill(self) -> None:
        """List what there is, and again when something has come or gone; the bar stays where it is."""
        if self._looking:
            return
        self._looking = True
        places = await soon(_places, self._base)
        if not self._read or places != self._places:
            self._list(*await soon(_found, self._base))
        self._places, self._looking = places, False

    def _list(self, runs: dict[str, RunInfo], others: list[Entry]) -> None:
        self._runs, self._read = runs, True
        entries = [
            Entry(
                f"run:{path}",
                f"{self._mark(info)} {info.experiment or info.path.name}",
                _moment(info.begun or info.modified),
            )
            for path, info in self._runs.items()
        ]
        found = self.query_one(FilterList)
        found.replace([*entries, *others], found.chosen)
        # As high as the list and what stands beside it, which stays so whatever is under the bar.
        self.query_one(".dialog").styles.max_height = min(MOST, max(len(entries) + len(others) + 1, BESIDE) + FRAME)

    def _mark(self, info: RunInfo) -> str:
        return (ASCII_MARKS if self._look.ascii else MARKS)[STATES.get(info.state, info.state)]

    def on_plot_resized(self, event: Plot.Resized) -> None:
        """The room was not what it is now when the picture was drawn: these words leave it more, or the terminal."""
        event.stop()
        chosen = self.query_one(FilterList).chosen
        if chosen.partition(":")[0] in DRAWN and self._room != self.query_one("#picture").size:
            self._preview(chosen)

    def on_filter_list_highlighted(self, event: FilterList.Highlighted) -> None:
        event.stop()
        self._preview(event.name)

    def on_filter_list_chosen(self, event: FilterList.Chosen) -> None:
        event.stop()
        if event.name:
            self.dismiss(event.name)

    @work(exclusive=True, group="preview")
    async def _preview(self, name: str) -> None:
        kind, _, what = name.partition(":")
        words, picture = self.query_one("#words", Static), self.query_one("#picture", Static)
        picture.update("")
        words.set_class(kind not in DRAWN, "alone")
        try:
            if kind == "example":
                words.update(example_text(what))
            elif kind == "file":
                words.update(await soon(_text, Path(what)))
            elif kind == "table":
                words.update(OPENS)
                await self._laid_out()
                picture.update(await soon(table_page, Path(what), picture.size.width, picture.size.height))
            elif kind == "run":
                words.update(self._described(self._runs[what]))
                await self._laid_out()
                size = (picture.size.width, picture.size.height)
                picture.update(await soon(_curve, Path(what), self._look, size))
            elif kind == "sweep":
                plan, results, state = await soon(found_in, SweepDirectory(Path(what)))
                words.update(f"{what}, {counted(plan, results, state)}\n{SORTED}")
                await self._laid_out()
                criterion = criterion_of(None, plan, results)
                size = (picture.size.width, picture.size.height)
                picture.update(draw(plan, in_plan(plan, results, criterion), criterion, 0, size, self._look))
            else:
                words.update("No match." if self._read else "")
        except (OSError, TuiNNError) as error:
            words.update(str(error))

    async def _laid_out(self) -> None:
        """Wait until the picture has the room that the box and these words leave it; later news of that are told."""
        done = asyncio.Event()
        self.call_after_refresh(done.set)
        await done.wait()
        self._room = self.query_one("#picture").size

    def _described(self, info: RunInfo) -> str:
        if info.problem:
            return f"{info.path.name}\n{info.state}: {info.problem}"
        reason = f" ({info.reason})" if info.reason else ""
        lines = [info.path.name, f"{info.state}{reason}, epoch {info.epoch}"]
        shown = [f"{key} {amount(info.metrics[key])}" for key in RESULTS if key in info.metrics]
        if shown:
            lines.append(f"{info.part}: {'  '.join(shown)}")
        if info.state == "crashed" or info.reason in CUT_SHORT:
            lines.append("Enter opens it, then R resumes it.")
        return "\n".join(lines)


def _found(base: Path) -> tuple[dict[str, RunInfo], list[Entry]]:
    """The newest runs by their paths, and what else can be opened."""
    runs = {str(info.path): info for info in catalogue(base)[:SHOWN]}
    entries = [Entry(f"example:{name}", f"  {name}", about) for name, about in example_names()]
    entries += [Entry(f"file:{path}", f"  {path}", "file") for path in _files() if _is_one(path)]
    entries += [Entry(f"table:{path}", f"  {path}", "table") for path in tables_here()]
    return runs, entries + [Entry(f"sweep:{path}", f"  {path.name}", "sweep") for path in _sweeps()]


def _files() -> list[Path]:
    return sorted(Path().glob("*.toml"))


def _sweeps() -> list[Path]:
    return [path for path in sorted(SWEEPS.glob("*")) if is_sweep(path)]


def _places(base: Path) -> list[Path]:
    """Where all that stands in the list is, but for the examples."""
    return [*sorted(runs_under(base)), *_files(), *tables_here(), *_sweeps()]


def openable(base: Path) -> list[tuple[str, str, str, str]]:
    """What can be opened: its kind, its name, what is said of it, and KIND:NAME. Waits for the disk."""
    runs, others = _found(base)
    found = [("run", info.path.name, f"{info.state}, epoch {info.epoch}", f"run:{path}") for path, info in runs.items()]
    for entry in others:
        kind, _, name = entry.name.partition(":")
        found.append((kind, name, entry.detail, entry.name))
    return found


def _curve(run: Path, look: Look, size: tuple[int, int]) -> Text:
    """The loss of a run. Waits for the disk."""
    try:
        if (run / "events.jsonl").stat().st_size > PREVIEWED:
            return Text("a long run: Enter opens it", "dim")
        reader = RunReader(run)
        reader.refresh()
        return find("loss").draw(Subject(reader), Knobs(), size, look)
    except (OSError, TuiNNError) as error:
        return Text(str(error), "dim")


def _moment(seconds: float) -> str:
    """The day, and to the second when."""
    return time.strftime("%m-%d %H:%M:%S", time.localtime(seconds))


def _text(path: Path) -> str:
    """An experiment file as it is. Raises OSError for what is none."""
    return read_bytes(path, MOST_BYTES, links=True).decode("utf-8", "replace")


def _is_one(path: Path) -> bool:
    """Whether a TOML file is an experiment, by a look at its sections."""
    try:
        text = _text(path)
    except OSError:
        return False
    return "[network]" in text or "[training]" in text or "[data]" in text
