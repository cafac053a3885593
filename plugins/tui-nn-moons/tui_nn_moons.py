"""Two half moons that reach into each other: no straight line separates them, but four hidden units do."""

from __future__ import annotations

import numpy as np

from tui_nn.plugin import Dataset, DatasetSource, ExperimentError, dataset, hookimpl, stream

__version__ = "0.1.0"


@dataset
def moons(samples: int = 400, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Two half moons in the plane, each reaching into the other; `noise` is the deviation of every coordinate."""
    if samples < 2:
        raise ExperimentError(f"found {samples}; expected 2 or more: one of each moon.", "samples")
    if noise < 0:
        raise ExperimentError(f"found {noise}; expected 0 or more.", "noise")
    first = np.linspace(0, np.pi, samples // 2)
    second = np.linspace(0, np.pi, samples - samples // 2)
    upper = np.column_stack([np.cos(first), np.sin(first)])
    lower = np.column_stack([1 - np.cos(second), 0.5 - np.sin(second)])
    x = np.concatenate([upper, lower])
    # A stream of its own name: drawing here moves no other random number of the run.
    x += stream(seed, "data/moons").normal(0, noise, x.shape)
    y = np.repeat([0, 1], [len(upper), len(lower)])
    return Dataset("moons", x.astype(np.float32), y, ("upper", "lower"), ("x1", "x2"))


@hookimpl
def tui_nn_datasets() -> list[DatasetSource]:
    return [moons]
