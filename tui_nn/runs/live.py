"""The file `live`: a window into the running trainer, for whoever can read the directory.

The trainer never waits for a reader. A reader that meets half-written weights sees it by their sequence number and
takes the other ones; losses have such a number too, and are read again. Neither maps the file: who touches a map of a
file that somebody else has shortened is killed.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_nn.files import open_new, open_to_read
from tui_nn.system import read_at, write_at

Array = np.ndarray[Any, np.dtype[Any]]

MAGIC = 0x325645564C4E4E54  # "TNNLVEV2" as a little-endian number
RING = 4096
STATES = ("starting", "running", "paused", "ended")
WEIGHTS_EVERY = 0.1  # seconds between two copies of Theta
SHOWN_EVERY = 0.05  # seconds between two writes of counters and losses: they are for people's eyes

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
        ("sequence", "<u8"),  # of counters and losses: odd while they are being written
    ]
)
ENTRY = np.dtype([("step", "<u8"), ("loss", "<f8")])
SEQUENCE = HEADER.fields["sequence"][1] if HEADER.fields is not None else 0  # its place
TRIES = 3  # of a reader that meets a writer
HEAD = HEADER.itemsize + RING * ENTRY.itemsize  # bytes before the weights
MOST = 1 << 31  # bytes of one copy of Theta
COUNTED = 1 << 53  # a counter beyond it is none
NUMBERED = 1 << 31  # so is the number of a process


@dataclass(frozen=True)
class LiveState:
    """Counters at one moment. The ring holds the newest steps, oldest first and each once; or none, if its writer was
    quicker, or was killed while it wrote.
    """

    state: str
    step: int
    epoch: int
    samples: int
    heartbeat: float
    pid: int
    ring_steps: Array
    ring_losses: Array


class LiveWriter:
    """The trainer's side. All times are wall-clock seconds.

    A disk that is full, or a file that somebody took away, costs readers their window and the training nothing.
    """

    def __init__(self, path: Path, parameters: int, dtype: DTypeLike) -> None:
        item = np.dtype(dtype).itemsize
        self._size = parameters * item
        self._file = open_new(path)
        with contextlib.suppress(OSError):
            self._file.truncate(HEAD + 2 * self._size)
        self._head = np.zeros(HEAD, np.uint8)
        self._h = self._head[: HEADER.itemsize].view(HEADER)[0]
        self._ring = self._head[HEADER.itemsize :].view(ENTRY)
        self._h["magic"], self._h["pid"] = MAGIC, os.getpid()
        self._h["parameters"], self._h["item"], self._h["ring"] = parameters, item, RING
        self._shown = self._copied = 0.0
        self.beat()

    def _show(self, moment: float) -> None:
        self._shown = self._h["heartbeat"] = moment
        self._h["sequence"] += 1
        self._write(self._head[SEQUENCE : SEQUENCE + 8], SEQUENCE)
        self._write(self._head, 0)
        self._h["sequence"] += 1
        self._write(self._head[SEQUENCE : SEQUENCE + 8], SEQUENCE)

    def _write(self, values: Array, place: int) -> None:
        with contextlib.suppress(OSError):
            write_at(self._file.fileno(), values.data, place)

    def beat(self, state: str | None = None) -> None:
        """Say that the trainer is alive, in which state, and how far it is."""
        if state is not None:
            self._h["state"] = STATES.index(state)
        self._show(time.time())

    def steps(self, step: int, epoch: int, samples: int, losses: Sequence[float]) -> None:
        """Updates were made, the last of them `step`; `samples` have been seen in all.

        Readers see it at once, or with the next call if that comes soon, or with a beat.
        """
        newest = losses[-RING:]
        for index, loss in enumerate(newest, start=step - len(newest) + 1):
            self._ring[index % RING] = (index, loss)
        self._h["step"], self._h["epoch"], self._h["samples"] = step, epoch, samples
        moment = time.time()
        if moment - self._shown > SHOWN_EVERY:
            self._show(moment)

    def weights(self, step: int, values: Array, *, now: bool = False) -> None:
        """Copy Theta for readers, at most ten times a second unless `now`."""
        moment = time.time()
        if not now and moment - self._copied < WEIGHTS_EVERY:
            return
        self._copied = moment
        other = 1 - int(self._h["newest"])
        self._h["weights_sequence"][other] += 1
        self._show(moment)
        self._write(values, HEAD + other * self._size)
        self._h["weights_step"][other] = step
        self._h["weights_sequence"][other] += 1
        self._h["newest"] = other
        self._show(moment)

    def close(self) -> None:
        """Let go of the file; it stays as it is."""
        self._file.close()


class LiveReader:
    """A reader's side. Each question opens the file anew, so that its answer is of now whatever became of the file.

    A file that is missing, cut short, or says what no trainer says has no answer: None.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def state(self) -> LiveState | None:
        """Counters and the newest steps."""
        with contextlib.suppress(OSError), open_to_read(self._path, HEAD + 2 * MOST) as file:
            number, head, whole = file.fileno(), b"", False
            for _ in range(TRIES):
                head = read_at(number, HEAD, 0)
                before, after = head[SEQUENCE : SEQUENCE + 8], read_at(number, 8, SEQUENCE)
                whole = before == after and int.from_bytes(after, "little") % 2 == 0
                if whole:
                    break
            return _state(head, os.fstat(number).st_size, whole)
        return None

    def weights(self, parameters: int) -> tuple[int, Array] | None:
        """(step, flat parameters), or None if none was written, or a writer was faster three times."""
        for _ in range(TRIES):
            found = self._copy(parameters, 0)
            if found is not None:
                return found
        return None

    def previous(self, parameters: int) -> tuple[int, Array] | None:
        """(step, flat parameters) of the copy before the newest one, or None if it is being overwritten."""
        return self._copy(parameters, 1)

    def _copy(self, parameters: int, back: int) -> tuple[int, Array] | None:
        """The newest copy of Theta, or the one before it; None unless it is whole."""
        with contextlib.suppress(OSError), open_to_read(self._path, HEAD + 2 * MOST) as file:
            number, size = file.fileno(), os.fstat(file.fileno()).st_size
            header = _header(read_at(number, HEAD, 0), size)
            if header is None or header["parameters"] != parameters:
                return None
            which, item = int(header["newest"]) ^ back, int(header["item"])
            before = int(header["weights_sequence"][which])
            values = read_at(number, parameters * item, HEAD + which * parameters * item)
            after = _header(read_at(number, HEAD, 0), size)
            if after is None or before == 0 or before % 2 or after["weights_sequence"][which] != before:
                return None
            if len(values) == parameters * item:
                return int(header["weights_step"][which]), np.frombuffer(values, f"<f{item}")
        return None


def _header(head: bytes, size: int) -> Any:
    """What stands at the front of a live file of this size; None for anything that no trainer writes there."""
    if len(head) < HEAD:
        return None
    header = np.frombuffer(head, HEADER, 1)[0]
    parameters, item = int(header["parameters"]), int(header["item"])
    sound = (
        header["magic"] == MAGIC
        and header["ring"] == RING
        and item in (4, 8)
        and parameters * item <= MOST
        and size == HEAD + 2 * parameters * item
        and 0 < header["pid"] < NUMBERED
        and header["state"] < len(STATES)
        and header["newest"] < 2
        and math.isfinite(header["heartbeat"])
        and max(header["step"], header["epoch"], header["samples"], *header["weights_step"]) < COUNTED
    )
    return header if sound else None


def _state(head: bytes, size: int, whole: bool) -> LiveState | None:
    header = _header(head, size)
    if header is None:
        return None
    step = int(header["step"])
    ring = np.frombuffer(head, ENTRY, RING, HEADER.itemsize)
    ring = ring[(ring["step"] > 0) & (ring["step"] <= step)] if whole else ring[:0]
    ring = ring[np.argsort(ring["step"], kind="stable")]
    return LiveState(
        STATES[int(header["state"])],
        step,
        int(header["epoch"]),
        int(header["samples"]),
        float(header["heartbeat"]),
        int(header["pid"]),
        ring["step"].astype(np.int64),
        ring["loss"].astype(np.float64),
    )
