"""IDX files, the format of MNIST: a magic number, sizes, then bytes. Plain or gzipped."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tui_nn.datasets.limits import ANY, LARGEST, check_size, opened
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]

BLOCK = 2**20  # bytes
FILES = ("train-images", "train-labels", "t10k-images", "t10k-labels")


def load_idx_folder(folder: Path) -> Dataset:
    """MNIST or a set in its form: 60,000 pictures to train on, and a test part of its own.

    Pixels stay bytes (m, rows x columns); `unit_scale` is 255. Raises DataError naming the file that is missing or
    malformed.
    """
    images, labels = (read_idx(_find(folder, name)) for name in FILES[:2])
    test_images, test_labels = (read_idx(_find(folder, name)) for name in FILES[2:])
    for x, y, part in ((images, labels, "train"), (test_images, test_labels, "t10k")):
        if x.ndim != 3 or y.ndim != 1 or len(x) != len(y):
            raise DataError(
                f"{folder}: {part} has images of shape {x.shape} and labels of shape {y.shape}; "
                "expected (m, rows, columns) and (m,)."
            )
    if images.shape[1:] != test_images.shape[1:]:
        raise DataError(f"{folder}: train has {images.shape[1:]} pixels per picture, t10k {test_images.shape[1:]}.")
    if not images.size or not test_images.size:
        raise DataError(f"{folder}: there are no pictures in it.")
    rows, columns = images.shape[1:]
    classes = int(max(labels.max(), test_labels.max())) + 1
    return Dataset(
        name=folder.name,
        x=images.reshape(len(images), -1),
        y=labels.astype(np.intp),
        classes=tuple(str(label) for label in range(classes)),
        features=tuple(f"pixel {row},{column}" for row in range(rows) for column in range(columns)),
        picture=(rows, columns),
        description=f"{plural(len(images), 'picture')} of {rows} x {columns} pixels from IDX files",
        test=(test_images.reshape(len(test_images), -1), test_labels.astype(np.intp)),
        unit_scale=255.0,
    )


def read_idx(path: Path) -> Array:
    """The bytes of one IDX file in their shape. Raises DataError before anything large is allocated."""
    try:
        with opened(path, LARGEST if path.suffix == ".gz" else ANY) as raw:
            file = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
            magic = file.read(4)
            if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] != 8 or not 1 <= magic[3] <= 3:
                raise DataError(
                    f"{path}: starts with {magic.hex(' ') or 'nothing'}; an IDX file of bytes with one to three "
                    "dimensions starts with 00 00 08 and their number."
                )
            sizes = file.read(4 * magic[3])
            if len(sizes) < 4 * magic[3]:
                raise DataError(f"{path}: ends within its header.")
            shape = struct.unpack(f">{magic[3]}I", sizes)
            expected = math.prod(shape)
            if file is raw:
                return _mapped(path, raw, shape)
            if expected > LARGEST:
                raise DataError(f"{path}: its header declares {expected} bytes; at most {LARGEST} are read.")
            check_size(path, shape[0], math.prod(shape[1:]), 2 * expected)
            body = _read_at_most(file, expected + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read: {error}.") from None
    _check(path, shape, len(body))
    return np.frombuffer(body, np.uint8).reshape(shape)


def _mapped(path: Path, file: BinaryIO, shape: tuple[int, ...]) -> Array:
    """The bytes of a plain file from here on, where they lie."""
    start = file.tell()
    check_size(path, shape[0], math.prod(shape[1:]), 0)
    _check(path, shape, file.seek(0, 2) - start)
    if not math.prod(shape):
        return np.empty(shape, np.uint8)
    return np.memmap(file, np.uint8, "r", start, shape)


def _check(path: Path, shape: tuple[int, ...], found: int) -> None:
    """Raise DataError unless there are as many bytes as the header says."""
    if found != (expected := math.prod(shape)):
        count = "more" if found > expected else str(found)
        raise DataError(f"{path}: its header declares {expected} bytes of shape {shape}; found {count}.")


def _read_at_most(file: BinaryIO | gzip.GzipFile, most: int) -> bytearray:
    """So many bytes, or what there is: read block by block, for a single read allocates all that it is asked for."""
    body = bytearray()
    while len(body) < most:
        block = file.read(min(BLOCK, most - len(body)))
        if not block:
            break
        body += block
    return body


def _find(folder: Path, name: str) -> Path:
    dimensions = "idx3" if name.endswith("images") else "idx1"
    candidates = [f"{name}{dot}{dimensions}-ubyte{gz}" for dot in "-." for gz in ("", ".gz")]
    for candidate in candidates:
        if (folder / candidate).is_file():
            return folder / candidate
    raise DataError(f"{folder}: has no {candidates[0]} (nor {', '.join(candidates[1:])}).")
