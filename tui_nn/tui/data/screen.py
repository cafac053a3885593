"""The data screen: the columns at the left, beside them the chosen one and what the data are like as a whole."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.events import Resize
from textual.theme import Theme
from textual.widgets import Static

from tui_nn.datasets.report import DataReport
from tui_nn.errors import TuiNNError
from tui_nn.experiment import Experiment
from tui_nn.experiment.schema import chosen_kind
from tui_nn.plugin.blame import blaming
from tui_nn.plugin.registry import Registry
from tui_nn.render.column_list import column_list
from tui_nn.training.data_report import data_report
from tui_nn.tui import footer, keys
from tui_nn.tui.aside import soon
from tui_nn.tui.data import pages
from tui_nn.tui.data.base import Changing
from tui_nn.tui.data.changing import ChangingActions
from tui_nn.tui.data.column_pane import ColumnPane, Sheet
from tui_nn.tui.data.going import GoingActions
from tui_nn.tui.data.keys import DATA_KEYS, footer_keys
from tui_nn.tui.data.measurements import Measurements, Seen
from tui_nn.tui.data.pages import COLUMN, PARTS, REMARKS, SAMPLES, SCATTER, Axes
from tui_nn.tui.excerpt import Lines, excerpt, excerpt_page
from tui_nn.tui.moves import Repaint
from tui_nn.tui.widgets.key_line import KeyLine

WIDE, TALL = 78, 32  # cells from which on the list has something beside it, and that in turn something below it
FRAME = 3  # lines of the frame of the list, and of its heading
AROUND = 12  # lines that all but lists take, where a list of few columns has something below it too
ABOUT = (
    "Left: the columns, each with a histogram, the rows without a value, and what is done with it.\n"
    "Beside or below: the chosen column, samples, a scatter plot, how rows are divided.\n"
    r"Keys of Change are edits of the experiment, as keys of \[data] in its file; u takes them back."
)


class DataScreen(GoingActions, ChangingActions):
    """Everything is drawn from one report, which is measured anew after each change of the data."""

    CSS_PATH = "data.tcss"
    TABLE = DATA_KEYS
    ABOUT = ABOUT
    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(DATA_KEYS))

    def __init__(self, workbench: Changing) -> None:
        super().__init__(workbench)
        self._measured: Measurements | None = None
        self._measuring = False
        self._excerpt: Lines = ()  # of a file that cannot be read
        self._top = 0  # the first column that is seen
        self._journey = Repaint(self, self.show)

    def compose(self) -> ComposeResult:
        yield Sheet("data-facts")
        yield Static(id="data-problem", markup=False)
        with Container(id="data-main"):
            with Vertical(id="data-left"):
                yield ColumnPane("data-columns")
                yield Sheet("data-more")
            with Vertical(id="data-beside"):
                yield Sheet("data-column")
                yield Sheet("data-page")
        yield KeyLine()

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._themed)
        for name in ("columns", "column"):
            self.query_one(f"#data-{name}").border_title = Content(name)
        self.run_worker(self.read())

    def _themed(self, theme: Theme) -> None:  # noqa: ARG002
        self.call_after_refresh(self._draw)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < WIDE, "narrow")
        self.show()

    def on_sheet_resized(self) -> None:
        self.show()

    def facts(self, needed: Collection[str] | None = None) -> frozenset[str]:  # noqa: ARG002 - all are cheap
        editor, report = self.bench.editor, self.report
        roles = [] if report is None else report.roles
        is_target = bool(roles) and roles[self.at].role == "target"
        known = {
            "columns": report is not None,
            "table": report is not None and report.table is not None,
            "further": self.at + 1 < len(roles),
            "former": self.at > 0,
            "pages": len(self.pages()) > 1,
            "another": not is_target or (report is not None and len(report.targets) > 1),
            "no target": not is_target,
            "undo": isinstance(editor.undo(), Experiment),
            "redo": isinstance(editor.redo(), Experiment),
        }
        return frozenset(fact for fact, holds in known.items() if holds)

    # Reading and measuring: threads do it

    async def read(self) -> None:
        self.read_of = experiment = self.bench.experiment
        try:
            report, axes = await soon(_read, experiment, self.bench.registry)
        except TuiNNError as error:
            self._excerpt = await soon(excerpt, error, self._source)
            self._take(None, None, str(error))
        else:
            added = f"\nShown as with {report.added}; m and M say what is done." if report.added else ""
            self._take(report, axes, f"{report.problem}{added}")

    def _take(self, report: DataReport | None, axes: Axes | None, problem: str) -> None:
        """Show another report, or why there is none; the cursor stays on its column."""
        former = self.report.roles[self.at].column.name if self.report is not None else ""
        self.report, self.axes = report, axes
        self._measured = None if report is None else Measurements(report)
        if report is not None:
            places = {role.column.name: place for place, role in enumerate(report.roles)}
            self.at = places.get(former, report.target_place)
        line = self.query_one("#data-problem", Static)
        line.set_class(bool(problem), "said")
        line.update(problem)
        self.show()

    def go(self, place: int) -> None:
        if self.report is not None:
            self.at = min(max(0, place), len(self.report.roles) - 1)
            self._journey.ask()

    def show(self) -> None:
        if self.page not in self.pages():
            self.page = self.pages()[0]
        self._draw()
        self.show_keys()
        self._measure()

    @work(group="measure")
    async def _measure(self) -> None:
        """Measure what is seen, and draw; until all of it is known."""
        if self._measuring:
            return
        self._measuring = True
        try:
            while (measured := self._measured) is not None and measured.lacks(self._seen()):
                await soon(measured.work, self._seen())
                self._draw()
        finally:
            self._measuring = False

    # What is seen

    def _seen(self) -> Seen:
        return Seen(self.at, self.window(), self._pages_shown(), self.axes)

    def window(self) -> range:
        if self.report is None:
            return range(0)
        if self._has_more:
            return range(len(self.report.roles))
        room = max(1, self.query_one(ColumnPane).size.height - 1)
        count = len(self.report.roles)
        self._top = min(max(self._top, self.at - room + 1), self.at, max(0, count - room))
        return range(self._top, min(count, self._top + room))

    def pages(self) -> tuple[str, ...]:
        last = (REMARKS,) if self.report is not None and self.report.warnings else ()
        first = (COLUMN,) if self._is_short else ()
        if self._has_more:  # the samples stand below the list
            return (*first, *((SCATTER,) if self.axes is not None else ()), PARTS, *last)
        return (*first, SAMPLES, SCATTER, PARTS, *last)

    def _pages_shown(self) -> tuple[str, ...]:
        """The column stands above the page where both have room, and the samples below a list of few columns."""
        shown = (self.page,) if self._is_short else (COLUMN, self.page)
        return (*shown, SAMPLES) if self._has_more else shown

    @property
    def _has_more(self) -> bool:
        few = self.report is not None and len(self.report.roles) <= (self.size.height - AROUND) // 2
        return few and self.size.width >= WIDE

    @property
    def _is_short(self) -> bool:
        return self.size.height < TALL

    def _draw(self) -> None:
        measured, look, shown = self._measured, self.look, self._pages_shown()
        self.set_class(look.ascii, "ascii")
        facts, listed = self.query_one("#data-facts", Sheet), self.query_one(ColumnPane)
        column, page = self.query_one("#data-column", Sheet), self.query_one("#data-page", Sheet)
        more = self.query_one("#data-more", Sheet)
        self.query_one("#data-left").display = measured is not None and not self.has_class("enlarged")
        more.display = self._has_more
        listed.styles.height = len(self.report.roles) + FRAME if self._has_more and self.report is not None else "1fr"
        column.display = measured is not None and COLUMN in shown
        page.display = self.page != COLUMN if measured is not None else bool(self._excerpt)
        if measured is None:
            refused = self.query_one("#data-problem").has_class("said")
            facts.update(self._source if refused else f"{self._source}: reading ...")
            page.border_title = Content("file")
            page.update(excerpt_page(self._excerpt, *page.size, look), layout=False)
            return
        report, window = measured.report, self.window()
        facts.update(pages.facts_of_report(report, max(20, self.size.width - 2), look))
        lines = [pages.line_of(report, place) for place in window]
        listed.border_subtitle = Content(f"{self.at + 1:,} of {len(report.roles):,}")
        are_all = len(window) == len(report.roles)
        drawn = column_list(lines, *listed.size, look, self.at - window.start, are_all=are_all)
        listed.update(drawn, layout=False)
        if column.display:
            detail = measured.details.get(self.at)
            column.update(pages.column_page(report, self.at, detail, *column.size, look), layout=False)
        for sheet, name in ((page, self.page), (more, shown[-1])):
            if sheet.display:
                sheet.border_title = Content(name)
                sheet.update(self._page_text(measured, name, *sheet.size), layout=False)

    def _page_text(self, measured: Measurements, name: str, width: int, height: int) -> Text:
        report, look = measured.report, self.look
        if name == SAMPLES:
            return pages.samples_page(measured.samples, width, height, look)
        if name == SCATTER:
            points = None if self.axes is None else measured.points.get(self.axes)
            return pages.scatter_page(report, self.axes, points, width, height, look)
        if name == PARTS:
            return pages.parts_page(report, width, height, look)
        return pages.remarks_page(report, width, height)

    @property
    def _source(self) -> str:
        return chosen_kind(self.bench.experiment.data.source)

    def show_keys(self) -> None:
        facts, bar = self.facts(), "|" if self.look.ascii else "│"
        self.forgive(facts)
        help_key = next(key for key in DATA_KEYS if key.action == "help")
        self.query_one(KeyLine).offer(footer.markup(footer_keys(facts), self.size.width - 2, facts, help_key, bar))


def _read(experiment: Experiment, registry: Registry) -> tuple[DataReport, Axes | None]:
    """The report, and the axes of its plot at first. May take long."""
    with blaming(registry.plugins):
        report = data_report(experiment, registry)
        return report, pages.first_axes(report)
