"""Pages that are made from the code, each by a module of its own: name of the page -> what makes it."""

from __future__ import annotations

from collections.abc import Callable

from docsite.reference import api, cli, components, keys, lessons, plugins, settings, views

PAGES: dict[str, Callable[[], str]] = {
    "cli": cli.page,
    "keys": keys.page,
    "views": views.page,
    "settings": settings.page,
    "components": components.page,
    "lessons": lessons.page,
    "plugins": plugins.page,
    "api": api.page,
}
