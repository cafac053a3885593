"""An SVG picture as PNG, where the optional library for it is installed."""

from __future__ import annotations

from tui_nn.errors import ExperimentError

NEEDED = "pip install 'tui-nn[png]'"
ZOOM = 2  # so that letters are sharp on a page


def can_png() -> bool:
    """Whether the library is there."""
    from importlib.util import find_spec

    return find_spec("resvg_py") is not None


def to_png(svg: str) -> bytes:
    """The same picture, twice as many pixels wide as the SVG has units. Raises ExperimentError without the library."""
    if not can_png():
        raise ExperimentError(f"a PNG picture needs resvg: {NEEDED}; SVG needs nothing.")
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=ZOOM))
