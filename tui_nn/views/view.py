"""A view: a name, a description, when it fits a run, and a function that draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from tui_nn.errors import ExitCode, TuiNNError
from tui_nn.render import Look
from tui_nn.views.knobs import Knobs
from tui_nn.views.subject import Subject

Box = tuple[int, int]  # width and height in cells


class Missing(TuiNNError):
    """This run has nothing of the kind, or not yet: the text says which. waiting: whether it may still come."""

    exit_code = ExitCode.USAGE

    def __init__(self, reason: str, waiting: bool = False) -> None:
        super().__init__(reason)
        self.waiting = waiting


def unanswered(subject: Subject, question: str) -> Missing:
    """Why the network has not answered: it is being asked, or it cannot be."""
    problem = subject.problems.get(question)
    return Missing("Evaluating the network ..." if problem is None else str(problem), waiting=problem is None)


@dataclass(frozen=True)
class View:
    """One entry of the table.

    suits: subject -> why this run can never show it, empty if it can. draw: (subject, knobs, box, look) -> text;
    numbers: (subject, knobs) -> what it is drawn from, for JSON and CSV; both raise Missing. title: (subject, knobs)
    -> the pane's heading. readings: what `m` goes through, given the subject. slow: made of weights, not of curves.
    epoch_at: (subject, knobs, width, column) -> the moment that a click on a curve means, None beside it; raises
    Missing.
    """

    name: str
    about: str
    draw: Callable[[Subject, Knobs, Box, Look], Text]
    numbers: Callable[[Subject, Knobs], dict[str, Any]]
    suits: Callable[[Subject], str] = lambda subject: ""
    title: Callable[[Subject, Knobs], str] | None = None
    readings: Callable[[Subject], tuple[str, ...]] = lambda subject: ()
    layers: Callable[[Subject], int] = lambda subject: 0
    slow: bool = False
    epoch_at: Callable[[Subject, Knobs, int, int], float | None] | None = None

    def heading(self, subject: Subject, knobs: Knobs) -> str:
        """What stands on the frame of the pane."""
        try:
            return self.title(subject, knobs) if self.title is not None else self.name
        except Missing:
            return self.name

    def reading(self, subject: Subject, knobs: Knobs) -> str:
        """The reading that is shown, empty for a view that has only one."""
        names = self.readings(subject)
        return names[knobs.reading % len(names)] if names else ""
