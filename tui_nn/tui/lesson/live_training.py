"""An answer that is being trained: what it has reached, told by the thread that trains and asked by the screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from tui_nn.experiment.requirement import Requirement
from tui_nn.lesson.training import Reached
from tui_nn.lesson.walk import Walk
from tui_nn.render import Look
from tui_nn.render.amount import amount
from tui_nn.runs import RunReader, open_run

EVERY = 0.25  # seconds between two looks at a training


class LiveTraining:
    """The newest moment of a training, and whether it is to go on."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._newest: tuple[Path, Reached] | None = None
        self._seen: Reached | None = None
        self._stopped = False

    def watch(self, path: Path, moment: Reached) -> bool:
        """Called by the thread that trains."""
        self._newest = (path, moment)
        return not self._stopped

    def stop(self) -> None:
        """End it after the epoch under way."""
        self._stopped = True

    def has_news(self) -> bool:
        """Whether there is a moment that was not looked at."""
        moment = None if self._newest is None else self._newest[1]
        changed, self._seen = moment is not self._seen, moment
        return changed

    @property
    def run(self) -> RunReader | None:
        """What has been recorded until now."""
        return None if self._newest is None else open_run(self._newest[0])

    def said(self, look: Look) -> Text:
        """The requirements, each with its tick and its value."""
        if self._newest is None:
            return Text()
        moment = self._newest[1]
        text = Text(f"\nepoch {moment.epoch}")
        for tick in self._walk.ticks(moment):
            mark = ("+" if look.ascii else "√") if tick.met else "-"
            value = "" if tick.value is None else f"  {amount(tick.value)}"
            text.append(f"\n{mark} {tick.requirement}{value}", "bold" if tick.met else "")
        return text


def requirements(wanted: Sequence[Requirement], may_change: Sequence[str]) -> Text:
    """What is to be reached, and what may be changed for it, before anything is trained."""
    said = {"Needs": [one.text for one in wanted], "Change": may_change}
    return Text("".join(f"\n{word} {'; '.join(what)}" for word, what in said.items()))
