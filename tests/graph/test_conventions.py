"""Where a derivative does not exist, or is one by convention; and that every printed equation is true.

Values by hand, from the limits. PyTorch has the same but for 0^0, a tie of maximum and the ends of clip, noted there.
"""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
from click.testing import CliRunner

from tui_nn.cli.circuit import command
from tui_nn.graph import gradients, sigmoid, softplus, variable
from tui_nn.graph.circuits import BUNDLED, bundled, evaluate, fold, parse, remark, steps, unfold

NAN, INF = math.nan, math.inf

# (function, arguments, derivative with respect to each)
AT_A_POINT = [
    (np.power, (-2.0, -3.0), (-0.1875, NAN)),  # -3 (-2)^-4; (-2)^b is real for single b only
    (np.power, (-2.0, 2.0), (-4.0, NAN)),
    (np.power, (2.0, -3.0), (-0.1875, math.log(2) / 8)),
    (np.power, (0.0, 2.0), (0.0, 0.0)),  # 0^b is 0 for every b > 0
    (np.power, (0.0, 0.0), (0.0, NAN)),  # a^0 is 1; 0^b jumps from 1 to 0 (PyTorch: 0)
    (np.power, (0.0, 1.0), (1.0, 0.0)),
    (np.power, (0.0, 0.5), (INF, 0.0)),
    (np.power, (0.0, 1.5), (0.0, 0.0)),  # from the right; there is nothing to the left
    (np.float_power, (-1.0, 3.0), (3.0, NAN)),
    (np.sqrt, (0.0,), (INF,)),
    (np.cbrt, (0.0,), (INF,)),
    (np.absolute, (0.0,), (0.0,)),
    (np.fabs, (-0.0,), (0.0,)),
    (np.square, (0.0,), (0.0,)),
    (np.maximum, (1.0, 1.0), (0.0, 1.0)),  # a router: one gets all of it (PyTorch: half to each)
    (np.minimum, (1.0, 1.0), (0.0, 1.0)),
    (np.maximum, (0.0, 0.0), (0.0, 1.0)),
    (lambda x: np.maximum(x, 0), (0.0,), (0.0,)),  # ReLU
    (lambda x: np.clip(x, 0, 1), (0.0,), (0.0,)),  # (PyTorch: 1)
    (lambda x: np.clip(x, 0, 1), (1.0,), (0.0,)),
    (lambda x: np.where(x > 0, x, 0 * x), (0.0,), (0.0,)),
    (np.reciprocal, (0.0,), (-INF,)),
    (np.log, (0.0,), (INF,)),
    (np.log1p, (-1.0,), (INF,)),
    (np.logaddexp, (3.0, 3.0), (0.5, 0.5)),
    (sigmoid, (0.0,), (0.25,)),
    (softplus, (0.0,), (0.5,)),
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("function", "arguments", "expected"), AT_A_POINT)
def test_derivatives_where_they_are_special(function, arguments, expected, dtype):
    nodes = [variable(np.array([argument, 1.5], dtype)) for argument in arguments]
    with np.errstate(all="ignore"):
        found = gradients(function(*nodes), nodes)
    # float_power is float64 by definition, and its gradients come back in the type of the arguments.
    assert [one.dtype for one in found] == [dtype] * len(nodes)
    np.testing.assert_allclose([float(one[0]) for one in found], expected, rtol=1e-6)
    assert all(np.isfinite(one[1]) for one in found), "what is beside it is not touched"


# expression, inputs -> gradients, and a word that the remark must have; "" for a gate with nothing to remark.
SAID = [
    ("a^b", {"a": -2, "b": -3}, {"a": -0.1875, "b": NAN}, "no derivative with respect to b"),
    ("(-2)^b", {"b": 2}, {"b": NAN}, "no derivative with respect to b"),
    ("a^b", {"a": 0, "b": 0}, {"a": 0, "b": NAN}, "0^0 is taken as 1"),
    ("0^b", {"b": 0}, {"b": NAN}, "0^0 is taken as 1"),
    ("a^b", {"a": 0, "b": 2}, {"a": 0, "b": 0}, ""),
    ("a^b", {"a": 2, "b": 0}, {"a": 0, "b": math.log(2)}, ""),
    ("a^(-3)", {"a": -2}, {"a": -0.1875}, ""),
    ("a^0", {"a": 0}, {"a": 0}, ""),
    ("a^0.5", {"a": 0}, {"a": INF}, "infinite"),
    ("a^1.5", {"a": 0}, {"a": 0}, "from the right"),
    ("sqrt(x)", {"x": 0}, {"x": INF}, "infinite"),
    ("sqrt(x)^2", {"x": 0}, {"x": NAN}, "0 times infinite"),
    ("abs(x)", {"x": 0}, {"x": 0}, "a kink"),
    ("abs(x)", {"x": -1}, {"x": -1}, ""),
    ("max(x, y)", {"x": 1, "y": 1}, {"x": 0, "y": 1}, "a tie: the gradient goes to the second, y"),
    ("min(x, y)", {"x": 1, "y": 1}, {"x": 0, "y": 1}, "a tie"),
    ("max(x, y)", {"x": 1, "y": 2}, {"x": 0, "y": 1}, ""),
    ("min(x, 3)", {"x": 3}, {"x": 0}, "a kink"),
    ("x * y", {"x": 0, "y": 0}, {"x": 0, "y": 0}, ""),
]


@pytest.mark.parametrize(("text", "inputs", "expected", "words"), SAID, ids=[f"{one[0]} {one[1]}" for one in SAID])
def test_a_circuit_says_what_is_special(text, inputs, expected, words):
    found = evaluate(parse(text), inputs)
    np.testing.assert_allclose([found.gradient(name) for name in expected], list(expected.values()), rtol=1e-12)
    remarks = [remark(found, index) for index in range(len(found.circuit.gates))]
    assert any(remarks) == bool(words)
    assert any(words in one for one in remarks)
    assert [step.remark for step in steps(found) if step.phase == "backward"][::-1] == remarks[len(inputs) :]
    arguments = [text, *(f"{name}={value}" for name, value in inputs.items())]
    shown = CliRunner().invoke(command, [*arguments, "--plain"]).output
    assert words in shown
    assert "nan" not in shown
    assert ("undefined" in shown) == any(math.isnan(value) for value in expected.values())
    tree = json.loads(CliRunner().invoke(command, [*arguments, "--json"]).output)
    assert tree["gradients"] == {name: value if math.isfinite(value) else None for name, value in expected.items()}
    assert [gate["remark"] for gate in tree["gates"]] == remarks


@pytest.mark.parametrize("text", ["max(0, x)", "max(x, 0)", "relu(x)"])
def test_a_constant_wins_a_tie_folded_or_not(text):
    """max(0, x), max(x, 0) and relu(x) are one function, and have one slope at 0."""
    for how in (lambda circuit: circuit, fold, unfold):
        assert evaluate(how(parse(text)), {"x": 0.0}).gradient("x") == 0


FUNCTIONS = {
    "s": sigmoid, "sigmoid": sigmoid, "softplus": softplus, "max": max, "min": min, "exp": np.exp, "log": np.log,
    "log1p": np.log1p,    "sqrt": np.sqrt, "abs": abs, "sin": np.sin, "cos": np.cos, "tan": np.tan, "tanh": np.tanh,
    "relu": lambda x: max(x, 0.0),
}  # fmt: skip


def untrue(line):
    """The equations in this line between numbers that do not hold to half of the last digit of the result."""
    sides = line.split(" = ")
    result = sides[-1]
    if not re.fullmatch(r"-?[\d.]+(e-?\d+)?", result):
        return []
    mantissa, _, power = result.partition("e")
    half = 0.5 * 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
    wrong = []
    for side in sides[:-1]:
        try:
            value = eval(side.replace("^", "**"), {"__builtins__": {}}, FUNCTIONS)
        except (NameError, SyntaxError, TypeError):  # names and formulas
            continue
        if abs(value - float(result)) > half * (1 + 1e-9):
            wrong.append(f"{side} = {result}")
    return wrong


def test_the_check_can_fail():
    assert untrue("df/dx0 = w0 * 0.20 = 2 * 0.20 = 0.39") == ["2 * 0.20 = 0.39"]
    assert untrue("q = 0.33 * 3 = 1") == []
    assert untrue("f = (-3) * 0.20 = -0.59") == ["(-3) * 0.20 = -0.59"]


@pytest.mark.parametrize("seed", range(150))
def test_every_printed_equation_is_true(seed, random_expression):
    text, values = random_expression(seed)
    scale = 10.0 ** (seed % 5 - 2)
    circuit = parse(f"{text} / {0.37 + seed} + {values['x']:.3f} * x^3")
    found = evaluate(circuit, {name: values[name] * scale for name in circuit.inputs})
    checked = 0
    for digits in (2, 3):
        for step in steps(found, digits):
            for line in step.lines:
                assert not untrue(line), line
                checked += bool(re.search(r"\d = -?[\d.e-]+$", line))
    assert checked


@pytest.mark.parametrize("name", [one.name for one in BUNDLED])
def test_the_bundled_circuits_print_true_equations(name):
    one = bundled(name)
    found = evaluate(parse(one.expression), one.inputs)
    lines = [line for step in steps(found) for line in step.lines]
    assert not [line for line in lines if untrue(line)]
    if name == "sigmoid-neuron":
        assert "df/dx0 = dq1/dx0 * df/dq1 = w0 * 0.197 = 2 * 0.197 = 0.39" in lines


@pytest.mark.parametrize(("name", "wrt"), [(one.name, wrt) for one in BUNDLED for wrt in one.inputs])
def test_ways_print_true_products(name, wrt):
    shown = CliRunner().invoke(command, [name, "--wrt", wrt, "--plain"]).output
    ways = [line.partition(": ")[2] for line in shown.splitlines() if "->" in line]
    assert ways
    assert not [way for way in ways if untrue(way)]
    if (name, wrt) == ("sigmoid-neuron", "x0"):
        assert ways[0].endswith("= 0.39")
