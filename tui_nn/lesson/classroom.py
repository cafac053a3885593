"""The answers of a class, by lesson: which files there are, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.lesson.answers import SUFFIX, AnswerSheet, readable_answers
from tui_nn.lesson.catalogue import lesson_at, lessons
from tui_nn.lesson.grade import Difficulty, Examiner, Grade, graded
from tui_nn.lesson.source import Lesson
from tui_nn.plugin.registry import Registry


@dataclass(frozen=True)
class Graded:
    """All who have answered one lesson."""

    lesson: Lesson
    grades: list[Grade]
    questions: list[Difficulty]


class Classroom:
    """Files of answers, and folders of such files; what grows or comes is seen at the next look."""

    def __init__(self, places: Sequence[Path], registry: Registry, lesson: str = "") -> None:
        """lesson: a file or a name, to which all answer; by default the installed one that each file names."""
        self._places, self._registry, self._lesson = places, registry, lesson
        self._examiners: dict[str, Examiner] = {}
        self._sheets: dict[Path, tuple[tuple[int, int], AnswerSheet]] = {}

    def look(self) -> list[Graded]:
        """Grade everybody. Raises ExperimentError for a lesson that is not there, or at fault."""
        sheets = [self._sheet(path) for path in _files(self._places)]
        if not sheets:
            raise ExperimentError(f"there is no file of answers; expected *{SUFFIX} in the folders named.")
        by_lesson: dict[str, list[AnswerSheet]] = {}
        for sheet in sheets:
            by_lesson.setdefault(self._lesson or sheet.opening.lesson, []).append(sheet)
        nameless = by_lesson.pop("", [])  # what cannot be read at all stands among the others
        if not by_lesson:
            raise ExperimentError(f"{nameless[0].problem} Name the lesson with --lesson.")
        next(iter(by_lesson.values())).extend(nameless)
        found = []
        for name, answered in by_lesson.items():
            examiner = self._examiner(name, answered[0].file)
            found.append(Graded(examiner.lesson, *graded(examiner, answered)))
        return found

    def _sheet(self, path: Path) -> AnswerSheet:
        """As it was read last, unless it has changed since."""
        try:
            found = path.stat()
            state = (found.st_mtime_ns, found.st_size)
        except OSError:
            state = (0, 0)
        if path not in self._sheets or self._sheets[path][0] != state:
            self._sheets[path] = (state, readable_answers(path))
        return self._sheets[path][1]

    def _examiner(self, name: str, file: str) -> Examiner:
        """That of a lesson. What a file names is never a path: a student could bring an easier lesson along."""
        if name not in self._examiners:
            known = [one.name for one in lessons() if not one.problem]
            if not self._lesson and name not in known:
                raise ExperimentError(f"{file}: answers to the lesson '{name}', which is not installed."
                                      f"{did_you_mean(name, known)} Name its file with --lesson.")  # fmt: skip
            self._examiners[name] = Examiner(*lesson_at(name), self._registry)
        return self._examiners[name]


def _files(places: Sequence[Path]) -> Iterator[Path]:
    for place in places:
        yield from sorted(place.rglob(f"*{SUFFIX}")) if place.is_dir() else [place]
