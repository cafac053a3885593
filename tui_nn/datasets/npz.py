"""An .npz archive with arrays x (m, n) and y: labels (m,) or targets (m, q). Never with pickled objects."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError

RATIO = 200  # an archive may not expand to more than this many times its size


def load_npz(path: Path) -> Dataset:
    """The data set of an archive. Raises DataError for what is missing, malformed or suspiciously compressed."""
    try:
        with zipfile.ZipFile(path) as archive:
            expanded = sum(entry.file_size for entry in archive.infolist())
        if expanded > RATIO * max(path.stat().st_size, 1):
            raise DataError(f"{path}: would expand to {expanded} bytes, more than {RATIO} times its size.")
        with np.load(path, allow_pickle=False) as arrays:
            missing = [name for name in ("x", "y") if name not in arrays]
            if missing:
                raise DataError(f"{path}: has no array '{missing[0]}'. Found: {', '.join(arrays) or 'nothing'}.")
            x, y = arrays["x"], arrays["y"]
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise DataError(f"{path}: not a readable .npz archive: {error}") from None
    if x.ndim < 2 or len(x) != len(y) or not len(x):
        raise DataError(f"{path}: x has shape {x.shape} and y {y.shape}; expected (m, n) and (m,) or (m, q).")
    if not np.issubdtype(x.dtype, np.number) or not np.isfinite(x).all():
        raise DataError(f"{path}: x holds values that are not finite numbers ({x.dtype}).")
    picture = (int(x.shape[1]), int(x.shape[2])) if x.ndim == 3 else None
    flat = x.reshape(len(x), -1)
    features = tuple(f"x{column}" for column in range(flat.shape[1]))
    if np.issubdtype(y.dtype, np.integer) or y.dtype.kind == "U":
        classes, labels = np.unique(y.ravel(), return_inverse=True)
        names = tuple(str(name) for name in classes)
        return Dataset(path.stem, flat, labels.astype(np.intp), names, features, picture)
    if not np.issubdtype(y.dtype, np.floating) or not np.isfinite(y).all():
        raise DataError(f"{path}: y holds values that are not finite numbers ({y.dtype}).")
    return Dataset(path.stem, flat, y.reshape(len(y), -1), (), features, picture)
