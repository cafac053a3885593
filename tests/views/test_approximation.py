"""One input: f, g, their distance and what units add, with plain loops; bumps built by hand."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train
from rich.color import Color, ColorSystem

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Missing
from tui_nn.render import Look
from tui_nn.training import recorded_network
from tui_nn.views import find
from tui_nn.views.approximation import DRAWN, EPSILON, READINGS
from tui_nn.views.bumps import BUMPS

VIEW = find("curve")
UNITS = READINGS.index("units")
BOXES = ((80, 24), (60, 20), (200, 60), (38, 12), (20, 6), (5, 2))


def numbers_of(subject, knobs=None):
    return settled(subject, lambda: VIEW.numbers_at(subject, knobs or Knobs()))


def drawn(subject, box, knobs=None, look=None):
    return settled(subject, lambda: VIEW.drawing(subject, knobs or Knobs(), box, look or Look("none"))).text.plain


@pytest.fixture(scope="module")
def sine(registry, tmp_path_factory):
    path = train(tmp_path_factory.mktemp("sine") / "run", registry, "sine", "training.epochs=20", "data.scale=standard")
    return subject_of(path, registry)


@pytest.fixture(scope="module")
def table(registry, tmp_path_factory):
    """A file: nobody knows what function it is of."""
    base = tmp_path_factory.mktemp("table")
    whole = np.arange(-20, 21)
    y = np.column_stack([whole**2 / 100 + 0.01 * (-1.0) ** whole, -whole])
    np.savez(base / "square.npz", x=whole[:, None] / 10, y=y)
    (base / "square.toml").write_text(
        '[data]\nsource = "square.npz"\nscale = "none"\nscale_target = "none"\n'
        '[network]\nlayers = [{ kind = "dense", units = 3, activation = "tanh" }, { kind = "dense", units = 2 }]\n'
        '[training]\nloss = "mean_squared_error"\nepochs = 20\nbatch = 8\n'
    )
    return subject_of(train(base / "run", registry, str(base / "square.toml")), registry)


def test_every_number_of_a_sine_with_plain_loops(sine, registry):
    found = numbers_of(sine, Knobs(reading=UNITS))
    theta1, theta2 = (theta.astype(float).tolist() for theta in sine.weights().thetas)
    preparation = recorded_network(sine.reader, registry).net.preparation
    offset, factor = float(preparation.offset[0]), float(preparation.factor[0])
    worst, worst_x, within = -1.0, None, 0
    for at, x in enumerate(found["x"]):
        assert found["f"][at] == pytest.approx(math.sin(3 * x), abs=1e-12)
        g = theta2[0][0]
        assert found["bias"][at] == pytest.approx(theta2[0][0], rel=1e-5)
        for unit, (bias, weight) in enumerate(theta1, start=1):
            term = theta2[0][unit] * math.tanh(bias + weight * (x - offset) * factor)
            assert found[f"unit {unit}"][at] == pytest.approx(term, rel=1e-4, abs=1e-5)
            g += term
        assert found["g"][at] == pytest.approx(g, rel=1e-4, abs=1e-5)
        error = abs(found["g"][at] - math.sin(3 * x))
        within += error < 0.1
        if error > worst:
            worst, worst_x = error, x
    assert found["max_error"] == pytest.approx(worst, rel=1e-12)
    assert found["max_error_at"] == worst_x
    assert found["within"] == within / len(found["x"])
    head = drawn(sine, (100, 24)).split("\n")[0]
    assert head.startswith(f"max |f - g| = {worst:.4g} at x = {worst_x:.4g}   below 0.1 at {within} of 1,001 points")


def test_in_a_narrow_pane_it_says_how_far_off_it_is_and_leaves_out_where(sine):
    head = settled(sine, lambda: VIEW.draw(sine, Knobs(), (25, 13), Look("none"))).plain.split("\n")[0]
    assert re.fullmatch(r"max \|f - g\| = [\d.e-]+( at x = [\d.e-]+)?", head), head


def test_the_band_is_turned(sine):
    errors = np.abs(np.array(numbers_of(sine)["g"]) - numbers_of(sine)["f"])
    for epsilon in EPSILON.values:
        knobs = Knobs().put(EPSILON, epsilon)
        assert numbers_of(sine, knobs)["within"] == (errors < epsilon).mean()
        assert f"± {epsilon:g}" in drawn(sine, (80, 24), knobs)
        assert f"+- {epsilon:g}" in drawn(sine, (80, 24), knobs, Look("none", ascii=True))


def test_without_a_function_the_samples_are_compared(table):
    thetas = [theta.astype(float).tolist() for theta in table.weights().thetas]
    for output, of in enumerate((lambda x: x * x / 100 + 0.01 * (-1) ** x, lambda x: -x)):
        found = numbers_of(table, Knobs(layer=output))
        assert "f" not in found
        errors = {}
        for x, y in zip(found["sample"], found["target"], strict=True):
            assert y == pytest.approx(of(round(10 * x)), abs=1e-6)
            hidden = [math.tanh(bias + weight * x) for bias, weight in thetas[0]]
            row = thetas[1][output]
            errors[x] = abs(y - row[0] - sum(weight * a for weight, a in zip(row[1:], hidden, strict=True)))
        assert found["max_error"] == pytest.approx(max(errors.values()), rel=1e-4)
        assert found["max_error_at"] == pytest.approx(max(errors, key=errors.get))
        text = drawn(table, (100, 24), Knobs(layer=output))
        assert text.startswith("max |y - g| = ")
        assert f"of {len(errors)} training samples" in text
    assert "output 2" in VIEW.heading(table, Knobs(layer=1))


def test_the_cursor_says_what_is_there(sine):
    found = numbers_of(sine, Knobs(reading=UNITS))
    for row, stop in ((0, 0), (0, 40), (3, 17)):
        said = numbers_of(sine, Knobs(reading=UNITS, at=(row, stop)))["says"]
        at = found["x"].index(found["x"][stop * 25])
        x, g, f = found["x"][at], found["g"][at], found["f"][at]
        assert said.startswith(f"x = {x:.4g}   g = {g:.4g}   ")
        if row:
            assert said.endswith(f"= {found[f'unit {row}'][at]:.4g}")
        else:
            assert said.endswith(f"f = {f:.4g}   g - f = {g - f:.4g}")
    drawing = settled(sine, lambda: VIEW.drawing(sine, Knobs(at=(0, 20)), (80, 24), Look("none")))
    legend = drawing.text.plain.split("\n")[1]
    assert legend.rstrip().endswith("± 0.1"), "a band has two edges: neither is its value"
    spot = drawing.spots[(0, 20)]
    # The vertical line stands where a click would have put it.
    assert all("│" in line[spot.column : spot.column + spot.width] for line in drawing.text.plain.split("\n")[-6:-4])


def test_of_many_units_the_rest_is_summed(registry, tmp_path):
    layers = 'network.layers=[{kind="dense",units=20,activation="tanh"},{kind="dense",units=1}]'
    subject = subject_of(train(tmp_path / "run", registry, "sine", layers, "training.epochs=5"), registry)
    found = numbers_of(subject, Knobs(reading=UNITS))
    spans = {unit: max(found[f"unit {unit}"]) - min(found[f"unit {unit}"]) for unit in range(1, 21)}
    strongest = sorted(sorted(spans, key=spans.get)[-DRAWN:])
    legend = drawn(subject, (160, 40), Knobs(reading=UNITS)).split("\n")[1]
    assert all(f"unit {unit}   " in legend + "   " for unit in strongest)
    assert f"{20 - DRAWN} more" in legend
    weakest = min(spans, key=spans.get)
    assert f"unit {weakest} " in drawn(subject, (160, 30), Knobs(reading=UNITS, at=(weakest, 3))).split("\n")[1]


@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
@pytest.mark.parametrize("chosen", [0, 2])
@pytest.mark.parametrize(("height", "most"), [(15, 3), (50, DRAWN)])
def test_lines_have_colours_that_are_far_apart(sine, depth, chosen, height, most):
    """Yellow beside the orange of g is 40 of 255 apart in 256 colours."""
    look = Look(depth)
    knobs = Knobs(reading=UNITS, at=(chosen, 0) if chosen else None)
    legend = settled(sine, lambda: VIEW.drawing(sine, knobs, (160, height), look)).text.split("\n")[1]
    inks = [str(span.style.color.name) for span in legend.spans if legend.plain[span.start : span.end] in "○123456789"]
    assert len(inks) == 1 + most, legend.plain
    shown = [Color.parse(ink) for ink in inks]
    if depth == "256":
        shown = [ink.downgrade(ColorSystem.EIGHT_BIT) for ink in shown]
    for one, other in itertools.combinations([ink.get_truecolor() for ink in shown], 2):
        assert math.dist(one, other) > 70, inks


def test_a_low_box_has_fewer_units_of_their_own(sine):
    for height, names in ((15, 3), (40, DRAWN)):
        legend = "".join(drawn(sine, (160, height), Knobs(reading=UNITS)).split("\n")[1:3])
        assert len(re.findall(r"unit \d", legend)) == names
        assert f"{8 - names} more" in legend


def test_a_box_of_any_size_is_kept(sine, table):
    for subject in (sine, table):
        for reading in range(len(READINGS)):
            for box in BOXES:
                for knobs in (Knobs(reading=reading), Knobs(reading=reading, at=(0, 7))):
                    for look in (Look("none"), Look("truecolor", ascii=True), Look("16")):
                        text = drawn(subject, box, knobs, look)
                        assert len(text.split("\n")) <= box[1]
                        assert max(map(len, text.split("\n"))) <= box[0]
                        assert text.isascii() or not look.ascii
                        assert ("too s" in text) == (box[0] < 20 or box[1] - (knobs.at is not None) < 6)


def test_data_without_one_number_of_one_input_are_refused(registry, tmp_path):
    for name, why in (("xor", "classes"), ("iris", "classes")):
        subject = subject_of(train(tmp_path / name, registry, name, "training.epochs=1"), registry)
        assert why in VIEW.suits(subject)


def test_functions_that_data_are_drawn_from(registry):
    plain, noisy = (registry.create("dataset", {"kind": "sine", "noise": noise}).load(1) for noise in (0.0, 0.5))
    x = plain.x[:, 0]
    assert (x.min(), x.max()) == pytest.approx((-2, 2), abs=0.1)
    assert plain.y[:, 0] == pytest.approx([math.sin(3 * one) for one in x])
    assert (noisy.x == plain.x).all()
    assert noisy.function(x) == pytest.approx(plain.y[:, 0]), "the function is without noise"
    assert np.std(noisy.y - plain.y) == pytest.approx(0.5, rel=0.2)
    steps = registry.create("dataset", {"kind": "steps", "count": 4, "samples": 8}).load()
    assert steps.y[:, 0] == pytest.approx([math.floor(x + 2) / 3 for x in steps.x[:, 0]])
    assert steps.function(np.array([-2, -1, 0, 1, 2])) == pytest.approx([0, 1 / 3, 2 / 3, 1, 1])


def test_bumps_beside_the_network(sine):
    view = find("bumps")
    curve = numbers_of(sine)
    for count in (2, 4, 8, 16, 32):
        knobs = Knobs().put(BUMPS, count)
        found = settled(sine, lambda: view.numbers(sine, knobs))  # noqa: B023
        assert found["f"] == curve["f"]
        assert found["g"] == curve["g"]
        assert found["max_error_network"] == curve["max_error"]
        assert len(found["weight"]) == len(found["output"]) == 2 * count
        for at in (0, 333, 1000):
            x, g = found["x"][at], 0.0
            for bias, weight, height in zip(found["bias"], found["weight"], found["output"], strict=True):
                z = bias + weight * x
                g += height / (1 + math.exp(-z)) if z > -700 else 0.0
            assert found["by_hand"][at] == pytest.approx(g, abs=1e-9)
        text = view.draw(sine, knobs, (80, 24), Look("none")).plain
        assert text.startswith(f"{2 * count} sigmoids by hand: max |f - g| = {found['max_error_by_hand']:.4g} at ")
        assert f"the network, 8 tanh: max |f - g| = {curve['max_error']:.4g}" in text
        assert f"{count} bumps" in view.heading(sine, knobs)


def test_bumps_need_the_function(table):
    with pytest.raises(Missing, match="do not say which function"):
        settled(table, lambda: find("bumps").draw(table, Knobs(), (80, 24), Look()))
