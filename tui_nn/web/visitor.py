"""A visitor: a workbench in a process of its own, between its pipes and the browser's connection.

textual-serve does the talking with the application; what is ours is how the process is started and that it ends, with
all that it has started, whatever it or its browser does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from tui_nn.system import APART, ask_group, end_group, group_lives

PATIENCE = 3.0  # seconds that a trainer has to save and end
LOOK = 0.05  # seconds between two looks at what is left


class Visitor(AppService):
    """One connection of one browser. gone: set when the workbench has ended by itself."""

    def __init__(
        self,
        words: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        send: tuple[Callable[[bytes], Awaitable[None]], Callable[[str], Awaitable[None]]],
        downloads: DownloadManager,
    ) -> None:
        super().__init__(
            words[0],
            write_bytes=send[0],
            write_str=send[1],
            close=self._close,
            download_manager=downloads,
        )
        self._words, self._folder, self._given = words, folder, dict(environment)
        self.gone = asyncio.Event()

    async def _close(self) -> None:
        self.gone.set()

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return {**self._given, "COLUMNS": str(width), "ROWS": str(height)}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> asyncio.subprocess.Process:
        """No shell, the visitor's own folder, and a group of processes that can be ended as one."""
        self._process = process = await asyncio.create_subprocess_exec(
            *self._words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._build_environment(width, height),
            cwd=self._folder,
            **APART,
        )
        assert process.stdin is not None
        self._stdin = process.stdin
        return process

    async def run(self) -> None:
        """Hand on what the workbench draws, until it ends."""
        try:
            await super().run()
        finally:
            self.gone.set()

    async def stop(self) -> None:
        """End the process, its trainers and whatever else it has started. It may hang: nobody waits for its answer."""
        process, task = self._process, self._task
        self._process = self._task = None
        if process is None:
            return
        with contextlib.suppress(Exception):
            await self._download_manager.cancel_app_downloads(self.app_service_id)
        if task is not None:
            task.cancel()  # it may wait for a browser that takes nothing
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
        drained = asyncio.create_task(_drain(process.stdout))  # who cannot write cannot end either
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self.send_meta({"type": "quit"}), LOOK)
        ask_group(process.pid)
        until = asyncio.get_running_loop().time() + PATIENCE
        while group_lives(process.pid) and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(LOOK)
        if group_lives(process.pid):
            end_group(process.pid)
        await process.wait()
        await drained


async def _drain(stream: asyncio.StreamReader | None) -> None:
    """Take what nobody sees any more, to its end."""
    while stream is not None and await stream.read(1 << 16):
        pass
