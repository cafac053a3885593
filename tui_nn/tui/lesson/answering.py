"""What is typed in a lesson: answered, trained, carried to the question that is open; and the way from step to step."""

from __future__ import annotations

from abc import abstractmethod

from rich.text import Text
from textual import work
from textual.widgets import Input, Static

from tui_nn.errors import TuiNNError
from tui_nn.lesson.walk import HINT, SKIP, Comment, Walk
from tui_nn.plurals import plural
from tui_nn.render import Look
from tui_nn.runs import Run
from tui_nn.tui.aside import aside
from tui_nn.tui.leaving import Leaving
from tui_nn.tui.lesson.live_training import EVERY, LiveTraining

BUSY = "It is training: esc stops it."


class AnsweringActions(Leaving[None]):
    """Holds the walk. trained: the run of this step, if any; drafts: by step, what was typed there and not answered."""

    def __init__(self, walk: Walk, look: Look) -> None:
        super().__init__()
        self.walk, self.look = walk, look
        self.trained: Run | None = None
        self.drafts: dict[int, str] = {}
        self._live: LiveTraining | None = None  # while an answer is trained
        self._carried = ""  # what was typed at a question that is behind

    @abstractmethod
    def show(self) -> None:
        """Show the step that the walk is at."""

    @abstractmethod
    def draw(self) -> None:
        """Draw what the step shows anew."""

    @abstractmethod
    def want(self, text: Text) -> None:
        """Show what a training has to reach, and what it has."""

    @abstractmethod
    def laid_out(self) -> None:
        """What is shown has more or fewer lines now."""

    def on_input_changed(self, event: Input.Changed) -> None:
        """A hint needs no enter; to skip does, since it is written down."""
        event.stop()
        if self.walk.is_right:
            return
        if event.value == HINT:
            event.input.value = ""
            self.action_hint()
        elif event.value == SKIP:
            self._say(Comment("enter skips this question, which is written down; backspace does not."))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        walk, typed = self.walk, event.value
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
            reply = self.walk.reply(typed)
        except TuiNNError as error:
            self.notify(str(error), severity="error")
            return
        self._replied(typed, reply)

    def _replied(self, typed: str, reply: Comment) -> None:
        answer = self.query_one("#answer", Input)
        if answer.value == typed:  # and not what was typed since, while it trained
            answer.value = ""
        self.trained = reply.run or self.trained
        self._say(reply, "" if typed.strip() in ("", HINT, SKIP) else f"{typed.strip()}: ")
        if reply.goes_on:
            self.drafts[self.walk.at] = answer.value
            self.show()
        elif reply.is_right is False:  # what was trained, or where the inputs stand now
            self.draw()

    @work(exclusive=True, group="train")
    async def _train(self, typed: str) -> None:
        """An answer that is settings: trained aside, with its ticks and its views as it goes."""
        live = self._live = LiveTraining(self.walk)
        self._say(Comment("Training. esc stops it."))
        timer = self.set_interval(EVERY, self._look_at_it)
        try:
            reply = await aside(self.walk.reply, typed, live.watch)
        except TuiNNError as error:
            self.notify(str(error), severity="error")
            return
        finally:
            timer.stop()
            self._live = None
            self.laid_out()
        self.want(live.said(self.look))
        self._replied(typed, reply)

    def _look_at_it(self) -> None:
        live = self._live
        if live is None or not live.has_news():
            return
        self.want(live.said(self.look))
        self.trained = live.run
        self.draw()

    def _say(self, reply: Comment, before: str = "") -> None:
        said = self.query_one("#said", Static)
        said.set_class(reply.is_right is True, "right")
        said.set_class(reply.is_right is False, "wrong")
        said.update(Text(before + reply.text))
        self.laid_out()  # what is said takes lines from what is shown

    def _carry(self, typed: str) -> None:
        """What is typed where nothing is asked any more: it is said, and the second enter takes it to what is open."""
        walk, to = self.walk, self.walk.next_open
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
            self.drafts[to] = typed
            self.action_turn(to - walk.at)
            self._say(Comment("Enter gives this answer here."))

    def action_hint(self) -> None:
        self._say(self.walk.reply(HINT))

    def action_turn(self, by: int) -> None:
        if self._live is not None:
            self.notify(BUSY)
            return
        at, typed = self.walk.at, self.query_one("#answer", Input).value
        if self.walk.turn(by):
            if typed.strip():
                self.drafts[at] = typed
            self._say(Comment(""))
            self.trained = None
            self.show()
        elif by > 0:
            self.notify(self._end())

    def _end(self) -> str:
        walk = self.walk
        asked = [ask for ask in walk.asks if ask is not None]
        if walk.is_over:
            return f"The lesson is done: {len(walk.right)} of {len(asked)} right. Answers: {walk.book.path}"
        left = len(asked) - len(walk.behind)
        return f"The last step. {plural(left, 'question is', 'questions are')} open: page up to answer."

    def action_leave(self) -> None:
        if self._live is not None:
            self._live.stop()
        else:
            self.dismiss(None)
