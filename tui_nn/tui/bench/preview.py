"""The network of the experiment at hand before there is a run: with its data, its initial weights and what they answer.

It is recorded as a run of no epochs in a temporary folder, so that the views need not know of it.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path

from tui_nn.errors import TuiNNError
from tui_nn.experiment import Experiment
from tui_nn.plugin.blame import blaming
from tui_nn.plugin.registry import Registry
from tui_nn.runs import Run
from tui_nn.training import Recorded
from tui_nn.training.untrained import record_untrained
from tui_nn.tui.bench.held import HeldRun
from tui_nn.views import Subject


class Preview:
    """One experiment at a time: the former picture stands until the next is known."""

    def __init__(self, registry: Registry, recorded: Callable[[Run], Recorded]) -> None:
        self._registry, self._recorded = registry, recorded
        self._made: tuple[Experiment, Subject] | None = None
        self._wanted: Experiment | None = None
        self._refused: Experiment | None = None

    def of(self, experiment: Experiment) -> Subject | None:
        """The untrained network of this experiment, or until it is known of the last one, if any."""
        if self._made is not None and self._made[0] == experiment:
            self._wanted = None
        elif experiment != self._refused:
            self._wanted = experiment
        return None if self._made is None else self._made[1]

    @property
    def wants(self) -> bool:
        """Whether there is something to build."""
        return self._wanted is not None

    @property
    def waiting(self) -> bool:
        """Whether there is something to build, or to ask."""
        return self.wants or (self._made is not None and self._made[1].waiting)

    def work(self) -> bool:
        """Build what was asked for, and ask it; may take long. True if anything is new. Never raises TuiNNError."""
        experiment, self._wanted = self._wanted, None
        if experiment is None:
            return self._made is not None and self._made[1].work()
        try:
            folder = tempfile.mkdtemp(prefix="tui-nn-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            with blaming(self._registry.plugins):
                reader = record_untrained(experiment, self._registry, Path(folder) / "untrained")
        except (TuiNNError, OSError):
            self._refused = experiment  # the experiment's row says why
            return False
        held = HeldRun(reader)
        held.refresh()
        subject = Subject(held, self._recorded)
        subject.is_preview, subject.epochs_to_come = True, experiment.training.epochs
        self._made = (experiment, subject)
        return True
