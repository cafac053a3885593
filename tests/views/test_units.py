"""Pictures of hidden units: each of them is reached, in every shape and size, by number and by its vote for a class."""

from __future__ import annotations

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.plugin.knobs import Knobs
from tui_nn.render import Look
from tui_nn.render import units as tiles
from tui_nn.views import find

UNITS = 100
DENSE = '{kind="dense",units=%d,activation="sigmoid"}'
LAYERS = f"network.layers=[{DENSE % UNITS},{DENSE % 10}]"


@pytest.fixture(scope="module")
def subject(tmp_path_factory, registry):
    folder = tmp_path_factory.mktemp("units") / "run"
    return subject_of(train(folder, registry, "digits", "training.epochs=2", LAYERS), registry)


def drawn(subject, knobs, box=(39, 16)):
    return settled(subject, lambda: find("units").drawing(subject, knobs, box, Look("none")))


@pytest.mark.slow
@pytest.mark.parametrize("box", [(39, 16), (76, 20), (12, 9)])
@pytest.mark.parametrize("reading", [0, 3])
def test_page_by_page_every_unit_is_seen_in_its_order(subject, box, reading):
    view, knobs = find("units"), Knobs(reading=reading)
    drawn(subject, knobs, box)
    subject.inside()
    subject.work()
    seen, at = [], view.moved(subject, knobs, "down")
    while True:
        page = drawn(subject, Knobs(reading=reading, at=at), box)
        assert at in page.spots
        seen += [place for place in page.spots if place not in seen]  # of the page before, on the last one
        following = view.moved(subject, Knobs(reading=reading, at=at), "pagedown", page)
        if following in page.spots:
            break
        at = following
    assert len(seen) == UNITS
    places = view.cursor.places(subject, knobs)
    assert seen == list(places)


def test_arrows_go_as_the_tiles_stand(subject):
    view = find("units")
    picture = drawn(subject, Knobs(at=(1, 1)), (39, 32))  # two rows of two
    across = sum(spot.line == picture.spots[1, 1].line for spot in picture.spots.values())
    assert 1 < across < len(picture.spots) < UNITS

    def moved(at, towards):
        return view.moved(subject, Knobs(at=at), towards, picture)

    assert moved((1, 1), "right") == (1, 2)
    assert moved((1, 1), "down") == (1, 1 + across)
    assert moved((1, 1), "up") == (1, 1)
    assert moved((1, 1 + across), "up") == (1, 1)
    assert moved((1, 1), "pagedown") == (1, 1 + len(picture.spots))
    assert moved((1, 1), "end") == (1, UNITS)


def test_by_vote_is_weight_times_mean_activation_by_plain_loops(subject):
    view = find("units")
    names = view.readings_of(subject)
    assert names == ("by number", *(f"by vote for {digit}" for digit in range(10)))
    settled(subject, lambda: view.numbers(subject, Knobs(reading=3)))
    subject.work()
    found = view.numbers(subject, Knobs(reading=3))
    theta1, theta2 = (theta.astype(float) for theta in subject.weights().thetas)
    inside = subject.inside()
    twos = [m for m in range(inside.inputs.shape[1]) if inside.classes[m] == 2]
    adds = []
    for unit in range(UNITS):
        total = 0.0
        for m in twos:
            z = theta1[unit, 0] + sum(theta1[unit, 1 + k] * float(inside.inputs[k, m]) for k in range(64))
            total += 1 / (1 + np.exp(-z))
        adds.append(theta2[2, 1 + unit] * total / len(twos))
    assert found["order"] == [unit + 1 for unit in sorted(range(UNITS), key=lambda unit: -adds[unit])]
    np.testing.assert_allclose(found["votes"], sorted(adds, reverse=True), rtol=1e-4)
    says = view.here(subject, Knobs(reading=3, at=(1, 13))).says
    assert f"Theta_3,13^(2) = {theta2[2, 13]:.3g}   times a " in says
    assert f": {adds[12]:+.3g} for 2" in says


@pytest.mark.parametrize("picture", [(1, 30), (4, 200), (60, 3), (28, 28), (2, 2), (100, 100)])
def test_any_shape_of_picture_has_room(picture):
    random = np.random.default_rng(0)
    theta = random.normal(size=(25, picture[0] * picture[1] + 1))
    for width, height in ((39, 16), (80, 24), (200, 60)):
        found = tiles(theta, picture, width, height, Look("truecolor"))
        lines = found.text.plain.split("\n")
        assert found.spots
        assert len(lines) <= height
        assert max(map(len, lines)) <= width
        for spot in found.spots.values():
            assert spot.column + spot.width <= width
            assert spot.line + spot.height <= len(lines)


def test_few_units_are_drawn_as_large_as_whole_pixels_let_them():
    theta = np.zeros((2, 5))
    theta[0, 1], theta[1, 4] = 1, -1
    lines = tiles(theta, (2, 2), 17, 9, Look("none")).text.plain.split("\n")
    # Four cells a pixel: 8 x 8 pixels a tile, which is 8 cells by 4 lines.
    assert lines[0].split() == ["1", "2"]
    assert [line.rstrip() for line in lines[1:5]] == ["▓▓▓▓", "▓▓▓▓", " " * 13 + "====", " " * 13 + "===="]


def test_the_tile_of_the_cursor_is_marked_where_there_are_no_colours(subject):
    assert "[13" in drawn(subject, Knobs(at=(1, 13))).text.plain
    assert "[" not in drawn(subject, Knobs()).text.plain


@pytest.mark.parametrize("words", [{}, {0: ["+2.3"], 1: ["-0.4"]}])
def test_numbers_stand_beside_the_pictures_where_the_lines_above_them_cost_a_row_of_units(words):
    """Two rows of pictures of eight lines, and what is said of them all, have room in 17 lines."""
    theta = np.random.default_rng(0).normal(size=(25, 65))
    found = tiles(theta, (8, 8), 76, 19, Look("none"), words=words, at=0)
    lines = [line.rstrip() for line in found.text.plain.split("\n")]
    assert len(found.spots) == 16, "18 lines are enough for the numbers above them"
    assert lines[0].startswith("[1]      2" if not words else "[1 +2.3]")

    found = tiles(theta, (8, 8), 76, 18, Look("none"), words=words, at=0)
    lines = [line.rstrip() for line in found.text.plain.split("\n")]
    assert len(found.spots) == 10
    assert lines[16].startswith("10 of 25 units; page 1 of 3")
    second = found.spots[(1, 2)]
    assert [lines[0][:4].strip(), lines[0][second.column], lines[8][:4].strip()] == ["[1]", "2", "6"]
    for row in range(2 if words else 1, 8):
        assert not lines[row][:5].strip(), "the number alone"
        assert lines[row][5:13].strip(), "the picture"
    if words:
        assert [lines[1][:4], lines[1][second.column :][:4]] == ["+2.3", "-0.4"]


def test_a_long_word_beside_a_picture_costs_no_unit_its_place():
    """`frozen` has six letters, and a tile of fifteen cells is the widest of which five stand beside each other."""
    theta = np.random.default_rng(0).normal(size=(25, 65))
    found = tiles(theta, (8, 8), 76, 18, Look("none"), words={1: ["frozen"]}, at=11)
    assert len(found.spots) == 10
    found = tiles(theta, (8, 8), 76, 18, Look("none"), words={1: ["frozen"]}, at=0)
    lines = found.text.plain.split("\n")
    second = found.spots[(1, 2)]
    assert lines[1][second.column :].startswith("frozen")
    assert lines[2][second.column :][:6].isspace()
    assert not lines[2][second.column + 6 :][:8].isspace()
