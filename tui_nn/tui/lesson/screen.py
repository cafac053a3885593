"""A step of a lesson: its text, what it shows with the mask in the drawing, what was said, and the answer's line."""

from __future__ import annotations

import textwrap
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Input, Static

from tui_nn.errors import TuiNNError
from tui_nn.lesson.checks.doing import AS_IT_IS
from tui_nn.lesson.pictures import Picture, pictures
from tui_nn.lesson.walk import HINT, SKIP, Comment, Walk
from tui_nn.render import Look, circuit_legend
from tui_nn.runs import Run
from tui_nn.tui.aside import aside, soon
from tui_nn.tui.footer import markup
from tui_nn.tui.lesson.live_training import EVERY, LiveTraining, requirements
from tui_nn.tui.screens.dialog import key
from tui_nn.tui.widgets.field import Field
from tui_nn.tui.widgets.key_line import KeyLine

WIDE = 124  # cells from which on the text stands at the left of what is shown, which keeps 80 then
LATER = "What the network does is shown when you have answered."
TITLE = 3  # lines of a title, and one below
MARKS = {"right": "√", "behind": "-", "open": "·"}
BUSY = "It is training: esc stops it."
PLAIN_MARKS = {"right": "+", "behind": "-", "open": "."}
LEAVE = key("esc", "leave", "leave")


class LessonScreen(Screen[None]):
    """Shows one walk; everything is drawn from it."""

    CSS_PATH = "lesson.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "turn(1)", show=False, priority=True),
        Binding("pageup", "turn(-1)", show=False, priority=True),
        Binding("down,ctrl+down", "scroll(1)", show=False),
        Binding("up,ctrl+up", "scroll(-1)", show=False),
        Binding("escape", "leave", show=False),
    ]

    def __init__(self, walk: Walk, look: Look) -> None:
        super().__init__()
        self._walk, self._look = walk, look
        self._shown: list[Picture] = []
        self._live: LiveTraining | None = None  # while an answer is trained
        self._run: Run | None = None  # what was trained in this step
        self._drafts: dict[int, str] = {}  # step -> what was typed there and not answered
        self._carried = ""  # what was typed at a question that is behind

    def compose(self) -> ComposeResult:
        with Container(id="lesson"):
            with VerticalScroll(id="step", can_focus=False):
                yield Static(id="text", markup=False)
                yield Static(id="wanted", markup=False)
            with VerticalScroll(id="shown", can_focus=False):
                yield Static(id="pictures", markup=False)
        yield Static(id="said", markup=False)
        yield Field(id="answer")
        yield KeyLine()

    def on_mount(self) -> None:
        self.set_class(self._look.ascii, "ascii")
        self.query_one("#answer", Input).focus()
        shown = self.query_one("#shown", VerticalScroll)
        for what in ("scroll_y", "virtual_size"):
            self.watch(shown, what, self._scrolled, init=False)
        self._show()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= WIDE, "wide")
        self.show_keys()
        self.call_after_refresh(self._draw)

    # What is seen

    def _show(self) -> None:
        walk, answer = self._walk, self.query_one("#answer", Input)
        step = self.query_one("#step", VerticalScroll)
        step.border_title = Content(f"{walk.at + 1}/{len(walk.lesson.steps)} {walk.step.title}")
        step.border_subtitle = Content(self._marks())
        step.scroll_home(animate=False)
        self.query_one("#text", Static).update(Text(walk.step.text))
        if self._run is None:  # what was trained here keeps its ticks
            self.query_one("#wanted", Static).display = False
        self.query_one("#pictures", Static).update(Text("Drawing ...", "dim"))
        answer.value, answer.placeholder = self._drafts.pop(walk.at, ""), self._form()
        answer.cursor_position = len(answer.value)
        self.show_keys()
        self._draw()

    def _want(self, text: Text) -> None:
        """What a training has to reach, and what it has."""
        wanted = self.query_one("#wanted", Static)
        wanted.update(text)
        wanted.display = True

    def _form(self) -> str:
        """What may be typed now."""
        ask = self._walk.ask
        return ask.check.asks_for if ask is not None and not self._walk.is_right else ""

    def _marks(self) -> str:
        """A mark a question: right, behind without being right, or open."""
        walk, marks = self._walk, PLAIN_MARKS if self._look.ascii else MARKS
        found = []
        for ask in walk.asks:
            if ask is not None:
                name = ask.common.id
                found.append(marks["right" if name in walk.right else "behind" if name in walk.behind else "open"])
        return "".join(found)

    def _scrolled(self) -> None:
        """Only when everything has its place is it known what lies below."""
        self.call_after_refresh(self.show_keys)

    def show_keys(self) -> None:
        """Name the keys that do something now, in the width that there is; how to leave is always among them."""
        shown = self.query_one("#shown", VerticalScroll)
        if self._walk.is_masked:
            offered = [key("enter", "", "answer"), key("?", "hint", "hint"), key("!", "", "skip")]
        else:
            offered = [key("enter", "turn_on", "next step")]
        if shown.max_scroll_y:
            below = shown.scroll_y < shown.max_scroll_y
            offered.append(key("down", "scroll_on", "more below") if below else key("up", "scroll_back", "more above"))
        offered.append(key("pgup pgdn", "", "step"))
        self.query_one(KeyLine).offer(markup(offered, self.app.size.width - 2, last=LEAVE))

    @work(exclusive=True)
    async def _draw(self) -> None:
        """The pictures in the room that they have; a network is set up aside."""
        shown = self.query_one("#shown", VerticalScroll)
        width, height = shown.content_size
        if width < 2 or height < 2:
            return
        walk, masked = self._walk, self._walk.is_masked
        run = self._run
        try:
            exhibit = walk.seen
            later = 2 if masked and run is None and exhibit.show.hide else 0  # lines of what comes later
            box, check = (width - 1, height - TITLE - later), walk.ask.check if walk.ask is not None else None
            found = await soon(pictures, exhibit, self._look, box, masked=masked, run=run, check=check, fills=True)
            if masked and self._run is None and walk.trains(AS_IT_IS):
                self._want(requirements(await soon(lambda: walk.wanted), walk.may_change))
        except TuiNNError as error:
            self.notify(str(error), severity="error")
            return
        if exhibit is not walk.seen:  # another step is looked at by now
            return
        text = Text(no_wrap=True)
        for number, picture in enumerate(found):
            text.append("\n\n" * (number > 0)).append(
                f"{textwrap.fill(picture.title, width - 1)}\n\n", "bold"
            ).append_text(picture.text)
        if exhibit.circuit is not None:
            text.append("\n\n").append_text(circuit_legend(self._look))
        if masked and found and exhibit.show.hide and exhibit.circuit is None and run is None:
            text.append("\n\n").append(LATER, "dim")
        elif not found and exhibit.show.views:
            text = Text(LATER, "dim")
        self.query_one("#pictures", Static).update(text)
        shown.scroll_home(animate=False)
        self._scrolled()

    # What is done

    def on_input_changed(self, event: Input.Changed) -> None:
        """A hint needs no enter; to skip does, since it is written down."""
        event.stop()
        if self._walk.is_right:
            return
        if event.value == HINT:
            event.input.value = ""
            self.action_hint()
        elif event.value == SKIP:
            self._say(Comment("enter skips this question, which is written down; backspace does not."))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        walk, typed = self._walk, event.value
        event.stop()
        if not typed.strip() and not walk.is_masked:
            self.action_turn(1)
        elif walk.is_right:
            self._carry(typed)
        elif not typed.strip():
            self.notify("Type an answer, ? for a hint or ! to skip; PgDn goes on without.")
        elif self._live is not None:
            self.notify(BUSY)
        elif walk.trains(typed):
            self._train(typed)
        else:
            self._answer(typed)

    def _answer(self, typed: str) -> None:
        try:
            reply = self._walk.reply(typed)
        except TuiNNError as error:
            self.notify(str(error), severity="error")
            return
        self._replied(typed, reply)

    def _replied(self, typed: str, reply: Comment) -> None:
        self.query_one("#answer", Input).value = ""
        self._run = reply.run or self._run
        self._say(reply, "" if typed.strip() in ("", HINT, SKIP) else f"{typed.strip()}: ")
        if reply.goes_on:
            self._show()
        elif reply.is_right is False:  # what was trained, or where the inputs stand now
            self._draw()

    @work(exclusive=True, group="train")
    async def _train(self, typed: str) -> None:
        """An answer that is settings: trained aside, with its ticks and its views as it goes."""
        live = self._live = LiveTraining(self._walk)
        self._say(Comment("Training. esc stops it."))
        timer = self.set_interval(EVERY, self._look_at_it)
        try:
            reply = await aside(self._walk.reply, typed, live.watch)
        except TuiNNError as error:
            self.notify(str(error), severity="error")
            return
        finally:
            timer.stop()
            self._live = None
        self._want(live.said(self._look))
        self._replied(typed, reply)

    def _look_at_it(self) -> None:
        live = self._live
        if live is None or not live.has_news():
            return
        self._want(live.said(self._look))
        self._run = live.run
        self._draw()

    def _say(self, reply: Comment, before: str = "") -> None:
        said = self.query_one("#said", Static)
        said.set_class(reply.is_right is True, "right")
        said.set_class(reply.is_right is False, "wrong")
        said.update(Text(before + reply.text))
        self._scrolled()  # what is said takes lines from what is shown

    def _carry(self, typed: str) -> None:
        """What is typed where nothing is asked any more: it is said, and the second enter takes it to what is open."""
        walk, to = self._walk, self._walk.next_open
        behind = "This question is answered." if walk.ask is not None else "This step asks nothing."
        if to is None:
            self._say(Comment(f"{behind} So are all the others: esc leaves."))
        elif self._carried != typed:
            self._carried = typed
            self._say(
                Comment(f"{behind} Enter again takes what you typed to step {to + 1}, the next one that is open.")
            )
        else:
            self.query_one("#answer", Input).value = self._carried = ""
            self._drafts[to] = typed
            self.action_turn(to - walk.at)
            self._say(Comment("Enter gives this answer here."))

    def action_hint(self) -> None:
        self._say(self._walk.reply(HINT))

    def action_press(self, action: str) -> None:
        """A click in the last line."""
        getattr(self, f"action_{action}")()

    def action_turn_on(self) -> None:
        self.action_turn(1)

    def action_scroll_on(self) -> None:
        self.action_scroll(1)

    def action_scroll_back(self) -> None:
        self.action_scroll(-1)

    def action_turn(self, by: int) -> None:
        if self._live is not None:
            self.notify(BUSY)
            return
        at, typed = self._walk.at, self.query_one("#answer", Input).value
        if self._walk.turn(by):
            if typed.strip():
                self._drafts[at] = typed
            self._say(Comment(""))
            self._run = None
            self._show()
        elif by > 0:
            self.notify(self._end())

    def _end(self) -> str:
        walk = self._walk
        asked = [ask for ask in walk.asks if ask is not None]
        if walk.is_over:
            return f"The lesson is done: {len(walk.right)} of {len(asked)} right. Answers: {walk.book.path}"
        return f"The last step. {len(asked) - len(walk.behind)} questions are open: page up to them."

    def action_scroll(self, by: int) -> None:
        shown = self.query_one("#shown", VerticalScroll)
        shown.scroll_relative(y=by * max(1, shown.size.height // 2), animate=False)

    def action_leave(self) -> None:
        if self._live is not None:
            self._live.stop()
        else:
            self.dismiss(None)
