"""What was changed in a run while it trained: taken over into the experiment at hand, and told apart from its begin."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import msgspec

from tui_nn.errors import ExperimentError, TuiNNError
from tui_nn.experiment import Experiment
from tui_nn.experiment.amended import Amendment, amended, amendments, leaves
from tui_nn.runs import Run
from tui_nn.runs.family import offset_of
from tui_nn.tui.bench.editor import Editor
from tui_nn.views.verdicts import as_begun


class Followed:
    """The changes of one run after another, as far as the experiment at hand has them."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self._taken: tuple[Run | None, int] = (None, 0)  # changes of a run that the experiment has
        self._found: tuple[tuple[Run, int] | None, dict[str, Amendment]] = (None, {})

    def take(self, run: Run, *, trains: bool) -> None:
        """Take over what somebody, here or elsewhere, has changed in the run since it was last asked."""
        changes = run.history.changes
        if self._taken[0] is not run:
            # A run that is opened has its changes already; one that has just begun has none.
            self._taken = (run, len(changes))
            return
        new, self._taken = changes[self._taken[1] :], (run, len(changes))
        if new and trains:
            with contextlib.suppress(ExperimentError):
                # The trainer has taken it: it is sound, and shapes are what they were.
                draft = self._editor.draft
                self._editor.take(replace(draft, experiment=amended(draft.experiment, new)))

    def since_it_began(self, run: Run, experiment: Experiment) -> dict[str, Amendment]:
        """Which settings of this experiment are not those that the run began with."""
        if not run.history.changes:
            return {}
        stand = (run, len(run.history.by_hand))
        if self._found[0] != stand:
            found: dict[str, Amendment] = {}
            with contextlib.suppress(TuiNNError):
                began = run.fact(as_begun, None)
                if began is None:
                    return {}
                found = amendments(msgspec.to_builtins(began), run.history.by_hand, run.fact(offset_of, 0))
            self._found = (stand, found)
        now = leaves(msgspec.to_builtins(experiment))
        return {key: one for key, one in self._found[1].items() if now.get(key) == one.later[-1][0]}
