"""Named streams: the numbers that they have always given."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from tui_nn.engine.random import stream


@pytest.mark.parametrize("counter", [0, 7])
def test_a_stream_is_philox_with_the_digest_as_its_key(counter):
    key = hashlib.sha256(f"3/shuffle/{counter}".encode()).digest()[:16]
    expected = np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
    drawn = stream(3, "shuffle", counter)
    assert np.array_equal(drawn.permutation(1000), expected.permutation(1000))
    assert np.array_equal(drawn.normal(size=99), expected.normal(size=99))
