"""What a plugin's function gives back is looked at in one place: training and `plugins check` say the same sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from tui_nn.engine.layer import Dense
from tui_nn.engine.metric import Measured
from tui_nn.engine.network import Network
from tui_nn.engine.random import stream
from tui_nn.errors import PluginError
from tui_nn.plugin import Dataset, Layer, Optimizer, dataset, initializer, metric, schedule
from tui_nn.testing import check, check_component

ROWS, LABELS = np.arange(8.0).reshape(4, 2), np.array([0, 1, 0, 1])
NAMES = {"classes": ("a", "b"), "features": ("x1", "x2")}


def source(*arguments, **named):
    return dataset(name="mine")(lambda: Dataset("mine", *arguments, **named))


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (dataset(name="mine")(lambda: (ROWS, LABELS)), "returned a tuple; expected a Dataset"),
        (dataset(name="mine")(lambda: None), "returned a NoneType; expected a Dataset"),
        (source(np.zeros((500, 2)), np.zeros(900, int), **NAMES), "x has 500 rows, and y 900 targets"),
        (source(ROWS, 1, **NAMES), "x has 4 rows, and y one target"),
        (source(np.zeros((0, 2)), np.zeros(0, int), **NAMES), "x has 0 rows; expected at least 2"),
        (source(ROWS[:, 0], LABELS, **NAMES), r"x has shape \(4,\); expected one sample per row"),
        (source([[1, 2], [3]], [0, 1], **NAMES), "inhomogeneous"),
        (source([["1", "2"], ["3", "4"]], [0, 1], **NAMES), "x is <U1; expected numbers"),
        (source(np.full((4, 2), np.nan), LABELS, **NAMES), r"x\[0, 0\] is nan; remove such samples"),
        (source(ROWS, LABELS + 1, **NAMES), "labels from 1 to 2; 2 classes are named: expected 0 to 1"),
        (source(ROWS, LABELS.astype(float), **NAMES), "labels are whole numbers"),
        (source(ROWS, ["a", "b", "c", "a"], **NAMES), "the label 'c' is not among the classes a, b"),
        (source(ROWS, LABELS), "no classes are named"),
        (source(ROWS, np.full((4, 2), np.inf)), "expected finite numbers"),
        (source(ROWS, LABELS, ("a", "a")), "two classes have the same name"),
        (source(ROWS, LABELS, ("a", "b"), ("x1",)), "1 features are named, and x has 2 columns"),
        (source(ROWS, LABELS, picture=(2, 2), **NAMES), r"a picture of \(2, 2\) is not a row of 2 inputs"),
        (source(ROWS, LABELS, unit_scale=0.0, **NAMES), "unit_scale is 0.0"),
        (source(ROWS, LABELS, test=(ROWS, LABELS[:3]), **NAMES), "has 4 rows, and y of the test part 3 targets"),
        (source(ROWS, LABELS, test=(ROWS[:, :1], LABELS), **NAMES), "x has 2 columns, and 1 in the test part"),
    ],
)  # fmt: skip
def test_a_data_set_whose_parts_do_not_fit_is_refused_with_what_was_found(found, problem):
    with pytest.raises(PluginError, match=f"data set 'mine'.*{problem}") as raised:
        found.load()
    (finding,) = [one for one in check_component("dataset", found).findings if one.check == "samples"]
    assert finding.worst.endswith(str(raised.value)), "the kit says the same"


def test_lists_become_arrays_and_names_of_classes_their_numbers():
    listed = source([[1, 2], [3, 4], [5, 6]], ["b", "a", "b"], ["a", "b"], ["x1", "x2"]).load()
    assert (listed.x.tolist(), listed.y.tolist()) == ([[1, 2], [3, 4], [5, 6]], [1, 0, 1])
    assert (listed.classes, listed.features) == (("a", "b"), ("x1", "x2"))
    unnamed = source(ROWS, np.array(["no", "yes", "no", "no"]), test=(ROWS, ["yes", "no", "no", "no"])).load()
    assert (unnamed.classes, unnamed.y.tolist()) == (("no", "yes"), [0, 1, 0, 0])
    assert unnamed.test[1].tolist() == [1, 0, 0, 0]
    check(source([[0.0, 1], [1, 0]] * 5, [0.5, 0.25] * 5))


@pytest.mark.parametrize("factor", [None, "half", float("nan"), float("inf"), -1, [1, 2]])
def test_a_factor_is_a_number_from_0(factor):
    mine = schedule(name="mine")(lambda progress: factor)
    with pytest.raises(PluginError, match=r"schedule 'mine' returned .* at step 3 of 10; expected a factor"):
        mine.factor(3, 10, 5)


@pytest.mark.parametrize("value", [None, "high", np.arange(3), {}])
def test_a_metric_is_a_number(value):
    mine = metric(name="mine")(lambda predicted, true: value)
    labels = np.array([0, 1])
    with pytest.raises(PluginError, match=r"metric 'mine' returned .*; expected a number"):
        mine.value(Measured(np.ones(2), np.ones((2, 2)), labels, labels, 2))


@pytest.mark.parametrize("weights", [None, "many", np.zeros((4, 3)), np.full((3, 4), np.nan), [[1j] * 4] * 3])
def test_weights_are_finite_numbers_of_their_shape(weights):
    mine = initializer(name="mine")(lambda random, fan_in, fan_out: weights)
    with pytest.raises(PluginError, match="initializer 'mine' returned"):
        mine.fill(np.zeros((3, 5)), stream(0, "test"))


@pytest.mark.parametrize("memory", [None, [], {"m": [0.0]}, {1: np.zeros(2)}])
def test_the_memory_of_an_optimizer_is_named_arrays(memory):
    @dataclass(frozen=True)
    class Mine(Optimizer):
        name: ClassVar[str] = "mine"
        rate: float = 0.1

        def state(self, parameters, decays):
            return memory

        def update(self, parameters, gradient, state, rate, step):
            pass

    with pytest.raises(PluginError, match="optimizer 'mine': state"):
        Mine().fresh_state(np.zeros(2), np.zeros(2))


@pytest.mark.parametrize(
    ("units", "shape"), [(None, None), (0, None), (True, None), (2.0, None), (2, (2, 3, 4)), (2, (2, 0)), (2, 3)]
)
def test_sizes_of_a_layer_are_whole_numbers(units, shape):
    class Mine(Dense):
        name = "mine"

        def output_size(self, inputs):
            return units

        def theta_shape(self, inputs):
            return shape

    assert issubclass(Mine, Layer)
    with pytest.raises(PluginError, match=r"layer 'mine': (output_size|theta_shape) returned"):
        Network(2, [Mine(3)])
