"""A plugin's own prints: kept off stdout, which belongs to results, and off the screen, which belongs to the views."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from tui_nn.files import open_to_append


class CapturedPrints(io.TextIOBase):
    """Takes the place of stdout while plugins run: keeps what they print until there is a log to write it to."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._log: TextIO | None = None

    def write(self, text: str) -> int:
        if self._log is None:
            self._kept.append(text)
        else:
            self._log.write(text)
            self._log.flush()
        return len(text)

    def into(self, path: Path) -> None:
        """From now on write to this file, and first what was kept."""
        self._log = io.TextIOWrapper(open_to_append(path), encoding="utf-8")
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
