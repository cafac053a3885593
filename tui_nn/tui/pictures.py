"""What is looked at, saved as a picture in the working directory: SVG, and PNG where that can be made."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rich.text import Text
from textual.screen import Screen

from tui_nn.errors import StorageError, refused_by_disk
from tui_nn.render import to_svg
from tui_nn.report.png import NEEDED, can_png, to_png
from tui_nn.tui.aside import soon
from tui_nn.tui.handing import hand_over, place_of


async def save_picture(screen: Screen[Any], stem: str, title: str, text: Text, *, light: bool) -> None:
    """Save a drawing under a new name that begins with `stem`, and say where, or why not."""
    try:
        paths = await soon(_written, stem, to_svg(text, title, light=light))
        hand_over(screen.app, *paths)
    except (StorageError, ValueError) as error:
        screen.notify(str(error), title="Not saved", severity="error", markup=False)
        return
    more = f", {paths[1].name}" if paths[1:] else f" (as PNG too with {NEEDED})"
    screen.notify(f"{place_of(paths[0])}{more}", title="Picture saved", markup=False)


def _written(stem: str, svg: str) -> list[Path]:
    """The new files: the SVG, and the PNG where one can be made."""
    path = free(Path(f"{stem}.svg"))
    with refused_by_disk(path):
        path.write_text(svg, "utf-8")
    if not can_png():
        return [path]
    png = free(path.with_suffix(".png"))
    with refused_by_disk(png):
        png.write_bytes(to_png(svg))
    return [path, png]


def free(path: Path) -> Path:
    """This name, or the same with a number, so that nothing is overwritten."""
    number, found = 2, path
    while os.path.lexists(found):
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return found
