"""GitHub Actions: errors beside the lines of code that caused them, and a summary on the page of the job.

Workflow commands are lines that begin with two colons; the runner reads them on stderr as well as on stdout.

Reference: "Workflow commands for GitHub Actions", docs.github.com
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tui_nn.errors import Finding, refused_by_disk

MOST_ANNOTATIONS = 10  # GitHub shows no more of a step


def annotate(findings: Sequence[Finding]) -> None:
    """Say on stderr what is wrong, in the form that the runner shows beside the code."""
    for line in commands(findings):
        print(line, file=sys.stderr, flush=True)


def commands(findings: Sequence[Finding]) -> list[str]:
    """A line for each of the first ten findings: `::error file=a.toml,line=3,col=1::message`."""
    lines = []
    for finding in findings[:MOST_ANNOTATIONS]:
        places = {"file": _relative(finding.file), "line": finding.line, "col": finding.column}
        named = ",".join(f"{key}={_escape(str(value), ':,')}" for key, value in places.items() if value)
        lines.append(f"::error{' ' if named else ''}{named}::{_escape(finding.message)}")
    return lines


def append_summary(environment: Mapping[str, str], markdown: str) -> None:
    """Add to the job's page. Raises StorageError if its file cannot be written."""
    path = environment.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    with refused_by_disk(path), Path(path).open("a", encoding="utf-8") as file:
        file.write(markdown)


def _relative(file: str) -> str:
    """As the repository's page knows it: relative to the working directory, where it lies within."""
    if not file or not Path(file).is_absolute():
        return file
    try:
        relative = Path(os.path.relpath(file)).as_posix()
    except ValueError:  # on another drive
        return file
    return file if relative.startswith("..") else relative


def _escape(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
