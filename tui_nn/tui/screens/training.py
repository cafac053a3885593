"""Keys that steer the trainer."""

from __future__ import annotations

from tui_nn.tui.screens.base import WorkbenchBase


class TrainingActions(WorkbenchBase):
    """Play, pause, step, stop, reset, speed."""

    def action_play(self) -> None:
        with self.telling():
            self.bench.play()

    def action_step_batch(self) -> None:
        with self.telling():
            self.bench.step("batch")

    def action_step_epoch(self) -> None:
        with self.telling():
            self.bench.step("epoch")

    def action_stop(self) -> None:
        with self.telling():
            self.bench.stop()

    def action_reset(self) -> None:
        with self.telling():
            self.notify(self.bench.reset(), markup=False)

    def action_reroll(self) -> None:
        with self.telling():
            self.notify(self.bench.reroll(), markup=False)

    def action_faster(self) -> None:
        self.bench.change_speed(1)

    def action_slower(self) -> None:
        self.bench.change_speed(-1)
