"""What the panes show: the run at hand at the moment that is looked at, or what the experiment starts from."""

from __future__ import annotations

from tui_nn.plugin.registry import Registry
from tui_nn.runs import Run
from tui_nn.training import Recorded, recorded_network
from tui_nn.tui.bench.preview import Preview
from tui_nn.tui.model import Draft
from tui_nn.tui.trainer_client import TrainerClient
from tui_nn.views import Subject


class Shown:
    """The subject of the views, from run to run."""

    def __init__(self, client: TrainerClient, registry: Registry) -> None:
        self._client = client
        self._registry = registry
        self.preview = Preview(registry, self._recorded)
        self.is_fresh = False  # the run began with what the preview has shown
        self._subject: Subject | None = None
        self._former: Subject | None = None  # what was shown while the next run is being started

    def _recorded(self, reader: Run) -> Recorded:
        """The network of a run. Called in a thread."""
        return recorded_network(reader, self._registry)

    @property
    def run(self) -> Subject | None:
        """The run at hand, at the moment that is looked at; None before there is one."""
        reader = self._client.reader
        if reader is None:
            self._subject = None
        elif self._subject is None or self._subject.reader is not reader:
            self._subject = Subject(reader, self._recorded)
        return self._subject

    def of(self, draft: Draft) -> Subject | None:
        """The run, or before there is one, what the experiment at hand starts from.

        While a run is being started, the one before stands.
        """
        subject = self.run
        if subject is not None and subject.started is not None:
            self._former, subject.is_former = subject, False
            return subject
        if self._client.state == "starting" and self._former is not None:
            self._former.is_former = True
            return self._former
        if subject is not None and not self.is_fresh:
            return subject
        found = self.preview.of(draft)
        return subject if found is None else found
