"""Errors that a person can act on, and the exit codes that a build server can act on.

Every error says where, what was found, what was expected (or the nearest name), and what to do.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

LONGEST_WORD, LONGEST_LINE = 300, 1000  # characters of a message: a file may hold a key of a megabyte
MOST_KNOWN, MOST_COMPARED = 40, 10_000  # names that a message lists, and that the nearest is looked for among


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
    TERMINATED = 143  # SIGTERM, SIGHUP


def brief(text: str) -> str:
    """The text with the middle cut out of words and lines that nobody would read."""
    text = re.sub(rf"\S{{{LONGEST_WORD + 1},}}", lambda word: _cut(word[0], LONGEST_WORD), text)
    return "\n".join(_cut(line, LONGEST_LINE) for line in text.split("\n")) if len(text) > LONGEST_LINE else text


def _cut(text: str, most: int) -> str:
    tail = most // 3
    return text if len(text) <= most else f"{text[: most - tail - 1]}…{text[-tail:]}"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and where. Line and column count from 1; 0, or no file: there is none to name."""

    message: str
    file: str = ""
    line: int = 0
    column: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", brief(self.message))


class TuiNNError(Exception):
    """Base of all expected errors: shown as one line, never as a traceback."""

    exit_code = ExitCode.UNEXPECTED

    def __init__(self, message: str = "") -> None:
        super().__init__(brief(message))

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
        self.message = brief(message)
        self.key = key
        self.file = file
        self.line, self.column = line, column

    def __str__(self) -> str:
        """The finished sentence: `experiment.toml:9:3, network.layers[1].activation: unknown activation ...`."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        named = f"{place}, {self.key}" if place and self.key else place
        text = f"{named}: {self.message}" if named else self.message
        return brief(text.replace("\n", "\\n"))  # somebody's text may hold one, and an error is one line

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

    findings: the places in a text file, if the source is one.
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


@contextlib.contextmanager
def refused_by_disk(path: Path | str, doing: str = "") -> Iterator[None]:
    """Within, an OSError is a StorageError that names this path, and what was done: "cannot be created"."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{path}: {doing}{': ' if doing else ''}{error.strerror or error}.") from None


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
    known = sorted(set(choices))
    near = known if len(known) <= MOST_COMPARED else []
    nearest = difflib.get_close_matches(word[:LONGEST_WORD], near, n=1, cutoff=0.6)
    if nearest:
        return f" Did you mean '{nearest[0]}'?"
    more = f" and {len(known) - MOST_KNOWN:,} more" if len(known) > MOST_KNOWN else ""
    return f" Known: {', '.join(known[:MOST_KNOWN])}{more}." if known else ""
