"""What a network will take of memory, estimated from its sizes before any of it is allocated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui_nn.engine.layer import Layer
from tui_nn.engine.network import CHUNK
from tui_nn.errors import ExperimentError
from tui_nn.memory import lacking
from tui_nn.plurals import plural

COPIES = 6  # of Theta: itself, gradient, what decays, scratch, and two of an optimizer
BUFFERS = 4  # of the outputs of a layer: a, z, dJ/da and dJ/dz


def check_memory(layers: Sequence[Layer], inputs: int, samples: int, batch: int, outputs: int, dtype: str) -> None:
    """Raise ExperimentError, with the key that is most to blame, if a network of these layers does not fit.

    samples: of the data; batch: of a step; outputs: of the data, for each sample has so many targets.
    """
    item = np.dtype(dtype).itemsize
    together = min(samples, batch if any(layer.mixes_samples for layer in layers) else CHUNK)
    needs = {"data.target": (2 * item * samples * outputs, f"{samples:,} samples with {outputs:,} targets each")}
    parameters, size = 0, inputs
    for index, layer in enumerate(layers):
        units, shape = layer.checked_sizes(size)
        own = shape[0] * shape[1] if shape else 0
        needed = item * (COPIES * own + together * (BUFFERS * units + size))
        needs[f"network.layers[{index}]"] = (
            needed,
            f"{plural(size, 'input')} and {plural(units, 'output')}, {plural(own, 'parameter')}",
        )
        parameters, size = parameters + own, units
    total = sum(needed for needed, _ in needs.values())
    short = lacking(total)
    if short:
        key, (_, why) = max(needs.items(), key=lambda one: one[1][0])
        raise ExperimentError(f"a network of {parameters:,} parameters {short}. Most is for this: {why}.", key)
