"""Which view is shown, of which run, by which knobs; and the text that it draws."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text
from textual.events import Key
from textual.message import Message

from tui_nn.errors import PluginError
from tui_nn.plugin.blame import blaming
from tui_nn.plugin.knobs import STANDARD, Knob
from tui_nn.plugin.registry import Registry
from tui_nn.render import Look
from tui_nn.render.canvas import paragraph
from tui_nn.render.drawing import Drawing
from tui_nn.tui.moves import Repaint
from tui_nn.tui.widgets.painted import Painted
from tui_nn.views import Knobs, Missing, Subject, View, find

PAGE = 80, 26  # cells of a saved picture, at least: edges and cells that are fine there are coarse in a small pane
ENDS = 1  # cells of a frame's line at each end of what is said there


class Viewing(Painted):
    """view: what is shown. knobs: how it is to be seen; each view has its own."""

    @dataclass
    class Asked(Message, namespace="view_pane"):
        """The key of a knob whose value is text was pressed."""

        pane: Viewing
        knob: Knob

    def __init__(self, name: str, look: Look, registry: Registry) -> None:
        super().__init__(classes="view")
        self._registry = registry
        self._kept: dict[str, Knobs] = {}  # of the views that stood here before
        self._subject: Subject | None = None
        self._drawing = Drawing(self._text)
        self._note = ""  # what was done here last
        self._repaint = Repaint(self, lambda: self.draw(self._subject))
        self.view: View = find(name, registry)
        self.knobs = Knobs()
        self.look = look

    @abstractmethod
    def draw(self, subject: Subject | None) -> None:
        """Show this run at the moment that is looked at."""

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
        """Heading and drawing, for a page: as large as here, or larger. Raises Missing where there is nothing."""
        subject = self._subject
        if subject is None or subject.started is None:
            raise Missing("There is nothing to be seen yet.")
        heading = self.view.heading(subject, self.knobs)
        box = max(PAGE[0], self.content_size.width), max(PAGE[1], self.content_size.height)
        with blaming(self._registry.plugins):
            return heading, self.view.draw(subject, self.knobs, box, look)

    def note(self, text: str) -> None:
        """Say on the frame what was done, until the cursor moves on: nothing that is looked at is covered.

        What the frame has no room for is told in the last line.
        """
        fits = cell_len(text) <= self.size.width - 2 * ENDS
        self._note = text if fits else ""
        if not fits:
            self.notify(text, markup=False)

    def forget_note(self) -> None:
        """What was done is no more, or not the last thing."""
        self._note = ""

    @contextlib.contextmanager
    def _blaming(self) -> Iterator[None]:
        """A plugin that fails shows its failure in its pane."""
        try:
            with blaming(self._registry.plugins):
                yield
        except PluginError as error:
            self.show_text(Text(paragraph(str(error), self.size.width), "dim"))
