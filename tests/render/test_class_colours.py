"""The grounds of classes: each keeps its own colour, however sure the answer is, with as few colours as there are."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from rich.color import Color, ColorSystem

from tui_nn.render import Look
from tui_nn.render.boundary import _ink, class_colour
from tui_nn.render.palette import DISTINCT, contrasts

SURE = np.linspace(0, 1, 21)


def seen(kind, sure, depth):
    """Hue in degrees, lightness and saturation as the terminal has them, 0 to 1."""
    colour = Color.parse(class_colour(kind, sure, Look(depth)))
    shown = colour.downgrade(ColorSystem.EIGHT_BIT) if depth == "256" else colour
    hue, light, saturation = colorsys.rgb_to_hls(*(one / 255 for one in shown.get_truecolor()))
    return 360 * hue, light, saturation


@pytest.mark.parametrize("depth", ["truecolor", "256"])
@pytest.mark.parametrize("kind", range(len(DISTINCT)))
def test_a_class_has_one_hue_that_brightens_where_shades_are_not_taken_for_classes(kind, depth):
    shades = [seen(kind, sure, depth) for sure in SURE]
    first = shades[0][0]
    assert all(abs((hue - first + 180) % 360 - 180) <= 60 for hue, _, _ in shades)
    assert all(saturation > 0.15 for _, _, saturation in shades), "no grey"
    lights = [light for _, light, _ in shades]
    assert lights == sorted(lights)
    assert len(set(shades)) == 1 if depth == "256" else lights[-1] > 1.25 * lights[0]


def test_classes_are_told_apart_in_256_colours():
    for sure in SURE:
        assert len({class_colour(kind, sure, Look("256")) for kind in range(len(DISTINCT))}) == len(DISTINCT)


@pytest.mark.parametrize("depth", ["truecolor", "256"])
@pytest.mark.parametrize("ground", range(3))
def test_points_of_three_classes_are_told_apart_on_every_ground(depth, ground):
    look, names = Look(depth), ["a", "b", "c"]
    for sure in SURE:
        behind = class_colour(ground, sure, look)
        inks = [_ink(kind, names, behind, look) for kind in range(3)]
        assert all(contrasts(ink, behind, depth) >= 3 for ink in inks)
        shown = [colorsys.rgb_to_hls(*(one / 255 for one in Color.parse(ink).get_truecolor())) for ink in inks]
        assert all(saturation > 0.3 and light > 0.5 for _, light, saturation in shown), "none is all but black"
