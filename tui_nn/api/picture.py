"""A view as a value: plain text as a string, SVG in a notebook."""

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
    """The picture that `tui_nn.show` returns: plain text as a string, SVG in a notebook. title: view and moment."""

    title: str
    text: Text
    light: bool = False
    _numbers: Callable[[], Mapping[str, Any]] = field(default=dict, repr=False)

    @property
    def numbers(self) -> Mapping[str, Any]:
        """The numbers of the picture, as `tui-nn show --json` prints them. Raises TuiNNError if the view has none."""
        return self._numbers()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture as SVG. Raises StorageError."""
        with refused_by_disk(os.fspath(path)):
            Path(path).write_text(self._repr_svg_(), "utf-8")

    def __str__(self) -> str:
        return to_plain(self.text)

    __repr__ = __str__

    def _repr_svg_(self) -> str:
        return to_svg(self.text, self.title, light=self.light)
