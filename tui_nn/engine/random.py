"""Named random streams: one seed, and a stream of its own for each purpose.

A stream is a pure function of (seed, name, counter), so adding dropout does not move the shuffles, and epoch 7
can be repeated without drawing epochs 1 to 6.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.random.bit_generator import ISeedSequence


class _Key(ISeedSequence):
    """Gives Philox its key, as `Philox(key=...)` takes it, which first asks the system for a seed, in vain."""

    def __init__(self, digest: bytes) -> None:
        self._digest = digest

    def generate_state(self, n_words: int, dtype: Any = np.uint64) -> np.ndarray[Any, Any]:
        """The first words of the digest."""
        return np.frombuffer(self._digest, "<u8", n_words).astype(dtype)


def stream(seed: int, name: str, counter: int = 0) -> np.random.Generator:
    """A generator for one purpose ("init", "shuffle", "split", "data", ...) and one counter (an epoch, a layer)."""
    digest = hashlib.sha256(f"{seed}/{name}/{counter}".encode()).digest()
    key: Any = _Key(digest)
    return np.random.Generator(np.random.Philox(key))
