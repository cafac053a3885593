"""A pane with one view of the run. It draws what `render` gives for its own size, and only when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.message import Message
from textual.widgets import Static

from tui_nn import render
from tui_nn.render import Look
from tui_nn.render.palette import TRAIN, VALIDATION

if TYPE_CHECKING:
    from tui_nn.runs import RunReader

VIEWS = ("loss", "accuracy", "confusion", "weights", "units")
WEIGHT_VIEWS = ("weights", "units")


class ViewPane(Static):
    """view: one of VIEWS. matrix: which Theta `weights` shows, from 0."""

    can_focus = True
    ALLOW_MAXIMIZE = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "enlarge", "enlarge", show=False)]

    class Resized(Message):
        """The pane has another size: it wants to be drawn anew."""

    def __init__(self, view: str, look: Look) -> None:
        super().__init__("", classes="view")
        self.view = view
        self.matrix = 0
        self._look = look

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002
        self.post_message(self.Resized())

    def action_enlarge(self) -> None:
        """Fill the screen, or shrink back."""
        if self.screen.maximized is self:
            self.screen.minimize()
        else:
            self.screen.maximize(self)

    def draw(self, reader: RunReader | None) -> None:
        """Show this run as it is now."""
        if not self.display or not self.size.width:
            return
        self.border_title = f"Theta({self.matrix + 1})" if self.view == "weights" else self.view
        self.border_subtitle = ""
        self.update(self._text(reader))

    def _text(self, reader: RunReader | None) -> Text:
        width, height = self.size.width, self.size.height
        started = reader.history.started if reader is not None else None
        if reader is None or started is None:
            return Text("Press space to train.", "dim")
        history = reader.history
        if self.view in ("loss", "accuracy"):
            if history.train and self.view not in history.train:
                return Text(f"No {self.view} here: the targets are numbers, not classes.", "dim")
            return self._curve(reader, width, height)
        if self.view == "confusion":
            if history.confusion is None:
                return Text("No confusion matrix: the targets are no classes.", "dim")
            return render.confusion(np.array(history.confusion), started.classes, width, height, self._look)
        weights = reader.weights()
        if weights is None or not weights.thetas:
            return Text("No weights are recorded yet.", "dim")
        if self.view == "weights":
            self.matrix %= len(weights.thetas)
            theta = weights.thetas[self.matrix]
            self.border_title = f"Theta({self.matrix + 1})  {theta.shape[0]} x {theta.shape[1]}"
            self.border_subtitle = f"step {weights.step}"
            return render.heatmap(theta, width, height, self._look)
        picture = started.picture
        if picture is None:
            return Text("The inputs are no pictures. v shows another view.", "dim")
        self.border_title = "hidden units"
        self.border_subtitle = f"step {weights.step}"
        return render.units(weights.thetas[0], picture, width, height, self._look)

    def _curve(self, reader: RunReader, width: int, height: int) -> Text:
        history = reader.history
        assert history.started is not None
        batches = max(1, history.started.batches)
        epochs = np.array(history.epochs)
        series = [render.Series("train", epochs, np.array(history.train.get(self.view, [])), TRAIN)]
        if self.view in history.validation:
            values = np.array(history.validation[self.view])
            series.append(render.Series("validation", epochs, values, VALIDATION, "○", "o"))
        live = reader.live()
        if self.view == "loss" and live is not None and live.step > len(epochs[1:]) * batches:
            # Between two epochs: the batches since the last one, so that a single step can be seen.
            since = live.ring_steps > (history.epoch_steps[-1] if history.epoch_steps else 0)
            steps, losses = live.ring_steps[since], live.ring_losses[since]
            if len(steps):
                series.append(render.Series(f"batch {live.step}", steps / batches, losses, "#7f8794", "·", "."))
        return render.curve(series, width, height, self._look, y_label="")
