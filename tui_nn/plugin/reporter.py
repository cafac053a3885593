"""A reporter makes an artefact from a run that has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tui_nn.engine.component import Function
from tui_nn.graph.decorated import decorated
from tui_nn.plugin.artefact import Artefact

Finished = Any  # tui_nn.report.finished.Finished, which is above plugins


@dataclass(frozen=True)
class Reporter(Artefact):
    """Makes an artefact. function: (finished, **options) -> the bytes of a file, or names within a folder -> bytes.

    finished.summary is the content of `summary.json`, finished.reader the run itself, with its history and weights.
    """


def reporter(suffix: str = "", *, name: str = "") -> Callable[[Function], Reporter]:
    """Make a reporter of a function (finished, **options): `@reporter(".html")`, or `@reporter()` for a folder."""

    def made(function: Function) -> Reporter:
        return Reporter(decorated(function), name=name, suffix=suffix)

    return made
