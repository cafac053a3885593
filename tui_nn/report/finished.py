"""A run that is over, as artefacts are made from it: its summary and its history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tui_nn.errors import ExitCode, StorageError
from tui_nn.experiment.requirement import Outcome
from tui_nn.report.outcome import outcome
from tui_nn.runs import RunReader, layout, open_run
from tui_nn.runs.summary import CRASHED, SCHEMA, Summary, last_values, name_of, samples_per_second, summary_of


@dataclass(frozen=True)
class Finished:
    """Everything that is known of a run that ended, or crashed."""

    reader: RunReader
    summary: Summary

    @property
    def name(self) -> str:
        """The experiment's name, else the run directory's."""
        return self.summary.experiment or self.reader.path.name

    @property
    def outcome(self) -> Outcome:
        """In the terms of requirements."""
        return outcome(self.reader.history)


def finished(run: str | Path) -> Finished:
    """The run at this path, or `latest`. Raises StorageError while it is still going on."""
    reader = open_run(run)
    summary = reader.summary()
    if summary is None:
        return Finished(reader, _of_a_crash(reader))
    if reader.history.started is None:
        raise StorageError(f"{reader.path / layout.EVENTS}: is empty; expected what was recorded of the run.")
    return Finished(reader, summary)


def read_summary(folder: Path) -> Summary:
    """The summary in a folder. Raises StorageError with its name if it cannot be read."""
    found = summary_of(folder)
    if found is None:
        raise StorageError(f"{folder / layout.SUMMARY}: there is no such file.")
    return found


def _of_a_crash(reader: RunReader) -> Summary:
    """What the events say of a run whose trainer could not write a summary."""
    state, history = reader.state(), reader.history
    if state not in ("crashed", "finished"):
        raise StorageError(f"{reader.path}: has not ended; it is {state}. A report needs a finished run.")
    if history.started is None:
        raise StorageError(f"{reader.path}: crashed before training began; there is nothing to report.")
    started = history.started
    epoch = history.last_epoch
    return Summary(
        schema=SCHEMA,
        run=name_of(reader.path.resolve().name),
        experiment=started.experiment,
        reason=CRASHED,
        message=f"the trainer process ended without a summary (killed or crashed) after epoch {epoch}",
        exit_code=ExitCode.UNEXPECTED,
        epoch=epoch,
        step=history.last_step,
        epochs=history.planned,
        seed=started.seed,
        parameters=started.parameters,
        samples=started.samples,
        measured=started.of,
        metrics=last_values(history),
        requirements=[],
        seconds=history.seconds,
        samples_per_second=samples_per_second(history),
        environment={},
    )


def exit_code(summary: Summary) -> int:
    """What a process that reports this run tells its caller: the run's own code, and 5 for an unmet requirement."""
    if summary.exit_code not in (ExitCode.DONE, ExitCode.REQUIREMENT):
        return summary.exit_code
    return ExitCode.DONE if all(check.met for check in summary.requirements) else ExitCode.REQUIREMENT
