"""What an initializer must keep to: its shape, and the generator that it is given."""

from __future__ import annotations

import numpy as np

from tui_nn.engine.initializer import Initializer
from tui_nn.engine.random import stream
from tui_nn.testing.report import CheckResult, failed, noted, passed


def shapes(initializer: Initializer) -> CheckResult:
    """Weights (fan-out, fan-in), or with the bias in column 0; all finite."""
    sizes = ((1, 1), (3, 5), (100, 10), (7, 200))
    for fan_in, fan_out in sizes:
        theta = np.full((fan_out, fan_in + 1), np.nan)
        initializer.fill(theta, stream(0, "testing/init"))
        if not np.isfinite(theta).all():
            return failed(f"fan-in {fan_in}, fan-out {fan_out}", "weights are not finite", "check its bounds")
    return passed(f"{len(sizes)} shapes")


def from_the_generator(initializer: Initializer) -> CheckResult:
    """The same generator, the same weights."""
    drawn = []
    for seed in (0, 0, 1):
        theta = np.zeros((6, 9))
        initializer.fill(theta, stream(seed, "testing/init"))
        drawn.append(theta)
    if not np.array_equal(drawn[0], drawn[1]):
        return failed("the same seed twice", "different weights", "draw from `random`, which is passed in")
    if np.array_equal(drawn[0], drawn[2]):
        return noted("two seeds", "the same weights: none are drawn")
    return passed("the same seed twice, and another")


def spread(initializer: Initializer) -> CheckResult:
    """How large weights are is told; units that start equal are, too."""
    theta = np.zeros((100, 201))
    initializer.fill(theta, stream(0, "testing/init"))
    weights = theta[:, 1:]
    if np.allclose(weights, weights[0]):
        return noted("200 to 100 units", "all units start equal and stay equal")
    deviation = float(weights.std())
    if deviation > 10:
        return failed("200 to 100 units", f"weights of deviation {deviation:.3g}", "divide by the root of the fan-in")
    return noted(
        "200 to 100 units", f"deviation {deviation:.3g}, times the root of the fan-in {deviation * 200**0.5:.2g}"
    )


CHECKS = (shapes, from_the_generator, spread)
