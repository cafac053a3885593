"""Gradient descent on the network whose weights `model.bumps` sets by hand: the bundled experiment `bumps`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.engine.data import Dataset
from tui_nn.engine.random import stream
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.model import Net
from tui_nn.plugin.registry import Registry

Array = np.ndarray[Any, np.dtype[Any]]

EXAMPLE = "bumps"
SAMPLES = 200


def approximated(x: Array, f: Array, count: int, epochs: int, seed: int, registry: Registry) -> Net:
    """2 count sigmoids from random weights, trained on samples of f (p,), which is known at rising x (p,)."""
    overrides = (f"network.layers[0].units={2 * count}", f"training.epochs={epochs}", f"training.seed={seed}",
                 "data.validation=0.0")  # fmt: skip
    at = stream(seed, "approximate/x").uniform(x[0], x[-1], SAMPLES)
    data = Dataset("function", at[:, None], np.interp(at, x, f)[:, None], features=("x",), targets=("y",))
    setup = build(load_experiment(EXAMPLE, overrides), registry, data)
    for _ in setup.trainer.events():
        pass
    weights = [theta for theta in setup.network.parameters.thetas if theta is not None]
    return setup.net.with_thetas(weights)
