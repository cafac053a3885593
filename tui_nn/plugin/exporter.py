"""An exporter writes a trained network in one format. All formats are plugins, including the built-in ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui_nn.engine.component import Function
from tui_nn.graph.decorated import decorated
from tui_nn.plugin.artefact import Artefact


@dataclass(frozen=True)
class Exporter(Artefact):
    """Writes one format. function: (exported, **options) -> the bytes of a file, or names within a folder -> bytes.

    exported: a `tui_nn.exchange.Exported`.
    """


def exporter(suffix: str = "", *, name: str = "") -> Callable[[Function], Exporter]:
    """Make an exporter of a function (exported, **options): `@exporter(".onnx")`, or `@exporter()` for a folder."""

    def made(function: Function) -> Exporter:
        return Exporter(decorated(function), name=name, suffix=suffix)

    return made
