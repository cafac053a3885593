"""The view of the network, on nets of every kind: it is drawn whatever they are made of, and its numbers are theirs."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from recording import train

from tui_nn.errors import DataError
from tui_nn.plugin.registry import load_registry
from tui_nn.render import Look
from tui_nn.runs import open_run
from tui_nn.training import recorded_network
from tui_nn.views import Knobs, Missing, Subject, find
from tui_nn.views.network import READINGS

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
        plain = drawn(subject, Knobs(sample=sample), (110, 24), Look()).plain
        assert f"training sample {sample + 1} is {inside.classes[sample]}, answer {answer}" in plain
        for unit, value in enumerate(a):
            assert any(line.rstrip(" ◀").endswith(f"{value:.2f}") for line in plain.split("\n") if f" {unit} " in line)


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
    shares = [float(line.rstrip(" ◀").split()[-1]) for line in plain.split("\n") if "ic" in line and "." in line]
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


def plain_gradient(subject):
    """dJ/dTheta2 of one-vs-all with lambda 0.1 over these samples, by plain loops in float64: (a - y) a' / m + ..."""
    inside, thetas = subject.inside(), subject.weights().thetas
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
