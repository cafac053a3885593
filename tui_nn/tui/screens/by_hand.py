"""Weights set by hand while the network trains, or is paused: what would it do with other ones?"""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual import work

from tui_nn.engine.events import LayerShape
from tui_nn.tui.screens.entry import EntryScreen
from tui_nn.tui.screens.training import TrainingActions
from tui_nn.tui.trainer_client import LIVE_STATES

FORM = "layer unit input weight, or layer unit: a whole row"


def parse(text: str, layers: Sequence[LayerShape]) -> dict[str, float]:
    """Weights by their keys. Raises ValueError with what is wrong.

    `1 2 0 -1/3` is layer 1, unit 2, input 0 (the bias); `1 2: -30 20 20` is the whole row of Theta, the bias first.
    Several are separated by semicolons. Layers and units count from 1, as on the slides.
    """
    weights: dict[str, float] = {}
    for part in text.split(";"):
        if part.strip():
            weights.update(_parse_one(part.strip(), layers))
    if not weights:
        raise ValueError(f"Expected {FORM}.")
    return weights


def _parse_one(text: str, layers: Sequence[LayerShape]) -> dict[str, float]:
    head, row, tail = text.replace(",", " ").replace("=", " ").partition(":")
    places, values = (head.split(), tail.split()) if row else (head.split()[:-1], head.split()[-1:])
    if len(places) != (2 if row else 3):
        raise ValueError(f"'{text}': expected {FORM}.")
    try:
        layer, unit, *inputs = (int(word) for word in places)
    except ValueError:
        raise ValueError(f"'{text}': layer, unit and input are whole numbers.") from None
    if not 1 <= layer <= len(layers):
        raise ValueError(f"There are layers 1 to {len(layers)}.")
    theta = layers[layer - 1].theta
    if theta is None:
        raise ValueError(f"Layer {layer}, {layers[layer - 1].kind}, has no weights.")
    if not 1 <= unit <= theta[0]:
        raise ValueError(f"Layer {layer} has units 1 to {theta[0]}.")
    if row and len(values) != theta[1]:
        raise ValueError(f"A row of layer {layer} has {theta[1]} weights, the bias first; here are {len(values)}.")
    if inputs and not 0 <= inputs[0] < theta[1]:
        raise ValueError(f"Layer {layer} has inputs 1 to {theta[1] - 1}, and 0, the bias.")
    first = inputs[0] if inputs else 0
    return {f"theta[{layer}][{unit}][{place}]": _number(word) for place, word in enumerate(values, start=first)}


def _number(word: str) -> float:
    """Also a fraction, such as -1/3."""
    above, _, below = word.partition("/")
    try:
        number = float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"'{word}' is no weight: expected a number or a fraction.")
    return number


class HandActions(TrainingActions):
    """The key that sets weights."""

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

        first = next((number for number, layer in enumerate(layers, start=1) if layer.theta is not None), 1)
        now = subject.reader.weights()
        weight = f"{now.thetas[0][0, 0]:.4g}" if now is not None and now.thetas else "0"
        note = f"{FORM}; several with ;. Input 0 is the bias. Theta {sizes}"
        text = await self.app.push_screen_wait(EntryScreen("weights by hand", f"{first} 1 0 {weight}", problem, note))
        if text is None:
            return
        weights = parse(text, layers)
        if self.client.set(dict(weights)):
            key, value = next(iter(weights.items()))
            said = f"{key} = {value:g}" if len(weights) == 1 else f"{len(weights)} weights are set"
            self.notify(f"{said}, as part of the run's recipe.", markup=False)
            self.redraw()
        else:
            self.notify("The trainer does not take it: the run has ended.", severity="warning")
