"""What became of an answer: not attempted, correct or incorrect; of several blanks each by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import msgspec
from rich.text import Text

from tui_nn.errors import ExitCode, TuiNNError
from tui_nn.lesson.exhibit import Exhibit
from tui_nn.render import Look
from tui_nn.runs import RunReader

State = Literal["not attempted", "correct", "incorrect"]


class Unreadable(TuiNNError):
    """An answer that is no answer: text where a number is asked for. The sentence says what is expected."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class Judgement:
    """said: a sentence to the student, "" for none. parts: of an answer with several blanks, name -> right. run: what
    was trained for it.
    """

    state: State
    said: str = ""
    parts: Mapping[str, bool] = field(default_factory=dict)
    run: RunReader | None = None


class Check(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A kind of question; its fields are its keys in `toml ask`, the first of them names it.

    wrong answers: whether the file must know some. form: what an answer looks like, for whoever has to type one.
    """

    needs_wrong: ClassVar[bool] = True
    form: ClassVar[str] = ""

    @property
    def asks_for(self) -> str:
        """The same of this very question."""
        return self.form

    def read(self, answer: Any) -> Any:
        """The answer in a form in which equal ones are equal. Raises Unreadable."""
        raise NotImplementedError

    def same(self, read: Any, known: Any) -> bool:
        """Whether an answer, as it was read, is one that the lesson knows."""
        return bool(read == known)

    def sketch(self, look: Look, box: tuple[int, int]) -> Text | None:  # noqa: ARG002
        """What is wanted, as a picture that gives nothing away; None if there is none."""
        return None

    def judge(self, read: Any, exhibit: Exhibit) -> Judgement:
        """Whether what was read is right. Raises ExperimentError if the question itself cannot be answered."""
        raise NotImplementedError

    def as_set(self, read: Any, exhibit: Exhibit) -> Exhibit | None:  # noqa: ARG002
        """What the step shows with what the student has set; None where nothing is set."""
        return None


def text_of(answer: Any) -> str:
    """An answer as it was typed."""
    return answer.strip() if isinstance(answer, str) else str(answer)


def named(answer: Any, names: Sequence[str], form: str) -> dict[str, Any]:
    """Name -> what was typed for it: of a table, of `name = number` on a line, or of a number for each in order.

    Blanks may stand around =, and a comma or semicolon between two. Raises Unreadable.
    """
    if isinstance(answer, str):
        if "=" not in answer:
            words = answer.replace(",", " ").replace(";", " ").split()
            if len(words) != len(names):
                raise Unreadable(f"expected {form}.")
            return dict(zip(names, words, strict=True))
        parts = [word.partition("=") for word in re.sub(r"\s*=\s*", "=", re.sub(r"[,;](\s|$)", " ", answer)).split()]
        if any(not name or not equals for name, equals, _ in parts):
            raise Unreadable(f"expected {form}.")
        return {name: value for name, _, value in parts}
    if not isinstance(answer, dict):
        raise Unreadable(f"expected {form}.")
    return answer
