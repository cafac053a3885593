"""A widget that shows a text within a frame: those lines alone that have changed are painted anew."""

from __future__ import annotations

from itertools import zip_longest
from typing import Self

from rich.text import Text
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui_nn.tui.strips import strips_of


class Painted(Widget):
    """What stands in it is told by `show_text`, what stands on its frame by `show_frame`: neither is markup."""

    def __init__(self, *, classes: str) -> None:
        super().__init__(classes=classes)
        self._text = Text()
        self._box = Size()  # that the text was shown in
        self._strips: list[Strip] | None = None  # one a line of the text; None where they are to be made
        self._framed = {"border_title": "", "border_subtitle": ""}
        self._frame: Region | None = None  # the line of it whose words are being changed

    @property
    def text(self) -> str:
        """What stands in it, without colours."""
        return self._text.plain

    def show_text(self, text: Text) -> None:
        """Show this text from now on, lines that do not fit cut."""
        box, before = self.size, self._strips
        if text == self._text and box == self._box:
            return
        is_same_box, self._box = box == self._box, box
        self._text, self._strips = text, None
        if before is None or not is_same_box:
            self.refresh()
            return
        pairs = enumerate(zip_longest(before[: box.height], self._lines()[: box.height]))
        changed = [Region(0, y, box.width, 1) for y, (old, new) in pairs if old != new]
        if changed:  # for no lines at all would be for all of them
            self.refresh(*changed)

    def show_frame(self, **said: str) -> None:
        """Say this above (`title`) and below (`subtitle`); what is not given stays."""
        for where, text in said.items():
            name = f"border_{where}"
            if text == self._framed[name]:
                continue
            self._framed[name] = text
            width, height = self.outer_size
            above, left = self.content_offset.y, self.content_offset.x
            self._frame = Region(-left, -above if where == "title" else height - 1 - above, width, 1)
            try:
                setattr(self, name, Content(text))
            finally:
                self._frame = None

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Textual would paint all of it anew for a word of the frame."""
        if self._frame is not None:
            regions = (self._frame,)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """The theme's background is in the strips."""
        super().notify_style_update()
        self._strips = None

    def _lines(self) -> list[Strip]:
        if self._strips is None:
            self._strips = strips_of(self._text, self.size.width, self.rich_style)
        return self._strips

    def render_line(self, y: int) -> Strip:
        lines, width = self._lines(), self.size.width
        if y >= len(lines):
            return Strip.blank(width, self.rich_style)
        return lines[y] if lines[y].cell_length == width else lines[y].adjust_cell_length(width, self.rich_style)
