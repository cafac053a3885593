"""A lesson as a person writes it: Markdown that any page shows properly, with TOML fences for what the machine needs.

`# ` is the title, `## ` begins a step. A fence `toml lesson` says what the lesson is, `toml show` what a step looks at,
`toml ask` what it asks. Everything else is text.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.explained import explained
from tui_nn.experiment.load import parse
from tui_nn.experiment.places import nearest, places
from tui_nn.files import read_bytes
from tui_nn.lesson.needs import provided
from tui_nn.lesson.schema import Preamble, Show

FORMAT = 1
SUFFIX = ".lesson.md"
MOST_BYTES = 1 << 20
WIDTH, LINES = 38, 12  # of a step's text beside the views on a terminal of 80 x 24
FENCES = ("lesson", "show", "ask")

FENCE = re.compile(r"```(?P<info>.*)")
Struct = TypeVar("Struct", bound=msgspec.Struct)


@dataclass(frozen=True)
class Fence:
    """A TOML fence: its tree, and where it stands. line: of the fence itself, from 1."""

    file: str
    kind: str
    text: str
    line: int

    @property
    def tree(self) -> dict[str, Any]:
        """Raises ExperimentError with the place in the lesson."""
        try:
            return parse(self.text, self.file)
        except ExperimentError as error:
            raise ExperimentError(error.message, error.key, self.file, error.line + self.line, error.column) from None

    def wrong(self, message: str, key: str = "") -> ExperimentError:
        """An error about a key, or about the fence as a whole."""
        place = nearest(places(self.text), key) if key else None
        line, column = place or (0, 1)
        return ExperimentError(message, key, self.file, self.line + line, column)

    def decoded(self, tree: dict[str, Any], struct: type[Struct]) -> Struct:
        """The tree as a struct. Raises ExperimentError at the key that does not fit."""
        try:
            return msgspec.convert(tree, struct)
        except msgspec.ValidationError as error:
            found = explained(str(error), struct, {})
            raise self.wrong(found.message, found.key) from None


@dataclass(frozen=True)
class LessonStep:
    """One idea: its text without the fences, what is shown and what is asked, if anything. line: of its heading.

    skipped: why it shows and asks nothing here, "" where it does.
    """

    title: str
    line: int
    text: str
    show: Show
    shown: Fence | None
    asked: Fence | None
    skipped: str = ""

    @property
    def lines(self) -> list[str]:
        """The text as it stands beside the views, WIDTH wide."""
        wrapped = []
        for line in self.text.split("\n"):
            wrapped += textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
        return wrapped


@dataclass(frozen=True)
class Lesson:
    """digest: sha256 of the file's bytes, by which answers name the lesson."""

    name: str
    title: str
    file: str
    digest: str
    head: Preamble
    steps: tuple[LessonStep, ...]


def read_lesson(path: Path) -> Lesson:
    """A lesson from a file. Raises ExperimentError, with the place of what is wrong."""
    try:
        data = read_bytes(path, MOST_BYTES, links=True)
        text = data.decode()
    except OSError as error:
        raise ExperimentError(f"{path}: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise ExperimentError(f"{path}: cannot be read as text: {error}") from None
    return lesson_of(text, str(path), path.name.removesuffix(SUFFIX))


def lesson_of(text: str, file: str, name: str) -> Lesson:
    """A lesson from its text; `file` names it in errors."""
    title, parts = _parts(text, file)
    (_, first, before), *rest = parts
    heads = [fence for fence in _fences(before, first, file)[1] if fence.kind == "lesson"]
    if not title:
        raise ExperimentError("the title is missing; expected a first line such as '# The chain rule'.", "", file, 1, 1)
    if not heads:
        raise ExperimentError(
            "the fence ```toml lesson is missing; expected it below the title, with format = 1.", "", file, 1, 1
        )
    head = heads[0].decoded(heads[0].tree, Preamble)
    if head.format != FORMAT:
        raise heads[0].wrong(f"found {head.format}; this version reads format {FORMAT}.", "format")
    if not rest:
        raise ExperimentError("there are no steps; expected a heading such as '## First'.", "", file, 1, 1)
    steps = tuple(_step(heading, line, body, file) for heading, line, body in rest)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Lesson(name, title, file, digest, head, steps)


def _parts(text: str, file: str) -> tuple[str, list[tuple[str, int, list[str]]]]:
    """The title, and (heading, its line, lines below it); the first part is what stands before the first step."""
    title, parts, open_since = "", [("", 1, list[str]())], 0
    for number, line in enumerate(text.split("\n"), start=1):
        fence = FENCE.match(line)
        if fence and (not open_since or not fence["info"].strip()):
            open_since = 0 if open_since else number
        elif not open_since and line.startswith("## "):
            parts.append((line[3:].strip(), number, []))
            continue
        elif not open_since and line.startswith("# ") and not title:
            title = line[2:].strip()
            parts[-1][2].append("")
            continue
        parts[-1][2].append(line)
    if open_since:
        raise ExperimentError("this fence is not closed; expected a line ``` below it.", "", file, open_since, 1)
    return title, parts


def _fences(body: Sequence[str], first: int, file: str) -> tuple[list[str], list[Fence]]:
    """The text without the machine's fences, and these. first: the line of the lesson that body begins after."""
    text, found, at = [], [], 0
    while at < len(body):
        fence = FENCE.match(body[at])
        words = fence["info"].split() if fence else []
        if not fence:
            text.append(body[at])
            at += 1
            continue
        end = next(place for place in range(at + 1, len(body)) if body[place].strip() == "```")
        line = first + at + (1 if first > 1 else 0)
        if words[:1] == ["toml"] and len(words) > 1:
            kind = words[1]
            if kind not in FENCES:
                raise ExperimentError(f"unknown fence 'toml {kind}'.{did_you_mean(kind, FENCES)}", "", file, line, 1)
            found.append(Fence(file, kind, "\n".join(body[at + 1 : end]), line))
        else:
            text += body[at : end + 1]
        at = end + 1
    return text, found


def _step(heading: str, line: int, body: Sequence[str], file: str) -> LessonStep:
    text, fences = _fences(body, line, file)
    kinds = [fence.kind for fence in fences]
    for fence in fences:
        if fence.kind == "lesson":
            raise fence.wrong("a step has no fence 'toml lesson'; it stands below the title.")
        if kinds.count(fence.kind) > 1:
            raise fence.wrong(f"the step '{heading}' has more than one fence 'toml {fence.kind}'; expected one.")
    shown = next((fence for fence in fences if fence.kind == "show"), None)
    asked = next((fence for fence in fences if fence.kind == "ask"), None)
    show = shown.decoded(shown.tree, Show) if shown is not None else Show()
    words = "\n".join(text).strip("\n")
    show, missing = provided(show)
    if missing:
        return LessonStep(heading, line, f"{missing}\n{words}", Show(), None, None, missing)
    return LessonStep(heading, line, words, show, shown, asked)
