"""A sweep as small multiples: one view of each of its trials, in the order in which their settings rank."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.text import Text

from tui_nn.errors import TuiNNError
from tui_nn.figures import figure
from tui_nn.render import Look
from tui_nn.render.multiples import Tile, arranged, multiples
from tui_nn.runs import Run, open_run
from tui_nn.sweep.plan import shown
from tui_nn.sweep.ranking import Criterion, Ranked
from tui_nn.sweep.results import Result, SweepDirectory
from tui_nn.training.recorded import Recorded
from tui_nn.views import Knobs, Missing, Subject, View

KnobsOf = Callable[[Subject], Knobs]
PATIENCE = 3  # times that a network is asked before its picture is given up


@dataclass(frozen=True)
class TrialShown:
    """A trial: its place in the ranking from 0, what it is, and its run; or why that cannot be looked at."""

    place: int
    result: Result
    words: tuple[str, ...]
    subject: Subject | None
    problem: str = ""

    def asked(self, look: Callable[[Subject], Any]) -> Any:
        """What `look` gives of its run once all is known that it asks for. Raises Missing with why it is not."""
        if self.subject is None:
            raise Missing(self.problem)
        for _ in range(PATIENCE):
            try:
                found = look(self.subject)
                if not self.subject.waiting:
                    return found
            except Missing:
                if not self.subject.waiting:
                    raise
            self.subject.work()
        return look(self.subject)


def trials(
    directory: SweepDirectory,
    settings: Sequence[Ranked],
    criterion: Criterion,
    make: Callable[[Run], Recorded] | None = None,
) -> list[TrialShown]:
    """The trials that have a result. make: opens the network of a run, for views that ask it."""
    return [
        _opened(directory, TrialShown(place, result, _words(result, setting, criterion), None), make)
        for place, setting in enumerate(settings)
        for result in setting.results
    ]


def reordered(of: Sequence[TrialShown], settings: Sequence[Ranked], criterion: Criterion) -> list[TrialShown]:
    """The same trials as they rank by another metric; no run is opened again."""
    known = {one.result.identity: one for one in of}
    return [
        replace(known[result.identity], place=place, words=_words(result, setting, criterion))
        for place, setting in enumerate(settings)
        for result in setting.results
        if result.identity in known
    ]


def _opened(directory: SweepDirectory, one: TrialShown, make: Callable[[Run], Recorded] | None) -> TrialShown:
    try:
        return replace(one, subject=Subject(open_run(directory.run_of(one.result)), make))
    except TuiNNError as error:
        return replace(one, problem=str(error))


def _words(result: Result, setting: Ranked, criterion: Criterion) -> tuple[str, ...]:
    """Of a caption: the value that it is ranked by, its settings, and the seed where there are several."""
    value = criterion.of(result)
    words = [figure(value) if value is not None else result.state]
    words += [f"{label} {shown(one)}" for label, one in result.settings.items()]
    return tuple(words + ([f"seed {result.seed}"] if len(setting.results) > 1 else []))


def draw(
    of: Sequence[TrialShown],
    view: View,
    knobs: KnobsOf,
    width: int,
    height: int | None,
    look: Look,
    chosen: int | None = None,
) -> Text:
    """One tile a trial, those of the `chosen` setting marked and in sight. May take long: each network is asked.

    Without a height there is room for all.
    """
    if not of:
        return Text("No trial has a result yet.")
    room = arranged(len(of), width, height)
    first = next((at for at, one in enumerate(of) if one.place == chosen), 0)
    shown = [of[number] for number in room.page(len(of), first)]
    return multiples([_tile(one, view, knobs, room.picture, look, chosen) for one in shown], room, look)


def _tile(one: TrialShown, view: View, knobs: KnobsOf, box: tuple[int, int], look: Look, chosen: int | None) -> Tile:
    try:
        picture = one.asked(lambda subject: view.draw(subject, knobs(subject), box, look))
    except Missing as missing:
        picture = Text(textwrap.fill(str(missing), box[0]), "dim")
    return Tile(one.words, picture, one.place == chosen)


def numbers(of: Sequence[TrialShown], view: View, knobs: KnobsOf) -> list[dict[str, Any]]:
    """What the tiles are drawn from: of each trial its settings, seed and the view's numbers, or why it has none."""
    found = []
    for one in of:
        told: dict[str, Any] = {"settings": one.result.settings, "seed": one.result.seed, "run": one.result.identity}
        try:
            told["numbers"] = one.asked(lambda subject: view.numbers_at(subject, knobs(subject)))
        except Missing as missing:
            told["problem"] = str(missing)
        found.append(told)
    return found
