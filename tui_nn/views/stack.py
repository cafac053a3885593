"""The layers of a network in words: its formula in the lecture's notation, and what it is made of."""

from __future__ import annotations

from collections.abc import Sequence

from tui_nn.engine.events import LayerShape
from tui_nn.engine.layer import IDENTITY, Dense
from tui_nn.plurals import plural

SHORT = {"sigmoid": "s"}  # as on the slides


def is_connected(shape: LayerShape, inputs: int) -> bool:
    """Whether Theta has a row for each unit (or for each of its pieces) and a column for each input, the bias first."""
    return shape.theta == (shape.units * shape.pieces, inputs + 1) and not shape.normalizes


def is_unitwise(shape: LayerShape, inputs: int) -> bool:
    """Whether each unit goes with one of the inputs, as with dropout or a normalizing layer."""
    return shape.units == inputs and (shape.theta is None or shape.normalizes)


def called(shape: LayerShape) -> str:
    """A dense layer by its activation."""
    return shape.activation if shape.kind == Dense.name else shape.kind


def formula(layers: Sequence[LayerShape], inputs: int, link: str = "") -> list[str]:
    """How h comes of x: in one line, and in one for each layer. link: the output function that the loss adds."""
    sizes = [inputs, *(shape.units for shape in layers)]
    nested, steps = "x", []
    for number, (shape, fan_in) in enumerate(zip(layers, sizes, strict=False), start=1):
        before = "x" if number == 1 else f"a{number - 1}"
        after = link if number == len(layers) else ""
        nested = _applied(shape, fan_in, number, nested, after)
        steps.append(
            f"{'h' if number == len(layers) else f'a{number}'} = {_applied(shape, fan_in, number, before, after)}"
        )
    return [f"h = {nested}", *steps[::-1]]


def _applied(shape: LayerShape, inputs: int, number: int, to: str, link: str) -> str:
    if is_connected(shape, inputs):
        product = f"Theta{number} [1; {to}]"
        name = shape.kind if shape.pieces > 1 else SHORT.get(shape.activation, shape.activation)
        found = product if name == IDENTITY.name else f"{name}({product})"
    else:
        found = f"{shape.kind}({to})" if shape.theta is None else f"{shape.kind}(Theta{number}, {to})"
        if shape.activation != IDENTITY.name:
            found = f"{SHORT.get(shape.activation, shape.activation)}({found})"
    return f"{SHORT.get(link, link)}({found})" if link else found


def counted(layers: Sequence[LayerShape]) -> list[str]:
    """6 neurons, 20 weights + 6 biases = 26 parameters; and in fewer words."""
    neurons, parts, total = tally(layers)
    return [f"{neurons}, {parts} = {total}", f"{neurons}, {total}", total]


def tally(layers: Sequence[LayerShape]) -> tuple[str, str, str]:
    """6 neurons; 20 weights + 6 biases; 26 parameters. A normalizing layer has no neurons, but parameters."""
    neurons = weights = biases = 0
    others: dict[str, int] = {}
    for shape in layers:
        if shape.theta is None:
            continue
        rows, columns = shape.theta
        if shape.normalizes:
            others[shape.kind] = others.get(shape.kind, 0) + rows * columns
        else:
            neurons, weights, biases = neurons + shape.units, weights + rows * (columns - 1), biases + rows
    parts = [
        plural(weights, "weight"),
        plural(biases, "bias", "biases"),
        *(f"{count:,} of {kind}" for kind, count in others.items()),
    ]
    total = weights + biases + sum(others.values())
    return plural(neurons, "neuron"), " + ".join(parts), plural(total, "parameter")
