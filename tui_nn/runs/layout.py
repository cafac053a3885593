"""Names of the files of a run directory, and of the directory itself."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import re
import time
from io import BufferedReader
from pathlib import Path

from tui_nn.errors import StorageError, refused_by_disk
from tui_nn.files import check_own, open_to_read, read_bytes
from tui_nn.system import sync_folder

EXPERIMENT = "experiment.toml"
ENVIRONMENT = "environment.json"
EVENTS = "events.jsonl"
NEWEST = "newest"
RECIPE = "recipe.json"
NET = "net"
INITIAL = "initial.npz"
LIVE = "live"
CONTROL = "control"
LOG = "log"
SNAPSHOTS = "snapshots"
CHECKPOINT = "checkpoint"
BEST = "best"
LOCK = "lock"
SUMMARY = "summary.json"
PARENT = "parent.json"
STALLED = "stalled"

# Bytes that a reader takes, more than any trainer writes.
MOST = {
    EXPERIMENT: 1 << 24,
    ENVIRONMENT: 1 << 20,
    EVENTS: 1 << 32,
    NEWEST: 1 << 24,  # a thousand classes have a confusion matrix of millions
    RECIPE: 1 << 24,
    NET: 1 << 30,
    INITIAL: 4 << 30,
    LIVE: 4 << 30,
    LOG: 1 << 40,  # of which the end is read
    SNAPSHOTS: 4 << 30,
    CHECKPOINT: 4 << 30,
    BEST: 4 << 30,
    LOCK: 1 << 40,  # of which nothing is read
    SUMMARY: 1 << 24,
    PARENT: 1 << 16,
    STALLED: 1 << 20,
}


KEPT_BY_WINDOWS = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))}
MOMENT = "%Y%m%d-%H%M%S"  # at the front of a run directory's name


def run_label(name: str, experiment_toml: str) -> str:
    """`<name>-<hash>`, the same for every run of one experiment: the hash is of its text."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.")[:40] or "run"
    return f"{name}-{hashlib.sha256(experiment_toml.encode()).hexdigest()[:8]}"


def folder_name(name: str) -> str:
    """A name as that of one folder, on every system: none of another folder, none that Windows keeps for itself."""
    name = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', "-", name).strip(" .-")[:100].rstrip(" .")
    return f"{name}-" if name.partition(".")[0].upper() in KEPT_BY_WINDOWS else name or "unnamed"


def short_name(run: Path) -> str:
    """What people call a run beside its number: experiment and time of day, `digits 14:03:11`; else its directory."""
    parts = re.fullmatch(r"\d{8}-(\d\d)(\d\d)(\d\d)-(.+)-[0-9a-f]{8}(-\d+)?", run.name)
    if parts is None:
        return run.name
    hours, minutes, seconds, name, number = parts.groups("")
    return f"{name} {hours}:{minutes}:{seconds}{number}"


def make_new_run(name: str, experiment_toml: str, base: Path) -> Path:
    """Make `base/<time>-<name>-<hash>` for a new run; a number is added if it is taken. Raises StorageError.

    Making the directory is what takes it: of several trainings that begin in one second each gets its own.
    """
    stem = f"{time.strftime(MOMENT)}-{run_label(name, experiment_toml)}"
    _make(base, parents=True)
    for number in itertools.count(1):
        path = base / (stem if number == 1 else f"{stem}-{number}")
        with contextlib.suppress(FileExistsError):
            _make(path)
            return path
    raise AssertionError("numbers do not end")


def make_run_directory(path: Path) -> None:
    """Make a directory that somebody named, or take it as it is. Raises StorageError if a run is in it."""
    _make(path, parents=True)
    if (path / EVENTS).exists():
        raise StorageError(f"{path}: already holds a run. Choose another directory.")


def _make(path: Path, *, parents: bool = False) -> None:
    """Make a directory, private to its owner, so that it lasts. With `parents` it may be there already.

    Raises StorageError, and FileExistsError without `parents`.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        path.mkdir(parents=parents, exist_ok=parents, mode=0o700)
        for folder in missing:
            with contextlib.suppress(OSError):  # a parent that may be written and not read
                sync_folder(folder.parent)
    except FileExistsError:
        if not parents:
            raise
        raise StorageError(f"{path}: is a file; expected a folder.") from None
    except OSError as error:
        raise StorageError(f"{path}: cannot be created: {error.strerror}.") from None


def opened(run: Path, name: str) -> BufferedReader | None:
    """A file of a run, to be read; None where there is none. Raises StorageError for anything but a file of its own."""
    with refused_by_disk(run / name), contextlib.suppress(FileNotFoundError):
        return open_to_read(run / name, MOST[name])
    return None


def read(run: Path, name: str) -> bytes | None:
    """All of a file of a run. As `opened`."""
    with refused_by_disk(run / name), contextlib.suppress(FileNotFoundError):
        return read_bytes(run / name, MOST[name])
    return None


def check_files(run: Path) -> None:
    """Raise StorageError if a file of a run is a link, or no file: who trains a run writes its files."""
    try:
        for path in run.iterdir():
            if path.name in MOST or re.fullmatch(rf"{CHECKPOINT}\.\d+", path.name):
                check_own(path)
    except OSError as error:
        raise StorageError(f"{error.filename}: {error.strerror}.") from None


def begun(run: Path) -> tuple[float, int]:
    """When a run began, to order runs by: as its directory's name says, which survives a copy, else as its files do.

    The environment is written when a run begins and never again. Raises OSError if there is no run.
    """
    kept = run / ENVIRONMENT
    written = (kept if kept.exists() else run / EVENTS).lstat().st_mtime_ns
    try:
        moment = time.mktime(time.strptime(run.name[:15], MOMENT))
    except (ValueError, OverflowError):
        moment = written // 10**9
    return moment, written


def runs_under(base: Path) -> list[Path]:
    """The run directories in a folder, in no order: whatever has an event log, be that a link to nowhere."""
    try:
        return [folder for folder in base.iterdir() if os.path.lexists(folder / EVENTS)]
    except OSError:
        return []


def latest_run(base: Path) -> Path:
    """The newest run directory under `base`."""
    found = []
    for run in runs_under(base):
        with contextlib.suppress(OSError):
            found.append((begun(run), run))
    if not found:
        raise StorageError(f"{base}: there are no runs yet. `tui-nn train digits` creates one.")
    return max(found)[1]
