"""The experiment under the user's hands: its draft, and a way back from every change."""

from __future__ import annotations

from tui_nn.experiment import Experiment
from tui_nn.plugin.registry import Registry
from tui_nn.tui.model import Draft, draft

MOST = 200  # changes that can be taken back


class Editor:
    """Holds the draft. A plain object: it knows nothing of a screen."""

    def __init__(self, experiment: Experiment, registry: Registry) -> None:
        self.draft: Draft = draft(experiment, registry)
        self._registry = registry
        self._undone: list[Experiment] = []
        self._done: list[Experiment] = []

    @property
    def experiment(self) -> Experiment:
        """As it stands."""
        return self.draft.experiment

    def replace(self, experiment: Experiment) -> None:
        """Take a changed experiment, and remember the former one."""
        if experiment == self.experiment:
            return
        self._done = [*self._done, self.experiment][-MOST:]
        self._undone = []
        self.draft = draft(experiment, self._registry)

    def check_again(self) -> None:
        """Plugins or data are others now: what could not be trained may be so now, and the other way round."""
        self.draft = draft(self.experiment, self._registry)

    def undo(self) -> Experiment | None:
        """What was before the last change; None if nothing was. `restore` takes it."""
        return self._done[-1] if self._done else None

    def redo(self) -> Experiment | None:
        """What was taken back last."""
        return self._undone[-1] if self._undone else None

    def restore(self, experiment: Experiment) -> None:
        """Go to what `undo` or `redo` gave."""
        if self._done and experiment is self._done[-1]:
            self._undone.append(self.experiment)
            self._done.pop()
        elif self._undone and experiment is self._undone[-1]:
            self._done.append(self.experiment)
            self._undone.pop()
        self.draft = draft(experiment, self._registry)
