"""The bench: the experiment at hand, the run that is shown, the trainer, and everything that can be done with them."""

from __future__ import annotations

from tui_nn.experiment import load_experiment
from tui_nn.runs import RunReader, open_run
from tui_nn.training.for_data import shown_with
from tui_nn.tui import model
from tui_nn.tui.bench.branch import at_hand
from tui_nn.tui.bench.changing import ChangingExperiment
from tui_nn.tui.bench.resuming import Resuming
from tui_nn.tui.model import Draft


class Bench(ChangingExperiment, Resuming):
    """A plain object. What cannot be done raises TuiNNError with the sentence that a person is to read."""

    def open(self, what: str) -> None:
        """Open example:NAME, file:PATH, table:PATH or run:PATH; a run in progress is stopped."""
        draft, reader, _ = self.found(what)
        self.show(draft, reader)

    def found(self, what: str) -> tuple[Draft, RunReader | None, str]:
        """What is to be opened, the reader of a run, its events read, and what is to be told of a table.

        Changes nothing; may take long.
        """
        kind, _, name = what.partition(":")
        reader, told = open_run(name) if kind == "run" else None, ""
        if reader is not None:
            experiment = at_hand(reader)
        elif kind == "table":
            experiment, told = shown_with(name, self.registry)
        else:
            experiment = load_experiment(name)
        return model.draft(experiment, self.registry), reader, told

    def show(self, draft: Draft, reader: RunReader | None) -> None:
        """Show what was found; a run in progress is stopped."""
        self.client.forget()
        self.pace.lets_go()
        if reader is not None:
            self.client.show(reader)
        self.editor.take(draft)
