"""What a build server learns of a training that an error ended: JUnit and report are written all the same."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui_nn.errors import ExitCode, TuiNNError
from tui_nn.printable import printable

if TYPE_CHECKING:
    from tui_nn.runs.recorder import RunRecorder


def exit_code_of(error: Exception) -> int:
    """The exit code that an error ends the process with."""
    if isinstance(error, TuiNNError):
        return error.exit_code
    return ExitCode.USAGE if isinstance(error, click.ClickException) else ExitCode.UNEXPECTED


def message_of(error: Exception) -> str:
    """The error in a line, as a person reads it."""
    if isinstance(error, TuiNNError):
        return printable(str(error))
    if isinstance(error, click.ClickException):
        return printable(error.format_message())
    said = str(error).replace("\n", "\\n")
    return f"unexpected error: {type(error).__name__}: {said}"


class Failures:
    """Where to write, and the run that has begun, if one has."""

    def __init__(self, experiment: str | None, artefacts: dict[str, Path | None]) -> None:
        self._experiment = Path(experiment or "experiment").stem
        self._artefacts = artefacts
        self._run: Path | None = None

    def crashed(self, recorder: RunRecorder, error: Exception) -> None:
        """Keep in the run directory what ended the run. Where even this cannot be written the error itself counts."""
        with contextlib.suppress(OSError):
            recorder.crashed(message_of(error), exit_code_of(error))
            self._run = recorder.path

    def report(self, error: Exception) -> None:
        """Write what was asked for, as far as that is possible."""
        from tui_nn.cli.report import NAMES
        from tui_nn.report.failure import refusal, write_refusal
        from tui_nn.report.finished import finished
        from tui_nn.report.github import append_summary
        from tui_nn.report.markdown import as_markdown, headline
        from tui_nn.report.write import Destinations, write

        to = Destinations(**{name: self._artefacts.get(name) for name in NAMES})
        here = os.environ.get("GITHUB_ACTIONS") == "true"
        if not to and not here:
            return
        with contextlib.suppress(TuiNNError, OSError):
            if self._run is not None:
                run = finished(self._run)
                page = as_markdown(run)
                write(run, to)
            else:
                summary = refusal(self._experiment, message_of(error), exit_code_of(error))
                page = headline(self._experiment, summary)
                write_refusal(summary, to)
            if here:
                append_summary(os.environ, page)


def failures_reported(function: Callable[..., Any]) -> Callable[..., Any]:
    """Report whatever error ends a command with the options of `report_options`, which gets its `failures`."""

    @wraps(function)
    def told(experiment: str | None, **options: Any) -> Any:
        failures = Failures(experiment, options)
        try:
            return function(experiment, failures=failures, **options)
        except Exception as error:
            failures.report(error)
            raise

    return told
