"""Small networks of every layer, activation and loss of the registry."""

from __future__ import annotations

import numpy as np

from tui_nn.engine.network import Network, with_ones
from tui_nn.engine.random import stream
from tui_nn.plugin.registry import load_registry

REGISTRY = load_registry()
LAYERS, LOSSES = (REGISTRY.names(kind) for kind in ("layer", "loss"))
ACTIVATIONS = [one.name for one in REGISTRY.all("activation") if one.trainable]


def outputs_for(loss):
    """Output activations that the loss accepts; softmax over a single output is always 1."""
    accepted = [name for name in ACTIVATIONS if loss.accepts(REGISTRY.get("activation", name))]
    return [name for name in accepted if name != "softmax" or loss.outputs != "single"]


def problem(layer, hidden, output, seed, outputs=3):
    """A net of a kind of layer, with weights and inputs that keep ReLU away from its kink; seven samples."""
    random = stream(seed, f"{layer}/{hidden}/{output}")
    options = REGISTRY.options("layer", layer)
    one = {"kind": layer, **({"units": 4} if "units" in options else {})}
    if "activation" in options:
        spec = [{**one, "activation": hidden}] * 2
    else:
        # First, where nothing flows further back, and behind a dense layer, where it does.
        spec = [one, {"kind": "dense", "units": 4, "activation": hidden}, one]
    spec = [*spec, {"kind": "dense", "units": outputs, "activation": output}]
    network = Network(3, [REGISTRY.create("layer", table) for table in spec], np.float64)
    network.parameters.values[:] = random.uniform(-0.6, 0.6, len(network.parameters))
    # Products of products grow fast, and rounding with them.
    size = 0.3 if layer == "polynomial" else 1.0
    x = with_ones(random.normal(0, size, (7, 3)), np.float64).T
    y = np.eye(3)[random.integers(0, 3, 7)].T[:outputs]
    return network, x, y


def kinds():
    """Every layer with every activation, where the layer has one; else between layers of two smooth ones."""
    for layer in LAYERS:
        has_one = "activation" in REGISTRY.options("layer", layer)
        yield from ((layer, hidden) for hidden in (ACTIVATIONS if has_one else ("tanh", "silu")))
