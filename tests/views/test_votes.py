"""Votes: weights, contributions and biases of all classes against plain loops; every entry is reached by the cursor."""

from __future__ import annotations

import re

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.plugin.knobs import Knobs
from tui_nn.render import Look
from tui_nn.views import find
from tui_nn.views.asking import standing_at
from tui_nn.views.votes import TABLE, WHAT

VIEW = find("votes")
DENSE = '{kind="dense",units=%d,activation="sigmoid"}'
TABLED = {TABLE.name: True}


@pytest.fixture(scope="module")
def subject(tmp_path_factory, registry):
    subject = subject_of(
        train(tmp_path_factory.mktemp("votes") / "run", registry, "digits", "training.epochs=2"), registry
    )
    subject.inside()
    subject.work()
    return subject


def plainly(subject):
    """(10, 26): bias and weight times the mean activation over the samples of each class, by plain loops."""
    theta1, theta2 = (theta.astype(float) for theta in subject.weights().thetas)
    inside = subject.inside()
    found = []
    for label in range(10):
        samples = [m for m in range(inside.inputs.shape[1]) if inside.classes[m] == label]
        row = [theta2[label, 0]]
        for unit in range(25):
            a = [
                1 / (1 + np.exp(-(theta1[unit, 0] + theta1[unit, 1:] @ inside.inputs[:, m].astype(float))))
                for m in samples
            ]
            row.append(theta2[label, unit + 1] * sum(a) / len(a))
        found.append(row)
    return np.array(found), theta2


def test_all_classes_are_rows_and_the_bias_is_the_first_column(subject):
    adds, theta2 = plainly(subject)
    found = VIEW.numbers(subject, Knobs(own=TABLED))
    assert found["class"] == [str(digit) for digit in range(10)]
    np.testing.assert_allclose(found["votes"], adds, rtol=1e-4, atol=1e-6)
    weights = VIEW.numbers(subject, Knobs(own={**TABLED, WHAT.name: "weight"}))
    np.testing.assert_allclose(weights["votes"], theta2, rtol=1e-6)
    one = VIEW.numbers(subject, Knobs(reading=2))
    np.testing.assert_allclose(one["contribution"], adds[2, 1:], rtol=1e-4, atol=1e-6)
    assert one["bias"] == pytest.approx(adds[2, 0])


@pytest.mark.slow
@pytest.mark.parametrize("table", [False, True])
@pytest.mark.parametrize("what", ["contribution", "weight"])
@pytest.mark.parametrize("box", [(39, 14), (76, 20), (116, 34), (196, 54), (20, 6)])
def test_the_strongest_for_the_class_come_first_and_every_unit_is_reached(subject, table, what, box):
    adds, theta2 = plainly(subject)
    values = (adds if what == "contribution" else theta2)[2, 1:]
    knobs = Knobs(reading=2, own={TABLE.name: table, WHAT.name: what})
    places = VIEW.cursor.places(subject, knobs)
    assert list(places.order) == [unit + 1 for unit in sorted(range(25), key=lambda unit: -abs(values[unit]))]
    onward, seen, at, lengths = "right" if table else "down", [], places.first, set()
    while at not in seen:
        seen.append(at)
        drawn = VIEW.drawing(subject, Knobs(reading=2, own=knobs.own, at=at), box, Look("none"))
        lines = drawn.text.plain.split("\n")
        assert len(lines) <= box[1]
        assert max(map(len, lines)) <= box[0]
        spot = drawn.spots[at]
        row = lines[spot.line + (spot.height - 1) // 2][spot.column :]
        if table:
            value = f"{values[at[1] - 1]:.1f}"
            assert (value if float(value) else "0.0")[:4] in row, "a zero has no sign"
        else:
            shown = re.match(r"\[?(?:unit)? *\d+ +([+-]?[\d.]+)", row)[1]
            decimals = len(shown.partition(".")[2])
            assert float(shown) == pytest.approx(values[at[1] - 1], abs=0.5001 * 10**-decimals)
            lengths.add(decimals)
        at = VIEW.moved(subject, Knobs(reading=2, own=knobs.own, at=at), onward, drawn)
    assert [unit for _, unit in seen] == list(places.order)
    assert len(lengths) <= 1, "numbers below each other have as many decimals"


def test_pictures_stand_above_their_columns(subject):
    drawn = VIEW.drawing(subject, Knobs(reading=2, own=TABLED), (76, 22), Look("truecolor"))
    lines = drawn.text.plain.split("\n")
    head = next(number for number, line in enumerate(lines) if "bias" in line)
    assert head == 4, "four lines for eight rows of pixels"
    for (row, unit), spot in drawn.spots.items():
        if unit and not row:
            assert lines[head][spot.column :].split()[0] == str(unit)
            assert lines[0][spot.column : spot.column + 8] == "▀" * 8
    assert [line.split()[0] for line in lines[head + 1 : head + 11]] == [str(digit) for digit in range(10)]


def test_a_place_says_weight_activation_and_what_it_adds(subject):
    adds, theta2 = plainly(subject)
    knobs = settled(subject, lambda: standing_at(VIEW, subject, Knobs(reading=2), "2.13"))
    assert knobs.at == (2, 13)
    here = VIEW.here(subject, knobs)
    assert here.says.startswith(f"Theta_3,13^(2) = {theta2[2, 13]:.4g}   unit 13 -> class 2   mean a for 2: ")
    assert f"adds {adds[2, 13]:+.3g} to z" in here.says
    assert here.unit == (1, 13)
    opened = here.enter
    assert (opened.view, opened.knobs.layer, opened.knobs.at) == ("weights", 1, (2, 13))
    bias = VIEW.here(subject, Knobs(own=TABLED, at=(4, 0)))
    assert bias.says == f"Theta_50^(2) = {theta2[4, 0]:.4g}   bias of class 4"
    assert bias.unit is None


def test_beside_one_class_stands_the_next(subject):
    assert VIEW.moved(subject, Knobs(reading=2, at=(2, 13)), "right") == (3, 13)
    assert VIEW.cursor.arrives(subject, Knobs(reading=2, at=(3, 13))).reading == 3
    assert VIEW.cursor.arrives(subject, Knobs(reading=2, at=(3, 13), own=TABLED)).reading == 2
    assert VIEW.moved(subject, Knobs(reading=2, at=(2, 13), own=TABLED), "down") == (3, 13)


@pytest.mark.parametrize("width", [26, 41, 47, 50, 54, 90])
def test_what_is_said_of_the_table_is_said_whole_or_not(subject, width):
    text = VIEW.draw(subject, Knobs(reading=2, own=TABLED), (width, 20), Look("none")).plain.rstrip("\n").split("\n")
    phrases = text[-1].strip().split("; ")
    assert phrases[0] == "weight x mean activation"
    assert all(one == "units by their vote for 2" or one.endswith("of 25 units") for one in phrases[1:])
    assert len(phrases) > 1 or width < 53
