"""The base of exporters and reporters: they make a file, or the files of a folder, from something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from tui_nn.engine.component import Component
from tui_nn.errors import PluginError


@dataclass(frozen=True)
class Artefact(Component):
    """Makes a file or a folder. suffix: that of the file, with its dot; empty for a folder."""

    suffix: str = ""

    def files(self, subject: Any, **options: Any) -> dict[str, bytes]:
        """Names within the target ("" is the target itself) -> contents. Raises PluginError for anything else."""
        kind = type(self).__name__.lower()
        given = self.function(subject, **{**self.settings, **options})
        files = {"": given} if isinstance(given, bytes) else given
        if not isinstance(files, Mapping) or not files or any(not isinstance(one, bytes) for one in files.values()):
            raise PluginError(
                f"{kind} '{self.name}' returned a {type(given).__name__}; expected bytes, or names with bytes."
            )
        for name in files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name:
                raise PluginError(f"{kind} '{self.name}' names the file {name!r}; expected one within its folder.")
        if ("" in files) != bool(self.suffix):
            expected = f"a file ending in {self.suffix}" if self.suffix else "a folder"
            raise PluginError(f"{kind} '{self.name}' is declared to write {expected}, and does not.")
        return dict(files)
