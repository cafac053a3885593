"""A view as a value: text where there is text, SVG where a notebook shows it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.text import Text

from tui_nn.errors import refused_by_disk
from tui_nn.render import to_plain, to_svg


@dataclass(frozen=True)
class ViewPicture:
    """What `tui_nn.show` gives. As a string it is plain text; a notebook shows it as SVG. title: of view and moment."""

    title: str
    text: Text
    light: bool = False
    _numbers: Callable[[], Mapping[str, Any]] = field(default=dict, repr=False)

    @property
    def numbers(self) -> Mapping[str, Any]:
        """What it is drawn from, as `tui-nn show --json` prints it. Raises TuiNNError for a view without."""
        return self._numbers()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as SVG. Raises StorageError."""
        with refused_by_disk(os.fspath(path)):
            Path(path).write_text(self._repr_svg_(), "utf-8")

    def __str__(self) -> str:
        return to_plain(self.text)

    __repr__ = __str__

    def _repr_svg_(self) -> str:
        return to_svg(self.text, self.title, light=self.light)
