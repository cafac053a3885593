"""A reporter: what makes an artefact of a run that has ended."""

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
    """function: (finished, **options) -> the bytes of a file, or a mapping of names within a folder to bytes.

    finished.summary is what `summary.json` says, finished.reader the run itself, with its history and its weights.
    """


def reporter(suffix: str = "", *, name: str = "") -> Callable[[Function], Reporter]:
    """`@reporter(".html")`, or `@reporter()` for a folder: makes a reporter of a function (finished, **options)."""

    def made(function: Function) -> Reporter:
        return Reporter(decorated(function), name=name, suffix=suffix)

    return made
