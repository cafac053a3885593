"""What every request passes before anything answers it: who was asked, which page asks, and whether it has the token.

The token is in the address once. The page that takes it goes on by itself, without it, and from then on the browser has
it as a cookie that no script reads and no other site's page sends. Cookies of one host go to all its ports, so that a
page of another server on this machine is foreign too: its Origin says so.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from aiohttp import web

from tui_nn.web.address import Address
from tui_nn.web.pages import page

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

LONGEST = 60  # letters of a name
VISITOR = re.compile(r"[0-9a-f]{32}")
# What a page of ours may load: nothing from elsewhere, and no script that is written into a page. The terminal sets
# styles from its script, and has its own name for an empty picture.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self' {socket}; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def refused(status: int, sentence: str) -> web.Response:
    """A plain page that says why."""
    headers = {"Retry-After": "30"} if status == 503 else {}
    return web.Response(status=status, text=f"{sentence}\n", headers=headers)


class Doorkeeper:
    """A middleware of aiohttp. address: set once the server listens, for then its port is known."""

    def __init__(self, address: Address, token: str = "") -> None:
        self.address = address
        self.token = token or secrets.token_urlsafe(24)

    @property
    def entrance(self) -> str:
        """The address to be opened, with the token."""
        return f"{self.address.url}/?token={self.token}"

    @property
    def _cookie(self) -> str:
        """Cookies know no port: two servers of one host must not take one another's."""
        return f"tui_nn_{self.address.port}"

    def visitor(self, request: web.Request) -> str:
        """Who asks, by the other cookie; empty for somebody who is new."""
        name = request.cookies.get(f"{self._cookie}_visitor", "")
        return name if VISITOR.fullmatch(name) else ""

    def name(self, request: web.Request) -> str:
        """What the visitor is called, if that was asked; empty until it is answered."""
        name = unquote(request.cookies.get(f"{self._cookie}_name", ""))
        return name if _is_name(name) else ""

    def named(self, request: web.Request) -> web.Response | None:
        """Keep the name that the page has asked for, and go on; None if that is no answer to it."""
        name = " ".join(request.query.get("name", "").split())
        if not _is_name(name):
            return None
        answer = page("enter.html")
        self._give(answer, f"{self._cookie}_name", quote(name))
        return answer

    def middleware(self) -> Middleware:
        """For web.Application."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            for asked in (self._refusal, self._entered):
                answer = asked(request)
                if answer is not None:  # it is a mapping, which some versions of aiohttp count as nothing while empty
                    return answer
            try:
                return await handler(request)
            except web.HTTPException as error:
                return refused(error.status, f"{error.reason}.")

        return guard

    async def protect(self, request: web.Request, answer: web.StreamResponse) -> None:
        """A signal of aiohttp: no answer of any kind goes out without these."""
        host = request.headers.get("Host", "")
        host = host if self.address.is_asked(host) else self.address.url.partition("//")[2]
        answer.headers["Content-Security-Policy"] = POLICY.format(socket=self.address.of_connections(host))
        answer.headers.update(HEADERS)
        answer.headers.popall("Server", None)

    def _refusal(self, request: web.Request) -> web.Response | None:
        """Why it is not answered; None if it may be, or has the token in its address."""
        host = request.headers.get("Host", "")
        if not self.address.is_asked(host):
            return refused(403, f"This server does not go by that name. It is at {self.address.url}.")
        origin = request.headers.get("Origin")
        is_socket = request.headers.get("Upgrade", "").lower() == "websocket"
        if origin is None and is_socket:
            return refused(403, "A connection without an Origin is refused: only a page of this server may open one.")
        if origin is not None and not self.address.is_own(origin, host):
            return refused(403, "A page of another site may not use this workbench.")
        if request.method not in ("GET", "HEAD"):
            return refused(405, "Only GET is answered.")
        if not self._knows(request.cookies.get(self._cookie, "")) and not self._is_entrance(request):
            return refused(403, "Open the address that `tui-nn serve` has printed, with its token.")
        return None

    def _knows(self, word: str) -> bool:
        """In the same time whatever the word is."""
        return hmac.compare_digest(word.encode("utf-8", "replace"), self.token.encode())

    def _is_entrance(self, request: web.Request) -> bool:
        return request.path == "/" and self._knows(request.query.get("token", ""))

    def _entered(self, request: web.Request) -> web.Response | None:
        """Give the cookies to whoever comes with the token, and a page that goes on without it.

        A redirect would not do: on the way from another site's link the browser keeps a strict cookie back, and a
        page of ours is on the way from nowhere.
        """
        if not self._is_entrance(request):
            return None
        answer = page("enter.html")
        self._give(answer, self._cookie, self.token)
        self._give(answer, f"{self._cookie}_visitor", self.visitor(request) or secrets.token_hex(16))
        return answer

    def _give(self, answer: web.Response, name: str, value: str) -> None:
        answer.set_cookie(name, value, path="/", httponly=True, samesite="Strict", secure=self.address.is_encrypted)


def _is_name(text: str) -> bool:
    """Whether it can stand beside answers."""
    return 0 < len(text) <= LONGEST and text.isprintable()
