"""The truth table: functions by their names, the slides' gates set by hand, and XNOR learnt from ten seeds."""

from __future__ import annotations

import itertools
import json
import math
import re

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.places import OpenView
from tui_nn.plugin.view import Missing
from tui_nn.render import Look
from tui_nn.views import find
from tui_nn.views.boolean import name_of

VIEW = find("truth")
# Of two inputs all sixteen, by hand: answers for 00, 01, 10, 11.
OF_TWO = {
    "0000": "always 0", "0001": "AND", "0010": "x1 AND NOT x2", "0011": "x1",
    "0100": "x2 AND NOT x1", "0101": "x2", "0110": "XOR", "0111": "OR",
    "1000": "NOR", "1001": "XNOR", "1010": "NOT x2", "1011": "x1 OR NOT x2",
    "1100": "NOT x1", "1101": "x2 OR NOT x1", "1110": "NAND", "1111": "always 1",
}  # fmt: skip
OF_MORE = [
    (lambda a, b, c: a and b and c, "AND"),
    (lambda a, b, c: a or b or c, "OR"),
    (lambda a, b, c: not (a or b or c), "NOR"),
    (lambda a, b, c: not (a and b and c), "NAND"),
    (lambda a, b, c: a ^ b ^ c, "odd parity"),
    (lambda a, b, c: 1 - (a ^ b ^ c), "even parity"),
    (lambda a, b, c: a + b + c >= 2, "majority"),
    (lambda a, b, c: a + b + c == 1, "exactly 1 of 3"),
    (lambda a, b, c: a and c, "x1 AND x3"),
    (lambda a, b, c: b ^ c, "XOR of x2, x3"),
    (lambda a, b, c: a and c and not b, "x1 AND x3 AND NOT x2"),
    (lambda a, b, c: (a and b) or c, "0 only at 000, 010, 100"),
    (lambda a, b, c: a if b else c, "another function"),
    (lambda a, b, c, d: a + b + c + d >= 3, "at least 3 of 4"),
    (lambda a, b, c, d: a + b + d >= 2, "majority of x1, x2, x4"),
    (lambda a, b, c, d: a ^ b ^ c ^ d, "odd parity"),
    (lambda a, b, c, d: not d, "NOT x4"),
]


def test_all_sixteen_functions_of_two_inputs_have_their_names():
    for bits, name in OF_TWO.items():
        assert name_of([bit == "1" for bit in bits], ["x1", "x2"]) == name
    assert [name_of(table, ["x"]) for table in ([0, 0], [0, 1], [1, 0], [1, 1])] == [
        "always 0", "x", "NOT x", "always 1"
    ]  # fmt: skip


@pytest.mark.parametrize(("function", "name"), OF_MORE, ids=[name for _, name in OF_MORE])
def test_the_common_functions_of_three_and_four(function, name):
    count = function.__code__.co_argcount
    table = [bool(function(*values)) for values in itertools.product((0, 1), repeat=count)]
    assert name_of(table, [f"x{number}" for number in range(1, count + 1)]) == name


def test_every_function_of_three_inputs_gets_a_name_that_no_other_has():
    names = {}
    for table in itertools.product((False, True), repeat=8):
        names.setdefault(name_of(table, ["x1", "x2", "x3"]), []).append(table)
    del names["another function"]
    assert all(len(tables) == 1 for tables in names.values())
    assert len(names) > 180


# The view


def numbers_of(subject, knobs=None):
    return settled(subject, lambda: VIEW.numbers_at(subject, knobs or Knobs()))


def text_of(subject, width=100, height=24, knobs=None, look=None):
    return settled(subject, lambda: VIEW.draw(subject, knobs or Knobs(), (width, height), look or Look("none"))).plain


GATES = {"and": [-30, 20, 20], "or": [-10, 20, 20], "nor": [10, -20, -20]}


def by_hand(gate, weights):
    return (
        f'data.source="{gate}"', 'network.layers=[{kind="dense",units=1,activation="sigmoid"}]',
        f"network.weights=[[{weights}]]",
    )  # fmt: skip


@pytest.mark.parametrize("gate", ["and", "or"])
def test_gates_with_the_weights_of_the_slides(registry, tmp_path, gate):
    subject = subject_of(train(tmp_path / "run", registry, "xnor-by-hand", *by_hand(gate, GATES[gate])), registry)
    found = numbers_of(subject)
    assert found["units"]["1.1"]["function"] == gate.upper()
    assert found["right"] == [True] * 4
    # The slide's answers: s(-30), s(-10), s(-10), s(10) for AND.
    z = [GATES[gate][0] + GATES[gate][1] * x1 + GATES[gate][2] * x2 for x1, x2 in itertools.product((0, 1), repeat=2)]
    assert found["units"]["1.1"]["z"] == z
    assert found["units"]["1.1"]["a"] == pytest.approx([1 / (1 + math.exp(-one)) for one in z], rel=1e-5)
    assert VIEW.heading(subject, Knobs()) == f"truth table, wanted: {gate.upper()}"


def test_weights_edited_by_hand_while_it_runs_change_the_functions(registry, tmp_path):
    """XNOR by hand; then the second hidden unit is made an OR, the first a NOR: the table says so at once."""
    changes = [
        (0, 0, f"theta[1][{unit}][{place}]", str(float(weight)))
        for unit, gate in enumerate(("nor", "or"), start=1)
        for place, weight in enumerate(GATES[gate])
    ]
    path = train(tmp_path / "run", registry, "xnor-by-hand", "training.epochs=1", changes=changes)
    subject = subject_of(path, registry)
    subject.go(0)
    assert [numbers_of(subject)["units"][unit]["function"] for unit in ("1.1", "1.2", "2.1")] == ["AND", "NOR", "XNOR"]
    subject.go(None)
    assert [numbers_of(subject)["units"][unit]["function"] for unit in ("1.1", "1.2", "2.1")] == [
        "NOR", "OR", "always 1"
    ]  # fmt: skip


def test_xnor_of_the_slides_is_an_or_of_and_and_nor(registry, tmp_path):
    subject = subject_of(train(tmp_path / "run", registry, "xnor-by-hand"), registry)
    text = text_of(subject, 100, 8)
    assert [line.split() for line in text.splitlines()[1:4]] == [
        ["AND", "NOR", "XNOR"],
        ["0", "0", "-30.00", "0.000", "10.00", "1.000", "10.00", "1.000", "1", "1", "√"],
        ["0", "1", "-10.00", "0.000", "-10.00", "0.000", "-10.00", "0.000", "0", "0", "√"],
    ]
    assert "1 where a > 0.5" in text
    says = numbers_of(subject, Knobs(at=(1, 2)))
    assert says["at"] == "01.2.1"
    assert "h = 4.548e-05: 0; XNOR of the inputs, OR of the layer before" in says["says"]
    place = settled(subject, lambda: VIEW.here(subject, Knobs(at=(1, 1))))
    assert place.enter == OpenView("weights", Knobs(layer=0, at=(1, 0)))
    for width, height in ((100, 24), (38, 9), (30, 6), (10, 3), (60, 5)):
        for knobs in (Knobs(), Knobs(at=(3, 2))):
            for look in (Look("none"), Look("truecolor", ascii=True)):
                shown = text_of(subject, width, height, knobs, look)
                assert max(map(len, shown.splitlines())) <= width
                assert len(shown.splitlines()) <= height
                assert shown.isascii() or not look.ascii
    narrow = text_of(subject, 38, 9)
    assert "z" not in narrow, "without room a is more telling than z"
    assert narrow.splitlines()[1].split() == ["AND", "NOR", "XNOR"], (
        "and a pane of the workbench has room for all three"
    )
    narrowest = text_of(subject, 25, 9).splitlines()
    assert narrowest[0].split() == ["x1", "x2", "1.1", "1.2", "h", "y"]
    assert narrowest[1].split() == ["AND", "NOR", "XNOR"], "fewer digits and no answers rather than fewer units"
    assert narrowest[2].split() == ["0", "0", "0.00", "1.00", "1.00", "1", "√"]
    assert re.search(r"^1 more unit; |\n1 more unit", text_of(subject, 22, 9))
    assert "\n1 more row;" in text_of(subject, 60, 6)


TEN = (
    'data.source="xnor"', "training.epochs=300", "training.optimizer.rate=0.2",
    'network.layers=[{kind="dense",units=2,activation="sigmoid"},{kind="dense",units=1,activation="sigmoid"}]',
)  # fmt: skip


@pytest.mark.slow
def test_xnor_from_ten_seeds_says_what_each_hidden_unit_has_become(registry, tmp_path):
    """Names against the weights: each unit recomputed with plain loops in float64, named by the table above."""
    rows = []
    for seed in range(10):
        path = train(tmp_path / str(seed), registry, "xor", *TEN, f"training.seed={seed}")
        subject = subject_of(path, registry)
        found = numbers_of(subject)
        (first, second) = [theta.astype(float) for theta in subject.weights().thetas]
        names = []
        for theta, inputs in ((first, None), (second, first)):
            for row in theta:
                bits = ""
                for x1, x2 in itertools.product((0, 1), repeat=2):
                    x = [1, x1, x2]
                    if inputs is not None:
                        x = [
                            1,
                            *(1 / (1 + math.exp(-sum(w * v for w, v in zip(one, x, strict=True)))) for one in inputs),
                        ]
                    bits += str(int(sum(w * v for w, v in zip(row, x, strict=True)) > 0))
                names.append(OF_TWO[bits])
        units = [found["units"][unit]["function"] for unit in ("1.1", "1.2", "2.1")]
        assert units == names, seed
        assert (units[2] == "XNOR") == (found["right"] == [True] * 4)
        rows.append((seed, *units, found["units"]["2.1"]["of_before"], sum(found["right"])))
    assert sum(row[3] == "XNOR" for row in rows) >= 2, rows
    assert len({row[1:3] for row in rows}) >= 4, "there is more than one way"


def test_four_inputs_with_other_values_and_a_threshold_of_zero(registry, tmp_path):
    """Inputs of -1 and 1, tanh: above 0 counts as 1. The weights are a majority of three, and x4 does nothing."""
    rows = [(*x, int(sum(x[:3]) > 0)) for x in itertools.product((-1, 1), repeat=4)]
    table = "x1,x2,x3,x4,y\n" + "".join(",".join(map(str, row)) + "\n" for row in rows[:-1])
    (tmp_path / "four.csv").write_text(table, "utf-8")
    (tmp_path / "four.toml").write_text(
        """
        [data]
        source = "four.csv"
        target = "y"
        validation = 0.0
        scale = "standard"
        [network]
        layers = [{ kind = "dense", units = 1, activation = "tanh" }]
        weights = [[[0.0, 2.0, 2.0, 2.0, 0.0]]]
        [training]
        loss = "mean_squared_error"
        epochs = 0
        """,
        "utf-8",
    )
    subject = subject_of(train(tmp_path / "run", registry, str(tmp_path / "four.toml")), registry)
    found = numbers_of(subject)
    assert found["units"]["1.1"]["function"] == "majority of x1, x2, x3"
    assert found["units"]["1.1"]["above"] == 0
    assert found["rows"] == [list(map(float, row[:4])) for row in rows]
    assert found["targets"] == [str(row[4]) for row in rows[:-1]] + [None], "no sample says it of the last row"
    assert found["right"] == [True] * 15 + [None]
    assert "more rows" in text_of(subject, 80, 12)
    assert text_of(subject, 80, 12, Knobs(at=(15, 0))).count("\n") == 11
    json.dumps(found)


def test_runs_that_have_no_truth_table_say_why(registry, tmp_path):
    for example, why in (("digits", "up to 4 inputs of two values each; here are 64"), ("iris", "some take more")):
        subject = subject_of(train(tmp_path / example, registry, example, "training.epochs=0"), registry)
        assert why in VIEW.suits(subject)
        with pytest.raises(Missing, match="truth table"):
            VIEW.draw(subject, Knobs(), (80, 24), Look("none"))
    spiral = subject_of(train(tmp_path / "spiral", registry, "spiral", "training.epochs=0"), registry)
    assert VIEW.suits(spiral)
    assert np.isfinite(spiral.started.data.low)
