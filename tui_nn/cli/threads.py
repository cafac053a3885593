"""How many threads matrix products get: told to numpy's library before it is loaded, for afterwards it is too late."""

from __future__ import annotations

import os

# Read by the libraries of matrix products that numpy may have been built with.
NAMES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def set_threads(threads: int, *, unless_set: bool = False) -> None:
    """Set the number, or leave what the user has set where that may stand."""
    for name in NAMES:
        if not (unless_set and name in os.environ):
            os.environ[name] = str(threads)
