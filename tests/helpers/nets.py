"""Networks of any layers with weights from a seed, for what is asked of any network."""

from __future__ import annotations

import random

import numpy as np

from tui_nn.engine.network import Network
from tui_nn.engine.targets import Targets
from tui_nn.exchange import Exported
from tui_nn.model.form import plain
from tui_nn.model.head import Head
from tui_nn.model.net import Net
from tui_nn.model.preparation import Preparation


def net_of(registry, layers, *, inputs=4, dtype=np.float32, link=None, classes=0, targets=None, prepared=True, seed=0):
    """A net of these layers, as an experiment writes them; `prepared`: whether its inputs are filled and scaled."""
    made = tuple(registry.create("layer", layer) for layer in layers)
    network = Network(inputs, made, dtype)
    numbers = np.random.default_rng(seed)
    network.parameters.values[...] = numbers.normal(scale=0.5, size=len(network.parameters))
    for layer, theta in zip(made, network.parameters.thetas, strict=True):
        if layer.name == "batch_norm":
            theta[:, 3] = np.abs(theta[:, 3]) + 0.5  # a variance
    preparation = Preparation(inputs)
    if prepared:
        offset, factor = numbers.normal(size=inputs), np.abs(numbers.normal(size=inputs)) + 0.1
        preparation = Preparation(inputs, offset=offset, factor=factor, fills=numbers.normal(size=inputs))
    activation = registry.create("activation", link) if link is not None else None
    names = tuple(f"class {number}" for number in range(classes))
    head = Head(
        registry.create("loss", "mean_squared_error"), targets or Targets(classes, network.outputs), activation, names
    )
    return Net(preparation, made, head, network.parameters.values)


def random_layers(registry, seed, kinds=None):
    """One to three layers of any kind and a dense one of three units, all with activations of any kind."""
    draw = random.Random(seed)
    activations = registry.names("activation")
    layers = []
    for _ in range(draw.randint(1, 3)):
        layer = {"kind": draw.choice(kinds or registry.names("layer"))}
        options = registry.options("layer", layer["kind"])
        if "units" in options:
            layer["units"] = draw.randint(1, 6)
        if "components" in options:
            layer["components"] = 1
        if "activation" in options:
            layer["activation"] = draw.choice(activations)
        layers.append(layer)
    return [*layers, {"kind": "dense", "units": 3, "activation": draw.choice(activations)}]


def exported(net):
    """What an exporter is given of a net."""
    return Exported(net, plain(net, {}, {}), "a net")
