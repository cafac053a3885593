"""The files of the folder `page`, and the pages that are made of them."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from aiohttp import web

FOLDER = files("tui_nn.web") / "page"


def text_of(name: str) -> str:
    """What a file holds."""
    return (FOLDER / name).read_text("utf-8")


def page(name: str, **values: str) -> web.Response:
    """A page, with these texts in the places that it names."""
    texts = {place: escape(value) for place, value in values.items()}
    return web.Response(text=Template(text_of(name)).substitute(texts), content_type="text/html")
