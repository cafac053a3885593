"""The bench: the experiment at hand, the run that is shown, the trainer, and everything that can be done with them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tui_nn.diagnosis import Verdict
from tui_nn.errors import ExitCode, ExperimentError, TuiNNError
from tui_nn.experiment import Experiment, load_experiment
from tui_nn.experiment.amended import Amendment
from tui_nn.experiment.change import live_changes
from tui_nn.experiment.load import with_overrides
from tui_nn.plugin.registry import Registry
from tui_nn.runs import RunReader, open_run
from tui_nn.runs.family import Parent, offset_of, root_of
from tui_nn.training.unfinished import CUT_SHORT, Further, further
from tui_nn.tui import model
from tui_nn.tui.aside import aside, soon
from tui_nn.tui.bench.advice import Advisor
from tui_nn.tui.bench.branch import Branch, at_hand, fitting_thetas, initial_of, same_start
from tui_nn.tui.bench.by_hand import WeightsSet
from tui_nn.tui.bench.editor import Editor, Step
from tui_nn.tui.bench.elsewhere import Elsewhere
from tui_nn.tui.bench.followed import Followed
from tui_nn.tui.bench.pace import ChosenPace
from tui_nn.tui.bench.preview import Preview
from tui_nn.tui.bench.shown import Shown
from tui_nn.tui.model import Draft
from tui_nn.tui.preferences import Remembered
from tui_nn.tui.trainer_client import LIVE_STATES, TrainerClient
from tui_nn.views import Subject

RUNS = Path("runs")
# What may become of the run under way when a change takes another run.
BRANCH, STOP, KEEP = "branch", "stop", "keep"


class Untrainable(ExperimentError):
    """The experiment at hand cannot be trained as it stands."""


class Unavailable(TuiNNError):
    """The request has nothing to act on: no mistake, and nothing has happened."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class Change:
    """What a changed experiment means for the run under way.

    live: what its trainer is to be asked, keys and values as TOML has them; None if it takes another run. That could
    keep the weights of `branch`, which are those of so many of `total` layers.
    """

    after: Draft
    live: dict[str, str] | None = None
    branch: Branch | None = None
    total: int = 0


class Bench:
    """A plain object. What cannot be done raises TuiNNError with the sentence that a person is to read."""

    def __init__(
        self, experiment: Experiment, registry: Registry, client: TrainerClient, remembered: Remembered | None = None
    ) -> None:
        self.editor = Editor(experiment, registry)
        self.registry = registry
        self.client = client
        self.remembered = remembered or Remembered()
        self.pace = ChosenPace(client, self.remembered)
        self.advisor = Advisor()
        self.elsewhere = Elsewhere()
        self._views = Shown(client, registry)
        self._followed = Followed(self.editor)
        self._asking = False  # a change is on its way to the trainer

    # What there is

    @property
    def draft(self) -> Draft:
        """The experiment at hand with its shapes, or why it cannot be trained."""
        return self.editor.draft

    @property
    def experiment(self) -> Experiment:
        """The experiment at hand."""
        return self.editor.experiment

    @property
    def trains(self) -> bool:
        """Whether there is a run under way, paused or not."""
        return self.client.state in LIVE_STATES

    @property
    def subject(self) -> Subject | None:
        """The run that is shown, at the moment that is looked at; None before there is one."""
        return self._views.run

    @property
    def moment(self) -> str:
        """The epoch that is shown of the run, `20+5` in a branch; nothing before there is one."""
        return self.subject.moment if self.subject is not None else ""

    @property
    def shown(self) -> Subject | None:
        """What the panes show: the run, or before there is one, what the experiment at hand starts from.

        While a run is being started, the one before stands.
        """
        return self._views.of(self.draft)

    @property
    def preview(self) -> Preview:
        """What an experiment starts from, computed aside."""
        return self._views.preview

    @property
    def runs_folder(self) -> Path:
        """Where runs are: beside the one that is shown, else ./runs."""
        reader = self.client.reader
        return reader.path.parent if reader is not None else RUNS

    @property
    def initial_weights(self) -> str:
        """Where the weights of a new run come from."""
        reader, given = self.client.reader, self.experiment.network.weights
        if given is None and reader is not None and reader.fact(initial_of, None) is not None:
            return f"branch at {reader.fact(offset_of, 0)}"
        return model.initial_weights(self.experiment)

    @property
    def amendments(self) -> dict[str, Amendment]:
        """Which settings at hand are not those that the run began with: they were changed while it trained."""
        reader = self.client.reader
        return self._followed.since_it_began(reader, self.experiment) if reader is not None else {}

    def poll(self) -> bool:
        """Read what is new of the run, and take over what somebody else changed in it. True if anything is new."""
        changed = self.client.poll()
        reader = self.client.reader
        self.elsewhere.poll(self.runs_folder)
        self.pace.keep()
        if reader is not None and not self._asking:
            self._followed.take(reader, trains=self.trains)
        return changed

    # Training

    def start(self, *, paused: bool, branch: Branch | None = None) -> None:
        """Start a new run of the experiment at hand, from the weights of a branch if given. Raises Untrainable."""
        if self.draft.error:
            raise Untrainable(self.draft.error)
        self._views.is_fresh = self.client.reader is None and branch is None
        self.pace.takes_over()
        self.client.start(self.experiment, paused=paused, speed=self.pace.speed, branch=branch)

    async def check_again(self) -> None:
        """What could not be trained may be so now, and the other way round: data were fetched, plugins read again."""
        checked = await soon(model.draft, self.experiment, self.registry)
        if checked.experiment is self.experiment:
            self.editor.draft = checked

    def same_start(self) -> Branch | None:
        """What the run that is shown began with, where its experiment does not say it."""
        reader, shapes = self.client.reader, self.draft.shapes
        if reader is None or shapes is None:
            return None
        return same_start(reader, [layer.theta for layer in shapes.layers])

    def play(self) -> None:
        """Train, or pause; after a run has ended, a new one from the same initial weights."""
        if self.client.state == "running":
            self.client.send("pause")
        elif self.client.state == "paused":
            self.client.send("play")
        elif self.client.state != "starting":
            self.start(paused=False, branch=self.same_start())

    @property
    def cut_short(self) -> bool:
        """Whether the run that is shown had more to do, and nobody trains it: it broke off, or was stopped."""
        reader = self.client.reader
        if reader is None or reader.history.started is None or self.client.state not in ("crashed", "ended"):
            return False
        ended = reader.history.ended
        return ended is None or ended.reason in CUT_SHORT

    async def further(self) -> tuple[Further, dict[str, str]]:
        """Where the run that is shown can go on, and which settings at hand it would take from there.

        Raises Unavailable if there is none to go on with, StorageError with the reason why it cannot.
        """
        reader = self.client.reader
        if reader is None:
            raise Unavailable("There is no run to resume.")
        if self.trains:
            raise Unavailable("This run is in progress: space trains it, or pauses.")
        found = await soon(further, reader.path)
        return found, live_changes(at_hand(reader), self.experiment) or {}

    def resume(self, changes: Mapping[str, str], *, paused: bool) -> None:
        """Go on with the run that is shown, from its last checkpoint, with these changes from there."""
        reader = self.client.reader
        if reader is None:
            raise Unavailable("There is no run to resume.")
        changed = with_overrides(at_hand(reader), [f"{key}={value}" for key, value in changes.items()])
        if changed != self.experiment:
            self.editor.take(model.draft(changed, self.registry))
        self._views.is_fresh = False
        self.pace.takes_over()
        if self.subject is not None:
            self.subject.go(None)
        self.client.resume(changes, paused=paused, speed=self.pace.speed)

    def step(self, unit: str) -> None:
        """Train one batch, or one epoch, then pause."""
        if not self.trains:
            self.start(paused=True)
        self.client.send("step", unit=unit, count=1)

    def step_until(self, breakpoints: str) -> None:
        """Train batch by batch until the next one has what is looked for (`engine.breakpoints`), then pause."""
        if not self.trains:
            self.start(paused=True)
        self.client.send("step", unit="batch", until=breakpoints)

    def stop(self) -> None:
        """End the run and save it."""
        if not self.trains:
            raise Unavailable("Nothing is training.")
        self.client.send("stop")

    def reset(self) -> str:
        """Start over from the same initial weights, paused; says which they are."""
        branch, offset = self.same_start(), self.subject.offset if self.subject is not None else 0
        self.start(paused=True, branch=branch)
        if branch is not None and branch.kept:
            origin = f"the branch's weights from epoch {offset}"
        elif self.experiment.network.weights is None:
            origin = f"seed {self.experiment.training.seed}"
        else:
            origin = self.initial_weights
        return f"The same initial weights as before ({origin})."

    def reroll(self) -> str:
        """Start over from new initial weights, paused. Raises Unavailable if they are not drawn at all."""
        if self.experiment.network.weights is not None:
            raise Unavailable("The initial weights were set by hand; choose an initializer to draw them at random.")
        seed = self.experiment.training.seed + 1
        self.editor.take(replace(self.draft, experiment=model.set_key(self.experiment, "training", "seed", seed)))
        self.start(paused=True)
        return f"New initial weights (seed {seed})."

    # Changing the experiment

    def change_to(self, after: Draft) -> Change:
        """What this experiment would mean for the run under way. Raises Untrainable if it needs one and cannot."""
        if not self.trains:
            return Change(after, {})
        live = live_changes(self.experiment, after.experiment)
        if live is not None:
            return Change(after, live)
        if after.shapes is None:
            raise Untrainable(after.error)
        total = sum(layer.theta is not None for layer in after.shapes.layers)
        return Change(after, None, self.branch_for(after), total)

    async def make(self, change: Change, choice: str = "") -> None:
        """Make a change: at once where that can be, else with one of BRANCH, STOP and KEEP.

        Raises StorageError with the reason of a trainer that refuses it; then everything stays as it was.
        """
        if change.live is not None:
            with self._ask_for():
                if change.live:
                    await aside(self.client.set, change.live)
                self._take(change.after)
            return
        paused = self.client.state != "running"
        self.client.forget(stop=choice != KEEP)
        self._take(change.after)
        if choice == BRANCH:
            self.start(paused=paused, branch=change.branch)

    def _take(self, after: Draft) -> None:
        step = next((one for one in (self.editor.undo(), self.editor.redo()) if one is after.experiment), None)
        if step is not None:
            self.editor.restore(step, after)
        else:
            self.editor.take(after)

    @contextlib.contextmanager
    def _ask_for(self) -> Iterator[None]:
        self._asking = True
        try:
            yield
        finally:
            self._asking = False

    # Weights by hand: see `editing`

    async def take_back(self, step: WeightsSet) -> Mapping[str, str]:
        """Undo weights that were set, or set them again; returns them. Raises Unavailable if their run is over."""
        reader = self.client.reader
        if not self.trains or reader is None or reader.path != step.run:
            self.editor.drop(step)
            raise Unavailable("The run with these weights has ended; they can no longer be changed.")
        weights = step.before if step is self.editor.undo() else step.after
        await aside(self.client.set, weights)
        self.editor.restore(step)
        return weights

    def undo(self) -> Step:
        """What was before the last change. Raises Unavailable."""
        step = self.editor.undo()
        if step is None:
            raise Unavailable("There is nothing to undo.")
        return step

    def redo(self) -> Step:
        """What was undone last. Raises Unavailable."""
        step = self.editor.redo()
        if step is None:
            raise Unavailable("There is nothing to redo.")
        return step

    # From run to run

    def open(self, what: str) -> None:
        """Open example:NAME, file:PATH or run:PATH; a run in progress is stopped."""
        self.show(*self.found(what))

    def found(self, what: str) -> tuple[Draft, RunReader | None]:
        """What is to be opened, and the reader of a run, its events read. Changes nothing; may take long."""
        kind, _, name = what.partition(":")
        reader = open_run(name) if kind == "run" else None
        experiment = at_hand(reader) if reader is not None else load_experiment(name)
        return model.draft(experiment, self.registry), reader

    def show(self, draft: Draft, reader: RunReader | None) -> None:
        """Show what was found; a run in progress is stopped."""
        self.client.forget()
        self.pace.lets_go()
        if reader is not None:
            self.client.show(reader)
        self.editor.take(draft)

    def branch_for(self, changed: Draft) -> Branch | None:
        """What a changed experiment can take along from the moment that is shown."""
        subject = self.subject
        weights = subject.weights() if subject is not None else None
        if subject is None or weights is None or changed.shapes is None:
            return None
        epoch = subject.epoch
        if epoch is None:
            epoch = subject.history.last_epoch
        thetas = fitting_thetas(weights.thetas, [layer.theta for layer in changed.shapes.layers])
        return Branch(Parent(subject.reader.path.name, weights.step, epoch), thetas)

    def branch(self) -> str:
        """A new run, paused, from the weights of the moment that is shown; says where it comes from."""
        if self.draft.error:
            raise Untrainable(self.draft.error)
        branch = self.branch_for(self.draft)
        if branch is None:
            raise Unavailable("There is no run to branch from yet.")
        if not branch.kept:
            raise Unavailable("No layer of this experiment matches the run's weights.")
        moment = self.moment
        self.start(paused=True, branch=branch)
        total = sum(layer.theta is not None for layer in self.draft.shapes.layers) if self.draft.shapes else 0
        kept = "its weights" if branch.kept == total else f"the weights of {branch.kept} of {total} layers"
        return f"A branch from epoch {moment} with {kept}; its optimizer starts anew. Press space to train."

    async def try_remedy(self, verdict: Verdict) -> str:
        """Train a branch of the run with what the verdict suggests; the run stops and is saved. Says from where."""
        reader = self.client.reader
        if reader is None:
            raise Unavailable("Nothing has been trained yet.")
        root = await soon(root_of, reader.path)
        checked = await soon(lambda: model.draft(with_overrides(at_hand(reader), verdict.remedy), self.registry))
        branch = None
        if not verdict.anew and self.subject is not None:
            self.subject.go(None)
            branch = self.branch_for(checked)
        branch, moment = branch or Branch(Parent(root, 0, 0), ()), self.moment
        self.editor.take(checked)
        self.start(paused=False, branch=branch)
        return f"from epoch {moment}" if branch.kept else "from the start"
