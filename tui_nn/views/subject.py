"""What views are drawn from: a run at one moment, which is now or any recorded snapshot.

A view asks; it never waits. What takes long (what the rebuilt network answers) is put on a list that somebody else
works off, a thread of the workbench or `tui-nn show` itself, and until then the former answer is shown.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from tui_nn.engine.events import Started
from tui_nn.errors import StorageError, TuiNNError
from tui_nn.experiment.hidden_units import Unit
from tui_nn.experiment.study import Answers, Inside
from tui_nn.model.curve import Curve
from tui_nn.model.plane import Plane
from tui_nn.plugin.blame import blaming
from tui_nn.plugin.view import Missing, Question
from tui_nn.runs import Run
from tui_nn.runs.family import counted, offset_of, parent_of
from tui_nn.runs.history import History
from tui_nn.runs.run import Relatives
from tui_nn.runs.snapshots import Snapshots
from tui_nn.runs.weights import Weights
from tui_nn.training.recorded import Recorded

Array = np.ndarray[Any, np.dtype[Any]]
Answer = TypeVar("Answer")
# Of Theta: the step, how often somebody changed something, which may be a weight, and how often another moment was
# chosen to look at, or units were switched off.
Version = tuple[int, int, int]

Asked = tuple[Any, ...]  # a question and its arguments
Unfinished = Generator[float | None, None, Any]  # an answer that lets others go first

ANSWERS = Question[Answers]("answers", lambda recorded, weights, *cell: recorded.study.answers(weights.thetas, *cell))
PLANE = Question[Plane]("plane", lambda recorded, weights: recorded.plane(weights.thetas))
CURVE = Question[Curve]("curve", lambda recorded, weights: recorded.curve(weights.thetas))
INSIDE = Question[Inside]("inside", lambda recorded, weights: recorded.study.inside(weights.thetas))

SLICE = 0.1  # seconds for what lets others go first, though something is found
KEPT = 32  # answers: a cursor may ask for one sample after the other


class Subject:
    """A run, and the moment of it that is looked at. `make` opens its network; without it some views stay empty.

    is_preview: it is not a run that somebody began, but what one would begin with; epochs_to_come: of that one.
    refused: why there is no network to begin with: only the data are those of the experiment; "" where there is one.
    wanted: the layers that were asked for then, as the experiment has them.
    is_former: another run is being started. behind: the step of an older answer that a view was given since this was
    last None. off: hidden units that are switched off in whatever the network answers; what the run has recorded is of
    all of them.
    """

    is_preview = is_former = False
    refused = ""
    wanted: Sequence[Mapping[str, Any]] = ()
    behind: int | None = None
    epochs_to_come = 0

    def __init__(self, reader: Run, make: Callable[[Run], Recorded] | None = None) -> None:
        self.reader = reader
        self.off: frozenset[Unit] = frozenset()
        self.problems: dict[Asked, TuiNNError] = {}  # why a question cannot be answered
        self._make = make
        self._recorded: Recorded | None = None
        self._at: int | None = None  # the step of the snapshot that is shown; None is now
        self._known: dict[Asked, tuple[Version, Any]] = {}
        self._wanted: dict[Asked, tuple[Version, Weights, frozenset[Unit]]] = {}
        self._begun: dict[Asked, tuple[Version, frozenset[Unit], Unfinished]] = {}  # what lets others go first
        self._done: dict[Asked, float] = {}  # the share of what was begun, where it says so
        self._jumps = 0

    # The moment

    @property
    def history(self) -> History:
        """What has happened in the whole run."""
        return self.reader.history

    @property
    def started(self) -> Started | None:
        """What the run said of itself when it began."""
        return self.reader.history.started

    @property
    def outputs(self) -> int:
        """Units of the last layer; 0 before the run has said so."""
        return self.started.layers[-1].units if self.started is not None else 0

    def snapshots(self) -> Snapshots | None:
        """Recorded epochs and steps, oldest first, and Theta of each; None where there are none."""
        return self.reader.snapshots()

    @property
    def at(self) -> int | None:
        """The step that is shown, None for now."""
        return self._at

    @property
    def epoch(self) -> int | None:
        """The epoch that is shown, None for now."""
        if self._at is None:
            return None
        records, index = self.snapshots(), self._index()
        return int(records.epochs[index]) if records is not None and index is not None else None

    def _index(self) -> int | None:
        """The snapshot at the chosen moment, or the nearest one that is left of it."""
        records = self.snapshots()
        if self._at is None or records is None:
            return None
        return max(0, int(np.searchsorted(records.steps, self._at, "right")) - 1)

    def move(self, by: int) -> None:
        """Go `by` snapshots back (negative) or forward in time; past the newest is now."""
        records = self.snapshots()
        if records is None:
            return
        steps = records.steps
        last = len(steps) - 1
        newest_is_now = int(steps[last]) >= self.history.last_step
        index = self._index()
        if index is None:
            index = last if newest_is_now else last + 1
        target = max(0, index + by)
        is_now = target > last or (target == last and newest_is_now)
        self._show(None if is_now else int(steps[target]))

    def go(self, epoch: int | None) -> None:
        """Show the newest snapshot up to this epoch; None for now."""
        records = self.snapshots()
        if epoch is None or records is None:
            self._show(None)
            return
        index = max(0, int(np.searchsorted(records.epochs, epoch, "right")) - 1)
        self._show(int(records.steps[index]))

    def _show(self, at: int | None) -> None:
        """Look at the moment after this step, or at now."""
        if at != self._at:
            self._at = at
            self._jumps += 1

    def switch_off(self, units: frozenset[Unit]) -> None:
        """Ask the network without these hidden units, (layer, unit) from 1, and with all others."""
        if units != self.off:
            self.off = units
            self._jumps += 1

    # Branches

    def relatives(self) -> Relatives:
        """The other runs of its tree of branches: number in the tree from 1, epochs before it began, reader."""
        return self.reader.relatives()

    @property
    def offset(self) -> int:
        """Epochs that its ancestors had been trained when it began."""
        return self.reader.fact(offset_of, 0)

    @property
    def parent(self) -> str:
        """The name of the directory of the run that it branched off, empty if it is no branch."""
        parent = self.reader.fact(parent_of, None)
        return parent.run if parent is not None else ""

    @property
    def moment(self) -> str:
        """The epoch that is shown, or was measured last, as people count it: `20+5` in a branch."""
        epoch = self.epoch
        return counted(self.offset, self.history.last_epoch if epoch is None else epoch)

    # Theta

    def weights(self) -> Weights | None:
        """Theta at the moment that is shown."""
        index = self._index()
        return self.reader.weights() if index is None else self.reader.recorded(index)

    def initial(self) -> Weights | None:
        """Theta before the first update."""
        first = self.reader.recorded(0)
        return first if first is not None and first.step == 0 else None

    def before(self) -> Weights | None:
        """The nearest recorded Theta before the one that is shown."""
        weights = self.weights()
        if weights is None:
            return None
        records = self.snapshots()
        recorded = None
        if records is not None:
            recorded = self.reader.recorded(int(np.searchsorted(records.steps, weights.step, "left")) - 1)
        if self._at is not None:
            return recorded
        # While it trains, the copy before the newest one is nearer.
        previous = self.reader.previous_weights()
        if previous is not None and previous.step < weights.step:
            return previous if recorded is None or previous.step > recorded.step else recorded
        return recorded

    # What the network answers

    def answers(self) -> Answers | None:
        """What it says of validation samples; None until it is known."""
        return self._known_of(ANSWERS)

    def plane(self) -> Plane | None:
        """What it says all over the plane; None until it is known."""
        return self._known_of(PLANE)

    def inside(self) -> Inside | None:
        """Activations and gradients; None until they are known."""
        return self._known_of(INSIDE)

    def ask(self, question: Question[Answer], *arguments: Hashable) -> Answer:
        """What the network answers. Raises Missing until it is known, or where it cannot be."""
        found = self._known_of(question, *arguments)
        if found is not None:
            return found
        problem = self.problems.get((question, *arguments))
        done = self._done.get((question, *arguments))
        evaluating = "Evaluating the network ..." + ("" if done is None else f" {100 * done:.0f} %")
        raise Missing(evaluating if problem is None else str(problem), waiting=problem is None)

    def _known_of(self, question: Question[Answer], *arguments: Hashable) -> Answer | None:
        asked = (question, *arguments)
        weights = self.weights()
        known = self._known.get(asked)
        if weights is not None and self._make is not None and asked not in self.problems:
            version = (weights.step, len(self.history.by_hand), self._jumps)
            begun = self._begun.get(asked)
            # What takes long would never be known if each update of the weights began it anew.
            if (known is None or known[0] != version) and (begun is None or begun[0][1:] != version[1:]):
                self._wanted[asked] = (version, weights, self.off)
        # While it trains, the former answer stands until the next is known; one of another moment would be taken for
        # that of this one.
        if known is None or known[0][2] != self._jumps:
            return None
        if weights is not None and known[0][0] != weights.step:
            self.behind = known[0][0]
        answer: Answer = known[1]
        return answer

    @property
    def waiting(self) -> bool:
        """Whether somebody has asked for what is not yet known."""
        return bool(self._wanted or self._begun)

    @property
    def done(self) -> list[int]:
        """How many per cent of what takes long are done."""
        return [round(100 * share) for share in list(self._done.values())]

    def work(self) -> bool:
        """Find out what was asked for; may take long. True if anything is new. Never raises.

        What lets others go first is gone on with in the next call, once something else is found; not at once, for
        while it trains there is always something else.
        """
        found, until = False, math.inf
        while self._wanted or (self._begun and time.monotonic() <= until):
            if (self._begin() if self._wanted else self._go_on()) and not found:
                found, until = True, time.monotonic() + SLICE
        return found

    def _begin(self) -> bool:
        """With what was asked for first. True if it is known now."""
        asked = next(iter(self._wanted))
        version, weights, off = self._wanted.pop(asked)
        question, *arguments = asked
        return self._answer(asked, version, off, lambda recorded: question.answer(recorded, weights, *arguments))

    def _go_on(self) -> bool:
        """With what was begun first, up to where it lets others go first. True if it is known now."""
        asked, (version, off, unfinished) = next(iter(self._begun.items()))

        def further(_: Recorded) -> Any:
            try:
                share = next(unfinished)
            except StopIteration as end:
                return end.value
            if share is not None:
                self._done[asked] = share
            return unfinished

        return self._answer(asked, version, off, further)

    def _answer(self, asked: Asked, version: Version, off: frozenset[Unit], find: Callable[[Recorded], Any]) -> bool:
        assert self._make is not None
        try:
            if self._recorded is None:
                self._recorded = self._make(self.reader)
            self._recorded.off = off
            with blaming(self._recorded.registry.plugins):
                answer = find(self._recorded)
            if isinstance(answer, Generator):
                self._begun[asked] = (version, off, answer)
                return False
            self._known.pop(asked, None)
            self._known[asked] = (version, answer)
            for oldest in list(self._known)[:-KEPT]:
                self._known.pop(oldest, None)
        except TuiNNError as error:
            self.problems[asked] = error
        except (ValueError, FloatingPointError, MemoryError) as error:
            self.problems[asked] = StorageError(f"{self.reader.path}: the network cannot be evaluated: {error}")
        self._begun.pop(asked, None)
        self._done.pop(asked, None)
        return True
