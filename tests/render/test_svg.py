"""A drawing as SVG: letters at their places, lines and blocks as vectors, in whatever renders it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from rich.text import Text

from tui_nn.render import Links, Look, Series, UnitColumn, curve, network, to_svg
from tui_nn.render.palette import TRAIN
from tui_nn.render.svg import CELL, DOT, LINE

NAME = "{http://www.w3.org/2000/svg}"


def drawn(text, **options):
    """Elements of a picture by their names, without the page and its title."""
    root = ElementTree.fromstring(to_svg(text, "title", **options))
    group = root.find(f"{NAME}g/{NAME}g")
    return {name: list(group.iter(f"{NAME}{name}")) for name in ("text", "rect", "path")}


def test_leading_blanks_are_kept_and_each_letter_has_its_place():
    (word, other) = drawn(Text("    ab c"))["text"]
    assert word.text == "ab"
    assert [float(x) for x in word.get("x").split()] == [4 * CELL, 5 * CELL]
    assert [float(x) for x in other.get("x").split()] == [7 * CELL]


def test_a_letter_of_two_cells_moves_the_next_one():
    (word,) = drawn(Text("\u65e5a"))["text"]
    assert [float(x) for x in word.get("x").split()] == [0, 2 * CELL]


def test_blocks_are_rectangles_and_an_area_has_no_seam():
    (rect,) = drawn(Text("███", "#ff0000"))["rect"]
    assert (rect.get("width"), rect.get("height"), rect.get("fill")) == (f"{3 * CELL}", f"{LINE}", "#ff0000")
    upper = drawn(Text("▀"))["rect"][0]
    assert (upper.get("y"), upper.get("height")) == ("0", f"{LINE // 2}")
    lower, right = drawn(Text("▂▐"))["rect"]
    assert (float(lower.get("y")), float(lower.get("height"))) == (0.75 * LINE, 0.25 * LINE)
    assert (float(right.get("x")), float(right.get("width"))) == (1.5 * CELL, 0.5 * CELL)
    assert len(drawn(Text("▞"))["rect"]) == 2


def test_dots_that_touch_are_a_line_and_a_lonely_one_is_a_dot():
    (row,) = drawn(Text("⠤⠤", "#00ff00"))["path"]  # four dots in the third line
    assert row.get("d").count(f"h{DOT}") == 3
    assert row.get("stroke") == "#00ff00"
    (dot,) = drawn(Text("⠁"))["path"]
    assert dot.get("d").endswith("h.01")
    (falling,) = drawn(Text("⠑"))["path"]  # 1 and 5: a diagonal
    assert f"l{DOT} {DOT}" in falling.get("d")


@pytest.mark.parametrize(("glyph", "arms"), [("─", 2), ("│", 2), ("┼", 4), ("┌", 2), ("├", 3), ("━", 2)])
def test_boxes_are_strokes_from_their_middle(glyph, arms):
    found = drawn(Text(glyph))
    assert found["text"] == []
    assert found["path"][0].get("d").count("L") == arms


def test_a_light_page_is_dark_on_white():
    for light, ground in ((False, "#121212"), (True, "#ffffff")):
        root = ElementTree.fromstring(to_svg(Text("a"), "title", light=light))
        assert root.find(f"{NAME}rect").get("fill") == ground
        assert root.find(f"{NAME}g/{NAME}g/{NAME}text").get("fill") != ground
    (reverse,) = drawn(Text("a", "reverse"), light=True)["rect"]
    assert reverse.get("fill") == "#1a1a1a"


def test_a_curve_has_no_letters_for_its_line():
    import numpy as np

    x = np.linspace(0, 1, 200)
    text = curve([Series("f", x, x**2, TRAIN)], 60, 15, Look())
    found = drawn(text)
    assert not [
        one
        for one in found["text"]
        if any(chr(0x2500) <= letter < chr(0x25A0) or letter >= chr(0x2800) for letter in one.text)
    ]
    longest = max(found["path"], key=lambda path: len(path.get("d")))
    assert longest.get("d").count("M") > 50


def test_names_are_escaped():
    assert "a &lt;b&gt; &amp; c" in to_svg(Text("x"), "a <b> & c")


def test_edges_of_a_network_run_from_node_to_node_whatever_crosses_them():
    import numpy as np

    units = [
        UnitColumn(
            ["layer"], [f"{at}" for at in range(many)], np.arange(many), np.zeros(many), (-1, 1), None, False, bias
        )
        for many, bias in ((3, True), (3, False))
    ]
    links = [Links(np.array([[0.1, 1, -0.9, 0.8], [0.2, -1, 0.9, 0.7], [-0.3, 0.5, 0.6, -1]]))]
    cells = network(units, links, ["says"], 60, 16, Look()).text
    vectors = network(units, links, ["says"], 60, 16, Look(vectors=True)).text
    assert vectors.plain == cells.plain
    lines = [one for one in drawn(vectors)["path"] if one.get("d").count("L") == 1]
    ends = [[float(number) for number in re.findall(r"[\d.]+", one.get("d"))] for one in lines]
    assert len(lines) == 3 * 4
    assert len({tuple(end[:2]) for end in ends}) == 4, "three units and the constant"
    assert len({tuple(end[2:]) for end in ends}) == 3
    widths = [float(one.get("stroke-width")) for one in lines]
    assert widths == sorted(widths), "the strongest lies above"
    assert widths[-1] > 4 * widths[0]
    letters = {one.text: one for one in drawn(vectors)["text"]}
    assert letters["says"].get("paint-order") == "stroke", "a letter is read on a line too"
    assert not [one for one in drawn(vectors)["path"] if f"h{DOT}" in one.get("d")], "no dots are left"
