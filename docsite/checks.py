"""What is wrong in built pages: links that lead nowhere, and whatever another host would be asked for."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {"src", "srcset", "poster", "data", "background"}  # attributes that a browser fetches by itself
FETCHED_BY_LINK = {
    "stylesheet",
    "icon",
    "preload",
    "prefetch",
    "modulepreload",
    "preconnect",
    "dns-prefetch",
    "manifest",
}
OF_STYLES = re.compile(r"""(?:url\(|@import)\s*["']?\s*((?:https?:)?//[^"')\s]+)""")
OF_SCRIPTS = re.compile(
    r"""(?:fetch|import|importScripts|sendBeacon|open)\(\s*["'`](?:\w+["'],\s*["'])?((?:https?:)?//[^"'`]+)"""
)


class Page(HTMLParser):
    """ids: places that a link can lead to. links: what a reader may follow. fetched: by a browser, unasked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self._code = ""  # the element that holds no markup
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self._code = tag if tag in ("style", "script") else ""
        self.ids |= {known[name] for name in ("id", "name") if name in known}
        self.fetched += [known[name].split()[0] for name in FETCHED & known.keys() if known[name].strip()]
        self.fetched += OF_STYLES.findall(known.get("style", ""))
        if tag == "link":
            if FETCHED_BY_LINK & set(known.get("rel", "").split()):
                self.fetched.append(known.get("href", ""))
        elif tag in ("image", "use"):
            self.fetched += [known[name] for name in ("href", "xlink:href") if name in known]
        elif "href" in known:
            self.links.append(known["href"])

    def handle_data(self, data: str) -> None:
        if self._code:
            self.fetched += (OF_STYLES if self._code == "style" else OF_SCRIPTS).findall(data)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._code = ""


@dataclass
class Found:
    """faults: a sentence each. internal: links followed within the site. external: address -> pages that name it."""

    pages: int = 0
    internal: int = 0
    faults: list[str] = field(default_factory=list)
    external: dict[str, list[str]] = field(default_factory=dict)


def checked(site: Path) -> Found:
    """Read every file of a built site."""
    pages = {path.relative_to(site).as_posix(): Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    found = Found(len(pages))
    for name, page in pages.items():
        for link in page.links:
            _follow(link, name, pages, files, found)
        for address in page.fetched:
            _fetch(address, name, files, found)
    for path in sorted(site.rglob("*")):
        pattern = {".css": OF_STYLES, ".svg": OF_STYLES, ".js": OF_SCRIPTS}.get(path.suffix)
        if pattern is not None:
            name = path.relative_to(site).as_posix()
            found.faults += [f"{name}: fetches {address}" for address in pattern.findall(path.read_text("utf-8"))]
    return found


def _follow(link: str, name: str, pages: dict[str, Page], files: set[str], found: Found) -> None:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        if parts.scheme != "data":
            found.external.setdefault(link, []).append(name)
        return
    found.internal += 1
    target = _target(parts.path, name)
    if target not in files:
        found.faults.append(f"{name}: leads to {link}, which is not there")
    elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
        found.faults.append(f"{name}: leads to {link}; {target} has no such place")


def _fetch(address: str, name: str, files: set[str], found: Found) -> None:
    parts = urlsplit(address)
    if parts.scheme == "data" or not address or address.startswith("#"):
        return
    if parts.scheme or parts.netloc:
        found.faults.append(f"{name}: fetches {address}")
    elif _target(parts.path, name) not in files:
        found.faults.append(f"{name}: shows {address}, which is not there")


def _target(path: str, name: str) -> str:
    """The file that a relative address means, on the page of this name."""
    if not path:
        return name
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path)))
    return posixpath.join(target, "index.html") if path.endswith("/") else target
