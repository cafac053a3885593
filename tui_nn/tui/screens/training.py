"""Keys that steer the trainer."""

from __future__ import annotations

from tui_nn.errors import TuiNNError
from tui_nn.tui import model
from tui_nn.tui.changes import Branch, same_start
from tui_nn.tui.screens.base import WorkbenchBase
from tui_nn.tui.trainer_client import LIVE_STATES

SPEEDS = (1.0, 3.0, 10.0, 30.0, 100.0, 0.0)  # epochs a second; 0 is as fast as it goes


class TrainingActions(WorkbenchBase):
    """Play, pause, step, stop, reset, speed."""

    def same_start(self) -> Branch | None:
        """What the run that is shown began with, where that was not drawn by its seed."""
        reader, shapes = self.client.reader, self.draft.shapes
        if reader is None or shapes is None:
            return None
        return same_start(reader.path, [layer.theta for layer in shapes.layers])

    def start(self, *, paused: bool, branch: Branch | None = None) -> bool:
        """Start a new run of the draft, from the weights of a branch if given.

        False, and a word why, if it cannot be trained.
        """
        if self.watching():
            return False
        if self.draft.error:
            self.editor.check_again()  # what was missing may have come since: data that were fetched, say
            self.show_experiment()
        if self.draft.error:
            self.notify(self.draft.error, title="Not yet trainable", severity="error", markup=False)
            return False
        try:
            self.client.start(self.draft.experiment, paused=paused, speed=self.speed, branch=branch)
        except TuiNNError as error:
            self.notify(str(error), severity="error", markup=False)
            return False
        self.redraw()
        return True

    def watching(self) -> bool:
        """Whether the run is only looked at; says so."""
        if self.client.read_only:
            self.notify("This run is only watched: `tui-nn watch` without --read-only steers it.")
        return self.client.read_only

    def action_play(self) -> None:
        if self.watching():
            return
        if self.client.state == "running":
            self.client.send("pause")
        elif self.client.state == "paused":
            self.client.send("play")
        elif self.client.state != "starting":
            self.start(paused=False, branch=self.same_start())

    def action_step_batch(self) -> None:
        self._step("batch")

    def action_step_epoch(self) -> None:
        self._step("epoch")

    def _step(self, unit: str) -> None:
        if self.watching():
            return
        if self.client.state in LIVE_STATES or self.start(paused=True):
            self.client.send("step", unit=unit, count=1)

    def action_stop(self) -> None:
        if self.watching():
            return
        if self.client.state in LIVE_STATES:
            self.client.send("stop")
        else:
            self.notify("Nothing is training.")

    def action_reset(self) -> None:
        branch = self.same_start()
        if self.start(paused=True, branch=branch):
            drawn = f"seed {self.draft.experiment.training.seed}"
            origin = f"those of the branch, from epoch {branch.parent.epoch}" if branch and branch.kept else drawn
            self.notify(f"The same initial weights as before ({origin}).")

    def action_reroll(self) -> None:
        seed = self.draft.experiment.training.seed + 1
        self.editor.replace(model.set_key(self.draft.experiment, "training", "seed", seed))
        self.show_experiment()
        if self.start(paused=True):
            self.notify(f"New initial weights (seed {seed}).")

    def action_faster(self) -> None:
        self._change_speed(1)

    def action_slower(self) -> None:
        self._change_speed(-1)

    def _change_speed(self, by: int) -> None:
        index = min(max(0, SPEEDS.index(self.speed) + by), len(SPEEDS) - 1)
        self.speed = SPEEDS[index]
        self.remembered.change(speed=self.speed)
        if self.client.state in LIVE_STATES:
            self.client.send("speed", epochs_per_second=self.speed)
