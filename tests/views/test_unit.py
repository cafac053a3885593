"""The card of a unit with plain loops: sum, threshold, firing rate, probabilities, odds, for every kind of net."""

from __future__ import annotations

import math
import re

import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import OpenView
from tui_nn.plugin.view import Missing
from tui_nn.render import Look
from tui_nn.render.unit_card import spikes
from tui_nn.views import find

VIEW = find("unit")
LOOKS = (Look("none"), Look("truecolor"), Look("16", light=True), Look("none", ascii=True))


def s(z):
    return 1 / (1 + math.exp(-z))


def numbers_of(subject, **knobs):
    return settled(subject, lambda: VIEW.numbers_at(subject, Knobs(**knobs)))


def drawn(subject, box, look=None, **knobs):
    return settled(subject, lambda: VIEW.draw(subject, Knobs(**knobs), box, look or Look("none"))).plain


@pytest.fixture(scope="module")
def run_of(registry, tmp_path_factory):
    def run(name, *overrides):
        return subject_of(train(tmp_path_factory.mktemp("unit") / "run", registry, name, *overrides), registry)

    return run


@pytest.fixture(scope="module")
def xnor(run_of):
    return run_of("xnor-by-hand")


@pytest.fixture(scope="module")
def iris(run_of):
    return run_of("iris", "training.epochs=3")


def test_every_unit_of_xnor_for_every_input(xnor):
    """AND and NOR, then OR, of weights -30 20 20, 10 -20 -20 and -10 20 20."""
    for sample in range(4):
        found = {at: numbers_of(xnor, sample=sample, at=at) for at in ((1, 1), (1, 2), (2, 1))}
        x1, x2 = found[1, 1]["x"][1:]
        sums = {(1, 1): -30 + 20 * x1 + 20 * x2, (1, 2): 10 - 20 * x1 - 20 * x2}
        sums[2, 1] = -10 + 20 * s(sums[1, 1]) + 20 * s(sums[1, 2])
        for at, z in sums.items():
            one = found[at]
            assert one["z"] == pytest.approx(z, rel=1e-6)
            assert one["threshold"] == (1 if z >= 0 else 0)
            assert one["rate"] == one["p1"] == pytest.approx(s(z), rel=1e-5)
            assert one["p0"] == pytest.approx(s(-z), rel=1e-5)
            assert one["a"] == pytest.approx(s(z), rel=1e-5)
            assert math.fsum(one["product"]) == pytest.approx(z, rel=1e-6)


def test_the_card_says_what_its_numbers_are(xnor):
    number = next(k for k in range(4) if numbers_of(xnor, sample=k, at=(1, 1))["x"] == [1, 1, 0])
    text = drawn(xnor, (78, 22), sample=number, at=(1, 1))
    lines = [line.strip() for line in text.split("\n")]
    assert lines[0].startswith(f"unit 1 of layer 1   sample {number + 1} of 4   it is 0")
    assert "sum z        -30*1 + 20*1 + 20*0 = -10" in lines
    assert any(line.startswith("threshold    z < 0: 0, it does not fire   ····") for line in lines)
    assert any(line.startswith(f"firing rate  s(-10) = {s(-10):.4g}") for line in lines)
    assert f"P(y=1|x,w)   s(z) = {s(-10):.4g}   as if it were a classifier" in lines
    assert f"P(y=0|x,w)   s(-z) = 1 - {s(-10):.4g}   odds e^z = {math.exp(-10):.4g}" in lines
    assert lines[-2].startswith("a1(1) = s(-30*1 + 20*1 + 20*0) = s(-10)"), "what the cursor says, as in `sample`"
    assert "○ threshold 0" in text
    here = VIEW.here(xnor, Knobs(sample=number, at=(1, 2)))
    assert here.enter == OpenView("weights", Knobs(layer=0, at=(1, 0)))


def test_without_a_cursor_it_is_the_output_that_answers(iris, xnor):
    one = numbers_of(iris)
    assert (one["layer"], one["sample"][1].split("answer ")[1].split(":")[0]) == (
        2,
        ["setosa", "versicolor", "virginica"][one["unit"] - 1],
    )
    assert (numbers_of(xnor)["layer"], numbers_of(xnor)["unit"]) == (2, 1)


@pytest.mark.parametrize("width", range(24, 80))
def test_no_unit_inside_has_the_probability_of_a_class_without_a_word_that_it_has_none(xnor, width):
    text = drawn(xnor, (width, 22), at=(1, 1))
    assert ("P(y=1|x,w)" in text) == ("as if it were a classifier" in text)
    assert "firing rate" in text


def test_softmax_is_a_sigmoid_against_all_the_others(iris):
    sums = [numbers_of(iris, at=(2, unit))["z"] for unit in (1, 2, 3)]
    powers = [math.exp(z) for z in sums]
    for unit in (1, 2, 3):
        one = numbers_of(iris, at=(2, unit))
        share = powers[unit - 1] / sum(powers)
        assert one["a"] == pytest.approx(share, rel=1e-5)
        assert one["p1"] == pytest.approx(share, rel=1e-5)
        assert one["p0"] == pytest.approx(1 - share, rel=1e-5)
        assert one["rate"] == pytest.approx(s(sums[unit - 1]), rel=1e-6), "fired by its own sum alone"
        text = drawn(iris, (100, 24), at=(2, unit))
        others = math.log(sum(powers) - powers[unit - 1])
        sign = "+-"[others >= 0]
        assert f"= s(z {sign} {abs(others):.4g})" in text
        assert "- -" not in text
        odds = float(re.search(r"odds e\^\(z [+-] .*?\) = (\S+)", text)[1])
        assert odds == pytest.approx(share / (1 - share), rel=1e-3)
        narrow = drawn(iris, (38, 17), at=(2, unit))
        assert float(re.search(r"odds.*= (\S+)", narrow)[1]) == pytest.approx(share / (1 - share), rel=1e-3)


def test_in_a_narrow_pane_an_equation_has_its_result(iris, xnor):
    for subject in (iris, xnor):
        for line in drawn(subject, (25, 13)).split("\n"):
            assert not line.rstrip().endswith("="), line
    rows = drawn(iris, (25, 16))
    assert f"= {numbers_of(iris)['p1']:.4g}" in rows or "1 - " in rows


def test_a_unit_of_another_activation_keeps_its_own_line(iris):
    one = numbers_of(iris, at=(1, 3))
    z = sum(weight * x for weight, x in zip(one["weight"], one["x"], strict=True))
    assert (one["activation"], one["a"]) == ("relu", pytest.approx(max(0.0, z), abs=1e-6))
    assert re.search(rf"a3\(1\) +relu: {one['a']:.4g}\n", drawn(iris, (100, 24), at=(1, 3)))


def test_the_terms_that_are_not_listed_are_counted_and_added_up(run_of):
    digits = run_of("digits", "training.epochs=1")
    one = numbers_of(digits, at=(1, 7))
    for height in (24, 12, 60):
        text = drawn(digits, (100, height), at=(1, 7)).split("\n")
        listed = [line for line in text if line.lstrip().startswith("Theta_7")]
        (more,) = [line for line in text if " more: " in line and "sum z" not in line and "a7(1)" not in line]
        count, total = re.search(r"([\d,]+) more: (\S+)", more).groups()
        assert len(listed) + int(count) == 65
        largest = sorted(one["product"], key=abs, reverse=True)[: len(listed)]
        assert float(total) == pytest.approx(sum(one["product"]) - sum(largest), abs=1e-3)


def test_the_cursor_goes_through_units_and_layers(iris):
    settled(iris, lambda: VIEW.numbers(iris, Knobs()))
    hidden = iris.started.layers[0].units
    steps = {
        "left": (1, 2),
        "right": (2, 2),
        "up": (2, 1),
        "down": (2, 3),
        "home": (2, 1),
        "end": (2, 3),
        "pagedown": (2, 3),
    }
    for towards, place in steps.items():
        assert VIEW.moved(iris, Knobs(at=(2, 2)), towards) == place
    assert VIEW.moved(iris, Knobs(at=(1, hidden)), "right") == (2, 3)
    places = VIEW.cursor.places(iris, Knobs())
    assert [places.name(at) for at in places] == [f"1.{k}" for k in range(1, hidden + 1)] + ["2.1", "2.2", "2.3"]
    assert (2, 4) not in places


def test_a_unit_that_is_switched_off_keeps_its_card_and_answers_0(iris):
    """Each of its layer, the first too; z is what it would make of its inputs."""
    for at in ((1, 1), (1, 3)):
        on = numbers_of(iris, at=at)
        iris.switch_off(frozenset({at}))
        try:
            off = numbers_of(iris, at=at)
            assert (off["z"], off["a"], off["off"]) == (pytest.approx(on["z"]), 0, True)
            assert "off" not in on
            assert re.search(rf"a{at[1]}\(1\) +switched off: 0", drawn(iris, (80, 24), at=at))
            assert iris.off == {at} == {VIEW.here(iris, Knobs(at=at)).unit}
        finally:
            iris.switch_off(frozenset())


def test_layers_without_sums_are_passed_over(run_of):
    layers = (
        '{kind="standardize"}',
        '{kind="maxout",units=2,pieces=3}',
        '{kind="dropout"}',
        '{kind="dense",units=1,activation="sigmoid"}',
    )
    subject = run_of("spiral", f"network.layers=[{','.join(layers)}]", "training.epochs=1")
    settled(subject, lambda: VIEW.numbers(subject, Knobs()))
    assert list(VIEW.cursor.places(subject, Knobs())) == [(2, 1), (2, 2), (4, 1)]
    one = numbers_of(subject, at=(2, 2))
    theta = subject.weights().thetas[1].astype(float).tolist()
    sums = [sum(weight * x for weight, x in zip(row, one["x"], strict=True)) for row in theta[3:6]]
    assert one["z"] == pytest.approx(max(sums), abs=1e-5), "the piece that wins"
    assert one["a"] == pytest.approx(max(sums), abs=1e-5)
    none = run_of("spiral", 'network.layers=[{kind="standardize"}]', "training.epochs=0")
    with pytest.raises(Missing, match="No layer of this network is made of weighted sums"):
        numbers_of(none)


def test_of_a_sum_that_is_no_number_nothing_is_said(run_of):
    weights = "[[[1e308,1e308,1e308],[10,-20,-20]],[[-10,20,20]]]"
    bad = run_of("xnor-by-hand", "training.dtype=float64", "training.epochs=0", f"network.weights={weights}")
    number = next(k for k in range(4) if numbers_of(bad, sample=k, at=(1, 2))["x"] == [1, 1, 1])
    text = drawn(bad, (80, 20), sample=number, at=(1, 1))
    assert "sum z  inf: there is nothing to say of it" in text
    assert "┤" not in text, "no curve"


@pytest.mark.parametrize("slots", [1, 7, 40])
def test_so_many_spikes_as_the_rate_says(slots):
    for rate in (0.0, 0.02, 0.25, 0.5, 0.7311, 0.99, 1.0):
        train_of = spikes(rate, slots, Look("none")).plain
        assert len(train_of) == slots
        assert train_of.count("┃") == int(rate * slots + 0.5)
    even = spikes(0.25, 40, Look("none", ascii=True)).plain
    assert re.fullmatch(r"\.*(\|\.{3}){9}\|\.*", even), "evenly"


def test_a_box_of_any_size_is_kept(iris, xnor):
    for subject in (iris, xnor):
        for box in ((80, 24), (60, 20), (200, 60), (45, 13), (30, 8), (5, 2)):
            for look in LOOKS:
                for at in (None, (1, 2)):
                    text = drawn(subject, box, look, at=at)
                    assert max(map(len, text.split("\n"))) <= box[0]
                    assert len(text.split("\n")) <= box[1]
                    assert text.isascii() or not look.ascii
