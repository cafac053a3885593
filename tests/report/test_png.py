"""A picture as PNG: the SVG's own shapes, at twice its size."""

from __future__ import annotations

import io
import sys

import pytest

from tui_nn.errors import ExperimentError
from tui_nn.report.png import can_png, to_png

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="6" height="4" viewBox="0 0 6 4">'
    '<rect width="6" height="4" fill="#ffffff"/><rect x="3" width="3" height="2" fill="#ff0000"/></svg>'
)


def test_a_picture_has_the_pixels_of_its_svg():
    image = pytest.importorskip("PIL.Image")
    if not can_png():
        pytest.skip("needs the extra png")
    with image.open(io.BytesIO(to_png(SVG))) as found:
        assert (found.format, found.size) == ("PNG", (12, 8))
        pixels = found.convert("RGB")
        assert [pixels.getpixel(place) for place in ((1, 1), (10, 1), (10, 6))] == [
            (255, 255, 255), (255, 0, 0), (255, 255, 255),
        ]  # fmt: skip


def test_without_the_library_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(sys.modules["tui_nn.report.png"], "can_png", lambda: False)
    with pytest.raises(ExperimentError, match=r"pip install 'tui-nn\[png\]'"):
        to_png(SVG)
