"""The file `checkpoint`: parameters and optimiser state as safetensors, replaced in one step, never half written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def write_atomically(path: Path, content: bytes) -> None:
    """Write to a temporary name, sync, rename, sync the directory: readers see the old file or the new one."""
    temporary = path.with_name(f"{path.name}.new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def save_checkpoint(path: Path, tensors: Mapping[str, Array], facts: Mapping[str, str]) -> None:
    """Save named arrays, with facts (epoch, step, seed, ...) as text in the header."""
    from safetensors.numpy import save

    contiguous = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    write_atomically(path, save(contiguous, dict(facts)))
