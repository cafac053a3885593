"""J over two weights and beside one, with plain loops in float64; the way of the optimizer through recorded moments."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train

from tui_nn import render
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Missing
from tui_nn.render import Look
from tui_nn.views import find
from tui_nn.views.nudge import NUDGE
from tui_nn.views.surface import PAIR, SPAN

VIEW, WEIGHTS = find("surface"), find("weights")
LOOKS = (Look("none"), Look("truecolor"), Look("16", light=True), Look("256"), Look("none", ascii=True))
LAMBDA = 0.3
LAYERS = '[{kind="dense",units=2,activation="tanh"},{kind="dense",units=1,activation="sigmoid"}]'


def numbers_of(subject, knobs=None, view=VIEW):
    return settled(subject, lambda: view.numbers_at(subject, knobs or Knobs()))


def drawn(subject, box, knobs=None, look=None):
    return settled(subject, lambda: VIEW.draw(subject, knobs or Knobs(), box, look or Look("none"))).plain


@pytest.fixture(scope="module")
def xor(registry, tmp_path_factory):
    overrides = [f"network.layers={LAYERS}", f"training.lambda={LAMBDA}", "training.epochs=30", "data.scale=none"]
    return subject_of(train(tmp_path_factory.mktemp("surface") / "run", registry, "xor", *overrides), registry)


def J(theta1, theta2):
    """Of the four rows, with lambda / 2m times the squares of what is no bias."""
    total = 0.0
    for x1, x2 in ((0, 0), (0, 1), (1, 0), (1, 1)):
        a = [math.tanh(row[0] + row[1] * x1 + row[2] * x2) for row in theta1]
        z = theta2[0][0] + sum(weight * one for weight, one in zip(theta2[0][1:], a, strict=True))
        h = 1 / (1 + math.exp(-z))
        total -= math.log(h if x1 != x2 else 1 - h)
    squares = sum(weight**2 for theta in (theta1, theta2) for row in theta for weight in row[1:])
    return total / 4 + LAMBDA / 8 * squares


def with_weight(thetas, place, value):
    layer, unit, column = place
    changed = [[list(row) for row in theta] for theta in thetas]
    changed[layer - 1][unit - 1][column] = value
    return changed


def lists(weights):
    return [theta.astype(float).tolist() for theta in weights.thetas]


def test_each_height_is_J_by_plain_loops(xor):
    found = numbers_of(xor, Knobs().put(PAIR, "1.2.1 2.1.0"))
    now = lists(xor.weights())
    assert (found["first"], found["second"], found["samples"]) == ("Theta_21^(1)", "Theta_10^(2)", 4)
    assert found["here"] == pytest.approx([now[0][1][1], now[1][0][0], J(*now)], rel=1e-6)
    for row, column in ((0, 0), (0, 30), (18, 0), (18, 30), (12, 20), (7, 23)):
        moved = with_weight(now, (1, 2, 1), found["x"][column])
        moved = with_weight(moved, (2, 1, 0), found["y"][row])
        assert found["J"][row][column] == pytest.approx(J(*moved), rel=1e-6)


@pytest.mark.parametrize("span", [0.25, 0.5, 1.0, 2.0, 4.0])
def test_J_now_is_among_the_heights_that_are_named(xor, span):
    """It lies between the points: on a wide surface all of them may be higher."""
    for pair in ("", "1.2.1 2.1.0", "1.1.1 1.2.2"):
        head = drawn(xor, (100, 24), Knobs().put(PAIR, pair).put(SPAN, span)).split("\n")[0]
        now, low, high = map(float, re.fullmatch(r"J = (\S+) now   (\S+) to (\S+) here .*", head).groups())
        assert low <= now <= high


def test_the_way_goes_through_the_recorded_moments_up_to_the_one_that_is_looked_at(xor):
    found = numbers_of(xor, Knobs().put(PAIR, "1.2.1 2.1.0"))
    records = xor.snapshots()
    moments = [lists(xor.reader.recorded(at)) for at in range(len(records))]
    assert found["path"] == [[one[0][1][1], one[1][0][0]] for one in moments]
    first, last = (np.concatenate([np.ravel(theta) for theta in moments[at]]) for at in (0, -1))
    two = sum((moments[-1][k][i][j] - moments[0][k][i][j]) ** 2 for k, i, j in ((0, 1, 1), (1, 0, 0)))
    assert found["share"] == pytest.approx(two / float(((last - first) ** 2).sum()), rel=1e-9)
    assert found["others_moved"] == 7
    head = drawn(xor, (100, 24), Knobs().put(PAIR, "1.2.1 2.1.0")).split("\n")[1]
    assert head == f"a projection   7 other weights moved too   these two: {found['share']:.1%} of the squared way"
    for low, high, way in ((found["x"][0], found["x"][-1], 0), (found["y"][0], found["y"][-1], 1)):
        assert low < min(one[way] for one in found["path"])
        assert high > max(one[way] for one in found["path"])
    xor.go(10)
    try:
        past = numbers_of(xor, Knobs().put(PAIR, "1.2.1 2.1.0"))
        assert past["path"] == found["path"][:11]
        assert past["here"][2] == pytest.approx(J(*moments[10]), rel=1e-6)
    finally:
        xor.go(None)


def weights_by(size, shapes=((2, 3), (1, 3))):
    """Names of the two weights, biases aside, of largest size(k, i, j); i from 1, j from 0, which is the bias."""
    sizes = {
        f"Theta_{i}{j}^({k})": size(k, i, j)
        for k, (rows, columns) in enumerate(shapes, start=1)
        for i in range(1, rows + 1)
        for j in range(1, columns)
    }
    return sorted(sizes, key=sizes.get, reverse=True)[:2]


def test_by_default_it_is_the_two_weights_that_moved_most(xor):
    """Until the last power of two of its 30 steps, the 16th: the pair changes seldom, and not with the moment."""
    start, then = lists(xor.initial()), lists(xor.reader.recorded(list(xor.snapshots().steps).index(16)))
    expected = weights_by(lambda k, i, j: abs(then[k - 1][i - 1][j] - start[k - 1][i - 1][j]))
    for epoch in (None, 3):
        xor.go(epoch)
        found = numbers_of(xor)
        assert [found["first"], found["second"]] == expected
        assert VIEW.heading(xor, Knobs()).endswith(f"{found['first']} and {found['second']}, which moved most")
    xor.go(None)


def test_before_anything_has_moved_it_is_the_two_of_largest_gradient(registry, tmp_path):
    overrides = [f"network.layers={LAYERS}", f"training.lambda={LAMBDA}", "training.epochs=0", "data.scale=none"]
    subject = subject_of(train(tmp_path / "run", registry, "xor", *overrides), registry)
    start, h = lists(subject.weights()), 1e-6

    def slope(k, i, j):
        value = start[k - 1][i - 1][j]
        above, below = (J(*with_weight(start, (k, i, j), value + way * h)) for way in (1, -1))
        return abs(above - below) / (2 * h)

    found = numbers_of(subject)
    assert [found["first"], found["second"]] == weights_by(slope)
    assert found["why"] == "of largest gradient at the start"


def test_a_bias_is_taken_where_there_is_one_weight_alone(registry, tmp_path):
    overrides = ["network.layers=[{kind='dense',units=1}]", "training.epochs=2", "training.loss=mean_squared_error"]
    found = numbers_of(subject_of(train(tmp_path / "run", registry, "sine", *overrides), registry))
    assert (found["first"], found["second"]) == ("Theta_11^(1)", "Theta_10^(1)")


def test_where_nothing_else_moves_the_way_lies_on_the_surface(registry, tmp_path):
    line = tmp_path / "line.csv"
    line.write_text("x,y\n" + "\n".join(f"{x / 10},{x / 5 + 1}" for x in range(-10, 11)))
    overrides = [f"data.source={line}", "data.target=y", "network.layers=[{kind='dense',units=1}]"]
    overrides += ["training.loss=mean_squared_error", "training.epochs=5", "data.scale=none"]
    subject = subject_of(train(tmp_path / "run", registry, "sine", *overrides), registry)
    found = numbers_of(subject)
    assert (found["others_moved"], found["share"]) == (0, pytest.approx(1))
    assert "no other weight moved: the way lies on this surface" in drawn(subject, (80, 20))
    text = subject_of(train(tmp_path / "none", registry, "sine", *overrides, "training.epochs=0"), registry)
    assert "nothing has moved yet" in drawn(text, (80, 20))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1.1.1 1.9.2", "There is no weight 1.9.2: LAYER.UNIT.INPUT, input 0 is the bias."),
        ("1.1.1 1.1.1", "expected two different ones"),
        ("1.1.1", "expected two different ones"),
        ("1.1.1 2.1.0 huh", "expected two different ones"),
        ("1.1.1 0.1.1", "There is no weight 0.1.1"),
    ],
)
def test_what_is_no_pair_of_weights_is_told(xor, typed, told):
    with pytest.raises(Missing, match=told.replace(".", r"\.")):
        numbers_of(xor, Knobs().put(PAIR, typed))


def test_the_cursor_reads_a_height(xor):
    knobs = Knobs(at=(3, 25)).put(PAIR, "1.2.1 2.1.0").put(SPAN, 2.0)
    found = numbers_of(xor, knobs)
    assert found["says"] == (
        f"J = {found['J'][3][25]:.4g}   Theta_21^(1) = {found['x'][25]:.4g}   Theta_10^(2) = {found['y'][3]:.4g}"
    )
    once = numbers_of(xor, Knobs().put(PAIR, "1.2.1 2.1.0"))
    assert found["x"][-1] - found["x"][0] == pytest.approx(2 * (once["x"][-1] - once["x"][0]))
    drawing = VIEW.drawing(xor, knobs, (100, 30), Look("none"))
    for at in ((0, 0), (18, 30), (3, 25), (12, 7)):
        spot = drawing.spots[at]
        assert drawing.at(spot.column, spot.line)[1] == at[1]


def test_digits_are_lowest_in_the_valley_and_the_way_ends_in_it():
    x, y = np.linspace(-2, 2, 41), np.linspace(-1, 3, 25)
    cost = (x[None, :] - 1) ** 2 + (y[:, None] - 2) ** 2
    path = np.array([[-1.5, -0.5], [1.0, 2.0]])
    text = render.surface(cost, x, y, path, ("a", "b"), [["head"]], 82, 26, Look("none")).text.plain.split("\n")
    place = {glyph: (row, line.index(glyph)) for row, line in enumerate(text[:-1]) for glyph in "○●" if glyph in line}
    assert place["●"][0] < place["○"][0], "up is up"
    assert place["●"][1] == pytest.approx(0.75 * 82, abs=2)
    row = text[place["●"][0]]
    assert row[place["●"][1] + 1] == "0"
    assert row[-1] > "0"
    assert text[-2][0] == "9", "the corner that is farthest away"
    flat = render.surface(np.full((25, 41), np.nan), x, y, path, ("a", "b"), [], 40, 12, Look("none")).text.plain
    assert set(flat.split("\n")[0]) <= {"9"}


def test_a_nudge_changes_J_as_the_loops_say_and_as_the_gradient_foretells(xor):
    now = lists(xor.weights())
    for h, close in ((0.1, 0.3), (0.001, 0.01)):
        for layer, unit, column in ((1, 2, 1), (2, 1, 0), (1, 1, 2)):
            knobs = Knobs(layer=layer - 1, at=(unit - 1, column)).put(NUDGE, h)
            assert "Evaluating" in WEIGHTS.here(xor, knobs).says or h == 0.1
            xor.work()
            phrase = WEIGHTS.here(xor, knobs).says.split("   ")[1]
            change, foretold = (float(one.split(" ")[-1]) for one in phrase.split(": ")[1].split(", "))
            value = now[layer - 1][unit - 1][column]
            expected = J(*with_weight(now, (layer, unit, column), value + h)) - J(*now)
            assert phrase.startswith(f"h {h:g}: dJ ")
            assert change == pytest.approx(expected, rel=6e-3, abs=1e-9)
            above, below = (J(*with_weight(now, (layer, unit, column), value + way * 1e-6)) for way in (1, -1))
            assert foretold == pytest.approx((above - below) / 2e-6 * h, rel=6e-3, abs=1e-9)
            assert abs(change - foretold) <= close * max(abs(change), abs(foretold)) + h * h
    assert "dJ " not in numbers_of(xor, Knobs(at=(0, 0)), WEIGHTS)["says"]


def test_a_box_of_any_size_is_kept(xor):
    for box in ((80, 24), (60, 20), (200, 60), (45, 13), (30, 8), (5, 2)):
        for look in LOOKS:
            for at in (None, (2, 3)):
                text = drawn(xor, box, Knobs(at=at), look)
                assert max(map(len, text.split("\n"))) <= box[0]
                assert len(text.split("\n")) <= box[1]
                assert text.isascii() or not look.ascii


def test_weights_that_are_no_numbers_have_a_picture_too(registry, tmp_path):
    """After a step far too long, whose square is beyond what a float64 holds."""
    layers = "[{kind='dense',units=2,activation='tanh'},{kind='dense',units=1}]"
    overrides = [f"network.layers={layers}", "training.optimizer={kind='sgd',rate=1e200}", "training.dtype=float64"]
    subject = subject_of(train(tmp_path / "run", registry, "sine", *overrides, "training.epochs=1"), registry)
    text = drawn(subject, (100, 20))
    assert "now" in text
    assert "nothing has moved" not in text
