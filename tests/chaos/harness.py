"""Makes cases, calls commands in them, and keeps what did not hold."""

from __future__ import annotations

import contextlib
import itertools
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import screen
from calls import Call
from cases import Case
from forks import LARGEST, Forks
from invariants import Fault, Figures, faults_of, hidden
from kinds import case_of
from world import World, state_of

OWN = ("cwd/out", "home/.local/state/tui-nn", "home/.config/tui-nn")  # where each command may write
ANEW = 20  # every so many commands one is a new interpreter


@dataclass(frozen=True)
class Found:
    """A fault, and how to see it again."""

    number: int
    title: str
    words: tuple[str, ...]
    fault: Fault

    @property
    def kind(self) -> tuple[str, str]:
        """Alike for what is most likely one fault."""
        return self.fault.kind, re.sub(r"\d+|'[^']*'|\"[^\"]*\"", "", self.fault.shown)[:100]

    def __str__(self) -> str:
        words = " ".join(word if len(word) < 60 else f"{word[:60]}..." for word in self.words)
        shown = f"{self.fault.kind}: {self.fault.shown[:400]}"
        return f"case {self.number}: {self.title}\n    tui-nn {words!r}\n    {shown}"


class Harness:
    """seed: of all cases. calls: at most so many a case, drawn from those that can take it."""

    def __init__(self, seed: int, folder: Path, whole: Path, calls: int) -> None:
        self.seed, self.figures, self.found = seed, Figures(), dict[tuple[str, str], Found]()
        self._folder, self._whole, self._calls = folder, whole, calls
        self._counting = threading.Lock()

    def work(self, forks: Sequence[Forks], numbers: Iterator[int], goes_on: Callable[[], bool]) -> None:
        """Take one case after the other: `forks` for its commands, and for what goes on beside them."""
        for number in numbers:
            if not goes_on():
                return
            self.case(forks, number, goes_on)

    def case(self, forks: Sequence[Forks], number: int, goes_on: Callable[[], bool] = lambda: True) -> None:
        """One case, from its making to its end."""
        with contextlib.closing(World(self._folder / f"case-{number}", forks[1])) as world:
            case = case_of(self.seed, number, world, self._whole)
            with self._counting:
                self.figures.cases += 1
            try:
                for call in self._chosen(case, number):
                    if not goes_on():
                        break
                    self._called(forks[0], world, case, call, number)
            finally:
                case.heal()

    def _chosen(self, case: Case, number: int) -> list[Call]:
        """The one that makes what others take, and then some, those last that write what others read."""
        drawn = random.Random(f"calls {self.seed}:{number}").sample(case.calls, min(self._calls, len(case.calls)))
        first = [case.first] if case.first is not None else []
        return [*first, *sorted(drawn, key=lambda call: bool(call.writes))]

    def _called(self, forks: Forks, world: World, case: Case, call: Call, number: int) -> None:
        world.emptied()
        before = state_of(world.root)
        words = call.filled({**case.given, "seed": f"{self.seed}:{number}"})
        anew = words[0] != screen.WORD and self.figures.commands % ANEW == 0
        outcome = forks.run(words, world.cwd, world.environment, largest=case.largest or LARGEST, anew=anew)
        may_write = (*OWN, *call.writes, *case.changes)
        may_change = [f"cwd/{case.given[word]}" if word in case.given else word for word in may_write]
        faults = faults_of(outcome, before, state_of(world.root), may_change, world.root)
        if call.shows:
            faults += hidden(outcome, call.shows)
        with self._counting:
            self.figures.count(outcome, faults)
            for fault in faults:
                self._keep(Found(number, case.title, outcome.words, fault))

    def _keep(self, found: Found) -> None:
        """Say at once what is seen for the first time: a long search may be broken off."""
        if found.kind not in self.found:
            self.found[found.kind] = found
            print(found, flush=True)


def search(harness: Harness, workers: Sequence[Sequence[Forks]], seconds: float, most: int) -> None:
    """Cases from number 0 on, until so many or so much time."""
    numbers, until = itertools.count(), time.monotonic() + seconds
    guarded = threading.Lock()

    def following() -> Iterator[int]:
        while True:
            with guarded:
                number = next(numbers)
            if number >= most:
                return
            yield number

    threads = [
        threading.Thread(target=harness.work, args=(forks, following(), lambda: time.monotonic() < until))
        for forks in workers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
