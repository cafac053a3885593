"""Errors that a person can act on, and the exit codes that a build server can act on.

Every error says where, what was found, what was expected (or the nearest name), and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and where. Line and column count from 1; 0, or no file: there is none to name."""

    message: str
    file: str = ""
    line: int = 0
    column: int = 0


class TuiNNError(Exception):
    """Base of all expected errors: shown as one line, never as a traceback."""

    exit_code = ExitCode.UNEXPECTED

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, one by one, for whoever can show it beside the file's text."""
        return (Finding(str(self)),)


class ExperimentError(TuiNNError):
    """The command line or the experiment file asks for something that cannot be done.

    `key` is the part of the experiment that is meant, relative to where the error arose; `within` puts the rest of
    the path in front of it.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, key: str = "", file: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.key = key
        self.file = file
        self.line, self.column = line, column

    def __str__(self) -> str:
        """The finished sentence: `experiment.toml:9:3, network.layers[1].activation: unknown activation ...`."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        named = f"{place}, {self.key}" if place and self.key else place
        text = f"{named}: {self.message}" if named else self.message
        return text.replace("\n", "\\n")  # somebody's text may hold one, and an error is one line

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The one place in the experiment file."""
        text = f"{self.key}: {self.message}" if self.key and self.file else self.message
        return (Finding(text, self.file, self.line, self.column),)

    def within(self, key: str) -> ExperimentError:
        """The same error, its key seen from one level further out."""
        return ExperimentError(self.message, f"{key}.{self.key}" if self.key else key)

    def of_file(self, file: str) -> ExperimentError:
        """The same error, which names the file, unless it names one already."""
        return self if self.file else ExperimentError(self.message, self.key, file)

    def at(self, file: str, line: int, column: int) -> ExperimentError:
        """The same error, which names the place in the file."""
        return ExperimentError(self.message, self.key, file, line, column)


class DataError(TuiNNError):
    """A data source cannot be found or read, or does not hold what was promised.

    `findings` are the places of a text file, where it is one.
    """

    exit_code = ExitCode.DATA

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self._findings = tuple(findings)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The places, or the message alone."""
        return self._findings or super().findings


class StorageError(TuiNNError):
    """The run directory cannot be written or read, or no trainer answers on its control channel."""

    exit_code = ExitCode.STORAGE


class PluginError(TuiNNError):
    """A plugin cannot be imported, clashes with another, or raised while it was used: there, where that is known."""

    exit_code = ExitCode.PLUGIN

    def __init__(self, message: str, file: str = "", line: int = 0) -> None:
        super().__init__(message.replace("\n", "\\n"))  # a plugin's words may hold one, and an error is one line
        self.file, self.line = file, line

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The line of the plugin, or the message alone."""
        return (Finding(str(self), self.file, self.line),)


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A sentence to append to an error: the nearest of `choices`, or all of them. Starts with a space."""
    known = sorted(choices)
    nearest = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if nearest:
        return f" Did you mean '{nearest[0]}'?"
    return f" Known: {', '.join(known)}." if known else ""
