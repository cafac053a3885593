"""Artefacts are written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tui_nn.errors import refused_by_disk
from tui_nn.runs.atomic import write_atomically


def write_files(target: Path, files: Mapping[str, bytes]) -> None:
    """Write an artefact: names within the target, "" for the target itself. Raises StorageError with the file."""
    for name, content in files.items():
        path = target / name if name else target
        with refused_by_disk(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
