"""The view of the network, on nets of every kind: it is drawn whatever they are made of, and its numbers are theirs."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from recording import train

from tui_nn.errors import DataError
from tui_nn.plugin.registry import load_registry
from tui_nn.render import Look
from tui_nn.render.amount import amount
from tui_nn.runs import open_run
from tui_nn.training import recorded_network
from tui_nn.views import Knobs, Missing, Subject, find
from tui_nn.views.network import EXAMPLE, READINGS
from tui_nn.views.network.scene import GLANCE

CONV = Path(__file__).parents[2] / "plugins" / "tui-nn-conv" / "tui_nn_conv.py"
SOFTMAX = "training.loss=softmax_cross_entropy"


def dense(units, activation):
    return f'{{kind="dense",units={units},activation="{activation}"}}'


NETS = {
    "digits": ("digits", None, ()),
    "one layer": ("spiral", [dense(1, "sigmoid")], ()),
    "ten layers": ("spiral", [dense(6, "tanh")] * 9 + [dense(1, "sigmoid")], ()),
    "dropout": (
        "spiral",
        [dense(8, "tanh"), '{kind="batch_norm"}', '{kind="dropout"}', dense(4, "relu"), dense(1, "sigmoid")],
        (),
    ),
    "three layers": ("spiral", [dense(16, "tanh")] * 2 + [dense(1, "sigmoid")], ()),
    "maxout": ("spiral", ['{kind="maxout",units=4,pieces=3}', dense(1, "sigmoid")], ()),
    "polynomial": ("spiral", ['{kind="polynomial",degree=3}', dense(1, "sigmoid")], ()),
    "scores": ("iris", ['{kind="standardize"}', dense(5, "tanh"), dense(3, "identity")], (SOFTMAX,)),
    "wide": ("digits", [dense(1000, "relu"), dense(10, "softmax")], (SOFTMAX, "training.batch=full")),
    "conv": (
        "digits",
        [
            '{kind="conv2d",filters=4,activation="relu"}',
            '{kind="max_pool",channels=4,size=2}',
            dense(10, "softmax"),
        ],
        (SOFTMAX, "training.batch=256"),
    ),
}


@pytest.fixture(scope="module")
def with_conv():
    return load_registry((str(CONV),))


@pytest.fixture(scope="module")
def runs(tmp_path_factory, with_conv):
    base = tmp_path_factory.mktemp("runs")
    found = {}
    for name, (example, layers, more) in NETS.items():
        overrides = [] if layers is None else [f"network.layers=[{','.join(layers)}]"]
        found[name] = train(base / name, with_conv, example, "training.epochs=2", *overrides, *more)
    return found


def subject_of(runs, name, registry):
    return Subject(open_run(runs[name]), lambda reader: recorded_network(reader, registry))


def drawn(subject, knobs, box, look):
    """The picture once everything that it asks for is known."""
    text = None
    for _ in range(3):
        try:
            text = find("network").draw(subject, knobs, box, look)
        except Missing as missing:
            if not missing.waiting:
                raise
        if not subject.waiting:
            return text
        subject.work()
    raise AssertionError("no end of questions")


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NETS))
def test_any_net_is_drawn_in_every_reading_and_size(runs, with_conv, name):
    subject = subject_of(runs, name, with_conv)
    for reading in range(len(READINGS)):
        for box in ((25, 15), (38, 9), (39, 16), (79, 20), (160, 50)):
            for look in (Look(), Look("none", ascii=True)):
                text = drawn(subject, Knobs(reading=reading), box, look)
                lines = text.plain.split("\n")
                assert len(lines) <= box[1]
                assert max(len(line) for line in lines) <= box[0]
                assert "too small" not in text.plain
                assert not look.ascii or text.plain.isascii()
    assert not subject.problems


def test_a_net_is_drawn_before_it_has_been_asked_and_without_its_data(runs):
    def gone(_):
        raise DataError("the data are gone.")

    subject = Subject(open_run(runs["digits"]), gone)
    for _ in range(2):
        plain = find("network").draw(subject, Knobs(), (79, 20), Look()).plain
        assert "1: 25 sigmoid" in plain
        assert "35 neurons, 1,850 weights + 35 biases = 1,885 parameters" in plain
        subject.work()
    assert "training sample" not in plain


@pytest.mark.parametrize("look", [Look(), Look("none"), Look("none", ascii=True)])
@pytest.mark.parametrize("box", [(36, 17), (76, 20), (116, 36), (196, 56)])
def test_no_layer_is_left_out_because_nothing_has_been_asked_yet(runs, box, look):
    plain = find("network").draw(subject_of(runs, "digits", None), Knobs(), box, look).plain
    assert "1: 25" in plain.split("\n")[0]
    assert "1 more" not in [line.strip() for line in plain.split("\n")]


def test_what_is_said_of_a_sample_is_what_the_network_makes_of_it(runs, with_conv):
    subject = subject_of(runs, "digits", with_conv)
    inside = None
    while inside is None:
        inside = subject.inside()
        subject.work()
    weights = subject.weights()
    for sample in (0, 7):
        x = [float(value) for value in inside.inputs[:, sample]]
        a = x
        for theta in weights.thetas:
            z = [float(row[0]) + sum(float(w) * v for w, v in zip(row[1:], a, strict=True)) for row in theta]
            a = [1 / (1 + math.exp(-value)) for value in z]
        answer = max(range(10), key=lambda unit: a[unit])
        plain = drawn(subject, Knobs().put(EXAMPLE, sample), (110, 24), Look()).plain
        assert f"training sample {sample + 1} is {inside.classes[sample]}, answer {answer}" in plain
        for unit, value in enumerate(a):
            assert any(line.rstrip(" ◄").endswith(f"{value:.2f}") for line in plain.split("\n") if f" {unit} " in line)


def test_what_an_edge_from_a_picture_stands_for_is_said(runs, with_conv):
    """It is of all pixels: the number on it is their part of z, and of a gradient its length."""
    subject = subject_of(runs, "digits", with_conv)
    plain = drawn(subject, Knobs(), (116, 36), Look()).plain
    assert "edges: Theta x from the picture, then Theta, blue +" in plain
    first, x = subject.weights().thetas[0], subject.ask(GLANCE, 0).inputs[:, 0]
    sums = {amount(float(value), 3) for value in first[:, 1:] @ x}
    on_edges = [word for line in plain.split("\n")[1:-4] for word in line[10:50].split() if word in sums]
    assert len(on_edges) > 1
    narrow = drawn(subject, Knobs(), (76, 20), Look("none")).plain
    assert "edges: Theta x, Theta, solid +" in narrow
    gradients = drawn(subject, Knobs(reading=READINGS.index("gradient")), (116, 36), Look()).plain
    assert "edges: |dJ/dTheta| from the picture, then dJ/dTheta" in gradients
    table = drawn(subject_of(runs, "scores", with_conv), Knobs(), (116, 36), Look()).plain
    assert "edges: Theta, blue +" in table


@pytest.mark.parametrize("name", ["digits", "scores", "one layer"])
def test_what_the_colours_of_edges_are_is_said_in_a_narrow_view_too(runs, with_conv, name):
    subject = subject_of(runs, name, with_conv)
    for reading in range(len(READINGS)):
        plain = drawn(subject, Knobs(reading=reading), (76, 20), Look()).plain
        assert re.search("sample 1 is .*, answer .*   .*blue [+], orange -", plain), plain


def test_the_columns_are_the_layers_and_what_goes_with_each_unit_by_unit(runs, with_conv):
    heads = {
        name: drawn(subject_of(runs, name, with_conv), Knobs(), (160, 30), Look()).plain.split("\n")[0]
        for name in ("dropout", "scores", "conv")
    }
    assert heads["dropout"].split("  ")[0] == "input 2"
    assert "1: 8 tanh, batch_norm, dropout" in heads["dropout"]
    assert "4: 4 relu" in heads["dropout"]
    assert "input 4, standardize" in heads["scores"]
    assert "1: 144 conv2d" in heads["conv"]
    block = drawn(subject_of(runs, "conv", with_conv), Knobs(), (160, 30), Look()).plain
    assert "Theta 4x10" in block
    assert "36 units" in block


def test_the_loss_own_output_function_is_in_formula_and_answer(runs, with_conv):
    plain = drawn(subject_of(runs, "scores", with_conv), Knobs(), (110, 24), Look()).plain
    assert "h = softmax(Theta3 [1; tanh(Theta2 [1; standardize(Theta1, x)])])" in plain
    assert "3 softmax" in plain.split("\n")[0], "the answers that are drawn are those of the loss"
    shares = [float(line.rstrip(" ◄").split()[-1]) for line in plain.split("\n") if "ic" in line and "." in line]
    assert all(0 <= share <= 1 for share in shares)


def test_numbers_are_gradient_update_and_initial_of_every_parameter(runs, with_conv):
    subject = subject_of(runs, "digits", with_conv)
    find("network").numbers(subject, Knobs(layer=1))
    subject.work()
    numbers = find("network").numbers(subject, Knobs(layer=1))
    records = subject.snapshots()
    first, last = records.values(0), records.values(-1)
    second = slice(25 * 65, None)
    assert numbers["layer"] == 2
    assert (numbers["unit"][26], numbers["input"][26]) == (2, 0)
    np.testing.assert_allclose(numbers["theta"], last[second], rtol=1e-6)
    np.testing.assert_allclose(numbers["initial"], first[second], rtol=1e-6)
    assert numbers["step_before"] == 45  # the epoch before
    before = records.values(-2)
    np.testing.assert_allclose(numbers["update"], (last - before)[second], rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(numbers["gradient"], plain_gradient(subject), rtol=1e-3, atol=1e-7)


def inside_of(subject):
    """Activations and gradients of the first samples, once they are known."""
    while subject.inside() is None:
        subject.work()
    return subject.inside()


def said(subject, *at, **turned):
    """The line at a place once everything that it tells is known, in its phrases."""
    knobs = Knobs(at=at, **turned)
    view = find("network")
    drawn(subject, knobs, (79, 20), Look())
    return view.here(subject, knobs).says.split("   ")


def test_a_weight_is_told_with_its_gradient_its_update_and_where_it_came_from(runs, with_conv):
    subject = subject_of(runs, "digits", with_conv)
    records = subject.snapshots()
    first, before, last = (records.values(at)[25 * 65 :].reshape(10, 26) for at in (0, -2, -1))
    phrases = said(subject, 2, 3, 7)
    gradient = plain_gradient(subject).reshape(10, 26)
    hidden = inside_of(subject).activations[0][6, 0]
    assert phrases[0] == f"Theta_37^(2) = {last[2, 7]:.4g}"
    assert phrases[2] == f"W0 {first[2, 7]:.4g}"
    assert phrases[4] == f"a_7^(1) {hidden:.3g} adds {last[2, 7] * hidden:.3g}"
    assert phrases[5] == "J over the first 500 of 1,438 training samples"
    for phrase, label, expected in (
        (phrases[1], "dJ/dTheta", gradient),
        (phrases[3], "update of 45 steps", last - before),
    ):
        assert phrase.startswith(label)
        assert float(phrase.split()[-1]) == pytest.approx(expected[2, 7], rel=2e-2)
    assert said(subject, 2, 10, 25)[0] == f"Theta_10,25^(2) = {last[9, 25]:.4g}"
    assert said(subject, 2, 1, 0)[4] == "the bias"
    assert said(subject, 1, 1, 12)[4].startswith("pixel (2,4) ")


def test_a_unit_is_told_with_its_sum(runs, with_conv):
    subject = subject_of(runs, "digits", with_conv)
    (line,) = said(subject, 1, 2)
    theta, x = subject.weights().thetas[0].astype(float), inside_of(subject).inputs[:, 0].astype(float)
    z = theta[1, 0] + sum(weight * value for weight, value in zip(theta[1, 1:], x, strict=True))
    assert line == f"a_2^(1) = s({z:.4g}) = {1 / (1 + math.exp(-z)):.4g}"
    assert said(subject, 2, 10)[1:] == ["class 9", "target 1"]
    assert said(subject, 1, 0)[0].startswith("a_0^(1) = 1")
    assert said(subject, 0)[0] == "x: 8 x 8 = 64 inputs"


def test_sums_of_other_kinds_are_told_as_what_they_are(runs, with_conv):
    maxout = said(subject_of(runs, "maxout", with_conv), 1, 1)[0]
    pieces, value = maxout.removeprefix("a_1^(1) = max(").split(") = ")
    assert max(map(float, pieces.split(", "))) == pytest.approx(float(value), rel=1e-3)
    softmax = said(subject_of(runs, "scores", with_conv), 3, 1)
    assert softmax[0].endswith("by softmax")
    assert softmax[1].startswith("z ")
    dropout = said(subject_of(runs, "dropout", with_conv), 1, 1)
    assert dropout[0].startswith("a_1^(1) = tanh(")
    assert dropout[1].startswith("a_1^(3) = ")
    assert dropout[1].endswith(" after dropout")
    assert "Theta^(1) 4 x 10: 36 weights + 4 biases" in said(subject_of(runs, "conv", with_conv), 1)


def test_the_cursor_walks_from_unit_to_weight_to_unit(runs, with_conv):
    subject = subject_of(runs, "digits", with_conv)
    view, at = find("network"), None
    theta = subject.weights().thetas[1]
    drawn(subject, Knobs(), (79, 20), Look())
    trail = []
    for towards in ("left", "left", "left", "left", "right", "right", "down", "right", "up", "home"):
        at = view.moved(subject, Knobs(at=at), towards)
        trail.append(at)
    answer = inside_of(subject).outputs[:, 0].argmax() + 1
    strongest = np.abs(theta[answer - 1, 1:]).argmax() + 1
    assert trail[:3] == [(2, answer), (2, answer, strongest), (1, strongest)]
    assert trail[3][:2] == (1, strongest)
    assert trail[4] == (1, strongest)
    unit = np.abs(theta[:, strongest]).argmax() + 1
    assert trail[5:] == [
        (2, unit, strongest), (2, unit, min(25, strongest + 1)), (2, unit), (2, max(1, unit - 1)), (2, 1)
    ]  # fmt: skip
    for place in trail[1:]:
        picture = drawn(subject, Knobs(at=place), (79, 20), Look("none")).plain
        assert "[" in picture or "ooo" in picture, place


def test_no_number_of_the_line_is_cut_in_half(runs, with_conv):
    subject = subject_of(runs, "digits", with_conv)
    phrases = said(subject, 2, 3, 7)
    for width in range(25, 200, 7):
        lines = drawn(subject, Knobs(at=(2, 3, 7)), (width, 20), Look()).plain.split("\n")
        shown = [phrase for line in lines[-2 if width < 180 else -1 :] for phrase in line.split("   ") if phrase]
        assert shown == [*phrases, "Enter edits it"][: len(shown)]
        assert len(shown) == len(phrases) + 1 or width < 100, "all of it, on a screen of usual width"


def test_a_place_that_is_gone_is_no_place(runs, with_conv):
    """The cursor stays where it is when another network comes into the pane."""
    subject = subject_of(runs, "one layer", with_conv)
    drawn(subject, Knobs(at=(2, 3, 7)), (79, 20), Look())
    assert find("network").here(subject, Knobs(at=(2, 3, 7))) is None


def test_names_are_the_lectures(runs, with_conv):
    plain = drawn(
        subject_of(runs, "one layer", with_conv), Knobs(reading=READINGS.index("names")), (110, 24), Look()
    ).plain
    assert "x_1" in plain
    assert "a_1" in plain


@pytest.mark.parametrize("width", [39, 79])
def test_where_no_edge_is_drawn_it_is_said_why(runs, with_conv, width):
    subject = subject_of(runs, "dropout", with_conv)
    subject.go(0)
    for reading, says in (("update", "no earlier Theta to compare with"), ("W - W0", "no edges: W - W0 = 0")):
        plain = drawn(subject, Knobs(reading=READINGS.index(reading)), (width, 20), Look()).plain
        assert says in plain
        assert not re.search("[\u2801-\u28ff]", plain)


@pytest.mark.parametrize("look", [Look(), Look("none")], ids=["colours", "none"])
@pytest.mark.parametrize("width", [36, 46, 60, 76])
def test_what_is_predicted_is_said_of_which_sample(tmp_path, registry, width, look):
    run = train(tmp_path / "run", registry, "sine", "training.epochs=1")
    subject = Subject(open_run(run), lambda reader: recorded_network(reader, registry))
    plain = drawn(subject, Knobs(), (width, 18), look).plain
    assert re.search(r"\bsample 1: \S+ for \S+", plain), "what a pair of numbers is of comes before the signs"


@pytest.mark.parametrize("width", [25, 28, 32, 36, 39, 45, 60])
def test_what_is_said_of_the_sample_is_no_piece_of_a_sentence(runs, with_conv, width):
    plain = drawn(subject_of(runs, "scores", with_conv), Knobs(), (width, 15), Look()).plain
    (says,) = (line for line in plain.split("\n") if "answer " in line)
    assert re.match(r"((training )?sample 1|it) is \w+, answer \w+|answer \w+", says)


@pytest.mark.parametrize("reading", ["gradient", "update", "W - W0"])
def test_the_largest_of_what_a_reading_shows_of_each_theta_is_seen(runs, with_conv, reading):
    subject = subject_of(runs, "ten layers", with_conv)
    knobs = Knobs(reading=READINGS.index(reading))
    drawn(subject, knobs, (190, 9), Look())
    spots = find("network").drawing(subject, knobs, (190, 9), Look()).spots
    inside, before, initial = inside_of(subject), subject.before(), subject.initial()
    of = {"update": before, "W - W0": initial}.get(reading)
    matrices = (
        inside.gradients if of is None else [a - b for a, b in zip(subject.weights().thetas, of.thetas, strict=True)]
    )
    for layer, values in enumerate(matrices, start=1):
        unit, source = np.unravel_index(np.abs(values).argmax(), values.shape)
        assert (layer, unit + 1) in spots
        assert (layer - 1, source) in spots


@pytest.mark.parametrize("box", [(39, 15), (46, 18), (78, 19), (116, 36)])
@pytest.mark.parametrize("name", ["dropout", "digits", "three layers"])
def test_names_are_there_where_they_are_asked_for(runs, with_conv, name, box):
    subject, knobs = subject_of(runs, name, with_conv), Knobs(reading=READINGS.index("names"))
    drawn(subject, knobs, box, Look())
    drawing = find("network").drawing(subject, knobs, box, Look())
    lines = drawing.text.plain.split("\n")
    for at, spot in drawing.spots.items():
        if len(at) == 2 and at[1] > 0 and at[0] < len(subject.started.layers):
            words = " ".join(line[spot.column : spot.column + spot.width] for line in lines[spot.line :][: spot.height])
            name = rf"(^|[\s_]){at[1]}(\s|$)" if box[0] < 46 else rf"[ax]_{at[1]}(\s|$)"
            assert re.search(name, words), words


def plain_gradient(subject):
    """dJ/dTheta2 of one-vs-all with lambda 0.1 over these samples, by plain loops in float64: (a - y) a' / m + ..."""
    inside, thetas = inside_of(subject), subject.weights().thetas
    one, two = (theta.astype(float) for theta in thetas)
    m = inside.inputs.shape[1]
    of_all = subject.started.samples["train"]
    total = np.zeros_like(two)
    for sample in range(m):
        x = [1.0, *inside.inputs[:, sample].astype(float)]
        hidden = [1.0] + [1 / (1 + math.exp(-sum(w * v for w, v in zip(row, x, strict=True)))) for row in one]
        for unit, row in enumerate(two):
            output = 1 / (1 + math.exp(-sum(w * v for w, v in zip(row, hidden, strict=True))))
            delta = (output - (1.0 if inside.classes[sample] == unit else 0.0)) / m
            for source, value in enumerate(hidden):
                total[unit, source] += delta * value
    for unit in range(len(two)):
        for source in range(1, two.shape[1]):
            total[unit, source] += 0.1 / of_all * two[unit, source]
    return total.ravel()
