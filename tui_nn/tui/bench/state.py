"""What there is on the bench: the experiment at hand, the run that is shown, and its trainer."""

from __future__ import annotations

from pathlib import Path

from tui_nn.confined import is_served
from tui_nn.experiment import Experiment
from tui_nn.experiment.amended import Amendment
from tui_nn.plugin.registry import Registry
from tui_nn.runs.family import offset_of
from tui_nn.tui import model
from tui_nn.tui.bench.advice import Advisor
from tui_nn.tui.bench.branch import initial_of
from tui_nn.tui.bench.editor import Editor
from tui_nn.tui.bench.elsewhere import Elsewhere
from tui_nn.tui.bench.followed import Followed
from tui_nn.tui.bench.pace import ChosenPace
from tui_nn.tui.bench.preview import Preview
from tui_nn.tui.bench.shown import Shown
from tui_nn.tui.model import Draft
from tui_nn.tui.preferences import Remembered
from tui_nn.tui.trainer_client import LIVE_STATES, TrainerClient
from tui_nn.views import Subject

RUNS = Path("runs")


class BenchState:
    """Only `poll` changes anything here."""

    def __init__(
        self, experiment: Experiment, registry: Registry, client: TrainerClient, remembered: Remembered | None = None
    ) -> None:
        self.editor = Editor(experiment, registry)
        self.registry = registry
        self.client = client
        self.remembered = remembered or Remembered()
        self.pace = ChosenPace(client, self.remembered)
        self.advisor = Advisor()
        self.elsewhere = Elsewhere()
        self._views = Shown(client, registry)
        self._followed = Followed(self.editor)
        self._will_train = False  # whether a run that is being started is to train at once
        self._asking = False  # a change is on its way to the trainer

    @property
    def draft(self) -> Draft:
        """The experiment at hand with its shapes, or why it cannot be trained."""
        return self.editor.draft

    @property
    def experiment(self) -> Experiment:
        """The experiment at hand."""
        return self.editor.experiment

    @property
    def trains(self) -> bool:
        """Whether there is a run under way, paused or not."""
        return self.client.state in LIVE_STATES

    @property
    def would_be_missed(self) -> bool:
        """Whether the run under way has trained, or is to as soon as it has started."""
        reader, state = self.client.reader, self.client.state
        is_to = state == "running" or (state == "starting" and self._will_train)
        return is_to or (reader is not None and reader.history.last_step > 0)

    @property
    def subject(self) -> Subject | None:
        """The run that is shown, at the moment that is looked at; None before there is one."""
        return self._views.run

    @property
    def moment(self) -> str:
        """The epoch that is shown of the run, `20+5` in a branch; nothing before there is one."""
        return self.subject.moment if self.subject is not None else ""

    @property
    def shown(self) -> Subject | None:
        """What the panes show: the run, or before there is one, what the experiment at hand starts from.

        While a run is being started, the one before stands.
        """
        return self._views.of(self.draft)

    @property
    def preview(self) -> Preview:
        """What an experiment starts from, computed aside."""
        return self._views.preview

    @property
    def runs_folder(self) -> Path:
        """Where runs are: beside the one that is shown, else ./runs. A visitor has those of the own folder alone."""
        reader = self.client.reader
        return reader.path.parent if reader is not None and not is_served() else RUNS

    @property
    def initial_weights(self) -> str:
        """Where the weights of a new run come from."""
        reader, given = self.client.reader, self.experiment.network.weights
        if given is None and reader is not None and reader.fact(initial_of, None) is not None:
            return f"branch at {reader.fact(offset_of, 0)}"
        return model.initial_weights(self.experiment)

    @property
    def amendments(self) -> dict[str, Amendment]:
        """Which settings at hand are not those that the run began with: they were changed while it trained."""
        reader = self.client.reader
        return self._followed.since_it_began(reader, self.experiment) if reader is not None else {}

    def poll(self) -> bool:
        """Read what is new of the run, and take over what somebody else changed in it. True if anything is new."""
        changed = self.client.poll()
        reader = self.client.reader
        self.elsewhere.poll(self.runs_folder)
        self.pace.keep()
        if reader is not None and not self._asking:
            self._followed.take(reader, trains=self.trains)
        return changed
