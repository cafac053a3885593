"""Neurons over the plane: all layers where a shape is seen in each picture, else one layer, page by page."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tui_nn import render
from tui_nn.render import Look

PLAIN = (Look("none"), Look("truecolor", ascii=True))
ANY = [*PLAIN, Look("truecolor"), Look("16")]


def layers_of(*sizes, side=32):
    """Straight edges that turn from unit to unit, as those of a first layer."""
    down, across = np.mgrid[0:side, 0:side] / side - 0.5
    turns = [np.linspace(0, np.pi, size, endpoint=False) for size in sizes]
    return [np.stack([np.sign(np.cos(t) * across + np.sin(t) * down + 0.01) for t in some]) for some in turns]


def drawn(sizes, box, look, **more):
    layers = layers_of(*sizes)
    names = ["inputs", *(f"{number} tanh" for number in range(1, len(sizes)))]
    return render.neurons(layers, [(-1.0, 1.0)] * len(sizes), names, *box, look, **more)


@pytest.mark.parametrize("look", ANY)
@pytest.mark.parametrize("box", [(25, 13), (45, 17), (56, 16), (76, 20), (116, 36), (196, 56)])
def test_no_picture_is_too_small_to_show_a_shape(box, look):
    found = drawn((2, 16, 16, 1), box, look)
    least = (12, 4) if look in PLAIN else (10, 4)
    for spot in found.spots.values():
        assert (spot.width, spot.height - 1) >= least
        assert spot.column + spot.width <= box[0]
        assert spot.line + spot.height <= box[1]
    assert all(line.cell_len <= box[0] for line in found.text.split("\n"))


@pytest.mark.parametrize("look", ANY)
def test_every_unit_of_every_layer_is_on_a_page_and_the_page_says_which_it_shows(look):
    for layer, count in ((1, 16), (2, 16), (3, 1)):
        seen = set()
        for unit in range(count):
            found = drawn((2, 16, 16, 1), (56, 16), look, layer=layer, chosen=unit)
            assert (layer, unit + 1) in found.spots
            assert {at[0] for at in found.spots} == {layer}
            units = sorted(at[1] for at in found.spots)
            head = found.text.plain.split("\n")[0]
            said = re.fullmatch(rf"layer {layer} of 3, tanh: (?:units (\d+) to (\d+) of {count}|{count} units?)", head)
            assert said, head
            if said[1]:
                assert (units[0], units[-1]) == (int(said[1]), int(said[2]))
            else:
                assert len(units) == count
            seen |= set(units)
        assert seen == set(range(1, count + 1))


@pytest.mark.parametrize("look", PLAIN)
def test_without_colours_the_unit_with_the_cursor_is_in_brackets(look):
    found = drawn((2, 16, 16, 1), (56, 16), look, layer=2, chosen=9)
    assert found.text.plain.count("[10") == 1
    assert "[10" not in drawn((2, 16, 16, 1), (56, 16), look, layer=2).text.plain


def test_all_layers_stand_beside_each_other_where_each_picture_shows_a_shape():
    found = drawn((2, 2, 1), (56, 16), Look("none"))
    assert set(found.spots) == {(1, 1), (1, 2), (2, 1)}
    assert found.text.plain.split("\n")[0].split() == ["inputs", "1", "tanh", "2", "tanh"]
    narrow = drawn((2, 2, 1), (25, 13), Look("truecolor"))  # the inputs themselves can be done without
    assert set(narrow.spots) == {(1, 1), (1, 2), (2, 1)}
    assert "1 more on the left" in drawn((2, 2, 1), (45, 9), Look("truecolor")).text.plain


def test_units_are_numbered_in_the_order_in_which_the_cursor_goes():
    found = drawn((2, 16, 16, 1), (116, 36), Look("truecolor"))
    for layer in (1, 2):
        places = [(found.spots[layer, unit].line, found.spots[layer, unit].column) for unit in range(1, 17)]
        assert places == sorted(places)


@pytest.mark.parametrize("look", PLAIN)
def test_without_colours_a_picture_is_shaded_where_its_unit_is_high_and_blank_where_it_is_low(look):
    found = drawn((2, 2, 1), (56, 16), look)
    lines = found.text.plain.split("\n")
    spot = found.spots[1, 1]  # high at the right
    rows = [line.ljust(56)[spot.column : spot.column + spot.width] for line in lines[spot.line :][: spot.height - 1]]
    dark = "#" if look.ascii else "▓"
    assert all(row.lstrip(" ").strip(dark) in ("", *":░*+") and row.startswith("  ") for row in rows), rows
    assert all(row.endswith(dark * 2) for row in rows)
    assert "high, blank low" in lines[-1] or "high, blank low" in found.text.plain


@pytest.mark.parametrize("look", PLAIN)
def test_without_colours_a_unit_that_rests_at_0_is_blank_there(look):
    ramp = np.maximum(0, np.mgrid[0:32, 0:32][1] / 31 - 0.5)[None]
    found = render.neurons([ramp, ramp], [(0.0, np.inf)] * 2, ["inputs", "1 relu"], 40, 12, look)
    spot = found.spots[1, 1]
    line = found.text.plain.split("\n")[spot.line][spot.column : spot.column + spot.width]
    assert line[: spot.width // 2].strip() == ""
    assert line[-1] == ("#" if look.ascii else "▓")
