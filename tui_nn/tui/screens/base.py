"""What the parts of the workbench's screen share: the editor, the trainer's client, the run that is looked at."""

from __future__ import annotations

from abc import abstractmethod

from textual.screen import Screen

from tui_nn.experiment import Experiment, load_experiment
from tui_nn.experiment.model import Model
from tui_nn.plugin.blame import blaming
from tui_nn.plugin.registry import Registry
from tui_nn.render import Look
from tui_nn.runs import RunReader, layout
from tui_nn.tui.editor import Editor
from tui_nn.tui.model import Draft
from tui_nn.tui.settings import Remembered
from tui_nn.tui.trainer_client import TrainerClient
from tui_nn.views import Subject


class WorkbenchBase(Screen[None]):
    """Everything on the screen is drawn from `editor` (what is to be trained) and `subject` (what was)."""

    def __init__(self, experiment: Experiment, registry: Registry, client: TrainerClient, look: Look) -> None:
        super().__init__()
        self.editor = Editor(experiment, registry)
        self.client = client
        self.registry = registry
        self.look = look
        self.speed = 10.0
        self.remembered = Remembered()
        self._subject: Subject | None = None

    def remember(self, remembered: Remembered) -> None:
        """Begin with what the user chose last, and keep what is chosen from now on."""
        self.remembered = remembered
        self.speed = remembered.settings.speed

    @property
    def draft(self) -> Draft:
        """The experiment with its shapes, or why it cannot be trained."""
        return self.editor.draft

    @property
    def subject(self) -> Subject | None:
        """The run that is shown, at the moment that is looked at; None before there is one."""
        reader = self.client.reader
        if reader is None:
            self._subject = None
        elif self._subject is None or self._subject.reader is not reader:
            self._subject = Subject(reader, self._model, lambda: blaming(self.registry.plugins))
        return self._subject

    def _model(self, reader: RunReader) -> Model:
        """The network of a run, rebuilt from its experiment file. Called in a thread."""
        with blaming(self.registry.plugins):
            return Model(load_experiment(str(reader.path / layout.EXPERIMENT)), self.registry)

    @abstractmethod
    def redraw(self, *, slow: bool = True, quick: bool = True) -> None:
        """Draw the panes: those made of weights if `slow`, the others if `quick`."""

    @abstractmethod
    def show_experiment(self) -> None:
        """Draw the builder and the line below the panes."""
