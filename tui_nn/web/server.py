"""The server: a page, the connection of each visitor behind it, and files that are handed out."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from socket import gaierror
from typing import Any
from urllib.parse import quote

import textual_serve
from aiohttp import WSCloseCode, WSMsgType, web
from textual_serve.download_manager import DownloadManager

from tui_nn.errors import ExperimentError
from tui_nn.training.asked import heard
from tui_nn.web.guard import Doorkeeper, refused
from tui_nn.web.house import Full, House
from tui_nn.web.pages import page, text_of
from tui_nn.web.visitor import Visitor

HEARTBEAT = 20.0  # seconds between two looks whether a browser is still there; it has half of that to answer
MOST_BYTES = 1 << 20  # of a message: a large paste
WIDTHS, HEIGHTS = (20, 400), (5, 150)  # cells of a screen
FONT = (8, 40)  # pixels
TYPES = {"page.css": "text/css", "page.js": "text/javascript"}
STATIC = Path(textual_serve.__file__ or "").parent / "static"


class Server:
    """Serves one house at one address."""

    def __init__(self, guard: Doorkeeper, house: House, title: str = "tui-nn") -> None:
        self._guard, self._house, self._title = guard, house, title
        self._downloads = DownloadManager()
        self._visits: set[asyncio.Task[Any]] = set()
        self._owners: dict[str, str] = {}  # of a process, who sits at it
        self._ends = False

    def application(self) -> web.Application:
        """The routes, behind the guard."""
        app = web.Application(middlewares=[self._guard.middleware()])
        app.on_response_prepare.append(self._guard.protect)
        app.router.add_get("/", self._index)
        app.router.add_get("/ws", self._visit)
        app.router.add_get("/page/{name}", self._page)
        app.router.add_get("/download/{key}", self._download)
        app.router.add_static("/static", STATIC)
        return app

    async def _index(self, request: web.Request) -> web.Response:
        guard = self._guard
        if not self._house.has_room(guard.visitor(request)):
            return self._full()
        if self._house.served.asks and not guard.name(request):
            named = guard.named(request)
            return named if named is not None else page("name.html", title=self._title)
        size = _within(request.query.get("fontsize", ""), FONT, 16)
        socket = f"{guard.address.of_connections(request.host)}/ws"
        return page("index.html", title=self._title, socket=socket, size=str(size))

    def _full(self) -> web.Response:
        return refused(503, f"All places are taken: {self._house.most} at once. Try again in a while.")

    async def _page(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in TYPES:
            raise web.HTTPNotFound
        return web.Response(text=text_of(name), content_type=TYPES[name])

    async def _visit(self, request: web.Request) -> web.StreamResponse:
        """A workbench for as long as its browser stays."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=MOST_BYTES)
        if not socket.can_prepare(request):
            return refused(400, "This is for connections of the page alone.")
        visitor = self._guard.visitor(request)
        if not visitor:
            return refused(403, "Open the page first.")
        visit = asyncio.current_task()
        assert visit is not None
        self._visits.add(visit)
        try:
            async with self._house.place(visitor) as place:
                process = Visitor(
                    self._house.command(self._guard.name(request)),
                    place.folder,
                    place.environment,
                    (socket.send_bytes, socket.send_str),
                    self._downloads,
                )
                await self._attend(request, socket, process, visitor)
        except Full:
            return self._full()
        finally:
            self._visits.discard(visit)
        return socket

    async def _attend(
        self, request: web.Request, socket: web.WebSocketResponse, process: Visitor, visitor: str
    ) -> None:
        """Hear the browser until it goes, or the workbench ends; then end what is left of either."""
        width, height = (request.query.get(name, "") for name in ("width", "height"))
        self._owners[process.app_service_id] = visitor
        hearing = None
        try:
            await socket.prepare(request)
            await process.start(*_size(width, height))
            hearing = asyncio.create_task(_hear(socket, process))
            gone = asyncio.create_task(process.gone.wait())
            await asyncio.wait((hearing, gone), return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
        except (ConnectionError, asyncio.CancelledError):
            pass  # the browser has gone, or the server ends
        finally:
            await process.stop()
            self._owners.pop(process.app_service_id, None)
            if hearing is not None:
                hearing.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await hearing
            with contextlib.suppress(Exception):
                await asyncio.wait_for(socket.close(code=WSCloseCode.GOING_AWAY), 1.0)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A file that the visitor's own workbench hands out, once; never shown as a page."""
        key = request.match_info["key"]
        try:
            found = await self._downloads.get_download_metadata(key)
        except KeyError:
            raise web.HTTPNotFound from None
        if self._owners.get(found.app_service.app_service_id) != self._guard.visitor(request):
            raise web.HTTPNotFound
        answer = web.StreamResponse()
        answer.content_type = "application/octet-stream"
        answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.file_name)}"
        await answer.prepare(request)
        async for chunk in self._downloads.download(key):
            await answer.write(chunk)
        await answer.write_eof()
        return answer

    async def end(self) -> None:
        """End everybody's workbench, at once."""
        visits = [visit for visit in self._visits if not visit.done()]
        for visit in visits:
            visit.cancel()
        if visits:
            await asyncio.wait(visits, timeout=10.0)


async def _hear(socket: web.WebSocketResponse, process: Visitor) -> None:
    """What the browser says, until it is gone. What is nothing that a page of ours says is passed over."""
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            said = json.loads(message.data)
        except (ValueError, RecursionError):
            continue
        match said:
            case ["stdin", str(text)]:
                await process.send_bytes(text.encode("utf-8", "replace"))
            case ["resize", {"width": int(width), "height": int(height)}]:
                await process.set_terminal_size(*_size(str(width), str(height)))
            case ["ping", str(moment)]:
                await socket.send_json(["pong", moment[:40]])
            case ["focus"]:
                await process.focus()
            case ["blur"]:
                await process.blur()


def _size(width: str, height: str) -> tuple[int, int]:
    """Of a screen, in cells."""
    return _within(width, WIDTHS, 80), _within(height, HEIGHTS, 24)


def _within(text: str, limits: tuple[int, int], default: int) -> int:
    """A whole number of the browser's, as it is or as near as may be."""
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        return default
    return min(max(int(text), limits[0]), limits[1])


async def serve(guard: Doorkeeper, house: House, title: str, told: Callable[[], None]) -> int:
    """Serve until a signal ends it. told: called once the server listens. Returns the number of the signal.

    Raises ExperimentError for an address that cannot be had.
    """
    server = Server(guard, house, title)
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=1.0)
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def end(number: int) -> None:
        if not ended.done():
            ended.set_result(number)

    await runner.setup()
    try:
        site = web.TCPSite(runner, guard.address.host, guard.address.port)
        try:
            await site.start()
        except OSError as error:
            unknown = isinstance(error, gaierror)  # whose numbers are not the system's
            why = "there is no machine of that name" if unknown else os.strerror(error.errno or 0).lower()
            free = " --port 0 takes a free one." if error.errno == errno.EADDRINUSE else ""
            raise ExperimentError(f"{guard.address.host}, port {guard.address.port}: {why}.{free}") from None
        guard.address = replace(guard.address, port=runner.addresses[0][1])
        with contextlib.suppress(NotImplementedError):  # on Windows Ctrl+C is an exception
            for number in heard():
                loop.add_signal_handler(number, end, int(number))
        told()
        return await ended
    finally:
        await server.end()
        await runner.cleanup()
        house.close()
