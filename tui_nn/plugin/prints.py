"""A plugin's own prints: kept off stdout, which belongs to results, and off the screen, which belongs to the views."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tui_nn.files import open_to_append


class CapturedPrints(io.TextIOBase):
    """Replaces stdout while plugins run, and keeps what they print until there is a log for it."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._log: BinaryIO | None = None

    def write(self, text: str) -> int:
        if self._log is None:
            self._kept.append(text)
        else:
            with contextlib.suppress(OSError):  # of a full disk: no plugin is to blame, and none shall end by it
                self._log.write(text.encode("utf-8", "replace"))
        return len(text)

    def into(self, path: Path) -> None:
        """Write to this file from now on, beginning with what was kept."""
        self._log = open_to_append(path, buffering=0)
        if self._kept:
            self.write("".join(self._kept))

    def close(self) -> None:
        if self._log is not None:
            self._log.close()
        super().close()


@contextlib.contextmanager
def captured_prints() -> Iterator[CapturedPrints]:
    """Keep Python's prints off stdout, which belongs to results."""
    prints = CapturedPrints()
    with contextlib.closing(prints), contextlib.redirect_stdout(prints):
        yield prints
