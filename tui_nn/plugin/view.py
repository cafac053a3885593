"""A view: a picture of a run, with all that a screen or a command must know to show it.

It is a function (subject, knobs, box, look) -> text and a few declarations. It holds no state and knows no screen: the
subject is the run at one moment (`tui_nn.views.Subject`), the knobs are how somebody wants to see it.
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
    """This run has nothing of the kind, or not yet: the text says which. waiting: whether it may still come."""

    exit_code = ExitCode.USAGE

    def __init__(self, reason: str, waiting: bool = False) -> None:
        super().__init__(reason)
        self.waiting = waiting


@dataclass(frozen=True)
class Question(Generic[T]):
    """What a view asks of the network, with `subject.ask(question, *arguments)`.

    answer: (recorded, weights, *arguments) -> a value. It is called in a thread of its own and may take long; what it
    gives is kept until there are other weights. One that takes seconds is a generator that returns the value: at each
    of its yields what else was asked goes first, and a number that it yields is the share that is done. recorded: a
    `tui_nn.training.Recorded`, `recorded.net` without data and `recorded.study` with them. weights.thetas: the
    matrices of the moment that is shown.
    """

    name: str
    answer: Callable[..., T | Generator[float | None, None, T]]


def _no_numbers(subject: Subject, knobs: Knobs) -> dict[str, Any]:  # noqa: ARG001 - in the place of one that has some
    raise Missing("This view has no numbers to print, only its picture.")


@dataclass(frozen=True)
class View(Component):
    """function: (subject, knobs, box, look) -> a str, a rich Text or a Drawing of at most that size; raises Missing.

    asks: what it is made of: names among SOURCES, and questions of its own. numbers: (subject, knobs) -> what it is
    drawn from, for JSON and CSV. suits: subject -> why this run can never show it, empty if it can. title: (subject,
    knobs) -> the pane's heading. readings: the numbers that it can switch between, or subject -> those. knobs: what
    means something to it. layers: subject -> how many there are for the knob LAYER. cursor: where one can go, and what
    is said there. epoch_at: (subject, knobs, width, column) -> the moment that a click on a curve means, else None.
    settled: (subject, knobs) -> the same with what they leave to the view as this run has it, to be turned from there.
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
        """No experiment names a view."""
        return {}

    @property
    def slow(self) -> bool:
        """Whether it cannot be drawn from what the run has written down."""
        return HISTORY not in self.asks

    @property
    def asks_the_network(self) -> bool:
        """Whether it shows what the network answers, so that it is another picture without a unit."""
        return any(one not in (HISTORY, "weights", "output") for one in self.asks)

    def heading(self, subject: Subject, knobs: Knobs) -> str:
        """What stands on the frame of the pane."""
        try:
            return self.title(subject, knobs) if self.title is not None else self.name
        except Missing:
            return self.name

    def readings_of(self, subject: Subject) -> Sequence[str]:
        """What `m` goes through."""
        return self.readings(subject) if callable(self.readings) else self.readings

    def reading(self, subject: Subject, knobs: Knobs) -> str:
        """The reading that is shown, empty for a view that has only one."""
        names = self.readings_of(subject)
        return knobs.pick(names) if names else ""

    def numbers_at(self, subject: Subject, knobs: Knobs) -> dict[str, Any]:
        """The numbers; with a cursor, also the place where it stands and what is said of that."""
        numbers, here = self.numbers(subject, knobs), self.here(subject, knobs)
        if here is None or self.cursor is None:
            return numbers
        return {**numbers, "at": self.cursor.places(subject, knobs).name(knobs.at), "says": here.says}

    # The picture

    def drawing(self, subject: Subject, knobs: Knobs, box: Box, look: Look) -> Drawing:
        """The picture with its spots; with a cursor, its place marked, and a line or two on it beneath."""
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
        """The same as text alone. Raises Missing."""
        return self.drawing(subject, knobs, box, look).text

    # The cursor

    def here(self, subject: Subject, knobs: Knobs) -> Here | None:
        """What is said of the place where the cursor stands; None without a cursor. Raises Missing."""
        if self.cursor is None or knobs.at is None:
            return None
        return self.cursor.here(subject, knobs) if knobs.at in self.cursor.places(subject, knobs) else None

    def moved(self, subject: Subject, knobs: Knobs, towards: Towards, drawn: Drawing | None = None) -> At | None:
        """Where the cursor comes to from where it stands in the picture `drawn`; None where it can stand nowhere."""
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
