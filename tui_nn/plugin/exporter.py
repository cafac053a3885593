"""An exporter: what writes a trained network in one format. Formats are plugins, the built-in ones too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui_nn.engine.component import Function
from tui_nn.graph.decorated import decorated
from tui_nn.plugin.artefact import Artefact


@dataclass(frozen=True)
class Exporter(Artefact):
    """function: (exported, **options) -> the bytes of a file, or a mapping of names within a folder to bytes.

    exported: a `tui_nn.exchange.Exported`.
    """


def exporter(suffix: str = "", *, name: str = "") -> Callable[[Function], Exporter]:
    """`@exporter(".onnx")`, or `@exporter()` for a folder: makes an exporter of a function (exported, **options)."""

    def made(function: Function) -> Exporter:
        return Exporter(decorated(function), name=name, suffix=suffix)

    return made
