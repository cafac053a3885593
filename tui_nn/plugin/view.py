"""A view: a picture of a run, with everything that a screen or a command needs to show it.

It is a function (subject, knobs, box, look) -> text with a few declarations. It holds no state and knows no screen: the
subject is the run at one moment (`tui_nn.views.Subject`), the knobs say how to show it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import KW_ONLY, dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tui_nn.engine.component import Component, Decorator
from tui_nn.errors import ExitCode, TuiNNError
from tui_nn.plugin.knobs import Knob, Knobs
from tui_nn.plugin.places import At, Cursor, Here, Shelf, Towards

if TYPE_CHECKING:
    from rich.text import Text

    from tui_nn.render.drawing import Drawing
    from tui_nn.render.look import Look

T = TypeVar("T")
Subject = Any  # tui_nn.views.Subject, which is above plugins
Box = tuple[int, int]  # width and height in cells

PHRASES = "   "  # between two of a line: where there is no room the last ones are left out, none is cut
WIDE, TALL = 180, 12  # cells: a box that is narrower, and high enough, has two lines for what is said of a place
MOST = 3  # lines for a first phrase that is as long
HISTORY = "history"  # what the run has written down: epochs, metrics, counts
# What a subject can be asked for by its methods. All but the history is made of weights.
SOURCES = (HISTORY, "weights", "answers", "plane", "inside", "output")


class Missing(TuiNNError):
    """This run has nothing of the kind, or not yet; the text says which. waiting: whether it may still come."""

    exit_code = ExitCode.USAGE

    def __init__(self, reason: str, waiting: bool = False) -> None:
        super().__init__(reason)
        self.waiting = waiting


@dataclass(frozen=True)
class Question(Generic[T]):
    """A question to the network, which a view asks with `subject.ask(question, *arguments)`.

    answer: (recorded, weights, *arguments) -> a value. It is called in a separate thread and may take long; its value
    is kept until the weights change. If it takes seconds, make it a generator that returns the value: at each yield,
    other questions go first, and a number that it yields is the share done. recorded: a `tui_nn.training.Recorded`,
    with `recorded.net` without data and `recorded.study` with them. weights.thetas: the matrices of the moment shown.
    """

    name: str
    answer: Callable[..., T | Generator[float | None, None, T]]


def _no_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001 - in the place of one that has some
    raise Missing("This view has no numbers to print, only its picture.")


@dataclass(frozen=True)
class View(Component):
    """A view. function: (subject, knobs, box, look) -> a str, a rich Text or a Drawing within the box; raises Missing.

    asks: its sources: names among SOURCES, and questions of its own. numbers: (subject, knobs) -> the numbers it draws,
    for JSON and CSV. suits: subject -> why this run can never show it, empty if it can. title: (subject, knobs) -> the
    pane's heading. readings: the numbers that it can switch between, or subject -> those. knobs: those that it uses.
    layers: subject -> the number of layers for the knob LAYER. cursor: where it can go, and what is said there.
    epoch_at: (subject, knobs, width, column) -> the moment that a click on a curve means, or None. settled: (subject,
    knobs) -> the knobs with what they leave to the view filled in for this run, to be turned from there.
    """

    _: KW_ONLY
    asks: tuple[str | Question[Any], ...] = (HISTORY,)
    numbers: Callable[[Subject, Knobs], dict[str, Any]] = _no_numbers
    suits: Callable[[Subject], str] = lambda subject: ""
    title: Callable[[Subject, Knobs], str] | None = None
    readings: Sequence[str] | Callable[[Subject], Sequence[str]] = ()
    knobs: tuple[Knob, ...] = ()
    layers: Callable[[Subject], int] = lambda subject: 0
    cursor: Cursor | None = None
    epoch_at: Callable[[Subject, Knobs, int, int], float | None] | None = None
    settled: Callable[[Subject, Knobs], Knobs] = lambda subject, knobs: knobs

    @property
    def options(self) -> dict[str, Any]:
        """No options: no experiment names a view."""
        return {}

    @property
    def slow(self) -> bool:
        """Whether it cannot be drawn from the run's records alone."""
        return HISTORY not in self.asks

    @property
    def asks_the_network(self) -> bool:
        """Whether it shows answers of the network, so that switching off a unit changes the picture."""
        return any(one not in (HISTORY, "weights", "output") for one in self.asks)

    def heading(self, subject: Subject, knobs: Knobs) -> str:
        """The text on the frame of the pane."""
        try:
            return self.title(subject, knobs) if self.title is not None else self.name
        except Missing:
            return self.name

    def readings_of(self, subject: Subject) -> Sequence[str]:
        """The readings that `m` goes through."""
        return self.readings(subject) if callable(self.readings) else self.readings

    def reading(self, subject: Subject, knobs: Knobs) -> str:
        """The reading shown, empty for a view that has only one."""
        names = self.readings_of(subject)
        return knobs.pick(names) if names else ""

    def numbers_at(self, subject: Subject, knobs: Knobs) -> dict[str, Any]:
        """The numbers; with a cursor, also its place and what is said about it."""
        numbers, here = self.numbers(subject, knobs), self.here(subject, knobs)
        if here is None or self.cursor is None:
            return numbers
        return {**numbers, "at": self.cursor.places(subject, knobs).name(knobs.at), "says": here.says}

    # The picture

    def drawing(self, subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
        """The picture with its spots; with a cursor, its place is marked, with a line or two about it below."""
        from rich.text import Text

        from tui_nn.render.canvas import filled
        from tui_nn.render.drawing import Drawing

        width, height = box
        here = self.here(subject, knobs)
        # A phrase that is longer than a line goes on in the next.
        said = [] if here is None else here.says.split(PHRASES)
        if here is not None and here.enter is not None:
            said.append(f"Enter {here.does}")
        phrases = [wrap(phrase, width) for phrase in said]
        lines = 0 if here is None else 2 if width < WIDE and height >= TALL else 1
        if phrases and height >= TALL:
            lines = max(lines, min(MOST, len(phrases[0])))  # a number that has no room in two has it in three
        drawn = self.function(subject, knobs, (width, height - lines), look)
        drawing = drawn if isinstance(drawn, Drawing) else Drawing(Text(drawn) if isinstance(drawn, str) else drawn)
        if here is None:
            return drawing
        pieces = [piece for phrase in phrases for piece in phrase]
        beneath = [Text(line, no_wrap=True) for line in filled(width, lines, pieces, PHRASES)]
        text = Text("\n", no_wrap=True, end="").join([drawing.marked(knobs.at, look), *beneath])
        return Drawing(text, drawing.spots)

    def draw(self, subject: Subject, knobs: Knobs, box: Box, look: Look) -> Text:
        """The picture as text alone. Raises Missing."""
        return self.drawing(subject, knobs, box, look).text

    # The cursor

    def here(self, subject: Subject, knobs: Knobs) -> Here | None:
        """What is said about the place of the cursor; None without a cursor. Raises Missing."""
        if self.cursor is None or knobs.at is None:
            return None
        return self.cursor.here(subject, knobs) if knobs.at in self.cursor.places(subject, knobs) else None

    def moved(self, subject: Subject, knobs: Knobs, towards: Towards, drawn: Drawing | None = None) -> At | None:
        """The cursor's next place in the picture `drawn`; None if there is no place for it."""
        if self.cursor is None:
            return None
        try:
            places = self.cursor.places(subject, knobs)
        except Missing:
            return None
        if isinstance(places, Shelf) and drawn is not None:
            places = places.seen(spot.line for at, spot in drawn.spots.items() if at in places)
        return places.step(knobs.at, towards) if knobs.at in places else places.first


view = Decorator(View)
