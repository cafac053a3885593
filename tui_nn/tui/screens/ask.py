"""A question with named answers: each has a letter, and the one that changes nothing is last and under the bar."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.events import Key as Pressed
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from tui_nn.tui.key import Key
from tui_nn.tui.screens.dialog import ACCEPT, CHOOSE, Dialog, key


@dataclass(frozen=True)
class Reply:
    """name: what is given back; its first letter is its key. does: a sentence."""

    name: str
    does: str


CANCEL = "cancel"
LOOK_EVERY = 0.3  # seconds between two looks at what a question speaks of


class AskScreen(Dialog[str]):
    """Dismissed with the name of an answer, or None for the last one: to leave everything as it is.

    A question that speaks of what goes on meanwhile is a function, and asked anew; so are its answers.
    """

    def __init__(
        self,
        title: str,
        question: str | Callable[[], str],
        answers: Sequence[Reply] | Callable[[], Sequence[Reply]],
        nothing: str,
    ) -> None:
        super().__init__(title)
        self._question, self._possible, self._nothing = question, answers, Reply(CANCEL, nothing)
        self._offered = self.answers  # those that are on the screen

    @property
    def answers(self) -> Sequence[Reply]:
        """What can be answered now."""
        return (*(self._possible() if callable(self._possible) else self._possible), self._nothing)

    @property
    def keys(self) -> Sequence[Key]:
        letters = [key(answer.name[0], answer.name, answer.name) for answer in self._offered[:-1]]
        return (*letters, CHOOSE, ACCEPT)

    def content(self) -> Iterable[Widget]:
        yield Label(self.question, classes="note", id="question", markup=False)
        yield OptionList(*(Option(self._prompt(answer), id=answer.name) for answer in self._offered))

    @property
    def question(self) -> str:
        """As it is now."""
        return self._question if isinstance(self._question, str) else self._question()

    def _prompt(self, answer: Reply) -> Content:
        width = 2 + max(len(one.name) for one in self._offered)
        does = self.wrapped(answer.does, 4 + width).lstrip()
        return Content.assemble((f" {answer.name[0]} ", "reverse"), f" {answer.name:<{width}}", does)

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = len(self._offered) - 1
        if not isinstance(self._question, str):
            self.set_interval(LOOK_EVERY, self._look_again)

    def _look_again(self) -> None:
        self.query_one("#question", Label).update(self.question)
        answers, options = self.answers, self.query_one(OptionList)
        if answers == self._offered:
            return
        before = self._offered[options.highlighted or 0].name
        self._offered = answers
        options.clear_options()
        options.add_options([Option(self._prompt(answer), id=answer.name) for answer in answers])
        names = [answer.name for answer in answers]
        options.highlighted = names.index(before if before in names else CANCEL)
        self.show_keys()

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        """The sentences are lines of the width that there is."""
        for answer in self._offered:
            self.query_one(OptionList).replace_option_prompt(answer.name, self._prompt(answer))

    def on_key(self, event: Pressed) -> None:
        for answer in self._offered:
            if event.character == answer.name[0]:
                event.stop()
                self._take(answer.name)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option_id or CANCEL)

    def action_press(self, action: str) -> None:
        if action in [answer.name for answer in self._offered]:
            self._take(action)
        else:
            super().action_press(action)

    def action_accept(self) -> None:
        self.query_one(OptionList).action_select()

    def _take(self, name: str) -> None:
        if name not in [answer.name for answer in self.answers]:
            return  # it went while the key was pressed
        self.dismiss(None if name == CANCEL else name)
