"""What a data set must keep to: rows with answers that fit each other, and its seed."""

from __future__ import annotations

import numpy as np

from tui_nn.engine.options import accepts
from tui_nn.plugin.dataset import DatasetSource
from tui_nn.testing.report import CheckResult, failed, noted, passed


def samples(source: DatasetSource) -> CheckResult:
    """Rows with answers: shapes and labels that fit each other, all finite. `load` sees to that."""
    data = source.load(0)
    empty = [name for label, name in enumerate(data.classes) if not (data.y == label).any()]
    tried = f"{data.x.shape[0]} samples of {data.x.shape[1]} inputs, {len(data.classes) or 'no'} classes"
    if empty:
        return noted(tried, f"no sample is of class '{empty[0]}'")
    return passed(tried)


def follows_its_seed(source: DatasetSource) -> CheckResult:
    """The same seed, the same data; another seed, others."""
    one, again, other = source.load(0), source.load(0), source.load(1)
    if not (np.array_equal(one.x, again.x) and np.array_equal(one.y, again.y)):
        return failed("seed 0 twice", "different data", "draw from stream(seed, 'data/NAME') of tui_nn.plugin")
    same = np.array_equal(one.x, other.x) and np.array_equal(one.y, other.y)
    # Without noise a set may be the same for every seed.
    louder = [source.configured(**{name: 0.3}) for name, default in source.options.items() if default == 0.0]
    same = same and all(np.array_equal(one.load(0).x, one.load(1).x) for one in louder)
    if accepts(source.function, "seed") and same:
        return failed("seeds 0 and 1", "the same data: the seed is ignored", "draw from stream(seed, 'data/NAME')")
    return passed("seed 0 twice" if not accepts(source.function, "seed") else "seed 0 twice, and seed 1")


CHECKS = (samples, follows_its_seed)
