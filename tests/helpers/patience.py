"""A busy machine starts a process in seconds: what must hang is waited for until it does, and not by the clock."""

from __future__ import annotations

import asyncio
import queue
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

LONG = 120.0  # seconds, for a machine however busy
BRIEFLY = 0.3  # seconds of silence, once it hangs


async def until(condition: Callable[[], object], seconds: float = LONG) -> None:
    """Wait for it; what does not come fails the test."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s"
        await asyncio.sleep(0.02)


@pytest.fixture
def hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A statement that hangs; the isolated check gives up on it as soon as it does."""
    there = tmp_path / "it-hangs"

    class Patient(queue.SimpleQueue[bytes]):
        """Gives up when the plugin hangs, whatever the limit."""

        def get(self, block: bool = True, timeout: float | None = None) -> bytes:  # noqa: ARG002
            while True:
                try:
                    return super().get(timeout=BRIEFLY)
                except queue.Empty:
                    if there.exists():
                        raise

    monkeypatch.setattr("tui_nn.testing.isolated.queue", SimpleNamespace(SimpleQueue=Patient, Empty=queue.Empty))
    return f"while True: open({str(there)!r}, 'w').close()"
