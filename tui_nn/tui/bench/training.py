"""Beginning a run of the experiment at hand, and steering the one under way."""

from __future__ import annotations

from dataclasses import replace

from tui_nn.tui import model
from tui_nn.tui.aside import soon
from tui_nn.tui.bench.branch import Branch, same_start
from tui_nn.tui.bench.refusals import Unavailable, Untrainable
from tui_nn.tui.bench.state import BenchState


class Training(BenchState):
    """Play, pause, step, stop, and over again."""

    def start(self, *, paused: bool, branch: Branch | None = None) -> None:
        """Start a new run of the experiment at hand, from the weights of a branch if given. Raises Untrainable."""
        if self.draft.error:
            raise Untrainable(self.draft.error)
        self._views.is_fresh = self.client.reader is None and branch is None
        self.pace.takes_over()
        self._will_train = not paused
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
        """Train, or pause, a run that is being started too; after one has ended, a new one from the same weights."""
        if self.client.state == "running":
            self.client.send("pause")
        elif self.client.state == "paused":
            self.client.send("play")
        elif self.client.state == "starting":
            self._will_train = not self._will_train
            self.client.send("play" if self._will_train else "pause")
        else:
            self.start(paused=False, branch=self.same_start())

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
