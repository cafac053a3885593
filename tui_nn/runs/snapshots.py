"""The file `snapshots`: Theta over time, as records of one size, thinned to a budget.

When the budget is full, every other record goes and the distance doubles, so a long run is covered from its start
to its end.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.errors import StorageError, refused_by_disk
from tui_nn.files import open_new, open_to_append, open_to_read
from tui_nn.runs import layout
from tui_nn.system import read_at, rename

Array = np.ndarray[Any, np.dtype[Any]]

MAGIC = b"TNNSNAP1"
FRONT = np.dtype([("epoch", "<u8"), ("step", "<u8")])  # of a record
HEADER = np.dtype([("magic", "S8"), ("parameters", "<u8"), ("item", "<u8")])
BUDGET = 64 * 2**20  # bytes
MOST = 512  # records, however small
LIKELY = 1 << 14  # records: no writer leaves so many


def _record(parameters: int, item: int) -> np.dtype[Any]:
    return np.dtype([*FRONT.descr, ("values", f"<f{item}", (parameters,))])


class SnapshotWriter:
    """Appends a record an epoch, then every second, fourth, ... epoch as the budget fills.

    With `epochs` it continues the file of a run at that epoch, and cuts what is newer.
    """

    def __init__(self, path: Path, parameters: int, dtype: DTypeLike, epochs: int | None = None) -> None:
        self._path = path
        item = np.dtype(dtype).itemsize
        self._type = _record(parameters, item)
        self._most = max(4, min(MOST, BUDGET // self._type.itemsize))
        self._every = 1
        self._header = np.array([(MAGIC, parameters, item)], HEADER).tobytes()
        kept: Array | None = None
        if epochs is not None:
            # Snapshots are not synced: what a power cut left of them must not keep the run from going on.
            with contextlib.suppress(StorageError):
                kept = read_records(path)
        if epochs is None or kept is None:
            with open_new(path) as file:
                file.write(self._header)
        else:
            self._every = self._distance(epochs)
            self._replace(kept[(kept["epoch"] <= epochs) & (kept["epoch"] % self._every == 0)])

    def _distance(self, epoch: int) -> int:
        """Epochs from one record to the next, once this epoch is reached: what the budget allows."""
        every = 1
        while epoch // every + 1 > self._most:
            every *= 2
        return every

    def write(self, epoch: int, step: int, values: Array) -> None:
        """Record Theta after `epoch`, if this epoch's turn has come."""
        if epoch % self._every:
            return
        every = self._distance(epoch)
        if every != self._every:
            self._every = every
            kept = read_records(self._path)
            self._replace(kept[kept["epoch"] % every == 0])
            if epoch % every:
                return
        record = np.empty(1, self._type)
        record["epoch"], record["step"], record["values"] = epoch, step, values
        with open_to_append(self._path, buffering=0) as file:
            whole = file.seek(0, os.SEEK_END)
            if file.write(record.tobytes()) != record.nbytes:
                file.truncate(whole)  # half a record would shift all that follow
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _replace(self, records: Array) -> None:
        temporary = self._path.with_name(self._path.name + ".new")
        with open_new(temporary) as file:
            file.write(self._header + records.tobytes())
        rename(temporary, self._path)


class Snapshots:
    """The records of a file as they were when it was opened: epochs and steps, and Theta of those that are asked for.

    Raises StorageError for a file that holds something else. A torn last record is left out.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._file() as file:
            header = file.read(HEADER.itemsize)
            self._type = _checked(path, np.frombuffer(header, HEADER) if len(header) == HEADER.itemsize else None)
            count = (os.fstat(file.fileno()).st_size - HEADER.itemsize) // self._type.itemsize
            if count > LIKELY:
                raise StorageError(f"{path}: {count:,} records are not plausible.")
            fronts = b"".join(read_at(file.fileno(), FRONT.itemsize, self._place(at)) for at in range(count))
        front = np.frombuffer(fronts, FRONT, len(fronts) // FRONT.itemsize)
        self.epochs, self.steps = front["epoch"], front["step"]
        self.parameters: int = self._type["values"].shape[0]

    def __len__(self) -> int:
        return len(self.steps)

    def _file(self) -> BinaryIO:
        with refused_by_disk(self._path):
            return open_to_read(self._path, sys.maxsize)

    def _place(self, at: int) -> int:
        return HEADER.itemsize + at * self._type.itemsize

    def values(self, at: int) -> Array:
        """Theta of a record, (parameters,). Raises StorageError if it is not there any more."""
        at = range(len(self))[at]
        with self._file() as file:
            raw = read_at(file.fileno(), self._type.itemsize, self._place(at))
        record = np.frombuffer(raw, self._type, len(raw) // self._type.itemsize)
        # The writer replaces the file when it thins it.
        if not len(record) or record["step"][0] != self.steps[at]:
            raise StorageError(f"{self._path}: has been replaced, or cut short.")
        values: Array = record["values"][0]
        return values


def read_records(path: Path) -> Array:
    """All complete records: epoch, step, values (parameters,). A torn last record is left out.

    Raises StorageError for a file that holds something else.
    """
    raw = layout.read(path.parent, path.name)
    if raw is None:
        raise StorageError(f"{path}: there is no such file.")
    record = _checked(path, np.frombuffer(raw[: HEADER.itemsize], HEADER) if len(raw) >= HEADER.itemsize else None)
    whole = (len(raw) - HEADER.itemsize) // record.itemsize
    return np.frombuffer(raw, record, whole, HEADER.itemsize)


def _checked(path: Path, header: Array | None) -> np.dtype[Any]:
    """The type of the records that a header announces."""
    if header is None or not len(header) or header["magic"][0] != MAGIC or header["item"][0] not in (4, 8):
        raise StorageError(f"{path}: not a snapshot file.")
    if int(header["parameters"][0]) * int(header["item"][0]) > 2**31:
        raise StorageError(
            f"{path}: its header names {int(header['parameters'][0])} parameters, which is not plausible."
        )
    return _record(int(header["parameters"][0]), int(header["item"][0]))
