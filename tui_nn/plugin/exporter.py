"""An exporter: what writes a trained network in one format. Formats are plugins, the built-in ones too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from tui_nn.engine.component import Component, Function
from tui_nn.errors import PluginError
from tui_nn.graph.decorated import decorated

Exported = Any  # tui_nn.exchange.Exported, which is above plugins


@dataclass(frozen=True)
class Exporter(Component):
    """function: (exported, **options) -> the bytes of a file, or a mapping of names within a folder to bytes.

    suffix: of the file, with its dot; empty for a folder.
    """

    suffix: str = ""

    def export(self, exported: Exported, **options: Any) -> dict[str, bytes]:
        """Names within the target, "" for the target itself, and contents. Raises PluginError for anything else."""
        given = self.function(exported, **{**self.settings, **options})
        files = {"": given} if isinstance(given, bytes) else given
        if not isinstance(files, Mapping) or not files or any(not isinstance(one, bytes) for one in files.values()):
            raise PluginError(
                f"exporter '{self.name}' returned a {type(given).__name__}; expected bytes, or names with bytes."
            )
        for name in files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name:
                raise PluginError(f"exporter '{self.name}' names the file {name!r}; expected one within its folder.")
        if ("" in files) != bool(self.suffix):
            expected = f"a file ending in {self.suffix}" if self.suffix else "a folder"
            raise PluginError(f"exporter '{self.name}' is declared to write {expected}, and does not.")
        return dict(files)


def exporter(suffix: str = "", *, name: str = "") -> Callable[[Function], Exporter]:
    """`@exporter(".onnx")`, or `@exporter()` for a folder: makes an exporter of a function (exported, **options)."""

    def made(function: Function) -> Exporter:
        return Exporter(decorated(function), name=name, suffix=suffix)

    return made
