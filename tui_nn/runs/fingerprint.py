"""What the bits of a run depend on: the libraries and how they were built, the threads, the data, the experiment.

Arithmetic repeats itself bit by bit for one such fingerprint, and only then.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

import tui_nn
from tui_nn.engine.data import Splits

Array = np.ndarray[Any, np.dtype[Any]]


def fingerprint(experiment_toml: str, splits: Splits, threads: int, plugins: Mapping[str, str]) -> dict[str, str]:
    """Name -> value; two runs with equal ones give equal bits."""
    blas: Mapping[str, Any] = next((info for info in threadpool_info() if info.get("user_api") == "blas"), {})
    simd = np.show_config(mode="dicts").get("SIMD Extensions", {})
    return {
        "tui_nn": tui_nn.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": " ".join(str(blas.get(key, "")) for key in ("internal_api", "version", "architecture")).strip(),
        "simd": " ".join(simd.get("found", [])),
        "machine": platform.machine(),
        "threads": str(threads),
        "experiment": hashlib.sha256(experiment_toml.encode()).hexdigest()[:16],
        "data": data_hash(splits),
        **{f"plugin {name}": version or "-" for name, version in sorted(plugins.items())},
    }


def data_hash(splits: Splits) -> str:
    """A hash of every number of every part, in its order and scale."""
    digest = hashlib.sha256()
    for part in (splits.train, splits.validation, splits.test):
        if part is None:
            continue
        for array in (part.rows, part.offset, part.factor, part.y):
            digest.update(b"-" if array is None else np.ascontiguousarray(array).tobytes())
    seen: set[int] = set()
    for part in (splits.train, splits.validation, splits.test):
        if part is not None and id(part.source) not in seen:
            seen.add(id(part.source))
            digest.update(str((part.source.shape, part.source.dtype.str)).encode())
            digest.update(np.ascontiguousarray(part.source).data)
    return digest.hexdigest()[:16]


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """What differs, as sentences without a full stop."""
    return [
        f"{name} was {one.get(name, 'not there')} and is {other.get(name, 'not there')}"
        for name in [*one, *(name for name in other if name not in one)]
        if one.get(name) != other.get(name)
    ]
