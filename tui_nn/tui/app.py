"""The application: sets the workbench up, and takes care that the terminal is as before when it ends."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType
from textual.theme import Theme

from tui_nn.confined import only_watches
from tui_nn.experiment import Experiment, load_experiment
from tui_nn.plugin.registry import Registry
from tui_nn.render import Look
from tui_nn.runs import RunReader, open_run
from tui_nn.runs.layout import EXPERIMENT
from tui_nn.runs.reader import names_run
from tui_nn.training import opened
from tui_nn.training.for_data import is_data, shown_for
from tui_nn.training.provenance import files_beside
from tui_nn.tui.bench.bench import Bench
from tui_nn.tui.bench.branch import at_hand
from tui_nn.tui.bench.state import RUNS
from tui_nn.tui.preferences import Remembered, of_user
from tui_nn.tui.screens.present import PresentScreen
from tui_nn.tui.screens.workbench import WorkbenchScreen
from tui_nn.tui.terminal_app import TerminalApp
from tui_nn.tui.themes import CONTRAST, CONTRAST_LIGHT, look_on
from tui_nn.tui.trainer_client import ProcessTrainer, TrainerClient
from tui_nn.tui.watching import WatchedTrainer
from tui_nn.views import find
from tui_nn.waiting import watched

STARTER = "digits"
PARTING = 0.3  # seconds that a last request to the trainer may take, or what is kept of the user


class WorkbenchApp(TerminalApp):
    """One screen. Closing it never ends a training that its user wanted to go on."""

    TITLE = "tui-nn"
    # Quitting belongs to the screen, which asks first.
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        experiment: Experiment,
        registry: Registry,
        client: TrainerClient,
        look: Look,
        remembered: Remembered | None = None,
        lesson: Sequence[str] | None = None,
        told: str = "",
    ) -> None:
        """lesson: to present these views on a projector, the usual ones if none are named; None for the workbench.

        told: at the beginning, if anything.
        """
        super().__init__()
        self._at_first = told
        self.bench = Bench(experiment, registry, client, remembered)
        self.remembered = self.bench.remembered
        look = replace(look, ascii=look.ascii or self.remembered.preferences.ascii)
        present = None if lesson is None else PresentScreen(self.bench, look, lesson)
        self.workbench = present or WorkbenchScreen(self.bench, look)

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, self._look_like)
        self.prepare(self.remembered.preferences.theme)
        self.push_screen(self.workbench)
        if self._at_first:
            self.call_after_refresh(self.notify, self._at_first, severity="warning")

    def _look_like(self, theme: Theme) -> None:
        """Views follow the theme."""
        self.workbench.set_look(look_on(theme, self.workbench.look))
        self.remembered.change(theme=theme.name)

    def leave(self, number: int) -> None:
        """End after a signal. What trains goes on by itself."""
        client = self.bench.client
        if client.state == "paused":
            client.send("stop")  # nobody is left to let it go on; it is saved, and `--resume` does
        elif self.bench.pace.rules and self.bench.trains:
            client.send("speed", epochs_per_second=0.0)  # nobody is left to watch
        super().leave(number)

    async def action_quit(self) -> None:
        self.workbench.action_quit()

    def toggle_ascii(self) -> None:
        """Draw with ASCII only, or with blocks and braille; remembered."""
        look = self.workbench.look
        self.remembered.change(ascii=not look.ascii)
        self.workbench.set_look(replace(look, ascii=not look.ascii))


def run_workbench(
    target: str | None, plugins: tuple[str, ...] = (), lesson: Sequence[str] | None = None, *, dark: bool = False
) -> int:
    """Open the workbench on an experiment file, an example or a run. Returns the exit code.

    lesson: the views to present on a projector, in high contrast, light or dark; nothing of that is remembered.
    Or on a data file. It needs a terminal. Raises whatever is wrong with the target or a plugin file.
    """
    run = _run_of(target)
    experiment, told = _experiment(target or STARTER, plugins) if run is None else (at_hand(run), "")
    file = (target or STARTER) if run is None else str(run.path / EXPERIMENT)
    with opened(experiment, files_beside(file, plugins)) as session:
        pass  # from here on the screen takes the prints, and blames plugins where it asks them
    client = (WatchedTrainer if only_watches() else ProcessTrainer)(RUNS, session.registry)
    if run is not None:
        client.show(run)
    remembered = of_user()
    if lesson is not None:
        _check_views(lesson, session.registry)
        kept, remembered = remembered.preferences, Remembered()
        remembered.change(theme=CONTRAST if dark else CONTRAST_LIGHT, ascii=kept.ascii)
    look = Look.detect(os.environ, terminal=True)
    app = WorkbenchApp(experiment, session.registry, client, look, remembered, lesson, told)
    with watched(None):  # the screen is Textual's now
        code = app.run_in_terminal()
    client.wait_until_sent(PARTING)
    app.remembered.drain(PARTING)
    return code


def _experiment(target: str, plugins: tuple[str, ...]) -> tuple[Experiment, str]:
    """The experiment of a file or example, or one that is made for a file of data, and what is to be told of it."""
    return shown_for(target, plugins) if is_data(target) else (load_experiment(target), "")


def _check_views(names: Sequence[str], registry: Registry) -> None:
    """Raises ExperimentError for a view that is not there, with the nearest one."""
    for name in names:
        find(name, registry)


def _run_of(target: str | None) -> RunReader | None:
    """The run that the target names, if it names one."""
    return open_run(target) if target is not None and names_run(target) else None
