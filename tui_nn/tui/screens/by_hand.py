"""One weight set by hand while the network trains, or is paused: what would it do with another one?"""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual import work

from tui_nn.engine.events import LayerShape
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.training import TrainingActions
from tui_nn.tui.trainer_client import LIVE_STATES

FORM = "layer unit input weight"


def parse(text: str, layers: Sequence[LayerShape]) -> tuple[int, int, int, float]:
    """Layer and unit from 1, input from 0 (the bias), and the weight. Raises ValueError with what is wrong."""
    words = text.replace(",", " ").replace("=", " ").split()
    if len(words) != 4:
        raise ValueError(f"Expected four numbers: {FORM}.")
    try:
        layer, unit, place = (int(word) for word in words[:3])
        weight = float(words[3])
    except ValueError:
        raise ValueError(f"'{text}' is not three whole numbers and a weight.") from None
    if not 1 <= layer <= len(layers):
        raise ValueError(f"There are layers 1 to {len(layers)}.")
    theta = layers[layer - 1].theta
    if theta is None:
        raise ValueError(f"Layer {layer}, {layers[layer - 1].kind}, has no weights.")
    if not 1 <= unit <= theta[0]:
        raise ValueError(f"Layer {layer} has units 1 to {theta[0]}.")
    if not 0 <= place < theta[1]:
        raise ValueError(f"Layer {layer} has inputs 1 to {theta[1] - 1}, and 0, the bias.")
    if not math.isfinite(weight):
        raise ValueError("A weight is a finite number.")
    return layer, unit, place, weight


class HandActions(TrainingActions):
    """The key that sets a weight."""

    @work
    async def action_weight(self) -> None:
        subject = self.subject
        if self.watching():
            return
        if self.client.state not in LIVE_STATES or subject is None or subject.started is None:
            self.notify("A weight is set while a run trains or is paused: r begins one, paused at its initial weights.")
            return
        layers = subject.started.layers
        sizes = ", ".join(
            f"{number}: {layer.theta[0]} x {layer.theta[1]}"
            for number, layer in enumerate(layers, start=1)
            if layer.theta is not None
        )

        def problem(text: str) -> str:
            try:
                parse(text, layers)
            except ValueError as error:
                return str(error)
            return ""

        first = next(number for number, layer in enumerate(layers, start=1) if layer.theta is not None)
        now = subject.reader.weights()
        weight = f"{now.thetas[0][0, 0]:.4g}" if now is not None and now.thetas else "0"
        note = f"{FORM} (input 0: the bias); Theta {sizes}"
        text = await self.app.push_screen_wait(EntryScreen("a weight by hand", f"{first} 1 0 {weight}", problem, note))
        if text is None:
            return
        layer, unit, place, number = parse(text, layers)
        if self.client.set({f"theta[{layer}][{unit}][{place}]": number}):
            self.notify(f"Theta({layer})[{unit}, {place}] = {number:g}. It is part of the run's recipe.", markup=False)
            self.redraw()
        else:
            self.notify("The trainer does not take it: the run has ended.", severity="warning")
