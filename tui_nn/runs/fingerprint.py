"""What the bits of a run depend on: the libraries and how they were built, the threads, the data, the experiment.

Arithmetic repeats itself bit by bit for one such fingerprint, and only then.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

import tui_nn
from tui_nn.engine.accelerator import Accelerator
from tui_nn.engine.data import Splits
from tui_nn.runs.recipe import FILE, Whole, plugin_versions

Array = np.ndarray[Any, np.dtype[Any]]


def fingerprint(whole: Whole, splits: Splits, threads: int, accelerator: Accelerator | None) -> dict[str, str]:
    """Name -> value; two runs with equal ones give equal bits."""
    blas = _blas()
    simd = np.show_config(mode="dicts").get("SIMD Extensions", {})
    return {
        "tui_nn": tui_nn.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": " ".join(str(blas.get(key, "")) for key in ("internal_api", "version", "architecture")).strip(),
        "simd": " ".join(simd.get("found", [])),
        "machine": platform.machine(),
        "threads": str(threads),
        **({} if accelerator is None else {"accelerator": f"{accelerator.name} {accelerator.bits}".strip()}),
        "experiment": hashlib.sha256(whole.identity.encode()).hexdigest()[:16],
        "data": data_hash(whole.recipe.data.sha256, splits),
        **{f"plugin {name}": version or "-" for name, version in sorted(plugin_versions(whole.recipe).items())},
    }


def _blas() -> Mapping[str, Any]:
    """The library that numpy multiplies matrices with: others, such as scipy, may have brought one of their own."""
    found = [info for info in threadpool_info() if info.get("user_api") == "blas"]
    own = [info for info in found if any(part.startswith("numpy") for part in Path(info["filepath"]).parts[-3:])]
    return next(iter([*own, *found]), {})


def data_hash(source: str, splits: Splits) -> str:
    """A hash of the source's own hash, and of every part of it: its samples, their order, scale and answers."""
    digest = hashlib.sha256(source.encode())
    for part in (splits.train, splits.validation, splits.test):
        if part is None:
            continue
        for array in (part.rows, part.offset, part.factor, part.y):
            digest.update(b"-" if array is None else np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def former(now: Mapping[str, str], then: Mapping[str, str], experiment_toml: str) -> dict[str, str]:
    """The present fingerprint as the first version of runs took it, which hashed paths along with the experiment.

    Its hash of the data cannot be taken again, and it did not hash plugin files: neither is compared.
    """
    former_toml = experiment_toml.replace("\ninitializer = ", "\ninitialiser = ")
    experiment = hashlib.sha256(former_toml.encode()).hexdigest()[:16]
    files = {name: then[name] for name, value in now.items() if value.startswith(FILE) and name in then}
    return {**now, **files, "experiment": experiment, "data": then.get("data", "")}


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """What differs, as sentences without a full stop."""
    return [
        f"{name} was {one.get(name, 'absent')} and is {other.get(name, 'absent')}"
        for name in [*one, *(name for name in other if name not in one)]
        if one.get(name) != other.get(name)
    ]
