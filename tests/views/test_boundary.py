"""The lines theta^T x = 0 over the plane, with plain loops: their weights, equations, places and arrows."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import OpenView
from tui_nn.render import Look
from tui_nn.render.lines import ARROWS, line_strokes
from tui_nn.training import recorded_network
from tui_nn.views import find
from tui_nn.views.boundary import equation

VIEW = find("boundary")
GAUSS = 'data.source={kind="gauss"}'
DENSE = '{kind="dense",units=%d,activation="%s"}'


def trained(registry, folder, *layers, epochs=2):
    overrides = [GAUSS, f"network.layers=[{','.join(layers)}]", f"training.epochs={epochs}"]
    path = train(folder, registry, "spiral", *overrides)
    return subject_of(path, registry)


@pytest.fixture(scope="module")
def neuron(registry, tmp_path_factory):
    return trained(registry, tmp_path_factory.mktemp("neuron") / "run", DENSE % (1, "sigmoid"))


@pytest.fixture(scope="module")
def five(registry, tmp_path_factory):
    folder = tmp_path_factory.mktemp("five") / "run"
    return trained(registry, folder, DENSE % (5, "tanh"), DENSE % (1, "sigmoid"))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ((-1.98, 3.47, 2.72), "3.47 x1 + 2.72 x2 - 1.98 = 0"),
        ((30, -20, -20), "-20 x1 - 20 x2 + 30 = 0"),
        ((0.5, 0, 1), "0 x1 + 1 x2 + 0.5 = 0"),
        ((0, -1e-5, 123456), "-1e-05 x1 + 123456 x2 + 0 = 0"),
    ],
)
def test_an_equation_is_written_as_one_writes_it(line, text):
    assert equation(np.array(line, float), ("x1", "x2")) == text


def test_on_each_line_the_sum_of_its_unit_is_0(neuron, five, registry):
    for subject, count in ((neuron, 1), (five, 5)):
        lines = settled(subject, lambda: VIEW.numbers(subject, Knobs()))["lines"]  # noqa: B023
        theta = subject.weights().thetas[0].astype(float).tolist()
        preparation = recorded_network(subject.reader, registry).net.preparation
        offset, factor = preparation.offset.tolist(), preparation.factor.tolist()
        assert len(lines) == count
        for (bias, first, second), row in zip(lines, theta, strict=True):
            for x1 in (-3.0, 0.5, 2.0):
                x2 = -(bias + first * x1) / second
                prepared = [(value - o) * f for value, o, f in zip((x1, x2), offset, factor, strict=True)]
                z = row[0] + row[1] * prepared[0] + row[2] * prepared[1]
                assert z == pytest.approx(0, abs=1e-5)
                beyond = row[0] + row[1] * (prepared[0] + first) + row[2] * (prepared[1] + second)
                assert beyond > 0, "the normal points to where z is positive"


def test_a_single_neuron_says_its_equation(neuron):
    (line,) = settled(neuron, lambda: VIEW.numbers(neuron, Knobs()))["lines"]
    text = VIEW.draw(neuron, Knobs(), (100, 24), Look("none")).plain
    foot = text.split("\n")[-1]
    assert foot.startswith(f"{equation(np.array(line), ('x1', 'x2'))}   normal ({line[1]:.3g}, {line[2]:.3g})   x -")
    for width in range(len(foot.split("   ")[0]), 100):
        said = VIEW.draw(neuron, Knobs(), (width, 24), Look("none")).plain.split("\n")[-1]
        assert said == "   ".join(foot.split("   ")[: said.count("   ") + 1]), "no phrase is cut"
    assert re.match(r"-?\d[\d.e-]* x1 [+-] \d[\d.e-]* x2 [+-] \d[\d.e-]* = 0 ", foot)


def test_the_cursor_goes_from_unit_to_unit(five):
    lines = settled(five, lambda: VIEW.numbers(five, Knobs()))["lines"]
    assert "5 lines: z = 0 of each unit of layer 1" in VIEW.draw(five, Knobs(), (100, 24), Look()).plain
    knobs = Knobs(at=(3,))
    here = VIEW.here(five, knobs)
    assert here.says.startswith(f"unit 3: {equation(np.array(lines[2]), ('x1', 'x2'))}   normal (")
    assert here.enter == OpenView("weights", Knobs(at=(2, 0)))
    assert VIEW.moved(five, Knobs(), "down") == (1,)
    assert VIEW.moved(five, Knobs(at=(5,)), "down") == (5,)
    assert VIEW.moved(five, Knobs(at=(2,)), "up") == (1,)
    drawing = VIEW.drawing(five, knobs, (100, 24), Look("none"))
    for (unit,), spot in drawing.spots.items():
        assert drawing.text.plain.split("\n")[spot.line][spot.column] in ARROWS
        assert drawing.at(spot.column, spot.line) == (unit,)


@pytest.mark.parametrize("seed", range(30))
def test_strokes_lie_on_the_line_and_arrows_point_up_it(seed):
    random = np.random.default_rng(seed)
    line, extent, rows, columns = random.normal(size=3), (-3.0, 2.0, -1.0, 4.0), 20, 50
    cells, arrows = line_strokes(line[None], extent, rows, columns, Look("none"))
    wide, tall = 5 / columns, 5 / rows
    for row, column in cells:
        corners = [
            line[0] + line[1] * (-3 + (column + across) * wide) + line[2] * (4 - (row + down) * tall)
            for across in (-0.6, 1.6)
            for down in (-0.6, 1.6)
        ]
        assert min(corners) < 0 < max(corners), (row, column)
    for row, column in arrows.values():
        glyph = ARROWS.index(cells[row, column][0]) * 2 * math.pi / len(ARROWS)
        # One step of the arrow on the screen, whose cells are twice as high as wide: z grows.
        step = math.cos(glyph) * wide * line[1] + math.sin(glyph) * tall / 2 * line[2]
        assert step > 0
    if not cells:
        ends = [line[0] + line[1] * x + line[2] * y for x in (-3, 2) for y in (-1, 4)]
        assert min(ends) > 0 or max(ends) < 0, "it passes beside"


def test_no_line_where_there_is_none():
    for line in ([1.0, 0, 0], [0, 0, 0], [float("nan"), 1, 1], [float("inf"), 1, 1]):
        assert line_strokes(np.array([line]), (0, 1, 0, 1), 5, 10, Look("none")) == ({}, {})
    for line in ([-0.5, 1.0, 0], [-0.5, 0, 1.0]):
        cells, arrows = line_strokes(np.array([line]), (0, 1, 0, 1), 5, 10, Look("none"))
        assert len(cells) in (5, 10)
        assert len(arrows) == 1


def test_a_box_of_any_size_is_kept(five):
    settled(five, lambda: VIEW.numbers(five, Knobs()))
    for box in ((80, 24), (60, 20), (200, 60), (30, 8), (5, 2)):
        for look in (Look("none"), Look("truecolor"), Look("16", light=True), Look("none", ascii=True)):
            for at in (None, (2,)):
                text = VIEW.draw(five, Knobs(at=at), box, look).plain
                assert max(map(len, text.split("\n"))) <= box[0]
                assert len(text.split("\n")) <= box[1]
                assert text.isascii() or not look.ascii


def test_a_layer_that_is_not_dense_draws_none(registry, tmp_path):
    layers = ('{kind="standardize"}', DENSE % (2, "tanh"), DENSE % (1, "sigmoid"))
    subject = trained(registry, tmp_path / "run", *layers, epochs=1)
    assert settled(subject, lambda: VIEW.numbers(subject, Knobs()))["lines"] == []
    assert VIEW.moved(subject, Knobs(), "down") is None


def test_a_regression_says_from_where_to_where_its_answers_go(registry, tmp_path):
    sums = 'data.source="s = 100*x1 - 20*x2; x1 in [0, 2]; x2 in [0, 2]"'
    layers = f"network.layers=[{DENSE % (3, 'tanh')},{DENSE % (1, 'identity')}]"
    loss = 'training.loss="mean_squared_error"'
    subject = subject_of(train(tmp_path / "run", registry, "spiral", sums, layers, loss, "training.epochs=2"), registry)
    plane = settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    net = recorded_network(subject.reader, registry).net.with_thetas(subject.weights().thetas)
    left, right, bottom, top = plane["extent"]
    rows = [[x, y] for x in np.linspace(left, right, 40) for y in np.linspace(bottom, top, 40)]
    answers = net.predict(np.array(rows)).outputs
    said = settled(subject, lambda: VIEW.draw(subject, Knobs(), (100, 24), Look())).plain.split("\n")[0]
    low, high = (float(number) for number in re.match(r"(\S+) to (\S+), blue: above 0, orange: below", said).groups())
    assert (low, high) == pytest.approx((float(answers.min()), float(answers.max())), rel=0.02)
