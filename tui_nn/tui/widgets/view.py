"""A pane with one view of the run. It draws for its own size, when asked, and says on its frame what is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Paste, Resize
from textual.message import Message
from textual.timer import Timer

from tui_nn.experiment.hidden_units import named
from tui_nn.plugin.places import EditWeight, Request
from tui_nn.plugin.registry import Registry
from tui_nn.plugin.view import PHRASES
from tui_nn.printable import in_a_line
from tui_nn.render import Look
from tui_nn.render.canvas import paragraph
from tui_nn.render.drawing import Drawing
from tui_nn.tui.excerpt import Lines, excerpt_page
from tui_nn.tui.first_keys import FIRST, with_card
from tui_nn.tui.layout import BEFORE
from tui_nn.tui.status import PAST
from tui_nn.tui.unfitting import unfitting
from tui_nn.tui.widgets.pointer import WithPointer
from tui_nn.views import Missing, Subject

SETTLE = 0.03  # seconds that a size must hold before a pane is drawn for it
NETWORK = "network"  # the view that says why there is none
NO_NETWORK = "Shown once the experiment can be trained."
NO_DATA = "Shown once there are data."
READING = "Reading the data ..."
LEAST = 3  # lines of a file that are worth showing
LARGE = "large"  # the class of the one that has the place of all


class ViewPane(WithPointer):
    """One of the panes of a screen."""

    can_focus = True
    takes_moves = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "enlarge", show=False),
        Binding("escape", "leave", "back", show=False),
        Binding("n", "screen.next_reading", "reading", show=False),
    ]

    @dataclass
    class Resized(Message):
        """The pane has another size: it wants to be drawn anew."""

        pane: ViewPane

    @dataclass
    class Enlarged(Message):
        """It wants the place of all panes, or to give it back."""

        pane: ViewPane

    @dataclass
    class Left(Message):
        """There is nothing to go back from but the pane itself."""

        pane: ViewPane

    @dataclass
    class Entered(Message):
        """Enter was pressed at a place of the view, or `text` pasted: this is what it asks of the screen."""

        pane: ViewPane
        request: Request
        text: str = ""

    def __init__(self, name: str, look: Look, registry: Registry) -> None:
        super().__init__(name, look, registry)
        self._seen: tuple[object, ...] = ()  # of what the text is
        self._waits = False  # for the first answer, and says so
        self._settling: Timer | None = None
        self.has_card = False  # of the keys to begin with, over what is drawn
        self.is_reading = False  # the data, which are not known yet
        self.without_data = ""  # why there is nothing at all to draw
        self.excerpt: Lines = ()  # of the file of data that is the reason
        self.first_keys: Mapping[str, str] = FIRST

    @property
    def is_large(self) -> bool:
        """Whether it has the place of all panes."""
        return self.has_class(LARGE)

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        """Drawn anew when the size has held for a moment, each pane by itself; until then, what is there, cut."""
        if self._settling is not None:
            self._settling.stop()
        if self._text:
            self._settling = self.set_timer(SETTLE, self._has_settled)
        else:
            self._has_settled()

    def _has_settled(self) -> None:
        self.post_message(self.Resized(self))

    def action_enter(self) -> None:
        """What the place of the cursor asks for; without a cursor, take the place of all panes."""
        here = self.here()
        if here is None:
            self.action_enlarge()
        elif here.enter is not None:
            self.post_message(self.Entered(self, here.enter))

    def on_paste(self, event: Paste) -> None:
        """Numbers for the place of the cursor, and around it."""
        here = self.here()
        if here is not None and isinstance(here.enter, EditWeight) and self._field is None:
            event.stop()
            self.post_message(self.Entered(self, here.enter, event.text))

    def action_enlarge(self) -> None:
        """Take the place of all panes, or give it back."""
        self.post_message(self.Enlarged(self))

    def action_leave(self) -> None:
        """Back by one: from the cursor, from the place of all panes, from the pane."""
        if self.knobs.at is not None:
            self._put(None)
        elif self.is_large:
            self.action_enlarge()
        else:
            self.post_message(self.Left(self))

    def draw(self, subject: Subject | None) -> None:
        """Show this run at the moment that is looked at."""
        self._subject = subject
        if not self.display or not self.size.width:
            return
        if subject is None or subject.started is None:
            self.show_frame(title=self.view.name, subtitle="")
            self.show_text(self._carded(self._nothing()))
            return
        if subject.refused and self.view.name != BEFORE:
            self._subject = None  # nothing of the network that stands in for it is shown
            self.show_frame(title=self.view.name, subtitle="")
            if self.view.name == NETWORK:
                text = unfitting(f"No network: {subject.refused}", subject, *self.size, self.look)
            else:
                text = Text(paragraph(NO_NETWORK, self.size.width), "dim")
            self.show_text(self._carded(text))
            return
        subject.behind = None
        box = (self.size.width, self.size.height)
        seen = (self.view, subject, subject.at, subject.off, box, self.look)
        with self._blaming():
            reading = self.view.reading(subject, self.knobs)
            heading = self.view.heading(subject, self.knobs)
            title = heading if not reading or reading in heading else f"{heading}: {reading}"
            self.show_frame(title=in_a_line(title))
            try:
                self._drawing = self.view.drawing(subject, self.knobs, box, self.look)
                self._waits = False
            except Missing as missing:
                if missing.waiting and subject.waiting and seen == self._seen and not self._waits:
                    return  # what was asked before a key stands until the answer to this one is there
                self._waits = missing.waiting
                hint = "" if missing.waiting else " v shows another view."
                self._drawing = Drawing(Text(paragraph(f"{missing}{hint}", box[0]), "dim"))
            self.show_frame(subtitle=self._moment(subject))
            self._seen = seen
            self.show_text(self._carded(self._drawing.text))
            self._place_field()

    def _nothing(self) -> Text:
        """Why there is nothing to be seen, where one looks first; elsewhere only that."""
        if self.is_reading:
            return Text(paragraph(READING, self.size.width), "dim")
        if not self.without_data:
            return Text()
        if self.view.name == NETWORK:
            width, height = self.size
            said = Text(paragraph(f"No data: {self.without_data}", width))
            room = height - said.plain.count("\n") - 2
            if not self.excerpt or self.has_card or room < LEAST:
                return said
            return Text("\n", no_wrap=True, end="").join(
                [said, Text(), excerpt_page(self.excerpt, width, room, self.look)]
            )
        return Text(paragraph(NO_DATA, self.size.width), "dim")

    def _moment(self, subject: Subject) -> str:
        """Which moment is shown, if it is not now: what was done here last is of less weight."""
        if subject.is_former:
            return "the run before"
        said = f"{PAST}: epoch {subject.moment}" if subject.epoch is not None else self._note
        if not said and subject.behind is not None:
            said = f"after step {subject.behind}"
        without = f"without {named(subject.off)}" if subject.off and self.view.asks_the_network else ""
        return PHRASES.join(one for one in (said, without) if one)

    def _carded(self, text: Text) -> Text:
        return with_card(text, *self.size, self.look, self.first_keys) if self.has_card else text
