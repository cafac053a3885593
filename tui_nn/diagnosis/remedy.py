"""What to change next: in words that a person can follow on any screen, and as --set takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """words: an imperative, without a full stop. setting: KEY=VALUE; empty where no setting does it."""

    words: str
    setting: str = ""


def rate(value: float) -> Change:
    """A learning rate, to one digit: more would pretend to know it."""
    shown = _one_digit(value)
    return Change(f"set the learning rate to {shown}", f"training.optimizer.rate={shown}")


def initialiser(name: str) -> Change:
    """How new weights are drawn."""
    return Change(f"draw the weights anew with {name}", f"network.initialiser={name}")


def activations(name: str, layers: Sequence[int]) -> tuple[Change, ...]:
    """Another activation for some layers, counted from 1."""
    return tuple(
        Change(f"give layer {layer} the activation {name}", f"network.layers[{layer - 1}].activation={name}")
        for layer in layers
    )


def no_activation(layer: int) -> Change:
    """Bare weighted sums as outputs, which have no bounds."""
    return Change(f"leave the activation of layer {layer} out", f"network.layers[{layer - 1}].activation=identity")


MORE_SAMPLES = Change("train on more of the data: a fifth is enough for validation", "data.validation=0.2")
SCALED_INPUTS = Change("scale every input column to mean 0 and deviation 1", "data.scale=standard")
BALANCED = Change("balance the class weights", "training.class_weights=balanced")
CLIPPED = Change("clip the gradient to a length of 1", "training.clip_norm=1.0")
ADAM = Change("use the optimiser adam with a rate of 0.003", "training.optimizer={kind = 'adam', rate = 0.003}")
STOPPED_EARLY = Change(
    "stop once the validation loss has not fallen for 10 epochs", "training.early_stopping={patience = 10}"
)


def penalty(value: float) -> Change:
    """The lambda of the squared weights."""
    shown = _one_digit(value)
    return Change(f"set lambda to {shown}, which keeps the weights small", f"training.lambda={shown}")


def _one_digit(value: float) -> str:
    return f"{float(f'{value:.1g}'):g}"


def hidden_layer(outputs: int, activation: str) -> Change:
    """A hidden layer before a single layer of so many outputs with this activation."""
    last = f", activation = '{activation}'" if activation != "identity" else ""
    layers = f"{{kind = 'dense', units = 16, activation = 'tanh'}}, {{kind = 'dense', units = {outputs}{last}}}"
    return Change("add a hidden layer of 16 tanh units: one layer draws straight lines", f"network.layers=[{layers}]")


def scaled_targets(mean: float, deviation: float) -> Change:
    """Targets of mean 0 and deviation 1; no setting does it."""
    moved = f"subtract {amount(mean)} from" if mean > 0 else f"add {amount(-mean)} to"
    if deviation == 0:
        return Change(f"{moved} the targets in the data")
    if abs(mean) < deviation / 10:
        return Change(f"divide the targets in the data by {amount(deviation)}")
    return Change(f"{moved} the targets in the data and divide by {amount(deviation)}")


def ends(low: float, high: float) -> str:
    """A range, to as many digits as tell its ends apart: time stamps differ in the last ones."""
    texts = ([f"{end:.{digits}g}" for end in (low, high)] for digits in range(4, 18))
    return " to ".join(next((pair for pair in texts if low == high or pair[0] != pair[1]), [f"{low}", f"{high}"]))


def amount(value: float) -> str:
    """A number as people write it, to three digits: 177,000."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if 1000 <= abs(rounded) < 1e15 else f"{rounded:g}"
