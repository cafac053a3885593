"""The picture of a component by itself: curves that are what they say, softmax as shares, maxout as its pieces."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from tui_nn.plugin.curves import sampled, shares
from tui_nn.plugin.pictures import bend, picture_of
from tui_nn.render import Look


def test_the_curve_of_an_activation_is_its_curve(registry):
    """tanh from -5 to 5: the legend names the curves, with no value of a place that it does not name."""
    lines = picture_of(registry, "activation", "tanh", 60, 14, Look()).plain.split("\n")
    assert lines[0].split("   ") == ["● g(z)", "○ g'(z)"]
    z, g, slope = sampled(registry.create("activation", "tanh"))
    assert (z[0], z[-1]) == (-5, 5)
    assert g == pytest.approx(np.tanh(z))
    assert slope == pytest.approx(1 - np.tanh(z) ** 2)


@pytest.mark.parametrize(("width", "height"), [(40, 11), (43, 10), (60, 14), (40, 20)])
def test_without_colours_a_function_and_its_slope_have_axes_of_their_own(registry, width, height):
    """Points of a slope would be as coarse as letters among those of the function."""
    text = picture_of(registry, "activation", "sigmoid", width, height, Look("none")).plain
    assert len(text.split("\n")) <= height
    assert max(map(len, text.split("\n"))) <= width
    assert text.count("○") == 1, "in the legend alone"
    assert "g(z)" in text
    assert "g'(z)" in text
    assert text.count("┤") >= 4
    assert picture_of(registry, "loss", "binary_cross_entropy", width, height, Look("none")).plain.count("○") == 1


@pytest.mark.parametrize("kind", ["activation", "loss", "schedule"])
def test_no_legend_of_a_component_gives_the_value_at_the_edge(registry, kind):
    for name in registry.names(kind):
        first = picture_of(registry, kind, name, 60, 14, Look()).plain.split("\n")[0]
        assert not re.search(r"[a-z)] -?\d+\.\d", first), (name, first)


@pytest.mark.parametrize("width", [32, 40, 60])
def test_what_is_said_below_a_layer_is_whole(registry, width):
    last = picture_of(registry, "layer", "dense", width, 16, Look()).plain.split("\n")[-1].strip()
    assert last.split(", ")[-1] in ("weights at random", "2 units", "2 units identity")


def test_softmax_is_drawn_as_shares_of_three_scores(registry):
    softmax = registry.create("activation", "softmax")
    z, a = shares(softmax)
    for place in (0, 50, 100, 200):
        powers = [math.exp(z[place]), math.e, 1.0]
        assert a[:, place].tolist() == pytest.approx([power / sum(powers) for power in powers], rel=1e-12)
    legend = picture_of(registry, "activation", "softmax", 80, 14, Look()).plain.split("\n")[0]
    assert legend.split("   ") == ["● a1 of z1", "○ a2 at z2 = 1", "▪ a3 at z3 = 0"]
    _, g, slope = sampled(softmax, np.array([1.0]))
    assert g[0] == pytest.approx(math.e / (2 * math.e + 1))
    assert slope[0] == pytest.approx(g[0] * (1 - g[0]))


def test_one_that_works_by_unit_is_asked_unit_by_unit(registry):
    for name in ("sigmoid", "relu", "elu"):
        _, g, slope = sampled(registry.create("activation", name), np.array([-1.0, 2.0]))
        expected = {
            "sigmoid": ([1 / (1 + math.e), 1 / (1 + math.exp(-2))], None),
            "relu": ([0, 2], [0, 1]),
            "elu": ([math.exp(-1) - 1, 2], [math.exp(-1), 1]),
        }[name]
        assert g.tolist() == pytest.approx(expected[0])
        assert expected[1] is None or slope.tolist() == pytest.approx(expected[1])


@pytest.mark.parametrize("count", [3, 4, 7])
def test_the_pieces_of_maxout_are_tangents_of_the_square(count):
    *pieces, largest, square = bend(count)
    assert len(pieces) == count
    for piece in pieces:
        drawn = np.isfinite(piece.y)
        x, y = piece.x[drawn], piece.y[drawn]
        slope = (y[-1] - y[0]) / (x[-1] - x[0])
        assert y == pytest.approx(slope * x - slope**2 / 4, abs=1e-12), "y = 2 t x - t^2 touches x^2 at t"
        assert (y <= square.y[drawn] + 1e-12).all()
        assert (y <= largest.y[drawn] + 1e-12).all()
    assert all(any(piece.y[at] == largest.y[at] for piece in pieces) for at in range(0, 161, 10))


def test_maxout_has_a_picture_and_dropout_has_none(registry):
    text = picture_of(registry, "layer", "maxout", 60, 14, Look("none")).plain
    assert "max of 3 pieces" in text.split("\n")[0]
    assert picture_of(registry, "layer", "dropout", 60, 14, Look()) is None
    assert picture_of(registry, "layer", "maxout", 10, 4, Look()) is None


@pytest.mark.parametrize("look", [Look(), Look("none"), Look("none", ascii=True)], ids=["colours", "none", "ascii"])
@pytest.mark.parametrize("box", [(40, 8), (60, 14), (110, 50)])
def test_a_dense_layer_is_drawn_as_units_that_see_every_input(registry, look, box):
    """a = Theta [1; x]: each unit has an edge from the 1 and from every input."""
    text = picture_of(registry, "layer", "dense", *box, look).plain
    words = text.split()
    assert words.count("1") == 1
    assert [words.count(name) for name in ("x1", "x2", "x3", "a1", "a2")] == [1] * 5
    edges = [cell for cell in text if 0x2800 < ord(cell) < 0x2900 or (look.ascii and cell in "+*#-~=")]
    assert len(edges) > box[0] / 2
    assert len(text.split("\n")) <= box[1]
