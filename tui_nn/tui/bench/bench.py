"""The bench: the experiment at hand, the run that is shown, the trainer, and everything that can be done with them."""

from __future__ import annotations

from tui_nn.experiment import load_experiment
from tui_nn.runs import RunReader, open_run
from tui_nn.tui import model
from tui_nn.tui.bench.branch import at_hand
from tui_nn.tui.bench.changing import ChangingExperiment
from tui_nn.tui.bench.resuming import Resuming
from tui_nn.tui.model import Draft


class Bench(ChangingExperiment, Resuming):
    """A plain object. What cannot be done raises TuiNNError with the sentence that a person is to read."""

    def open(self, what: str) -> None:
        """Open example:NAME, file:PATH or run:PATH; a run in progress is stopped."""
        self.show(*self.found(what))

    def found(self, what: str) -> tuple[Draft, RunReader | None]:
        """What is to be opened, and the reader of a run, its events read. Changes nothing; may take long."""
        kind, _, name = what.partition(":")
        reader = open_run(name) if kind == "run" else None
        experiment = at_hand(reader) if reader is not None else load_experiment(name)
        return model.draft(experiment, self.registry), reader

    def show(self, draft: Draft, reader: RunReader | None) -> None:
        """Show what was found; a run in progress is stopped."""
        self.client.forget()
        self.pace.lets_go()
        if reader is not None:
            self.client.show(reader)
        self.editor.take(draft)
