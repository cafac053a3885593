"""A step of a lesson: its text, what it shows with the mask in the drawing, what was said, and the answer's line."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Input, Static

from tui_nn.errors import TuiNNError
from tui_nn.lesson.ask import Ask
from tui_nn.lesson.checks.doing import AS_IT_IS
from tui_nn.lesson.pictures import pictures
from tui_nn.render import circuit_legend
from tui_nn.tui.aside import soon
from tui_nn.tui.footer import markup
from tui_nn.tui.lesson.answering import AnsweringActions
from tui_nn.tui.lesson.live_training import requirements
from tui_nn.tui.screens.dialog import key
from tui_nn.tui.widgets.field import Field
from tui_nn.tui.widgets.key_line import KeyLine

WIDE = 124  # cells from which on the text stands at the left of what is shown, which keeps 80 then
LATER = "More is shown when you have answered."
INDENT = 6  # cells, of what a step of the contents says
ROOMY = 20  # lines from which on blank ones set a title and what is said apart from a picture
MARKS = {"right": "√", "behind": "-", "open": "·"}
PLAIN_MARKS = {"right": "+", "behind": "-", "open": "."}
LEAVE, STOP = key("esc", "leave", "leave"), key("esc", "leave", "stop training")


class Showcase(VerticalScroll):
    """What is shown: drawn anew in another room, since a step's text and what was said take lines from it."""

    @dataclass
    class Resized(Message):
        """It has another size."""

    def on_resize(self) -> None:
        self.post_message(self.Resized())


class LessonScreen(AnsweringActions):
    """What is seen of the walk."""

    CSS_PATH = "lesson.tcss"
    _drawn_in: Size | None = None  # cells, with its bars, whose coming is no other room
    _drawing = 0  # workers
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "turn(1)", show=False, priority=True),
        Binding("pageup", "turn(-1)", show=False, priority=True),
        Binding("down,ctrl+down", "scroll(1)", show=False),
        Binding("up,ctrl+up", "scroll(-1)", show=False),
        Binding("escape", "leave", show=False),
    ]

    def compose(self) -> ComposeResult:
        with Container(id="lesson"):
            with VerticalScroll(id="step", can_focus=False):
                yield Static(id="text", markup=False)
                yield Static(id="wanted", markup=False)
                yield Static(id="contents", markup=False)
            with Showcase(id="shown", can_focus=False):
                yield Static(id="pictures", markup=False)
        yield Static(id="said", markup=False)
        yield Field(id="answer")
        yield KeyLine()

    def on_mount(self) -> None:
        self.set_class(self.look.ascii, "ascii")
        self.query_one("#answer", Input).focus()
        shown = self.query_one("#shown", VerticalScroll)
        for what in ("scroll_y", "virtual_size"):
            self.watch(shown, what, self.laid_out, init=False)
        self.show()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= WIDE, "wide")
        self.show_keys()

    def on_showcase_resized(self) -> None:
        if not self._drawing and self._has_other_room:
            self.draw()

    # What is seen

    def show(self) -> None:
        walk, answer = self.walk, self.query_one("#answer", Input)
        step = self.query_one("#step", VerticalScroll)
        step.border_title = Content(f"{walk.at + 1}/{len(walk.lesson.steps)} {walk.step.title}")
        step.border_subtitle = Content(self._marks())
        step.scroll_home(animate=False)
        self.query_one("#text", Static).update(Text(walk.step.text))
        if self.trained is None:  # what was trained here keeps its ticks
            self.query_one("#wanted", Static).display = False
        self.query_one("#pictures", Static).update(Text("Drawing ...", "dim"))
        answer.value, answer.placeholder = self.drafts.pop(walk.at, ""), self._form()
        answer.cursor_position = len(answer.value)
        self.show_keys()
        self.draw()

    def want(self, text: Text) -> None:
        """What a training has to reach, and what it has."""
        wanted = self.query_one("#wanted", Static)
        wanted.update(text)
        wanted.display = True

    def _form(self) -> str:
        """What may be typed now."""
        ask = self.walk.ask
        return ask.check.asks_for if ask is not None and not self.walk.is_right else ""

    def _marks(self) -> str:
        """A mark a question."""
        return "".join(self._mark(ask) for ask in self.walk.asks if ask is not None)

    def _mark(self, ask: Ask) -> str:
        """Right, behind without being right, or open."""
        walk, name, marks = self.walk, ask.common.id, PLAIN_MARKS if self.look.ascii else MARKS
        return marks["right" if name in walk.right else "behind" if name in walk.behind else "open"]

    def _contents(self, width: int) -> tuple[Text, Text]:
        """All steps with their marks; and the same with how they begin."""
        walk = self.walk
        short = Text(walk.lesson.title, "bold", no_wrap=True)
        long = short.copy()
        for at, (step, ask) in enumerate(zip(walk.lesson.steps, walk.asks, strict=True)):
            head = f"{' ' if ask is None else self._mark(ask)} {at + 1:>2}  {step.title}"
            begin = next((line for line in step.text.split("\n") if line not in ("", step.skipped)), "")
            begins = textwrap.wrap(begin, width - INDENT)
            for text, gap in ((short, "\n"), (long, "\n\n")):
                text.append(gap + head, "bold" if at == walk.at else "not bold")
            long.append("".join(f"\n{' ' * INDENT}{line}" for line in begins), "dim not bold")
        return short, long

    def laid_out(self) -> None:
        """Only when everything has its place is it known what lies below."""
        self.call_after_refresh(self.show_keys)

    def show_keys(self) -> None:
        """Name the keys that do something now, in the width that there is; how to leave is always among them."""
        shown = self.query_one("#shown", VerticalScroll)
        trains = self._live is not None  # nothing is answered meanwhile, nor turned to
        if trains:
            offered = []
        elif self.walk.is_masked:
            offered = [key("enter", "", "answer"), key("?", "hint", "hint"), key("!", "", "skip")]
        else:
            offered = [key("enter", "turn_on", "next step")]
        if shown.max_scroll_y:
            below = shown.scroll_y < shown.max_scroll_y
            offered.append(key("down", "scroll_on", "more below") if below else key("up", "scroll_back", "more above"))
        if not trains:
            offered.append(key("pgup pgdn", "", "step"))
        self.query_one(KeyLine).offer(markup(offered, self.app.size.width - 2, last=STOP if trains else LEAVE))

    def draw(self) -> None:
        self._pictures()

    @property
    def _has_other_room(self) -> bool:
        """Whether there are more or fewer cells than were drawn for."""
        return self._drawn_in != self.query_one("#shown").outer_size

    @work(exclusive=True)
    async def _pictures(self) -> None:
        """The pictures in the room that they have; a network is set up aside."""
        self._drawing += 1
        try:
            await self._draw_once()
            while self._has_other_room:
                await self._draw_once()
        finally:
            self._drawing -= 1

    async def _draw_once(self) -> None:
        shown = self.query_one("#shown", VerticalScroll)
        width, height = shown.content_size
        self._drawn_in = shown.outer_size
        if width < 2 or height < 2:
            return
        walk, masked = self.walk, self.walk.is_masked
        run, gap = self.trained, "\n\n" if height >= ROOMY else "\n"
        try:
            exhibit = walk.seen
            later = len(gap) if masked and run is None and exhibit.show.hide else 0  # lines of what comes later
            box = (width - 1, height - 1 - 2 * (len(gap) - 1) - later)  # the title, a blank below it and one at the end
            check = walk.ask.check if walk.ask is not None else None
            found = await soon(pictures, exhibit, self.look, box, masked=masked, run=run, check=check, fills=True)
            if masked and self.trained is None and walk.trains(AS_IT_IS):
                self.want(requirements(await soon(lambda: walk.wanted), walk.may_change))
        except TuiNNError as error:
            self.notify(str(error), severity="error")
            return
        if exhibit is not walk.seen:  # another step is looked at by now
            return
        parts: list[Text] = []
        for picture in found:
            parts += [Text(textwrap.fill(picture.title, width - 1), "bold"), picture.text]
        if exhibit.circuit is not None:
            parts.insert(2, circuit_legend(self.look))
        elif exhibit.show.views and (later or not found):
            parts.append(Text(LATER, "dim"))
        short, long = self._contents(width - 1)
        self.set_class(not parts, "bare")
        self.query_one("#contents", Static).update(short)
        parts = parts or [long if long.plain.count("\n") < height else short]
        lines = sum(part.plain.count("\n") + 1 for part in parts)
        gap = "\n\n" if lines + len(parts) <= height else "\n"  # blank lines between them where all have room
        self.query_one("#pictures", Static).update(Text(gap, no_wrap=True).join(parts))
        shown.scroll_home(animate=False)
        self.laid_out()

    def action_press(self, action: str) -> None:
        """A click in the last line."""
        getattr(self, f"action_{action}")()

    def action_turn_on(self) -> None:
        self.action_turn(1)

    def action_scroll_on(self) -> None:
        self.action_scroll(1)

    def action_scroll_back(self) -> None:
        self.action_scroll(-1)

    def action_scroll(self, by: int) -> None:
        shown = self.query_one("#shown", VerticalScroll)
        shown.scroll_relative(y=by * max(1, shown.size.height // 2), animate=False)
