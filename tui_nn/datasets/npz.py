"""An .npz archive with arrays x (m, n) and y: labels (m,) or targets (m, q). Never with pickled objects."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError

Array = np.ndarray[Any, np.dtype[Any]]

RATIO = 200  # an archive may not expand to more than this many times its size
MOST_ARRAYS = 4096
LONGEST_HEADER = 10_000  # characters


def load_npz(path: Path) -> Dataset:
    """The data set of an archive. Raises DataError for what is missing, malformed or suspiciously compressed."""
    try:
        x, y = _arrays(path)
    except DataError:
        raise
    except Exception as error:  # zipfile, zlib and numpy have a dozen kinds for a damaged archive
        raise DataError(f"{path}: not a readable .npz archive: {' '.join(str(error).split())}") from None
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


def _arrays(path: Path) -> tuple[Array, Array]:
    """x and y, after every size has been checked against the bytes that are really there."""
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
        if len(archive.infolist()) > MOST_ARRAYS:
            raise DataError(f"{path}: holds {len(archive.infolist())} arrays; at most {MOST_ARRAYS} are read.")
        expanded = sum(entry.file_size for entry in archive.infolist())
        if expanded > RATIO * max(path.stat().st_size, 1):
            raise DataError(f"{path}: would expand to {expanded} bytes, more than {RATIO} times its size.")
        for name in ("x", "y"):
            if name not in entries:
                raise DataError(f"{path}: has no array '{name}'. Found: {', '.join(entries) or 'nothing'}.")
            _check_header(path, archive, entries[name])
    with np.load(path, allow_pickle=False) as arrays:
        return arrays["x"], arrays["y"]


def _check_header(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """That a header promises exactly the bytes that follow it: numpy allocates what it promises."""
    with archive.open(entry) as file:
        version = npy.read_magic(file)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
        if read is None:
            raise DataError(f"{path}: {entry.filename} is of format {version}; expected 1.0 or 2.0.")
        shape, _, dtype = read(file, LONGEST_HEADER)
        promised, found = math.prod(shape) * dtype.itemsize, entry.file_size - file.tell()
    if dtype.hasobject:
        raise DataError(f"{path}: not a readable .npz archive: {entry.filename} holds pickled objects.")
    if promised != found or any(size < 0 for size in shape):
        raise DataError(f"{path}: {entry.filename} declares {promised} bytes of shape {shape}; found {found}.")
