"""How a sweep is going, on stderr: a live table for a person at a terminal, else one plain line a trial."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import TYPE_CHECKING

from tui_nn.cli.progress import wants_bar
from tui_nn.report.lines import pairs
from tui_nn.runs import RunReader
from tui_nn.sweep.plan import Plan, shown
from tui_nn.sweep.results import UNREADABLE, Result, SweepDirectory
from tui_nn.sweep.trial import Trial
from tui_nn.training.asked import AskedToEnd

if TYPE_CHECKING:
    from rich.table import Table

SHOWN = 12  # lines of the live table: what runs, and what ended last
BAR = 16  # cells


class SweepProgress:
    """Told of every result, and a few times a second that time has passed."""

    def __init__(self, plan: Plan, directory: SweepDirectory) -> None:
        self._plan = plan
        self._directory = directory
        self._ended: list[tuple[Trial, Result]] = []
        found = [one for one in directory.results(plan) if one is not None]
        self._known = sum(one.final for one in found)
        self._damaged = [one.message for one in found if one.state == UNREADABLE]
        self._live = None
        if wants_bar(os.environ, sys.stderr, sys.stdout):
            from rich.console import Console
            from rich.live import Live

            from tui_nn.cli.streams import unguarded

            self._live = Live(
                get_renderable=self._table, console=Console(file=unguarded(sys.stderr)),
                transient=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False,
            )  # fmt: skip

    def __enter__(self) -> SweepProgress:
        for message in self._damaged:
            self._say(f"tui-nn: {message}")
        if self._known:
            self._say(f"{self._known} of {len(self._plan.trials)} trials already have a result")
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
        if isinstance(error, AskedToEnd):
            self._say(f"stopped; the same command resumes it: {self._directory.path}")

    def _say(self, text: str) -> None:
        print(f"tui-nn: {text}", file=sys.stderr, flush=True)

    def finished(self, trial: Trial, result: Result) -> None:
        """A trial has ended."""
        self._ended.append((trial, result))
        if self._live is None or result.state == "failed":
            count = self._known + len(self._ended)
            where = self._live.console.print if self._live is not None else self._plain
            where(f"trial {count}/{len(self._plan.trials)}  {trial_name(trial)}  {outcome_of(result)}")

    def _plain(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def tick(self) -> None:
        """Draw again."""
        if self._live is not None:
            self._live.refresh()

    def _table(self) -> Table:
        from rich.table import Table

        done = self._known + len(self._ended)
        table = Table(
            box=None, pad_edge=False, title_justify="left", title=f"{done} of {len(self._plan.trials)} trials"
        )
        folds = any(trial.fold for trial in self._plan.trials)
        for column in (*self._plan.labels, "seed", *(["fold"] if folds else []), "", ""):
            table.add_column(column, no_wrap=True)
        finished = {trial.identity for trial, _ in self._ended}
        rows = []
        for trial in self._plan.trials:
            run = self._directory.run(trial)
            if trial.identity not in finished and run.exists() and not self._directory.has_result(trial):
                share = progress_of(RunReader(run), int(trial.experiment["training"]["epochs"]))
                cells = round(share * BAR)
                rows.append((trial, "━" * cells + "╶" * (BAR - cells), "training"))
        for trial, result in reversed(self._ended):
            rows.append((trial, "", outcome_of(result)))
        for trial, bar, words in rows[:SHOWN]:
            which = (str(trial.seed), trial.fold) if folds else (str(trial.seed),)
            table.add_row(*(shown(trial.settings[label]) for label in self._plan.labels), *which, bar, words)
        return table


def progress_of(reader: RunReader, epochs: int) -> float:
    """How much of a run is done, from 0 to 1."""
    live = reader.live()
    return min(1.0, max(0, live.epoch - 1) / max(epochs, 1)) if live is not None else 0.0


def trial_name(trial: Trial) -> str:
    """`rate 0.01  units 25  seed 1`."""
    fold = [f"fold {trial.fold}"] if trial.fold else []
    settings = (f"{label} {shown(value)}" for label, value in trial.settings.items())
    return "  ".join([*settings, f"seed {trial.seed}", *fold])


def outcome_of(result: Result) -> str:
    """What is worth a glance: the metrics, or what went wrong."""
    if result.state != "done":
        return f"{result.state}: {result.message}"
    values = result.metrics.get("validation") or result.metrics.get("train", {})
    return f"{pairs({name: value for name, value in values.items() if value is not None})}  {result.seconds:.2f} s"
