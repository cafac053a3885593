"""What the disk refuses, said as an error of what was to be written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from tui_nn.errors import StorageError
from tui_nn.runs.atomic import write_atomically


@contextlib.contextmanager
def refused_by_disk(path: Path) -> Iterator[None]:
    """Within, an OSError is a StorageError that names this path."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}.") from None


def write_files(target: Path, files: Mapping[str, bytes]) -> None:
    """Write an artefact: names within the target, "" for the target itself. Raises StorageError with the file."""
    for name, content in files.items():
        path = target / name if name else target
        with refused_by_disk(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
