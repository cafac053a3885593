"""The compiled library and the arguments of its calls: net.h and steps.h in ctypes. A call lets other threads run."""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import threading
from ctypes import POINTER, Structure, c_char_p, c_double, c_float, c_int32, c_int64, c_void_p
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tui_nn.plugin import ExperimentError

Array = np.ndarray[Any, np.dtype[Any]]

MOST_LAYERS, MOST_THREADS = 32, 64
LEVEL = "TUI_NN_FAST_LEVEL"
VERSION = 2  # of what is handed over below: a library that was not built anew since is not called


class Net(Structure):
    _fields_ = (
        ("layers", c_int32),
        ("loss", c_int32),
        ("at_z", c_int32),
        ("sizes", c_int32 * (MOST_LAYERS + 1)),
        ("kinds", c_int32 * MOST_LAYERS),
        ("shapes", c_float * MOST_LAYERS),
    )


class Source(Structure):
    _fields_ = (
        ("values", c_void_p),
        ("row_bytes", c_int64),
        ("type", c_int32),
        ("scaling", c_int32),
        ("offset", c_void_p),
        ("factor", c_void_p),
    )


class Steps(Structure):
    _fields_ = (
        ("targets", c_void_p),
        ("weights", c_void_p),
        ("batch", c_int64),
        ("step", c_int64),
        ("use", c_int32),
        ("tiny", c_int32),
        ("constants", c_double * 3),
        ("decay", c_float),
        ("absolute", c_float),
        ("clip_value", c_float),
        ("clip_norm", c_float),
        ("theta", c_void_p),
        ("first", c_void_p),
        ("second", c_void_p),
    )


class Team(Structure):
    _fields_ = (
        ("arrived", c_int32),
        ("turn", c_int32),
        ("threads", c_int32),
        ("memory", c_void_p),
        ("costs", c_double * MOST_THREADS),
    )


class Block(Structure):
    """A block of batches, as addresses."""

    _fields_ = (
        ("net", c_void_p),
        ("source", c_void_p),
        ("steps", c_void_p),
        ("team", c_void_p),
        ("rows", c_void_p),
        ("samples", c_void_p),
        ("count", c_int64),
        ("costs", c_void_p),
    )


GIVEN = (POINTER(Net), POINTER(Source))
SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "learn": (None, (POINTER(Block), c_int32)),
    "evaluate": (c_double, (*GIVEN, *4 * (c_void_p,), c_int64, c_int64, c_int64, c_void_p)),
    "predict": (None, (*GIVEN, c_void_p, c_int64, c_int64, *4 * (c_void_p,))),
    "update": (None, (POINTER(Steps), c_void_p, c_int64, c_double)),
    "memory": (c_int64, (POINTER(Net), c_int32)),
    "function": (None, (c_int32, c_void_p, c_void_p, c_int64)),
}  # fmt: skip


class Library:
    """The functions of kernels.c for one set of instructions. `build` names the library's bytes."""

    def __init__(self, path: Path, level: str) -> None:
        self.level = level
        self.build = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        loaded = ctypes.CDLL(str(path))
        for name, (result, arguments) in SIGNATURES.items():
            function = getattr(loaded, f"{name}_{level}")
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)

    if TYPE_CHECKING:  # the functions

        def __getattr__(self, name: str) -> Any: ...


def path(name: str = "kernels") -> Path:
    """The path of a library for this system."""
    suffix = {"Windows": ".dll", "Darwin": ".dylib"}.get(platform.system(), ".so")
    return Path(__file__).with_name(f"{name}{suffix}")


def levels() -> list[str]:
    """The instruction sets of the kernels that this processor has, best last.

    Raises OSError if there is no library, ExperimentError if its version is another.
    """
    loaded = ctypes.CDLL(str(path()))
    version = loaded.kernels_version() if hasattr(loaded, "kernels_version") else "older"
    if version != VERSION:
        raise ExperimentError(
            f"{path()} is of version {version}, and its package needs {VERSION}: install tui-nn-fast anew."
        )
    best = loaded.best_level
    best.restype = c_char_p
    name = best().decode()
    return {"avx512": ["avx2", "avx512"], "": []}.get(name, [name])


@cache
def library(level: str | None = None) -> Library | None:
    """The library for the best instruction set of this processor, or for the one named; None if it has none.

    TUI_NN_FAST_LEVEL names another, so that a run of another processor can be repeated. Raises OSError if there is no
    library.
    """
    known = levels()
    level = level or os.environ.get(LEVEL) or (known[-1] if known else None)
    if level is None:
        return None
    if level not in known:
        raise ExperimentError(f"{LEVEL} is '{level}', and this processor has {' and '.join(known) or 'none of them'}.")
    return Library(path(), level)


def address(array: Array) -> int:
    """The address of an array, in a third of the time of array.ctypes.data. The caller must keep the array."""
    where: int = array.__array_interface__["data"][0]
    return where


def team(threads: int, floats: int) -> Team:
    """The shared memory of threads that learn together."""
    room = np.zeros(floats, np.float32)
    made = Team(threads=threads, memory=address(room))
    made.room = room  # kept as long as its address is
    return made


class Memory(threading.local):
    """Memory for the calls of a thread, allocated once because a net does not change its size."""

    def __init__(self, floats: int) -> None:
        self._array = np.zeros(floats, np.float32)
        self.address = address(self._array)
