"""The application: sets the workbench up, and takes care that the terminal is as before when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType

from tui_nn.errors import ExperimentError
from tui_nn.experiment import Experiment, load_experiment
from tui_nn.plugin.prints import captured_prints
from tui_nn.plugin.registry import Registry, load_registry
from tui_nn.render import Look
from tui_nn.runs import RunReader, layout, open_run
from tui_nn.tui.screens.workbench import WorkbenchScreen
from tui_nn.tui.trainer_client import ProcessTrainer, TrainerClient

STARTER = "digits"
RUNS = Path("runs")


class WorkbenchApp(App[None]):
    """One screen. Closing it never ends a training that its user wanted to go on."""

    TITLE = "tui-nn"
    CSS_PATH = "workbench.tcss"
    ENABLE_COMMAND_PALETTE = True
    # Quitting belongs to the screen, which asks first.
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, experiment: Experiment, registry: Registry, client: TrainerClient, look: Look) -> None:
        super().__init__()
        self._workbench = WorkbenchScreen(experiment, registry, client, look)

    def on_mount(self) -> None:
        self.push_screen(self._workbench)
        for name in ("SIGTERM", "SIGHUP"):
            # Textual would leave the terminal in its alternate screen. The training goes on by itself.
            with contextlib.suppress(NotImplementedError, RuntimeError, AttributeError, ValueError):
                number = getattr(signal, name)
                asyncio.get_running_loop().add_signal_handler(number, self._leave, int(number))

    def _leave(self, number: int) -> None:
        self.exit(return_code=128 + number)

    async def action_quit(self) -> None:
        self._workbench.action_quit()


def run_workbench(target: str | None, plugins: tuple[str, ...] = ()) -> int:
    """Open the workbench on an experiment file, an example or a run. Returns the exit code.

    Raises ExperimentError without a terminal, and whatever is wrong with the target or a plugin file.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        raise ExperimentError("the workbench needs a terminal. Without one: `tui-nn train digits`.")
    with captured_prints():
        registry = load_registry(plugins)
    client = ProcessTrainer(RUNS, plugins)
    run = _run_of(target)
    if run is not None:
        experiment = load_experiment(str(run.path / layout.EXPERIMENT))
        client.show(run)
    else:
        experiment = load_experiment(target or STARTER)
    app = WorkbenchApp(experiment, registry, client, Look.detect(os.environ, terminal=True))
    app.run()
    return app.return_code or 0


def _run_of(target: str | None) -> RunReader | None:
    """The run that the target names, if it names one."""
    if target == "latest" or (target is not None and Path(target).is_dir()):
        return open_run(target)
    return None
