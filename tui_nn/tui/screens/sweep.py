"""A sweep: its settings as lines through parallel axes, or a view of each trial; the bar chooses what stands out."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui_nn.errors import TuiNNError
from tui_nn.figures import figure
from tui_nn.plugin.registry import Registry
from tui_nn.printable import in_a_line
from tui_nn.render import Look
from tui_nn.runs import Run
from tui_nn.sweep import multiples, picture
from tui_nn.sweep.multiples import TrialShown
from tui_nn.sweep.plan import Plan, shown
from tui_nn.sweep.ranking import Ranked, criterion_of, in_plan, rankable, setting_key
from tui_nn.sweep.results import Result, SweepDirectory
from tui_nn.training import Recorded, recorded_network
from tui_nn.tui.aside import soon
from tui_nn.tui.key import Key
from tui_nn.tui.screens.choose import ChooseScreen
from tui_nn.tui.screens.compare import Plot
from tui_nn.tui.screens.dialog import AROUND, CHOOSE, FILTER, Dialog, key
from tui_nn.tui.widgets.field import Field
from tui_nn.tui.widgets.filter_list import Entry
from tui_nn.views import Knobs, View, find, suitable

SETTINGS = "settings"  # in place of a view
LOOK_EVERY = 1.0  # seconds between two looks for the results of trials that have none yet


class SweepScreen(Dialog[str]):
    """Dismissed with the path of a run to open, or None. A directory that holds no sweep is said to, and left."""

    BOX = "full"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "back", "back"),
        Binding("m", "metric", "metric"),
        Binding("v", "view", "view"),
        Binding("slash", "filter", "filter"),
    ]

    def __init__(self, path: Path, look: Look, registry: Registry) -> None:
        super().__init__("reading ...")
        self._look, self._registry = look, registry
        self._view: View | None = None  # of each trial; None: the settings as lines
        self._trials: list[TrialShown] = []
        self._drawing = self._again = False
        self._directory = SweepDirectory(path)
        self._plan: Plan | None = None  # until it is read
        self._settings: list[Ranked] = []
        self._results: list[Result] = []
        self._state = ""
        self._planned: Counter[str] = Counter()  # trials of each setting
        self._looking = False

    def content(self) -> Iterable[Widget]:
        yield Plot(id="plot")
        yield Field(placeholder="filter by setting or value", id="filter", compact=True)
        yield OptionList(id="settings", markup=False)

    @property
    def keys(self) -> Sequence[Key]:
        if isinstance(self.focused, Input):
            return (FILTER, key("enter", "accept", "to the settings"))
        if not self._settings:
            return ()
        of_results = (key("m", "metric", "metric"), key("v", "view", "view")) if self._results else ()
        return (CHOOSE, key("enter", "accept", "open the run"), *of_results, key("/", "filter", "filter"))

    def on_descendant_focus(self) -> None:
        self.show_keys()

    def action_accept(self) -> None:
        if isinstance(self.focused, Input):
            self.set_focus(self.query_one(OptionList))
        else:
            self.query_one(OptionList).action_select()

    def action_filter(self) -> None:
        self.set_focus(self.query_one(Input))

    def on_input_changed(self) -> None:
        self._list()
        self._draw()

    def on_input_submitted(self) -> None:
        self.set_focus(self.query_one(OptionList))

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        self._read()

    @work
    async def _read(self) -> None:
        try:
            plan, self._results, self._state = await soon(found_in, self._directory)
            self._criterion = criterion_of(None, plan, self._results)
        except TuiNNError as error:
            self.app.notify(str(error), severity="error", markup=False)
            self.dismiss(None)
            return
        self._plan = plan
        self._planned = Counter(setting_key(trial.settings) for trial in plan.trials)
        self._entitle(plan)
        self._fill()
        if len(self._results) < len(plan.trials):
            self.set_interval(LOOK_EVERY, self._look_again)

    def _entitle(self, plan: Plan) -> None:
        done = counted(plan, self._results, self._state)
        box = self.query_one(".dialog")
        box.border_title = Content(in_a_line(f"sweep of {plan.name}: {done}"))
        box.set_class(not self._results, "unmeasured")  # lines that lead to no value need no whole screen

    @work
    async def _look_again(self) -> None:
        """What has come of a sweep that is under way; of one whose files are gone what was seen stands."""
        if self._looking or self._plan is None:
            return
        self._looking = True
        with contextlib.suppress(TuiNNError):
            plan, results, self._state = await soon(found_in, self._directory)
            known, self._results = self._results, results
            self._entitle(plan)
            if len(results) != len(known):
                if not known:
                    self._criterion = criterion_of(None, plan, results)
                self._fill()
                if self._view is not None:
                    self._trials = await soon(self._opened)
                    self._draw()
        self._looking = False

    def _opened(self) -> list[TrialShown]:
        return multiples.trials(self._directory, self._settings, self._criterion, self._recorded)

    def _fill(self) -> None:
        chosen = self._settings[self._chosen].settings if self._chosen else None
        self._settings = in_plan(self._plan, self._results, self._criterion) if self._plan is not None else []
        self._trials = multiples.reordered(self._trials, self._settings, self._criterion)
        self._list(next((place for place, one in enumerate(self._settings) if one.settings == chosen), 0))
        self.show_keys()
        self._draw()

    def _list(self, chosen: int = 0) -> None:
        """Those that fit what was typed; the bar stands on `chosen`, or on the first of them."""
        words, options = self.query_one(Input).value.lower().split(), self.query_one(OptionList)
        rows: list[str] = []
        for criterion in (f"{self._criterion.text} ", ""):  # the picture names it too
            rows = [self._row(place, one, criterion) for place, one in enumerate(self._settings, start=1)]
            if max(map(len, rows), default=0) <= self.size.width - AROUND:
                break
        fits = [
            Option(row, id=str(place)) for place, row in enumerate(rows) if all(word in row.lower() for word in words)
        ]
        options.clear_options()
        options.add_options(fits)
        ids = [one.id for one in fits]
        options.highlighted = None if not fits else ids.index(str(chosen)) if str(chosen) in ids else 0

    @property
    def _chosen(self) -> int:
        """The place of the one under the bar, among all."""
        options = self.query_one(OptionList)
        at = options.highlighted
        return 0 if at is None else int(options.get_option_at_index(at).id or 0)

    def _row(self, place: int, one: Ranked, criterion: str) -> str:
        value = "-" if one.estimate.mean is None else figure(one.estimate.mean)
        criterion = criterion if one.results else ""
        spread = "" if one.estimate.half_width is None else f" +- {figure(one.estimate.half_width)}"
        labels = self._plan.labels if self._plan is not None else ()
        words = [f"{label} {shown(one.settings[label])}" for label in labels]
        planned = self._planned[setting_key(one.settings)]
        missing = f"{len(one.results)} of {planned} trials" if len(one.results) < planned else ""
        said = [f"{place:>3}", f"{criterion}{value}{spread}", *words, missing, one.states]
        return "  ".join(filter(None, said))

    def _draw(self) -> None:
        if self._plan is None:
            return
        if self._view is not None:
            self._again = True
            if not self._drawing:
                self._draw_trials()
            return
        plot = self.query_one(Plot)
        box = (plot.size.width, plot.size.height)
        plot.update(picture.draw(self._plan, self._settings, self._criterion, self._chosen, box, self._look))

    @work
    async def _draw_trials(self) -> None:
        """Ask their networks aside; once more if something else is to be seen by then."""
        self._drawing = True
        plot = self.query_one(Plot)
        while self._again and self._view is not None:
            self._again = False
            drawn = await soon(
                multiples.draw, self._trials, self._view, lambda _: Knobs(), *plot.size, self._look, self._chosen
            )
            plot.update(drawn, layout=False)
        self._drawing = False
        if self._view is None:
            self._draw()

    @work
    async def action_view(self) -> None:
        """Choose what is shown of each trial, or the settings."""
        if self._plan is None:
            return
        self._trials = await soon(self._opened)
        subject = next((one.subject for one in self._trials if one.subject is not None), None)
        if subject is None:
            gone = "The run directories of these trials no longer exist."
            self.notify(gone if self._results else "No trial has a result yet.")
            return
        entries = [Entry(SETTINGS, detail="The settings as lines through parallel axes.")]
        entries += [Entry(view.name, detail=view.description) for view in suitable(subject, self._registry)]
        now = self._view.name if self._view is not None else SETTINGS
        name = await self.app.push_screen_wait(ChooseScreen("view of each trial", entries, now))
        if name is not None:
            self._view = None if name == SETTINGS else find(name, self._registry)
            self._draw()

    def _recorded(self, run: Run) -> Recorded:
        return recorded_network(run, self._registry)

    def on_plot_resized(self, event: Plot.Resized) -> None:
        event.stop()
        self._draw()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._draw()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(self._settings[int(event.option_id or 0)])

    @work
    async def _take(self, setting: Ranked) -> None:
        """The first run of the setting that is there, be it under way."""
        trials = self._plan.trials if self._plan is not None else ()
        runs = [self._directory.run(one) for one in trials if one.settings == setting.settings]
        found = await soon(lambda: next((run for run in runs if run.is_dir()), None))
        if found is None:
            gone = "The run directory of this setting no longer exists."
            self.notify(gone if setting.results else "No trial of this setting has begun yet.")
        else:
            self.dismiss(str(found))

    def action_metric(self) -> None:
        if self._plan is None:
            return
        names = rankable(self._plan, self._results)
        if names:
            at = names.index(self._criterion.text) if self._criterion.text in names else -1
            self._criterion = criterion_of(names[(at + 1) % len(names)], self._plan, self._results)
            self._fill()


def found_in(directory: SweepDirectory) -> tuple[Plan, list[Result], str]:
    """The plan of a sweep, what has come of it, and whether more will. Raises StorageError."""
    is_running = directory.is_running()  # before the results: none comes after it has ended
    plan = directory.plan()
    state = {True: "under way", False: "stopped", None: ""}[is_running]
    return plan, [one for one in directory.results(plan) if one is not None], state


def counted(plan: Plan, results: Sequence[Result], state: str) -> str:
    """How many of its trials have ended; and of one that has not come to its end how it stands."""
    done = f"{len(results)} of {len(plan.trials)} trials"
    return f"{done}, {state}" if state and len(results) < len(plan.trials) else done
