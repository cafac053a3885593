"""A server in the test's own process, whose visitors get a program of a few lines in the place of the workbench."""

from __future__ import annotations

import contextlib
import sys

import aiohttp
from aiohttp.test_utils import TestServer

from tui_nn.web.address import Address
from tui_nn.web.guard import Doorkeeper
from tui_nn.web.house import House, Served
from tui_nn.web.server import Server

HOST = "127.0.0.1"
# Speaks as Textual's web driver does: what is typed goes back; what it starts stays behind if nobody ends it.
ECHO = """
import os, subprocess, sys
def packet(kind, data): os.write(1, kind + len(data).to_bytes(4, "big") + data)
os.write(1, b"__GANGLION__\\n")
open("mine", "w").close()
left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) if "leaves" in sys.argv else None
size = os.environ["COLUMNS"] + "x" + os.environ["ROWS"]
packet(b"D", f"{os.getpid()} {left.pid if left else 0} {os.getcwd()} {size}".encode())
pieces = [bytes.fromhex(word) for word in sys.argv[2:]] if sys.argv[1:2] == ["hands"] else []
if pieces: packet(b"M", pieces.pop(0))
if "deaf" in sys.argv:
    import signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True: packet(b"D", b"x" * 100_000)
while True:
    head = sys.stdin.buffer.read(5)
    if not head: break
    data = sys.stdin.buffer.read(int.from_bytes(head[1:], "big"))
    if head[:1] == b"D": packet(b"D", data)
    if b"deliver_chunk_request" in data: packet(b"P", pieces.pop(0))
"""


class EchoHouse(House):
    """Its visitors get ECHO, with these words after it."""

    def __init__(self, *words: str, most: int = 8, kept=None, asks=False) -> None:
        super().__init__(Served(words, asks=asks), most, kept)

    def command(self, name=""):
        self.called = name
        return [sys.executable, "-I", "-S", "-c", ECHO, *self.served.words]


class Here:
    """A server that listens: where, with which token, and a client of it that has no cookies but those it is given."""

    def __init__(self, guard, house, client) -> None:
        self.guard, self.house, self.client = guard, house, client

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.guard.address.port}"

    @property
    def page(self) -> dict[str, str]:
        """What a page of this server sends along."""
        return {"Origin": self.url}

    async def get(self, path, headers=None, **more):
        """Status, text and headers."""
        async with self.client.get(f"{self.url}{path}", headers=headers or {}, allow_redirects=False, **more) as answer:
            return answer.status, await answer.text("utf-8", "replace"), answer.headers

    async def enter(self) -> dict[str, str]:
        """The cookies of somebody who came with the token."""
        status, _, headers = await self.get(f"/?token={self.guard.token}")
        assert status == 200
        return cookies_of(headers)

    async def open(self, cookies, path="/ws"):
        """A connection of a page of this server."""
        return await self.client.ws_connect(f"{self.url}{path}", headers={**cookies, **self.page})


def cookies_of(headers) -> dict[str, str]:
    """What a browser says from then on that was given cookies with these headers."""
    return {"Cookie": "; ".join(line.split(";")[0] for line in headers.getall("Set-Cookie"))}


@contextlib.asynccontextmanager
async def closing(socket):
    """The connection, closed in the end: the lowest aiohttp does not do so itself."""
    try:
        yield socket
    finally:
        await socket.close()


@contextlib.asynccontextmanager
async def listening(house, public=""):
    """A `Here`."""
    guard = Doorkeeper(Address(HOST, 0, public))
    server = Server(guard, house)
    try:
        async with TestServer(server.application(), host=HOST) as listens:
            guard.address = Address(HOST, listens.port, public)
            async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
                yield Here(guard, house, client)
            await server.end()
    finally:
        house.close()
