"""What is drawn with: glyphs that the fonts of terminals have, so that nowhere a box stands in the place of one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The symbols of WGL4 (Microsoft's list for fonts with Latin script), which DejaVu Sans Mono, Menlo, Consolas and
# Cascadia have. Among those that are not in it: check mark and ballot x, the pause sign of the emoji, return sign,
# black triangles U+25B6 and U+25C0, arrows that are not upright.
WGL4 = set("•…‰‹›€™←↑→↓↔↕↨∂∆∏∑−∙√∞∟∩∫≈≠≡≤≥⌂⌐⌠⌡■□▪▫▬▲►▼◄◊○●◘◙◦☺☻☼♀♂♠♣♥♦♪♫")
ALLOWED = {
    "Latin-1, in every font": {chr(code) for code in range(0xA0, 0x100)},
    "WGL4": WGL4,
    "lines, which most terminals draw themselves": {chr(code) for code in range(0x2500, 0x2580)},
    "blocks, which most terminals draw themselves": {chr(code) for code in range(0x2580, 0x25A0)},
    "braille, which curves need; fonts without it are helped out, and TUI_NN_ASCII=1 does without": {
        chr(code) for code in range(0x2800, 0x2900)
    },
}
NOT_DRAWN = {
    "datasets/text": "signs that are read in tables",
    "csvtext.py": "signs that a spreadsheet would take for a formula",
    "printable.py": "characters of control that are never written as they are",
    "report/markdown.py": "a page for a browser",
}
COMBINING = "\u0300"  # the first of those, with which characters are compared
DRAWN = set().union(*ALLOWED.values())


def glyphs(path):
    """The characters beyond ASCII of a file's strings, docstrings aside."""
    tree = ast.parse(path.read_text("utf-8"))
    said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in said)
    return {glyph for one in strings if isinstance(one.value, str) for glyph in one.value if ord(glyph) > 126} - {
        COMBINING
    }


@pytest.mark.slow
def test_every_glyph_of_the_source_is_one_that_fonts_have():
    files = [*(ROOT / "tui_nn").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix().removeprefix("tui_nn/"): glyphs(path) - DRAWN for path in files}
    missing = {name: sorted(those) for name, those in found.items() if those and not name.startswith(tuple(NOT_DRAWN))}
    assert missing == {}
    assert any(glyphs(path) & WGL4 for path in files)


@pytest.mark.parametrize("name", NOT_DRAWN)
def test_no_exception_outlives_its_reason(name):
    path = ROOT / "tui_nn" / name
    assert any(glyphs(file) - DRAWN for file in ([path] if path.is_file() else path.rglob("*.py")))


@pytest.mark.parametrize("path", sorted((ROOT / "tests/tui/snapshots").glob("*.svg")), ids=lambda path: path.stem)
def test_whole_screens_are_drawn_with_nothing_else(path):
    """What the widgets draw by themselves as well: frames, scroll bars, cursors."""
    assert {glyph for glyph in path.read_text("utf-8") if ord(glyph) > 126} - DRAWN == set()
