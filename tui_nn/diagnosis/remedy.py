"""What to change next: in words that a person can follow on any screen, and as --set takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Remedy:
    """words: an imperative, without a full stop. setting: KEY=VALUE; empty where no setting does it."""

    words: str
    setting: str = ""


def rate(value: float) -> Remedy:
    """A learning rate, to one digit: more would pretend to know it."""
    shown = _one_digit(value)
    return Remedy(f"set the learning rate to {shown}", f"training.optimizer.rate={shown}")


def initializer(name: str) -> Remedy:
    """How new weights are drawn."""
    return Remedy(f"initialize the weights with {name}", f"network.initializer={name}")


def activations(name: str, layers: Sequence[int]) -> tuple[Remedy, ...]:
    """Another activation for some layers, counted from 1."""
    return tuple(
        Remedy(f"give layer {layer} the activation {name}", f"network.layers[{layer - 1}].activation={name}")
        for layer in layers
    )


def no_activation(layer: int) -> Remedy:
    """Bare weighted sums as outputs, which have no bounds."""
    return Remedy(f"remove the activation of layer {layer}", f"network.layers[{layer - 1}].activation=identity")


MORE_SAMPLES = Remedy("train on more of the data; a fifth is enough for validation", "data.validation=0.2")
OTHER_INPUTS = Remedy("check whether the inputs can tell the answers apart at all")
SCALED_INPUTS = Remedy("scale every input column to mean 0 and deviation 1", "data.scale=standard")
BALANCED = Remedy("balance the class weights", "training.class_weights=balanced")
CLIPPED = Remedy("clip the gradient to a length of 1", "training.clip_norm=1.0")
ADAM = Remedy("use the optimizer adam with a rate of 0.003", "training.optimizer={kind = 'adam', rate = 0.003}")
STOPPED_EARLY = Remedy(
    "stop when the validation loss has not fallen for 10 epochs", "training.early_stopping={patience = 10}"
)


def penalty(value: float) -> Remedy:
    """The lambda of the squared weights."""
    shown = _one_digit(value)
    return Remedy(f"set lambda to {shown}, which keeps the weights small", f"training.lambda={shown}")


def _one_digit(value: float) -> str:
    return f"{float(f'{value:.1g}'):g}"


def hidden_layer(outputs: int, activation: str) -> Remedy:
    """A hidden layer before a single layer of so many outputs with this activation."""
    last = f", activation = '{activation}'" if activation != "identity" else ""
    layers = f"{{kind = 'dense', units = 16, activation = 'tanh'}}, {{kind = 'dense', units = {outputs}{last}}}"
    return Remedy("add a hidden layer of 16 tanh units: one layer draws straight lines", f"network.layers=[{layers}]")


def scaled_targets(low: float | None) -> Remedy:
    """Targets of a size that suits an output, whose range begins at `low`; None where it has no lower end."""
    if low is None:
        return Remedy("scale the targets to mean 0 and deviation 1", "data.scale_target=standard")
    return Remedy("scale the targets to the range from 0 to 1", "data.scale_target=unit")


def ends(low: float, high: float) -> str:
    """A range, to as many digits as tell its ends apart: time stamps differ in the last ones."""
    pairs = [(amount(low, digits), amount(high, digits)) for digits in range(3, 18)]
    return " to ".join(next((pair for pair in pairs if pair[0] != pair[1]), pairs[0]))


def amount(value: float, digits: int = 3) -> str:
    """A number as people write it, to so many digits: 177,000."""
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.0f}" if 1000 <= abs(rounded) < 1e15 else f"{rounded:.{digits}g}"
