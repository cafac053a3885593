"""The formula of a stack of layers, and the count of what it is made of."""

from __future__ import annotations

import pytest

from tui_nn.engine.events import LayerShape
from tui_nn.views.stack import counted, formula

SIGMOID = LayerShape("dense", 4, "sigmoid", (4, 4))
OUT = LayerShape("dense", 2, "sigmoid", (2, 5))


def test_the_lectures_net_in_the_lectures_words():
    assert formula([SIGMOID, OUT], 3)[0] == "h = s(Theta2 [1; s(Theta1 [1; x])])"
    assert counted([SIGMOID, OUT])[0] == "6 neurons, 20 weights + 6 biases = 26 parameters"


def test_one_line_a_layer_where_the_whole_is_too_long():
    assert formula([SIGMOID, OUT], 3)[1:] == ["h = s(Theta2 [1; a1])", "a1 = s(Theta1 [1; x])"]


@pytest.mark.parametrize(
    ("layers", "inputs", "link", "expected"),
    [
        ([LayerShape("dense", 3, "identity", (3, 3))], 2, "softmax", "h = softmax(Theta1 [1; x])"),
        ([LayerShape("dense", 1, "identity", (1, 3))], 2, "", "h = Theta1 [1; x]"),
        ([LayerShape("maxout", 2, "identity", (6, 3), pieces=3)], 2, "", "h = maxout(Theta1 [1; x])"),
        (
            [LayerShape("dense", 4, "relu", (4, 3)), LayerShape("dropout", 4, "identity", None, is_random=True), OUT],
            2,
            "",
            "h = s(Theta3 [1; dropout(relu(Theta1 [1; x]))])",
        ),
        (
            [LayerShape("batch_norm", 4, "identity", (4, 4), normalizes=True), OUT],
            4,
            "",
            "h = s(Theta2 [1; batch_norm(Theta1, x)])",
        ),
        ([LayerShape("conv2d", 144, "relu", (4, 10))], 64, "", "h = relu(conv2d(Theta1, x))"),
    ],
)
def test_every_kind_of_layer_has_its_part(layers, inputs, link, expected):
    assert formula(layers, inputs, link)[0] == expected


def test_what_normalizes_has_no_neurons_and_one_is_no_plural():
    norm = LayerShape("batch_norm", 4, "identity", (4, 4), normalizes=True)
    assert counted([SIGMOID, norm, LayerShape("dense", 1, "sigmoid", (1, 5))]) == [
        "5 neurons, 16 weights + 5 biases + 16 of batch_norm = 37 parameters",
        "5 neurons, 37 parameters",
        "37 parameters",
    ]
    assert counted([LayerShape("dense", 1, "sigmoid", (1, 2))])[0] == "1 neuron, 1 weight + 1 bias = 2 parameters"
