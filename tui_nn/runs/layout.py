"""Names of the files of a run directory, and of the directory itself."""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
from pathlib import Path

from tui_nn.errors import StorageError
from tui_nn.runs.atomic import sync_folder

EXPERIMENT = "experiment.toml"
ENVIRONMENT = "environment.json"
EVENTS = "events.jsonl"
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


def new_run_path(name: str, experiment_toml: str, base: Path) -> Path:
    """`base/<time>-<name>-<hash>`, not yet made; the hash is of the experiment, a number is added if it is taken."""
    moment = time.strftime("%Y%m%d-%H%M%S")
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.")[:40] or "run"
    digest = hashlib.sha256(experiment_toml.encode()).hexdigest()[:8]
    path = base / f"{moment}-{name}-{digest}"
    number = 2
    while path.exists():
        path = base / f"{moment}-{name}-{digest}-{number}"
        number += 1
    return path


def make_run_directory(path: Path) -> None:
    """Make the directory, private to its owner, so that it lasts. Raises StorageError if another run is in it."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in missing:
            with contextlib.suppress(OSError):  # a parent that may be written and not read
                sync_folder(folder.parent)
        if (path / EVENTS).exists():
            raise StorageError(f"{path}: there is a run here already. Choose another directory.")
    except OSError as error:
        raise StorageError(f"{path}: cannot be made: {error.strerror}.") from None


def latest_run(base: Path) -> Path:
    """The newest run directory under `base`."""
    runs = [path.parent for path in base.glob(f"*/{EVENTS}")]
    if not runs:
        raise StorageError(f"{base}: no run is here yet. `tui-nn train digits` makes one.")
    return max(runs, key=lambda run: (run / EVENTS).stat().st_mtime_ns)
