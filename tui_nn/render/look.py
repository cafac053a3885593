"""What a terminal can show: how many colours, and whether only ASCII."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Depth = Literal["truecolor", "256", "16", "none"]


@dataclass(frozen=True)
class Look:
    """depth: colours. ascii: no other glyphs. light: dark on light. contrast: no faint colours. vectors: the text
    becomes an SVG picture, in which lines of cells may say where they really run.

    Colour is never the only carrier of a value where there is little of it.
    """

    depth: Depth = "truecolor"
    ascii: bool = False
    light: bool = False
    contrast: bool = False
    vectors: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether pictures are of glyphs: without colours, or in ASCII."""
        return self.depth == "none" or self.ascii

    @staticmethod
    def detect(environment: Mapping[str, str], terminal: bool) -> Look:
        """From NO_COLOR, COLORTERM, TERM and the locale, as terminals announce themselves; and TUI_NN_ASCII."""
        term = environment.get("TERM", "")
        locale = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or "UTF-8"
        ascii_only = "utf" not in locale.lower() and locale not in ("C", "POSIX")
        ascii_only = ascii_only or environment.get("TUI_NN_ASCII", "0") not in ("", "0")
        if not terminal or "NO_COLOR" in environment or term == "dumb":
            return Look("none", ascii_only)
        if environment.get("COLORTERM") in ("truecolor", "24bit"):
            return Look("truecolor", ascii_only)
        return Look("256" if "256" in term else "16", ascii_only)
