"""Named random streams: one seed, and a stream of its own for each purpose.

A stream is a pure function of (seed, name, counter), so adding dropout does not move the shuffles, and epoch 7
can be repeated without drawing epochs 1 to 6.
"""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, name: str, counter: int = 0) -> np.random.Generator:
    """A generator for one purpose ("init", "shuffle", "split", "data", ...) and one counter (an epoch, a layer)."""
    digest = hashlib.sha256(f"{seed}/{name}/{counter}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little")))
