"""The forward pass as matrices: every number recomputed with plain loops in float64, and boxes of every size."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.experiment import load_experiment
from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import OpenView
from tui_nn.render import Look
from tui_nn.render.sums import weighted_sum
from tui_nn.views import find

VIEW = find("forward")
EXAMPLE = "forward-3-4-2"


@pytest.fixture(scope="module")
def example(registry, tmp_path_factory):
    return subject_of(train(tmp_path_factory.mktemp("forward") / "run", registry, EXAMPLE), registry)


def numbers_of(subject, knobs):
    return settled(subject, lambda: VIEW.numbers_at(subject, knobs))


def drawn(subject, box=(100, 24), knobs=None, look=None):
    return settled(subject, lambda: VIEW.drawing(subject, knobs or Knobs(), box, look or Look("none")))


def test_every_number_of_the_slides_net_with_plain_loops(example):
    thetas = load_experiment(EXAMPLE).network.weights
    assert [(len(theta), len(theta[0])) for theta in thetas] == [(4, 4), (2, 5)], "Theta1 4x4, Theta2 2x5"
    first, second = numbers_of(example, Knobs()), numbers_of(example, Knobs(layer=1))
    samples = list(zip(*first["x"], strict=True))
    assert len(samples) == first["samples"] == first["of"] == 5
    for number, x in enumerate(samples):
        assert x[0] == 1
        signal = list(x)
        for theta, found in zip(thetas, (first, second), strict=True):
            assert found["theta"] == theta
            z = [sum(weight * value for weight, value in zip(row, signal, strict=True)) for row in theta]
            a = [1 / (1 + math.exp(-one)) for one in z]
            assert [row[number] for row in found["z"]] == pytest.approx(z, rel=1e-14)
            # The hidden layer's activations come with their row of ones, and go on as x of the next layer.
            shown = [row[number] for row in found["a"]]
            expected = a if found is second else [1, *a]
            assert shown == pytest.approx(expected, rel=1e-14)
            signal = [1, *a]
        assert [row[number] for row in second["x"]] == [row[number] for row in first["a"]]
        # Class 1 where the third pixel is brighter than the first; Y has a column for each sample.
        assert [row[number] for row in second["y"]] == ([0, 1] if x[3] > x[1] else [1, 0])


def test_the_sample_of_the_lecture_is_written_out(example):
    """x = (0.1, 0.5, 0.9): z1(1) = 0.1 + 0.2 x 0.1 + 0.3 x 0.5 + 0.4 x 0.9 = 0.63, s(0.63) = 0.6525."""
    x = np.array(numbers_of(example, Knobs())["x"])
    at = int(np.flatnonzero(np.isclose(x[3], 0.9))[0])
    says = numbers_of(example, Knobs(at=(0, at)))["says"]
    assert says == "z1(1) = 0.1*1 + 0.2*0.1 + 0.3*0.5 + 0.4*0.9 = 0.63; a1(1) = s(0.63) = 0.6525"
    place = settled(example, lambda: VIEW.here(example, Knobs(layer=1, at=(1, at))))
    assert place.enter == OpenView("weights", Knobs(layer=1, at=(1, 0)))
    assert place.says.startswith("z2(2) = -0.3*1 ")
    assert "h2 = s(" in place.says


def test_shapes_numbers_and_rows_of_ones_are_drawn(example):
    text = drawn(example, (118, 36)).text.plain
    lines = text.splitlines()
    assert re.match(r"Theta1 4x4 +X\^T 4x5 +z1 4x5 +a1 = s\(z1\) 5x5", lines[0])
    ones = next(line for line in lines[1:] if line.strip())
    assert re.search(r"1\.00 +1\.00 +1\.00 +1\.00 +1\.00 *$", ones), "the row of ones that a1 gets"
    second = next(line for line in lines if line.startswith("Theta2"))
    assert re.match(r"Theta2 2x5 +\[1; a1\] 5x5 +z2 2x5 +H = s\(z2\) 2x5 +Y 2x5", second)
    for row in ([0.1, 0.2, 0.3, 0.4], [-0.5, 0.6, -0.7, 0.8]):
        assert any(line.split()[:4] == [f"{value}" for value in row] for line in lines)


def test_the_lit_cell_is_where_its_number_stands(example):
    z = np.array(numbers_of(example, Knobs())["z"])
    for box in ((118, 36), (80, 20), (60, 12), (38, 9)):
        for at in ((0, 0), (3, 2), (2, 4)):
            drawing = drawn(example, box, Knobs(at=at))
            spot = drawing.spots[at]
            line = drawing.text.plain.splitlines()[spot.line + (spot.height - 1) // 2]
            assert float(line[spot.column : spot.column + spot.width].strip("[] ")) == pytest.approx(z[at], abs=0.005)


def test_in_a_narrow_pane_a_result_stands_below_its_product_where_more_has_room_so(registry, tmp_path):
    xnor = subject_of(train(tmp_path / "run", registry, "xnor-by-hand"), registry)
    for layer, theta, result in ((0, "Theta1 2x3 ", "= z1 2x4 "), (1, "Theta2 1x3 ", "= z2 1x4 ")):
        drawing = drawn(xnor, (37, 15), Knobs(layer=layer))
        lines = drawing.text.plain.splitlines()
        first, second = (next(at for at, line in enumerate(lines) if line.startswith(name)) for name in (theta, result))
        assert first < second
        z = np.array(numbers_of(xnor, Knobs(layer=layer))["z"])
        assert {unit for unit, _ in drawing.spots} == set(range(len(z))), "no unit is left out for it"
        assert len({sample for _, sample in drawing.spots}) >= 3
        for at, spot in drawing.spots.items():
            line = lines[spot.line + (spot.height - 1) // 2]
            assert float(line[spot.column : spot.column + spot.width].strip("[] ")) == pytest.approx(z[at], abs=0.005)
    wide = drawn(xnor, (118, 36)).text.plain.splitlines()
    assert re.match(r"Theta1 2x3 +X\^T 3x4 +z1 2x4", wide[0]), "where all have room it is one equation"


@pytest.mark.parametrize(
    ("name", "overrides"),
    [
        ("digits", ["training.epochs=1"]),
        ("wine", ['network.layers=[{kind="standardize"},{kind="maxout",units=3,pieces=2},{kind="dropout",rate=0.5},'
                  '{kind="dense",units=3,activation="identity"}]', 'training.loss="softmax_cross_entropy"',
                  "training.epochs=1"]),
        (EXAMPLE, []),
    ],
)  # fmt: skip
def test_any_net_fits_any_box_and_says_what_it_left_out(registry, tmp_path, name, overrides):
    subject = subject_of(train(tmp_path / "run", registry, name, *overrides), registry)
    for layer in range(VIEW.layers(subject)):
        for box in ((118, 36), (80, 20), (60, 12), (38, 9), (20, 4), (8, 3)):
            for knobs in (Knobs(layer=layer), Knobs(layer=layer, at=(0, 3)), Knobs(layer=layer, at=(2, 4))):
                for look in (Look("none"), Look("truecolor", ascii=True)):
                    text = drawn(subject, box, knobs, look).text.plain
                    assert max(map(len, text.splitlines()), default=0) <= box[0], (layer, box, text)
                    assert len(text.splitlines()) <= box[1]
                    assert text.isascii() or not look.ascii
                    assert ("too small" in text) <= (box[0] < 20 or box[1] < 5)
    if name == "digits":
        text = drawn(subject, (80, 20)).text.plain
        assert re.search(r"\+ \d+ units, \d+ inputs, \d+ samples", text)
        assert VIEW.heading(subject, Knobs()).startswith("forward pass, samples 1-100 of 1,43")
        # Of 64 pixels those with the largest terms are written out, the others added up.
        x = numbers_of(subject, Knobs(at=(4, 0)))
        theta = np.array(x["theta"])[4]
        column = np.array(x["x"])[:, 0]
        assert x["says"].startswith(f"z5(1) = {weighted_sum(theta, column)}")
    if name == "wine":
        assert VIEW.heading(subject, Knobs(layer=1)).startswith("forward pass from layer 2, samples 1-100 of 1")
        assert "H = softmax(z4), by the loss" in drawn(subject, (118, 36), Knobs(layer=3)).text.plain
        assert "maxout" in drawn(subject, (118, 36), Knobs(layer=1)).text.plain


@pytest.mark.parametrize("seed", range(40))
def test_a_sum_that_is_written_out_is_true(seed):
    random = np.random.default_rng(seed)
    count = int(random.integers(2, 40))
    theta = random.normal(size=count) * 10.0 ** random.integers(-3, 3)
    x = np.append(1, random.uniform(-1, 1, count - 1))
    text = weighted_sum(theta, x)
    left, _, result = text.rpartition(" = ")
    left = re.sub(r"\(\d+ more: (.*?)\)", r"(\1)", left)
    found = eval(left, {"__builtins__": {}})
    digits = len(result.lstrip("-0.").split("e")[0].replace(".", ""))
    assert float(result) == pytest.approx(float(theta @ x), rel=10.0 ** (1 - min(digits, 4)))
    assert f"{found:.4g}" == result or abs(found - float(result)) <= 0.51 * 10 ** (np.floor(np.log10(abs(found))) - 3)
