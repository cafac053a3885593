"""The network of the experiment at hand before there is a run: with its data, its initial weights and what they answer.

It is recorded as a run of no epochs in a temporary folder, so that the views need not know of it.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path

import msgspec

from tui_nn.errors import TuiNNError
from tui_nn.experiment import Experiment
from tui_nn.experiment.data import shape_named_by
from tui_nn.experiment.default import default_for
from tui_nn.experiment.schema import chosen_kind
from tui_nn.plugin.blame import blaming
from tui_nn.plugin.registry import Registry
from tui_nn.runs import Run
from tui_nn.training import Recorded
from tui_nn.training.untrained import record_untrained
from tui_nn.tui.bench.held import HeldRun
from tui_nn.tui.excerpt import Lines, excerpt
from tui_nn.tui.model import Draft
from tui_nn.views import Subject


class Preview:
    """One experiment at a time: the former picture stands until the next is known."""

    def __init__(self, registry: Registry, recorded: Callable[[Run], Recorded]) -> None:
        self._registry, self._recorded = registry, recorded
        self._made: tuple[Draft, Subject] | None = None
        self._wanted: Draft | None = None
        self._refused: Draft | None = None
        self.excerpt: Lines = ()  # of a file of data that cannot be read
        self.is_awaited = False  # what was asked for last is not known yet

    def of(self, draft: Draft) -> Subject | None:
        """The untrained network of this experiment, or until it is known of the last one, if any.

        Of one that cannot be trained, its data with the reason why there is no network, if the data can be read.
        """
        is_made = self._made is not None and self._made[0] == draft
        self.is_awaited = not is_made and draft != self._refused
        if is_made:
            self._wanted = None
        elif self.is_awaited:
            self._wanted = draft
        elif draft.error:
            return None
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
        draft, self._wanted = self._wanted, None
        if draft is None:
            return self._made is not None and self._made[1].work()
        try:
            folder = tempfile.mkdtemp(prefix="tui-nn-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            with blaming(self._registry.plugins):
                experiment = _with_usual_network(draft.experiment, self._registry) if draft.error else draft.experiment
                reader = record_untrained(experiment, self._registry, Path(folder) / "untrained")
        except (TuiNNError, OSError) as error:
            self._refused = draft  # the experiment's row says why
            self.excerpt = excerpt(error, chosen_kind(draft.experiment.data.source))
            return bool(draft.error)  # what stood there is of another experiment
        held = HeldRun(reader)
        held.refresh()
        subject = Subject(held, self._recorded)
        subject.is_preview, subject.epochs_to_come = True, draft.experiment.training.epochs
        subject.refused, subject.wanted = draft.problem, draft.experiment.network.layers
        self._made = (draft, subject)
        return True


def _with_usual_network(experiment: Experiment, registry: Registry) -> Experiment:
    """The same data, divided and scaled as they are, with a network that fits them. Raises TuiNNError."""
    usual = default_for(experiment.name, experiment.data, shape_named_by(experiment, registry))
    training = msgspec.structs.replace(usual.training, seed=experiment.training.seed)
    return msgspec.structs.replace(experiment, network=usual.network, training=training, require={})
