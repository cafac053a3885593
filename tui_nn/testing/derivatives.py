"""What a derivative for the graph must keep to: centred differences."""

from __future__ import annotations

import numpy as np

from tui_nn.graph import Derivative
from tui_nn.testing.differences import compare
from tui_nn.testing.report import CheckResult, failed, noted, passed


def against_differences(one: Derivative) -> CheckResult:
    """A derivative of a function of one argument against centred differences."""
    function = getattr(np, one.name, None)
    if not callable(function):
        return noted("its name", f"numpy has no function '{one.name}'; it is checked through its users")
    x = np.stack([np.linspace(0.07, 0.93, 101), np.linspace(1.1, 6.3, 101), np.linspace(-6.2, -0.1, 101)])
    try:
        y = np.asarray(function(x))
        given = np.asarray(one.function(np.ones_like(y), y, x)[0], np.float64)
    except TypeError:
        return noted("its arguments", f"'{one.name}' takes more than one; it is checked through its users")
    if y.shape != x.shape or given.shape != x.shape:
        return noted("its shape", f"'{one.name}' is not elementwise; it is checked through its users")
    # Each point a lane of its own; where the function is not defined there is nothing to compare.
    defined = np.isfinite(y)
    x, given = x[defined][None], given[defined][None]
    found = compare(lambda moved: np.asarray(function(moved))[0], x, given)
    if found.error > 1e-6:
        at = found.worst
        worst = f"at {x[at]:.6g}: it says {given[at]:.6g}, differences {found.numerical[at]:.6g}"
        return failed(f"{x.size} points", worst, "fix it: (g, y, x) -> (g times the slope at x,)")
    return passed(f"{x.size} points", f"relative error {found.error:.1e}")


CHECKS = (against_differences,)
