"""What the plane of a network tells in few colours and in none: sides, lines and classes."""

from __future__ import annotations

import numpy as np
import pytest
from rich.color import Color
from rich.style import Style

from tui_nn.render import Look, boundary
from tui_nn.render.boundary import class_colour
from tui_nn.render.palette import colour

EXTENT = (-1.0, 1.0, -1.0, 1.0)
NOTHING = np.empty((0, 2)), np.empty(0, int), EXTENT
UPRIGHT, LEVEL = [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]  # x = 0 and y = 0


def cells(text):
    """(glyph, style) of each cell, a list a line."""
    found = [[]]
    for segment in text.render(CONSOLE):
        for glyph in segment.text:
            if glyph == "\n":
                found.append([])
            else:
                found[-1].append((glyph, segment.style or Style.null()))
    return found


class Plain:
    """As much of a console as a Text asks for."""

    def get_style(self, style, **_):
        return style if isinstance(style, Style) else Style.parse(style or "")


CONSOLE = Plain()


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
def test_each_answer_is_on_one_side_however_unsure(depth, light):
    field = np.tile(np.linspace(-0.01, 0.01, 40), (20, 1))
    look = Look(depth, light=light)
    lines = cells(boundary(field, None, *NOTHING, ["a", "b"], 40, 12, look).text)[1:11]
    below, above = (Color.parse(colour(level, depth, light)) for level in (-1, 1))
    assert all([style.bgcolor for _, style in line] == [below] * 20 + [above] * 20 for line in lines)


@pytest.mark.parametrize("light", [False, True])
def test_of_sixteen_colours_lines_are_one_colour_on_any_ground_and_the_chosen_one_another(light):
    look, field = Look("16", light=light), np.tile(np.linspace(-1, 1, 40), (20, 1))
    lines = np.array([UPRIGHT, LEVEL])
    white, green, ground = ("black", "green", "bright_white") if light else ("bright_white", "bright_green", "black")
    for chosen, ink in ((None, white), (0, green)):
        drawn = boundary(field, None, *NOTHING, ["a", "b"], 40, 12, look, lines, chosen)
        plane = [cell for line in cells(drawn.text)[1:11] for cell in line]
        assert {(style.color.name, style.bgcolor.name) for glyph, style in plane if glyph != "▀"} == {(ink, ground)}


@pytest.mark.parametrize("depth", ["none", "16"])
def test_where_lines_hide_their_cells_the_chosen_one_is_alone(depth):
    """Without colours nothing else would tell it from the others."""
    both = np.array([UPRIGHT, LEVEL])
    field = -np.ones((20, 40))
    texts = [
        boundary(field, None, *NOTHING, ["a", "b"], 40, 12, Look(depth), lines, chosen).text.plain
        for lines, chosen in ((both, None), (both, 1), (both[1:], None))
    ]
    assert texts[1] == texts[2] != texts[0]


@pytest.mark.parametrize("light", [False, True])
def test_of_sixteen_colours_the_caption_has_the_ground_of_each_class(light):
    look, names = Look("16", light=light), ["ant", "bee", "cow"]
    field, kinds = np.ones((20, 30)), np.repeat(np.arange(3), 10)[None].repeat(20, axis=0)
    caption = cells(boundary(field, kinds, *NOTHING, names, 40, 12, look).text)[0]
    grounds = {glyph: style.bgcolor.name for glyph, style in caption if glyph in "ABC"}
    assert grounds == {letter: class_colour(kind, 1.0, look) for kind, letter in enumerate("ABC")}


@pytest.mark.parametrize("light", [False, True])
def test_beside_the_chosen_line_are_few_and_where_lines_hide_their_cells_half_as_many(light):
    """In a large box twelve lines have room, among which a green one is hard to find."""
    random = np.random.default_rng(0)
    field, lines = -np.ones((40, 160)), np.c_[np.zeros(16), random.normal(size=(16, 2))]
    for chosen, most in ((None, 12), (7, 5)):
        drawn = boundary(field, None, *NOTHING, ["a", "b"], 190, 56, Look(light=light), lines, chosen)
        assert most - 1 <= len(drawn.spots) <= most, "two arrows may share a cell"
        assert chosen is None or (chosen,) in drawn.spots
    for look in (Look("16", light=light), Look("none")):
        assert 5 <= len(boundary(field, None, *NOTHING, ["a", "b"], 190, 56, look, lines).spots) <= 6
