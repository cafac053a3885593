"""Links of a document, for the place that it has in the site: what is no page there is found in the repository."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)


def relinked(text: str, source: str, placed: Mapping[str, str], root: Path, home: str) -> str:
    """The document with its relative links led to where they are found.

    source: its path in the repository. placed: path in the repository -> path in the site, of all that has one. home:
    address of the repository for everything else; without it such a link becomes its text. A link that is called as its
    file is gets the title of the page; one to what is nowhere is left as it is, and the build finds it broken.
    """

    def led(found: re.Match[str]) -> str:
        picture, words, link = found.groups()
        path, sharp, anchor = link.partition("#")
        if not path or ":" in path:
            return found[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        if target in placed:
            there = posixpath.relpath(placed[target], posixpath.dirname(placed[source]) or ".")
            if not picture and words == posixpath.basename(path) and path.endswith(".md"):
                words = ""  # a page has a title, which then stands there
            return f"{picture}[{words}]({there}{sharp}{anchor})"
        if not (root / target).exists():
            return found[0]
        return f"[{words}]({home}/blob/main/{target}{sharp}{anchor})" if home else words

    # Every second piece is a block of code, in which nothing is a link.
    return "".join(piece if at % 2 else LINK.sub(led, piece) for at, piece in enumerate(FENCE.split(text)))


def home() -> str:
    """Where the repository is published, as the build of the package is told (docs/decisions/0056)."""
    return os.environ.get("TUI_NN_HOME", "").rstrip("/")
