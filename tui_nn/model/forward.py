"""The forward pass of some samples layer by layer, with everything that is multiplied: Theta . x = z, g(z) = a."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.network import with_ones
from tui_nn.model.net import Net

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class LayerPass:
    """A layer and m samples.

    kind: of layer. activation: what makes a of z, by its name. range: the open interval of a. theta (s, s_in + 1), None
    for a layer without. x (s_in + 1, m): what comes in, row 0 the constant 1. z (s, m) where z = theta . x and nothing
    else, else None. a (s, m). link: whether the loss has added the activation, since the layer itself has none.
    """

    kind: str
    activation: str
    range: tuple[float, float]
    theta: Array | None
    x: Array
    z: Array | None
    a: Array
    link: bool = False


def forward_pass(net: Net, x: Array) -> tuple[LayerPass, ...]:
    """Prepared inputs (m, n) through all layers; the last through the head's link, as the network answers."""
    network, head = net.network, net.head
    passes = []
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        network.forward(with_ones(x, network.dtype).T)
        slots = network.workspace(len(x)).slots
        for number, (layer, slot) in enumerate(zip(network.layers, slots, strict=True), start=1):
            activation, a, linked = layer.activation, slot.a.copy(), number == len(network.layers) and head.link
            if linked:
                activation, a = linked, head.outputs(a)
            passes.append(
                LayerPass(
                    layer.name,
                    activation.name,
                    activation.range,
                    slot.theta.copy() if slot.theta.size else None,
                    slot.x.copy(),
                    slot.z.copy() if layer.is_dense else None,
                    a,
                    bool(linked),
                )
            )
    return tuple(passes)
