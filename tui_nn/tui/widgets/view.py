"""A pane with one view of the run. It draws for its own size, when asked, and keeps where the cursor of the view is."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Focus, Key, MouseMove, MouseScrollDown, MouseScrollUp, Paste, Resize
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui_nn.errors import PluginError
from tui_nn.experiment.hidden_units import Unit, named
from tui_nn.plugin.blame import blaming
from tui_nn.plugin.knobs import STANDARD, Knob
from tui_nn.plugin.places import At, EditWeight, Here, Request, Towards
from tui_nn.plugin.registry import Registry
from tui_nn.plugin.view import PHRASES
from tui_nn.printable import in_a_line
from tui_nn.render import Look
from tui_nn.render.canvas import paragraph
from tui_nn.render.drawing import Drawing
from tui_nn.tui.calm import turns
from tui_nn.tui.first_keys import with_card
from tui_nn.tui.moves import Repaint
from tui_nn.tui.status import PAST
from tui_nn.tui.strips import strips_of
from tui_nn.tui.widgets.cell import CellField, CellQuestion
from tui_nn.views import Knobs, Missing, Subject, View, find

SETTLE = 0.03  # seconds that a size must hold before a pane is drawn for it
DOUBLE = 0.3  # seconds in which a second click may come
LARGE = "large"  # the class of the one that has the place of all
TOWARDS: tuple[Towards, ...] = ("left", "right", "up", "down", "home", "end", "pageup", "pagedown")


class ViewPane(Widget):
    """view: what is shown. knobs: how it is to be seen; each view has its own."""

    can_focus = True
    takes_moves = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "enlarge", show=False),
        Binding("escape", "leave", "back", show=False),
        Binding("n", "screen.next_reading", "reading", show=False),
        *(Binding(towards, f"go('{towards}')", towards, show=False) for towards in TOWARDS),
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
    class Turned(Message):
        """The wheel was turned: by so many moments forward."""

        by: int

    @dataclass
    class Pointed(Message):
        """A column of the focused pane was clicked, counted from its left edge."""

        pane: ViewPane
        column: int

    @dataclass
    class Entered(Message):
        """Enter was pressed at a place of the view, or `text` pasted: this is what it asks of the screen."""

        pane: ViewPane
        request: Request
        text: str = ""

    @dataclass
    class Asked(Message):
        """The key of a knob whose value is text was pressed."""

        pane: ViewPane
        knob: Knob

    def __init__(self, name: str, look: Look, registry: Registry) -> None:
        super().__init__(classes="view")
        self._text = Text()
        self._drawing = Drawing(self._text)
        self._subject: Subject | None = None
        self._registry = registry
        self._kept: dict[str, Knobs] = {}  # of the views that stood here before
        self._strips: list[Strip] | None = None
        self._width = 0
        self._seen: tuple[object, ...] = ()  # of what the text is
        self._settling: Timer | None = None
        self._pointing: Timer | None = None
        self._focused = 0.0
        self._field: CellField | None = None
        self._note = ""  # what was done here last
        self.has_card = False  # of the keys to begin with, over what is drawn
        self._repaint = Repaint(self, lambda: self.draw(self._subject))
        self.view: View = find(name, registry)
        self.knobs = Knobs()
        self.look = look

    @property
    def is_large(self) -> bool:
        """Whether it has the place of all panes."""
        return self.has_class(LARGE)

    @property
    def text(self) -> str:
        """What stands in the pane, without colours."""
        return self._text.plain

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

    def take(self, view: View, knobs: Knobs | None = None) -> None:
        """Show another view, with these knobs or as it was left."""
        self._kept[self.view.name] = self.knobs
        self._note = ""
        self.view, self.knobs = view, self.knobs_of(view) if knobs is None else knobs

    def knobs_of(self, view: View) -> Knobs:
        """How this view is seen here, or was when it was left."""
        return self.knobs if view.name == self.view.name else self._kept.get(view.name, Knobs())

    @property
    def readings(self) -> Sequence[str]:
        """What the view can switch between, none before there is a run."""
        names: Sequence[str] = ()
        if self._subject is not None and self._subject.started is not None:
            with self._blaming():
                names = self.view.readings_of(self._subject)
        return names

    def takes(self, knob: Knob) -> bool:
        """Whether a knob means something to what is shown."""
        return knob in self.view.knobs

    # The cursor

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Arrows belong to a view with a cursor."""
        if self._field is not None:
            return False
        if action == "go":
            return self.view.cursor is not None and self._subject is not None
        return True

    def action_go(self, towards: Towards) -> None:
        """Move the cursor; the first key shows it."""
        if self._subject is not None:
            with self._blaming():
                self._put(self.view.moved(self._subject, self.knobs, towards, self._drawing))

    @property
    def unit(self) -> Unit | None:
        """The hidden unit under the cursor."""
        here = self.here()
        return None if here is None else here.unit

    def here(self) -> Here | None:
        """What is said of the place of the cursor; None without one."""
        here = None
        if self._subject is not None and self.knobs.at is not None:
            with self._blaming(), contextlib.suppress(Missing):
                here = self.view.here(self._subject, self.knobs)
        return here

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

    async def ask(self, question: CellQuestion) -> str | None:
        """Have a text typed over the cell of the cursor; None if it was left."""
        if self._field is not None:
            return None
        self._field = field = CellField(question)
        try:
            await self.mount(field, field.hint)
            self._place_field()
            self.screen.set_focus(field)
            return await field.answer
        finally:
            self._field = None
            if self.screen.focused is field:
                self.screen.set_focus(self)
            field.hint.remove()
            field.remove()

    def _place_field(self) -> None:
        if self._field is not None:
            self._field.place(self._drawing.spots.get(self.knobs.at), self.content_size)

    def action_leave(self) -> None:
        """Back by one: from the cursor, from the place of all panes, from the pane."""
        if self.knobs.at is not None:
            self._put(None)
        elif self.is_large:
            self.action_enlarge()
        else:
            self.post_message(self.Left(self))

    def on_key(self, event: Key) -> None:
        """The keys of the knobs that only this view has."""
        for knob in self.view.knobs:
            step = knob.step(event.key, event.character)
            if step and knob not in STANDARD:
                event.stop()
                event.prevent_default()
                self.turn(knob, step)

    def turn(self, knob: Knob, by: int = 1) -> None:
        """To its next value, or the one before; one that is text is asked for."""
        if knob.is_text:
            self.post_message(self.Asked(self, knob))
            return
        if self._subject is not None:
            with self._blaming(), contextlib.suppress(Missing):
                self.knobs = self.view.settled(self._subject, self.knobs)
        self.knobs = self.knobs.turned(knob, by)
        self._repaint.ask()

    def picture(self, look: Look) -> tuple[str, Text]:
        """Heading and drawing, for a page. Raises Missing where there is nothing to be seen."""
        subject = self._subject
        if subject is None or subject.started is None:
            raise Missing("There is nothing to be seen yet.")
        heading, box = self.view.heading(subject, self.knobs), (self.content_size.width, self.content_size.height)
        with blaming(self._registry.plugins):
            return heading, self.view.draw(subject, self.knobs, box, look)

    def note(self, text: str) -> None:
        """Say on the frame what was done, until the cursor moves on: nothing that is looked at is covered."""
        self._note = text

    def _put(self, at: At | None) -> None:
        self._note = ""
        self.knobs = replace(self.knobs, at=at)
        cursor = self.view.cursor
        if at is not None and cursor is not None and cursor.arrives is not None and self._subject is not None:
            with self._blaming(), contextlib.suppress(Missing):
                self.knobs = cursor.arrives(self._subject, self.knobs)
        self._repaint.ask()

    @contextlib.contextmanager
    def _blaming(self) -> Iterator[None]:
        """A plugin that fails shows its failure in its pane."""
        try:
            with blaming(self._registry.plugins):
                yield
        except PluginError as error:
            self._show(Text(paragraph(str(error), self.size.width), "dim"))

    def action_enlarge(self) -> None:
        """Take the place of all panes, or give it back."""
        self.post_message(self.Enlarged(self))

    def on_click(self, event: Click) -> None:
        """A click on a place puts the cursor there. Else the first one focuses, the next points; two enlarge."""
        if self._pointing is not None:
            self._pointing.stop()
        place = event.get_content_offset(self)
        at = self._drawing.at(place.x, place.y) if place is not None and self.view.cursor is not None else None
        if at is not None and event.chain == 1:
            self._put(at)
            return
        if event.chain == 2:
            self.action_enlarge()
        elif event.chain == 1 and time.monotonic() - self._focused > DOUBLE and place is not None:
            self._pointing = self.set_timer(DOUBLE, lambda: self.post_message(self.Pointed(self, place.x)))

    def on_mouse_move(self, event: MouseMove) -> None:
        """With the button held, a brush draws; no other cursor is drawn along."""
        cursor = self.view.cursor
        if not event.button or cursor is None or cursor.arrives is None:
            return
        place = event.get_content_offset(self)
        at = self._drawing.at(place.x, place.y) if place is not None else None
        if at is not None and at != self.knobs.at:
            self._put(at)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """The wheel turns the pages of a view that has them, else time."""
        event.stop()
        if not self._turn_page("pageup"):
            self.post_message(self.Turned(turns(event)))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        if not self._turn_page("pagedown"):
            self.post_message(self.Turned(-turns(event)))

    def _turn_page(self, towards: Towards) -> bool:
        """Whether it has any."""
        cursor = self.view.cursor
        if cursor is None or not cursor.pages or self._subject is None:
            return False
        if self.knobs.at is None:
            self.action_go(towards)  # shows the cursor, on the page that is seen
        self.action_go(towards)
        return True

    def on_focus(self, event: Focus) -> None:  # noqa: ARG002
        self._focused = time.monotonic()  # a click that gives the focus does nothing else
        self.scroll_visible()

    def _show(self, text: Text) -> None:
        if text != self._text or self._width != self.size.width:
            self._text, self._width = text, self.size.width
            self._strips = None
            self.refresh()

    def notify_style_update(self) -> None:
        """The theme's background is in the strips."""
        super().notify_style_update()
        self._strips = None

    def render_line(self, y: int) -> Strip:
        if self._strips is None:
            self._strips = strips_of(self._text, self.size.width, self.rich_style)
        if y < len(self._strips):
            return self._strips[y].adjust_cell_length(self.size.width, self.rich_style)
        return Strip.blank(self.size.width, self.rich_style)

    def _moment(self, subject: Subject) -> Content:
        """Which moment is shown, if it is not now: what was done here last is of less weight."""
        if subject.is_former:
            return Content("the run before")
        said = f"{PAST}: epoch {subject.moment}" if subject.epoch is not None else self._note
        if not said and subject.behind is not None:
            said = f"after step {subject.behind}"
        without = f"without {named(subject.off)}" if subject.off else ""
        return Content(PHRASES.join(one for one in (said, without) if one))

    def draw(self, subject: Subject | None) -> None:
        """Show this run at the moment that is looked at."""
        self._subject = subject
        if not self.display or not self.size.width:
            return
        if subject is None or subject.started is None:
            self.border_title, self.border_subtitle = self.view.name, ""
            self._show(self._carded(Text(), self.size))
            return
        subject.behind = None
        box = (self.size.width, self.size.height)
        seen = (self.view, subject, subject.at, subject.off, box, self.look)
        with self._blaming():
            reading = self.view.reading(subject, self.knobs)
            heading = self.view.heading(subject, self.knobs)
            title = heading if not reading or reading in heading else f"{heading}: {reading}"
            self.border_title = Content(in_a_line(title))  # names of others are in it: no markup
            try:
                self._drawing = self.view.drawing(subject, self.knobs, box, self.look)
                self.border_subtitle = self._moment(subject)
            except Missing as missing:
                if missing.waiting and seen == self._seen:
                    return  # what was asked before a key stands until the answer is there
                hint = "" if missing.waiting else " v shows another view."
                self.border_subtitle = self._moment(subject)
                self._drawing = Drawing(Text(paragraph(f"{missing}{hint}", box[0]), "dim"))
            self._seen = seen
            self._show(self._carded(self._drawing.text, self.size))
            self._place_field()

    def _carded(self, text: Text, size: Size) -> Text:
        return with_card(text, size.width, size.height, self.look) if self.has_card else text
