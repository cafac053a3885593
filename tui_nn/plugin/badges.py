"""The badge of a plugin: the result of the last check, stored by the fingerprint of its sources; an edit loses it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import tui_nn
from tui_nn import userfiles
from tui_nn.errors import StorageError
from tui_nn.plugin.registry import PluginInfo
from tui_nn.plugin.sha256 import sha256_of

FILE = "checks.json"
MOST = 500  # badges that are kept: the oldest go


@dataclass(frozen=True)
class Badge:
    """The result of a check. state: "proved", "failed" or "not checked". failures: "activation swish: derivative"."""

    state: str
    failures: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"failed: {'; '.join(self.failures)}" if self.failures else self.state


NOT_CHECKED = Badge("not checked")


def keep(sha256: str, failures: tuple[str, ...]) -> None:
    """Store the result of a check of these sources. If it cannot be stored, only the badge is lost."""
    if not sha256:
        return

    def with_this(kept: dict[str, Any]) -> dict[str, Any]:
        kept.pop(sha256, None)
        kept[sha256] = {"version": tui_nn.__version__, "failures": list(failures)}
        return dict(list(kept.items())[-MOST:])

    with contextlib.suppress(OSError, StorageError):
        userfiles.update(FILE, with_this)


def badge(plugin: PluginInfo, kept: dict[str, Any] | None = None) -> Badge:
    """The badge of a plugin with its present sources, by this version of tui-nn."""
    found = (userfiles.read(FILE) if kept is None else kept).get(sha256_of(plugin))
    if not isinstance(found, dict) or found.get("version") != tui_nn.__version__:
        return NOT_CHECKED
    failures = tuple(str(words) for words in found.get("failures", ()))
    return Badge("failed" if failures else "proved", failures)
