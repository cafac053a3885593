"""Errors that a person can act on, and the exit codes that a build server can act on.

Every error says where, what was found, what was expected (or the nearest name), and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller. Public: scripts may rely on these numbers."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2  # command line, experiment file, unknown metric, no terminal for the workbench
    DATA = 3
    DIVERGED = 4
    REQUIREMENT = 5  # trained, but a requirement is not met
    STORAGE = 6
    PLUGIN = 7
    INTERRUPTED = 130  # SIGINT
    TERMINATED = 143  # SIGTERM


class TuiNNError(Exception):
    """Base of all expected errors: shown as one line, never as a traceback."""

    exit_code = ExitCode.UNEXPECTED


class ExperimentError(TuiNNError):
    """The command line or the experiment file asks for something that cannot be done.

    `key` is the part of the experiment that is meant, relative to where the error arose; `within` puts the rest of
    the path in front of it.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.key = key

    def within(self, key: str) -> ExperimentError:
        """The same error, its key seen from one level further out."""
        return ExperimentError(self.message, f"{key}.{self.key}" if self.key else key)

    def of_file(self, file: str) -> ExperimentError:
        """The finished sentence: `experiment.toml, network.layers[1].activation: unknown activation ...`."""
        return ExperimentError(f"{file}, {self.key}: {self.message}" if self.key else f"{file}: {self.message}")


class DataError(TuiNNError):
    """A data source cannot be found or read, or does not hold what was promised."""

    exit_code = ExitCode.DATA


class DivergedError(TuiNNError):
    """The loss or a parameter stopped being a finite number."""

    exit_code = ExitCode.DIVERGED


class RequirementError(TuiNNError):
    """Training ended, and a requirement of the experiment is not met."""

    exit_code = ExitCode.REQUIREMENT


class StorageError(TuiNNError):
    """The run directory cannot be written or read, or nobody answers on its control channel."""

    exit_code = ExitCode.STORAGE


class PluginError(TuiNNError):
    """A plugin cannot be imported, clashes with another, or raised while it was used."""

    exit_code = ExitCode.PLUGIN


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A sentence to append to an error: the nearest of `choices`, or all of them. Starts with a space."""
    known = sorted(choices)
    nearest = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if nearest:
        return f" Did you mean '{nearest[0]}'?"
    return f" Known: {', '.join(known)}." if known else ""
