"""What a view must keep to: any run, any box and any terminal; and that it only looks."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar, get_args

from rich.cells import cell_len

from tui_nn.plugin.knobs import LAYER, STANDARD, Knobs
from tui_nn.plugin.places import Cursor, Places, Request, Towards
from tui_nn.plugin.view import SOURCES, Missing, Question, View
from tui_nn.printable import printable
from tui_nn.render import Look
from tui_nn.testing.report import CheckResult, failed, noted, passed, skipped
from tui_nn.testing.small_runs import registry, subjects
from tui_nn.views import Subject

T = TypeVar("T")
BOXES = ((80, 24), (60, 20), (200, 60), (40, 8), (12, 3), (1, 1))
COLOURS = (Look("truecolor"), Look("16", light=True), Look("none"))
PLAIN, ASCII = Look("none"), Look("none", ascii=True)
MOST, READ = 200, 50  # places of a run whose ways and names are tried, and how many of them are read
RUNS = "small runs of classes, numbers, one sample, without a validation part; untrained, now and in the past"


class Wrong(Exception):
    """What was found, and what to do about it."""

    def __init__(self, worst: str, remedy: str) -> None:
        super().__init__(worst)
        self.worst, self.remedy = worst, remedy


def _answered(subject: Subject, look: Callable[[], T]) -> T | None:
    """What `look` gives once all is known that it asks for; None where the view says that there is nothing."""
    for _ in range(5):
        found = None
        try:
            found = look()
        except Missing as missing:
            if not str(missing).strip():
                raise Wrong("it raised Missing without a word", "say what is missing, and why") from None
            if not subject.waiting:
                return None
        if not subject.waiting:
            return found
        subject.work()
    raise Wrong("it asks for something else each time", "ask the same question until it is answered")


class ViewCase:
    """A view with the small runs that are its own: what it spoils accuses no other.

    They last over its checks, for what it asks takes longer than what it draws.
    """

    def __init__(self, view: View, options: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002 - a view has none
        self.kind, self.name = view, view.name

    @cached_property
    def _subjects(self) -> list[tuple[str, Subject, int | None]]:
        return [(about, subject, subject.epoch) for about, subject in subjects()]

    def suited(self) -> Iterator[tuple[str, Subject]]:
        """The runs that it can show, each at its moment."""
        for about, subject, epoch in self._subjects:
            subject.go(epoch)
            why = self.kind.suits(subject)
            if not isinstance(why, str):
                raise Wrong(f"suits gave {why!r} for {about}", 'return "" where the run can be shown, else why not')
            if not why:
                yield about, subject


def _check_picture(view: View, subject: Subject, knobs: Knobs, box: tuple[int, int], look: Look) -> bool:
    """Whether there is one. Raises Wrong for one that does not keep to its box or its terminal."""
    drawing = _answered(subject, lambda: view.drawing(subject, knobs, box, look))
    if drawing is None:
        return False
    where = f"at {box[0]} x {box[1]}" + (", ASCII" if look.ascii else "")
    text = drawing.text.plain
    lines = text.split("\n")
    widest = max(map(cell_len, lines))
    if widest > box[0] or len(lines) > box[1]:
        raise Wrong(f"{widest} x {len(lines)} cells {where}", "cut it: `drawing.boxed(lines, *box)`")
    if printable(text) != text or "\t" in text or "\r" in text:
        raise Wrong(f"control characters {where}: {text!r:.60}", "draw without: colours are styles of the text")
    if look.ascii and not text.isascii():
        found = next(letter for letter in text if not letter.isascii())
        raise Wrong(f"'{found}' {where}", "look.ascii says which terminal has no other glyphs")
    outside = [spot for spot in drawing.spots.values() if spot.column < 0 or spot.line < 0]
    if outside:
        raise Wrong(f"the spot {outside[0]} {where}", "a spot lies in the picture")
    return True


def draws(case: ViewCase) -> CheckResult:
    """Whatever the run, the box and the terminal are: every box in ASCII, and in colours that take their turns."""
    view = case.kind
    drawn, suited = set(), 0
    try:
        for about, subject in case.suited():
            suited += 1
            for number, box in enumerate(BOXES):
                for look in (COLOURS[(suited + number) % len(COLOURS)], ASCII):
                    if _check_picture(view, subject, Knobs(), box, look):
                        drawn.add(about)
    except Wrong as wrong:
        return failed(RUNS, wrong.worst, wrong.remedy)
    if not drawn:
        return noted(RUNS, "none of them has anything for it", "suits, or Missing, turns all of them down")
    return passed(RUNS, f"{len(drawn)} of {suited} that suit it are drawn, in {len(BOXES)} sizes")


def turns(case: ViewCase) -> CheckResult:
    """Each reading and each value of its knobs gives a picture too."""
    view = case.kind
    count = 0
    try:
        for _, subject in case.suited():
            states = [Knobs(reading=number) for number in range(1, len(view.readings_of(subject)))]
            for knob in view.knobs:
                values = knob.values or range(1, 4)
                states += [Knobs().put(knob, value) for value in values]
            for knobs in states:
                count += 1
                _check_picture(view, subject, knobs, (60, 20), ASCII)
                title = view.heading(subject, knobs)
                if "\n" in title or not title:
                    raise Wrong(f"the title {title!r}", "one line")
    except Wrong as wrong:
        return failed("every reading and knob", wrong.worst, wrong.remedy)
    if not count:
        return skipped("it has one reading and no knobs")
    return passed("every reading and knob of every run", f"{count} pictures")


def declares(case: ViewCase) -> CheckResult:
    """What it asks for and turns is known by its name."""
    view = case.kind
    tried = "what it declares"
    unknown = [one for one in view.asks if not isinstance(one, Question) and one not in SOURCES]
    if unknown:
        return failed(tried, f"it asks for {unknown[0]!r}", f"one of {', '.join(SOURCES)}, or a Question")
    own = [knob for knob in view.knobs if knob not in STANDARD]
    taken = [knob.name for knob in own if knob.name in {one.name for one in STANDARD} | {"reading", "at"}]
    if taken:
        return failed(tried, f"a knob of its own is called '{taken[0]}'", "take the standard one, or another name")
    keys = [key for knob in own for keys in (knob.key, knob.back) for key in keys.split(",") if key]
    if len(set(keys)) < len(keys):
        return failed(tried, "two knobs have the same key", "give each its own")
    asked: set[str] = set()
    for _, subject in case.suited():
        watched = _Watched(subject, asked)
        _answered(subject, lambda watched=watched: view.function(watched, Knobs(), (80, 24), PLAIN))  # type: ignore[misc]
    hidden = sorted(asked - {one.name if isinstance(one, Question) else one for one in view.asks})
    if hidden:
        return failed(tried, f"it asks for '{hidden[0]}'", f'declare it: asks=("{hidden[0]}", ...)')
    return passed(tried, ", ".join(sorted(one.name if isinstance(one, Question) else one for one in view.asks)))


class _Watched:
    """A subject that notes what it is asked for."""

    def __init__(self, subject: Subject, asked: set[str]) -> None:
        self._subject, self._asked = subject, asked

    def __getattr__(self, name: str) -> Any:
        source = "weights" if name in ("initial", "before") else name
        if source in SOURCES and source != "history":
            self._asked.add(source)
        if name == "ask":
            return self._ask
        return getattr(self._subject, name)

    def _ask(self, question: Question[Any], *arguments: Any) -> Any:
        self._asked.add(question.name)
        return self._subject.ask(question, *arguments)


def gives_numbers(case: ViewCase) -> CheckResult:
    """For JSON, the same of them every time."""
    view = case.kind
    count = 0
    for about, subject in case.suited():
        for knobs in (Knobs(), Knobs(reading=1, layer=1) if LAYER in view.knobs else Knobs(reading=1)):
            numbers = _answered(subject, lambda knobs=knobs: view.numbers(subject, knobs))  # type: ignore[misc] # noqa: B023
            if numbers is None:
                continue
            count += 1
            try:
                json.dumps(numbers)
            except (TypeError, ValueError) as error:
                return failed(f"JSON of {about}", str(error), "give lists and numbers of Python: array.tolist()")
    if not count:
        return noted("its numbers", "it gives none", "numbers=..., a function (subject, knobs) to a dict, for --json")
    return passed("JSON of every run", f"{count} times")


def has_places(case: ViewCase) -> CheckResult:
    """Every place has a name, a line, a way to it, and asks for what a screen can do."""
    view = case.kind
    if view.cursor is None:
        return skipped("it has no cursor")
    count = 0
    try:
        for about, subject in case.suited():
            places = _answered(subject, lambda: view.cursor.places(subject, Knobs()))  # type: ignore[union-attr] # noqa: B023
            if places is None or not list(itertools.islice(places, 1)):
                continue
            some = list(itertools.islice(places, MOST))
            _check_ways(places, some, about)
            for at in some[:: -(-len(some) // READ)]:
                count += 1
                knobs = Knobs(at=at)
                here = _answered(subject, lambda knobs=knobs: view.here(subject, knobs))  # type: ignore[misc] # noqa: B023
                if here is None:
                    continue
                if "\n" in here.says or not here.says or printable(here.says) != here.says:
                    raise Wrong(f"{here.says!r} is said of {places.name(at)}", "one line that says what it is")
                if here.enter is not None and not isinstance(here.enter, get_args(Request)):
                    wanted = ", ".join(one.__name__ for one in get_args(Request))
                    raise Wrong(f"Enter at {places.name(at)} asks for {here.enter!r}", f"one of {wanted}")
                opened = getattr(here.enter, "view", view.name)
                if opened != view.name and opened not in registry().names("view"):
                    raise Wrong(f"Enter at {places.name(at)} opens '{opened}'", "the name of a view")
            _check_picture(view, subject, Knobs(at=places.first), (60, 20), ASCII)
            drawing = _answered(subject, lambda: view.drawing(subject, Knobs(), (80, 24), PLAIN))  # noqa: B023
            for at in () if drawing is None else drawing.spots:
                if at not in places and at not in _arrived(view.cursor, subject, at):
                    raise Wrong(f"the spot of {at} in the picture of {about}", "spots are those of places")
    except Wrong as wrong:
        return failed("every place", wrong.worst, wrong.remedy)
    if not count:
        return noted(RUNS, "the cursor has no place in any of them")
    return passed(f"up to {READ} places of every run", f"{count} places")


def _arrived(cursor: Cursor, subject: Subject, at: Any) -> Places:
    """The places that there are once the cursor has come to one that was pointed at, such as another layer's."""
    knobs = Knobs(at=at) if cursor.arrives is None else cursor.arrives(subject, Knobs(at=at))
    return cursor.places(subject, knobs)


def _check_ways(places: Places, some: list[Any], about: str) -> None:
    """From the first place, by keys; and names that tell places apart."""
    if places.first not in places:
        raise Wrong(f"it starts at {places.first}, no place of {about}", "`first` is a place")
    if len({places.name(at) for at in some}) < len(some):
        raise Wrong(f"two places of {about} have the same name", "names tell them apart for `show --at`")
    for at, towards in itertools.product(some, get_args(Towards)):
        if places.step(at, towards) not in places:
            raise Wrong(f"{towards} of {places.name(at)} is no place of {about}", "stay where nothing is further")


def only_looks(case: ViewCase) -> CheckResult:
    """The same twice, and the moment has not moved."""
    view = case.kind
    for about, subject in case.suited():
        before = subject.at
        pictures = [
            _answered(subject, lambda: view.draw(subject, Knobs(), (80, 24), COLOURS[0]))  # noqa: B023
            for _ in range(2)
        ]
        if subject.at != before:
            return failed(about, "another moment is shown than before", "the screen moves in time: ask for GoTo")
        if pictures[0] != pictures[1]:
            return failed(about, "drawn twice, two pictures", "a view has no memory and no random numbers")
    return passed("twice the same picture of every run")


SUBJECT = ViewCase  # what the checks are of
CHECKS = (draws, turns, declares, gives_numbers, has_places, only_looks)
