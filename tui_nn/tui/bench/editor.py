"""The experiment under the user's hands: its draft, and a way back from every change, weights set by hand included."""

from __future__ import annotations

import msgspec

from tui_nn.experiment import Experiment
from tui_nn.plugin.registry import Registry
from tui_nn.tui.bench.by_hand import WeightsSet
from tui_nn.tui.model import Draft, draft

MOST = 200  # changes that can be taken back
Step = Experiment | WeightsSet  # what was before a change


class Editor:
    """Holds the draft. A plain object: it knows nothing of a screen, nor of a run."""

    def __init__(self, experiment: Experiment, registry: Registry) -> None:
        self.draft: Draft = draft(experiment, registry)
        self._registry = registry
        self._undone: list[Step] = []
        self._done: list[Step] = []

    @property
    def experiment(self) -> Experiment:
        """As it stands."""
        return self.draft.experiment

    def replace(self, experiment: Experiment) -> None:
        """Take a changed experiment, and remember the former one."""
        if experiment != self.experiment:
            self.take(draft(experiment, self._registry))

    def take(self, checked: Draft) -> None:
        """The same of one that is checked already."""
        if checked.experiment != self.experiment:
            self._remember(self.experiment)
            self.draft = checked

    def weights_set(self, weights: WeightsSet) -> None:
        """Remember weights that were set by hand."""
        self._remember(weights)

    def _remember(self, step: Step) -> None:
        self._done = [*self._done, step][-MOST:]
        self._undone = []

    def undo(self) -> Step | None:
        """What was before the last change; None if nothing was. `restore` takes it."""
        return self._done[-1] if self._done else None

    def redo(self) -> Step | None:
        """What was taken back last."""
        return self._undone[-1] if self._undone else None

    def is_of_views(self, step: Step) -> bool:
        """Whether what `undo` or `redo` gave was changed in a view: weights by hand, or which units are frozen."""
        return isinstance(step, WeightsSet) or _drawn(step) == _drawn(self.experiment)

    def restore(self, step: Step, checked: Draft | None = None) -> None:
        """Go to what `undo` or `redo` gave; `checked`: the same as a draft, where that is known."""
        former, other = (self._done, self._undone) if step is self.undo() else (self._undone, self._done)
        former.pop()
        other.append(step if isinstance(step, WeightsSet) else self.experiment)
        if not isinstance(step, WeightsSet):
            self.draft = checked or draft(step, self._registry)

    def drop(self, step: Step) -> None:
        """Forget what `undo` or `redo` gave: there is no way back to it any more."""
        (self._done if step is self.undo() else self._undone).pop()


def _drawn(experiment: Experiment) -> Experiment:
    """The same without what is changed in views."""
    network = msgspec.structs.replace(experiment.network, weights=None, weights_by_columns=None)
    training = msgspec.structs.replace(experiment.training, frozen=None)
    return msgspec.structs.replace(experiment, network=network, training=training)
