"""What a student answered: a line of JSON for each attempt, each with the hash of the line before. Nothing is sent.

The first line says which lesson it was, by the sha256 of its text, and who. Whoever changes, drops or moves a line
breaks the chain; whether the file is cut off at its end nobody can tell, and then answers are missing.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tui_nn.errors import StorageError, refused_by_disk
from tui_nn.files import open_to_append, read_bytes
from tui_nn.lesson.source import Lesson

FORMAT = 1
SUFFIX = ".answers.jsonl"
MOST_BYTES = 1 << 22

Struct = TypeVar("Struct", bound=msgspec.Struct)


class Opening(msgspec.Struct, forbid_unknown_fields=True):
    """The first line. mark: drawn anew for each file, so that no two begin alike."""

    format: int
    lesson: str
    sha256: str
    student: str
    mark: str


class Attempt(msgspec.Struct, forbid_unknown_fields=True):
    """One answer. state: as it was told to the student, or "skipped". hints: seen before. seconds: since the step."""

    id: str
    answer: Any
    state: str
    hints: int
    seconds: float
    before: str


@dataclass(frozen=True)
class AnswerSheet:
    """A file of answers. marks: the hash of each line. broken: the first line, from 1, that does not follow; else 0.

    problem: why the rest of the file, or all of it, cannot be read; "" if all can.
    """

    file: str
    opening: Opening
    attempts: tuple[Attempt, ...]
    marks: tuple[str, ...]
    broken: int = 0
    problem: str = ""


def digest(line: bytes) -> str:
    """What the next line names this one by; without its line end."""
    return hashlib.sha256(line).hexdigest()[:32]


class AnswerBook:
    """Writes a student's answers at the end of a file, which is begun if there is none. student: as the file has it."""

    def __init__(self, path: Path, lesson: Lesson, student: str) -> None:
        """Raises StorageError for a file of another lesson, or one that cannot be written."""
        self.path, self.student = path, student
        self._last = ""
        if path.exists():
            sheet = read_answers(path)
            if sheet.opening.sha256 != lesson.digest:
                raise StorageError(f"{path}: has answers to another lesson, or to this one before it was changed. "
                                   "Move the file away, or choose another one with --out.")  # fmt: skip
            if sheet.broken:
                raise StorageError(f"{path}: line {sheet.broken} does not follow the one before. "
                                   "Move the file away, or choose another one with --out.")  # fmt: skip
            self.attempts, self.student = list(sheet.attempts), sheet.opening.student
            self._last = sheet.marks[-1]
        else:
            self.attempts = []
            self._write(Opening(FORMAT, lesson.name, lesson.digest, student, secrets.token_hex(8)))

    def add(self, name: str, answer: Any, state: str, hints: int, seconds: float) -> None:
        """Write an attempt down. Raises StorageError."""
        attempt = Attempt(name, answer, state, hints, round(seconds, 1), self._last)
        self._write(attempt)
        self.attempts.append(attempt)

    def _write(self, line: msgspec.Struct) -> None:
        data = json.dumps(msgspec.to_builtins(line), ensure_ascii=True).encode()
        with refused_by_disk(self.path), open_to_append(self.path) as file:
            file.write(data + b"\n")
        self._last = digest(data)


def read_answers(path: Path) -> AnswerSheet:
    """A file of answers. Raises StorageError, with the line, for one that cannot be read."""
    sheet = readable_answers(path)
    if sheet.problem:
        raise StorageError(sheet.problem)
    return sheet


def readable_answers(path: Path) -> AnswerSheet:
    """As much of a file of answers as can be read, and what is wrong with the rest."""
    try:
        data = read_bytes(path, MOST_BYTES, links=True)
    except OSError as error:
        return _nothing_of(path, f"{path}: {error.strerror}.")
    except StorageError as error:
        return _nothing_of(path, str(error))
    lines = data.split(b"\n")
    unended = bool(lines[-1])
    if not unended:
        lines.pop()
    if not lines:
        return _nothing_of(path, f"{path}: is empty; expected a file of answers as `tui-nn lesson take` writes it.")
    attempts, problem = [], ""
    try:
        opening = _decoded(lines[0], Opening, path, 1)
        if opening.format != FORMAT:
            raise StorageError(f"{path}:1: found format {opening.format}; this version reads {FORMAT}.")
        for number, line in enumerate(lines[1:], start=2):
            attempts.append(_decoded(line, Attempt, path, number))
    except StorageError as error:
        problem = str(error)
        if unended and len(attempts) == len(lines) - 2:
            problem = f"{path}:{len(lines)}: the file breaks off within this line."
        if not attempts and problem.startswith(f"{path}:1:"):
            return _nothing_of(path, problem)
    marks = tuple(digest(line) for line in lines[: 1 + len(attempts)])
    broken = next((number for number, one in enumerate(attempts, start=2) if one.before != marks[number - 2]), 0)
    return AnswerSheet(str(path), opening, tuple(attempts), marks, broken, problem)


def _nothing_of(path: Path, problem: str) -> AnswerSheet:
    return AnswerSheet(str(path), Opening(FORMAT, "", "", "", ""), (), (), 0, problem)


def _decoded(line: bytes, struct: type[Struct], path: Path, number: int) -> Struct:
    try:
        return msgspec.json.decode(line, type=struct)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StorageError(f"{path}:{number}: is no line of answers: {error}.") from None
