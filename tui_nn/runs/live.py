"""The file `live`: a memory-mapped window into the running trainer, for whoever can read the directory.

The trainer never waits for a reader. A reader that meets a half-written record sees it by its sequence number and
takes the other one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.errors import StorageError

Array = np.ndarray[Any, np.dtype[Any]]

MAGIC = 0x315645564C4E4E54  # "TNNLVEV1" as a little-endian number
RING = 4096
STATES = ("starting", "running", "paused", "ended")
WEIGHTS_EVERY = 0.1  # seconds between two copies of Theta

HEADER = np.dtype(
    [
        ("magic", "<u8"),
        ("pid", "<i8"),
        ("state", "<u8"),
        ("step", "<u8"),
        ("epoch", "<u8"),
        ("samples", "<u8"),
        ("heartbeat", "<f8"),
        ("parameters", "<u8"),
        ("item", "<u8"),  # bytes of a parameter: 4 or 8
        ("ring", "<u8"),
        ("weights_step", "<u8", (2,)),
        ("weights_sequence", "<u8", (2,)),  # odd while its buffer is being written
        ("newest", "<u8"),
    ]
)
ENTRY = np.dtype([("step", "<u8"), ("loss", "<f8")])


@dataclass(frozen=True)
class LiveState:
    """Counters at one moment. The ring holds the newest steps, oldest first."""

    state: str
    step: int
    epoch: int
    samples: int
    heartbeat: float
    pid: int
    ring_steps: Array
    ring_losses: Array


def _size(parameters: int, item: int) -> int:
    return HEADER.itemsize + RING * ENTRY.itemsize + 2 * parameters * item


def _map(path: Path, mode: Any, parameters: int, item: int) -> tuple[Array, Array, Array]:
    raw: Array = np.memmap(path, np.uint8, mode, shape=(_size(parameters, item),))
    ring = HEADER.itemsize
    weights = ring + RING * ENTRY.itemsize
    dtype = np.float32 if item == 4 else np.float64
    return (
        raw[:ring].view(HEADER),
        raw[ring:weights].view(ENTRY),
        raw[weights:].view(dtype).reshape(2, parameters),
    )


class LiveWriter:
    """The trainer's side. All times are wall-clock seconds."""

    def __init__(self, path: Path, parameters: int, dtype: DTypeLike) -> None:
        item = np.dtype(dtype).itemsize
        # All of it is written, so that its place on the disk is there: a full one kills who writes to a mapped hole.
        path.write_bytes(bytes(_size(parameters, item)))
        self._header, self._ring, self._weights = _map(path, "r+", parameters, item)
        self._h = self._header[0]
        self._h["parameters"], self._h["item"], self._h["ring"] = parameters, item, RING
        self._h["pid"] = os.getpid()
        self._written = 0.0
        self.beat()
        self._h["magic"] = MAGIC  # last: a reader may look from now on

    def beat(self, state: str | None = None) -> None:
        """Say that the trainer is alive, and in which state."""
        if state is not None:
            self._h["state"] = STATES.index(state)
        self._h["heartbeat"] = time.time()

    def steps(self, step: int, epoch: int, samples: int, losses: Sequence[float]) -> None:
        """Updates were made, the last of them `step`; `samples` have been seen in all."""
        newest = losses[-RING:]
        for index, loss in enumerate(newest, start=step - len(newest) + 1):
            self._ring[index % RING] = (index, loss)
        self._h["step"], self._h["epoch"], self._h["samples"] = step, epoch, samples

    def weights(self, step: int, values: Array, *, now: bool = False) -> None:
        """Copy Theta for readers, at most ten times a second unless `now`."""
        moment = time.time()
        if not now and moment - self._written < WEIGHTS_EVERY:
            return
        self._written = moment
        self._h["heartbeat"] = moment
        other = 1 - int(self._h["newest"])
        self._h["weights_sequence"][other] += 1
        self._weights[other] = values
        self._h["weights_step"][other] = step
        self._h["weights_sequence"][other] += 1
        self._h["newest"] = other


class LiveReader:
    """A reader's side. Raises StorageError for a file that is no live file of a run."""

    def __init__(self, path: Path) -> None:
        try:
            size = path.stat().st_size
            header = np.fromfile(path, HEADER, 1)
        except OSError as error:
            raise StorageError(f"{path}: {error.strerror}.") from None
        if len(header) != 1 or header["magic"][0] != MAGIC:
            raise StorageError(f"{path}: not the live file of a run, or not written yet.")
        parameters, item = int(header["parameters"][0]), int(header["item"][0])
        if item not in (4, 8) or header["ring"][0] != RING or size != _size(parameters, item):
            raise StorageError(f"{path}: its size does not match its header.")
        self._header, self._ring, self._weights = _map(path, "r", parameters, item)

    def state(self) -> LiveState:
        """Counters and the newest steps."""
        header = self._header[0]
        step = int(header["step"])
        ring = self._ring.copy()
        ring = ring[(ring["step"] > 0) & (ring["step"] <= step)]
        ring = ring[np.argsort(ring["step"], kind="stable")]
        return LiveState(
            STATES[min(int(header["state"]), len(STATES) - 1)],
            step,
            int(header["epoch"]),
            int(header["samples"]),
            float(header["heartbeat"]),
            int(header["pid"]),
            ring["step"].astype(np.int64),
            ring["loss"].astype(np.float64),
        )

    def weights(self) -> tuple[int, Array] | None:
        """(step, flat parameters), or None if none was written, or a writer was faster three times."""
        header = self._header[0]
        for _ in range(3):
            newest = int(header["newest"])
            before = int(header["weights_sequence"][newest])
            if before == 0:
                return None
            values, step = self._weights[newest].copy(), int(header["weights_step"][newest])
            if before % 2 == 0 and int(header["weights_sequence"][newest]) == before:
                return step, values
        return None

    def previous(self) -> tuple[int, Array] | None:
        """(step, flat parameters) of the copy before the newest one, or None if it is being overwritten."""
        header = self._header[0]
        other = 1 - int(header["newest"])
        before = int(header["weights_sequence"][other])
        values, step = self._weights[other].copy(), int(header["weights_step"][other])
        if before == 0 or before % 2 or int(header["weights_sequence"][other]) != before:
            return None
        return step, values
