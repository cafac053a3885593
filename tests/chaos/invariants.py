"""What must hold after any command, whatever it was given."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from forks import PROCESSOR, Outcome

MOST_MEMORY = 512  # MiB
TYPED = {2, 3, 4, 5, 6, 7}
TRACES = re.compile(rb"Traceback \(most recent|File \"[^\"\n]+\", line \d+, in ")
DEFECT = b"This is a bug in tui-nn"
CRASHED = b"the trainer process ended without a summary"  # of a run whose exit code a command passes on
# C0 but tab and newline, DEL, C1, a carriage return within a line, and what turns the direction of writing. Not the
# product's own list of them.
STEERING = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)")
FORMULA = re.compile(r"[=+\-@\t\r\n]")  # what a spreadsheet takes for one, at the beginning of a cell
SAVED = "saved"  # what the workbench saves when its keys say so
ARTEFACTS = {".svg", ".md", ".xml", ".csv", ".json", ".jsonl", ".toml", ".txt"}

UNTYPED, TRACE, HANG, CONTROL, OUTSIDE, MUCH, HIDDEN, FORMULAS = KINDS = (
    "untyped errors", "traces of code", "hangs", "control characters", "touched outside", "much memory", "hidden runs",
    "formulas",
)  # fmt: skip
State = Mapping[str, tuple[object, ...]]


@dataclass(frozen=True)
class Fault:
    """What did not hold, and how it showed."""

    kind: str
    shown: str


@dataclass
class Figures:
    """Over all commands of a run of the harness."""

    cases: int = 0
    commands: int = 0
    worked: int = 0
    typed: int = 0
    faults: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    memory: float = 0.0
    processor: float = 0.0

    def count(self, outcome: Outcome, faults: list[Fault]) -> None:
        """One command more."""
        self.commands += 1
        self.worked += outcome.code == 0
        self.typed += outcome.code in TYPED
        self.memory = max(self.memory, outcome.memory)
        self.processor = max(self.processor, outcome.processor)
        for fault in faults:
            self.faults[fault.kind] += 1

    def __str__(self) -> str:
        faults = ", ".join(f"{kind} {count}" for kind, count in self.faults.items())
        return (
            f"{self.cases} cases, {self.commands} commands: {self.worked} worked, {self.typed} typed errors; {faults}; "
            f"at most {self.memory:.0f} MiB and {self.processor:.1f} s of a processor"
        )


def faults_of(outcome: Outcome, before: State, after: State, may_change: Collection[str], root: Path) -> list[Fault]:
    """All that does not hold. `may_change`: paths within root, at or below which a command may write."""
    return [
        *_of_the_end(outcome),
        *_of_what_is_said(outcome),
        *_of_what_is_touched(before, after, may_change),
        *_of_what_is_written(before, after, may_change, root),
    ]


def hidden(outcome: Outcome, shows: str) -> list[Fault]:
    """What is sound is listed, whatever lies beside it."""
    listed = outcome.code == 0 and shows.encode() in outcome.out
    return [] if listed else [Fault(HIDDEN, f"exit code {outcome.code}, {shows} is not in {outcome.out[:200]!r}")]


def _of_the_end(outcome: Outcome) -> Iterator[Fault]:
    words = outcome.err.decode("utf-8", "replace").strip().splitlines()
    last = words[-1] if words else ""
    if outcome.late or outcome.processor >= PROCESSOR:
        yield Fault(HANG, f"after {outcome.processor:.1f} s of the processor: {last}")
    elif (outcome.code not in {0, *TYPED} and not _passed_on(outcome)) or DEFECT in outcome.err:
        yield Fault(UNTYPED, f"exit code {outcome.code}: {' '.join(words[-2:])}")
    elif outcome.code and not outcome.err + outcome.out:
        yield Fault(UNTYPED, f"exit code {outcome.code} without a word")
    if outcome.memory > MOST_MEMORY:
        yield Fault(MUCH, f"{outcome.memory:.0f} MiB")


def _passed_on(outcome: Outcome) -> bool:
    """Whether the exit code is the run's, which was killed: so `watch` and `report` promise it."""
    return outcome.code == 1 and outcome.words[0] in ("watch", "report") and CRASHED in outcome.err


def _of_what_is_said(outcome: Outcome) -> Iterator[Fault]:
    for stream in (outcome.out, outcome.err):
        trace = TRACES.search(stream)
        if trace:
            yield Fault(TRACE, stream[max(0, trace.start() - 80) : trace.end() + 200].decode("utf-8", "replace"))
        yield from _steering(stream, "stdout" if stream is outcome.out else "stderr")


def _steering(content: bytes, where: str) -> Iterator[Fault]:
    text = content.decode("utf-8", "surrogateescape")
    found = STEERING.search(text)
    if found:
        yield Fault(CONTROL, f"{where}: {text[max(0, found.start() - 40) : found.end() + 40]!r}")


def _within(path: str, folders: Collection[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _may(path: str, before: State, may_change: Collection[str]) -> bool:
    """Whether a command may make or change this; SAVED stands for new pictures and tables beside the experiment."""
    new_here = path not in before and path.count("/") == 1 and path.endswith((".csv", ".png", ".svg"))
    return _within(path, may_change) or (SAVED in may_change and new_here)


def _of_what_is_touched(before: State, after: State, may_change: Collection[str]) -> Iterator[Fault]:
    for path in sorted({*before, *after}):
        if before.get(path) != after.get(path) and not _may(path, before, may_change):
            how = "made" if path not in before else "removed" if path not in after else "changed"
            yield Fault(OUTSIDE, f"{path} was {how}")


def _of_what_is_written(before: State, after: State, may_change: Collection[str], root: Path) -> Iterator[Fault]:
    for path in after:
        file = root / path
        if before.get(path) == after[path] or not _may(path, before, may_change) or not file.is_file():
            continue
        if file.suffix in ARTEFACTS:
            content = file.read_bytes()
            yield from _steering(content, path)
            if file.suffix == ".csv":
                yield from _formulas(content.decode("utf-8", "replace"), path)


def _formulas(text: str, where: str) -> Iterator[Fault]:
    for cell in itertools.chain.from_iterable(csv.reader(io.StringIO(text, newline=""))):
        if FORMULA.match(cell) and not _is_number(cell):
            yield Fault(FORMULAS, f"{where}: {cell[:80]!r}")
            return


def _is_number(cell: str) -> bool:
    with contextlib.suppress(ValueError):
        float(cell)
        return True
    return False
