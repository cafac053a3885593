"""Bumps of two sigmoids each, against plain loops; and the error that falls with their number."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

from tui_nn.cli.bumps import COUNTS, command
from tui_nn.errors import TuiNNError
from tui_nn.model.bumps import bumps_at, bumps_by_hand

FUNCTIONS = {
    "sin(3*x)": lambda x: math.sin(3 * x),
    "x^2 - x": lambda x: x * x - x,
    "exp(-x^2) * abs(x - 0.3)": lambda x: math.exp(-x * x) * abs(x - 0.3),
}


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z > -700 else 0.0


def by_hand(f, low, high, count, x):
    """The construction once more, bump by bump."""
    points = [low + (high - low) * place / 1000 for place in range(1001)]
    width, g = (high - low) / count, 0.0
    for number in range(count):
        left, right = low + number * width, low + (number + 1) * width
        inside = [f(point) for point in points if left - 1e-12 <= point <= right + 1e-12]
        h = (min(inside) + max(inside)) / 2
        left -= width * (number == 0)
        right += width * (number == count - 1)
        g += h * (sigmoid(40 / width * (x - left)) - sigmoid(40 / width * (x - right)))
    return g


def asked(formula, *options):
    result = CliRunner().invoke(command, [formula, "--json", *options], catch_exceptions=False)
    return json.loads(result.output)


@pytest.mark.parametrize("formula", FUNCTIONS)
@pytest.mark.parametrize(("low", "high"), [(-2, 2), (0.5, 3)])
def test_the_error_falls_with_every_doubling(formula, low, high):
    found = asked(formula, "--epochs", "0", f"--from={low}", f"--to={high}", "--bumps", "8")
    f = FUNCTIONS[formula]
    assert found["f"] == pytest.approx([f(x) for x in found["x"]], abs=1e-12)
    assert [row["bumps"] for row in found["errors"]] == list(COUNTS) == [2, 4, 8, 16, 32]
    errors = [row["by_hand"] for row in found["errors"]]
    assert all(after < before for before, after in itertools.pairwise(errors))
    assert errors[-1] < errors[0] / 2
    for at in range(0, 1001, 50):
        # Parts whose ends lie between two points take f there from the line between those.
        assert found["by_hand"][at] == pytest.approx(by_hand(f, low, high, 8, found["x"][at]), abs=2e-3)
    eight = found["errors"][2]
    distances = [abs(g - y) for g, y in zip(found["by_hand"], found["f"], strict=True)]
    assert eight["by_hand"] == max(distances)
    assert eight["by_hand_at"] == found["x"][distances.index(max(distances))]
    assert eight["sigmoids"] == 16


def test_a_constant_and_stairs_are_met_but_at_their_steps():
    x = np.linspace(0, 1, 801)
    thetas = bumps_by_hand(x, np.full(801, 3.0), 5)
    assert bumps_at(thetas, x) == pytest.approx(np.full(801, 3.0), abs=1e-9)
    stairs = np.minimum(np.floor(4 * x), 3)
    g = bumps_at(bumps_by_hand(x, stairs, 8), x)
    middle = np.abs(8 * x - np.rint(8 * x)) > 0.3
    # The part left of a step has the step's first point in it, and so half of the step.
    assert np.abs(g - stairs)[middle].max() <= 0.5 + 1e-4
    assert thetas[0].shape == (10, 2)
    assert thetas[1].shape == (1, 11)
    assert thetas[1][0, 0] == 0


def test_weights_are_those_of_a_network_of_the_engine(registry):
    """Put into the net that gradient descent has, they say the same."""
    from tui_nn.training.approximate import approximated

    x = np.linspace(-2, 2, 1001)
    f = np.sin(3 * x)
    net = approximated(x, f, 4, 0, 0, registry)
    thetas = bumps_by_hand(x, f, 4)
    assert [theta.shape for theta in net.thetas] == [theta.shape for theta in thetas]
    said = net.with_thetas(thetas).predict(x[:, None]).outputs[:, 0]
    assert said == pytest.approx(bumps_at(thetas, x), abs=1e-4)


def test_gradient_descent_stands_beside():
    found = asked("sin(3*x)", "--epochs", "60", "--bumps", "4")
    assert len(found["trained"]) == 1001
    distances = [abs(g - y) for g, y in zip(found["trained"], found["f"], strict=True)]
    assert found["errors"][1]["trained"] == pytest.approx(max(distances))
    again = asked("sin(3*x)", "--epochs", "60", "--bumps", "4")
    assert again["trained"] == found["trained"]
    text = CliRunner().invoke(command, ["sin(3*x)", "--epochs", "1", "--width", "60", "--height", "10"]).output
    assert "8 bumps by hand" in text
    assert "after 1 epoch" in text
    assert f"{found['errors'][0]['by_hand']:.4g}" in text


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("__import__('os')", "has no meaning here"),
        ("__import__(os)", "not a valid name|unknown function '__import__'"),
        ("x.real", "a dot after a name"),
        ("open(x)", "unknown function 'open'"),
        ("lambda: x", "no meaning here"),
        ("x*y", "the inputs x, y; expected a function of one"),
        ("1/x", "no finite number at x = 0"),
        ("3", "expected an input in it"),
        ("", "empty"),
        ("x +", "ends too early"),
    ],
)
def test_only_formulas_of_one_input_are_read(formula, why):
    with pytest.raises(TuiNNError, match=why):
        asked(formula)


@pytest.mark.parametrize("ends", [("1", "1"), ("2", "-2"), ("nan", "1"), ("0", "inf")])
def test_ends_are_an_interval(ends):
    with pytest.raises(TuiNNError, match="expected two finite numbers, the smaller first"):
        asked("x^2", "--from", ends[0], "--to", ends[1])
