"""Where the server is, and by which names a browser may ask for it.

A name that anybody can point at this machine is not one of them (DNS rebinding): numbers are, this machine's own name,
and the address of a proxy that whoever serves has named.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from tui_nn.errors import ExperimentError


@dataclass(frozen=True)
class Address:
    """host, port: what is listened on. public: the address that a proxy in front has, if there is one."""

    host: str
    port: int
    public: str = ""

    @property
    def url(self) -> str:
        """What a browser is given, without a path."""
        return self.public or f"http://{_bracketed(self._shown)}:{self.port}"

    @property
    def _shown(self) -> str:
        """Who listens everywhere is reached under its own name."""
        anywhere = is_number(self.host) and ipaddress.ip_address(self.host).is_unspecified
        return socket.gethostname() if anywhere else self.host

    @property
    def is_encrypted(self) -> bool:
        """Whether what the browser sees is HTTPS."""
        return self.public.startswith("https:")

    def of_connections(self, host: str) -> str:
        """Where the page connects to that was asked for as `host`, without a path."""
        return f"{'wss' if self.is_encrypted else 'ws'}://{host}"

    def is_asked(self, host: str) -> bool:
        """Whether a Host header names this server."""
        if self.public and host.lower() == urlsplit(self.public).netloc.lower():
            return True
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        if port != self.port or parts.path or parts.query or "@" in host:
            return False
        if is_loopback(self.host):
            return is_loopback(name)
        return is_number(name) or name in (self.host.lower(), "localhost", socket.gethostname().lower())

    def is_own(self, origin: str, host: str) -> bool:
        """Whether an Origin header is that of this server's own pages, as `host` was asked for them."""
        scheme = "https" if self.is_encrypted and host.lower() == urlsplit(self.public).netloc.lower() else "http"
        return origin.lower() == f"{scheme}://{host}".lower()


def is_number(host: str) -> bool:
    """Whether it is an IP address: what no name server can point elsewhere."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it."""
    return host.lower() == "localhost" or (is_number(host) and ipaddress.ip_address(host).is_loopback)


def checked_public(text: str) -> str:
    """The address of a proxy, without a slash at its end. Raises ExperimentError for what is none."""
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
        bare = parts.path in ("", "/") and not parts.query and not parts.fragment and "@" not in parts.netloc
    except ValueError:
        fits = bare = False
    if not fits or not bare:
        raise ExperimentError(f"--address {text}: expected the address of a server, such as https://nets.example.org.")
    return f"{parts.scheme}://{parts.netloc}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
