"""Circuits: the slides' numbers, the parser against anything that may be typed, and both modes against the graph."""

from __future__ import annotations

import math
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tui_nn.graph as graph
from tui_nn.graph.circuits import (
    BUNDLED,
    CircuitError,
    bundled,
    evaluate,
    fold,
    forward_mode,
    number,
    parse,
    parse_number,
    paths,
    reverse_mode,
    steps,
    unfold,
)
from tui_nn.graph.circuits.circuit import MOST_GATES
from tui_nn.graph.circuits.operations import FUNCTIONS, OPERATIONS
from tui_nn.graph.circuits.steps import label, pattern

EXAMPLES = int(os.environ.get("TUI_NN_FUZZ", "400"))

# By hand, or from the slides; s(x) = 1 / (1 + e^-x).
# one-hidden-unit: z = 0.5 x 2 - 1 = 0, a = s(0) = 0.5, h = 3 x 0.5 - 0.5 = 1, J = (1 - 0)^2 / 2 = 0.5; dJ/dh = 1, so
# dJ/dw2 = a = 0.5, dJ/db2 = 1, dJ/dy = -1, dJ/da = 3, dJ/dz = 3 x 0.25 = 0.75, dJ/dw1 = 2 x 0.75, dJ/dx = 0.5 x 0.75.
# nine-paths: (1 + 2 + 3)(0.5 - 1 + 2) = 6 x 1.5 = 9; d/dalpha = x (0.5 - 1 + 2), d/ddelta = (1 + 2 + 3) x.
EXPECTED = {
    "product": (-12, {"x": -3, "y": 4}),
    "sum": (1, {"x": 1, "y": 1}),
    "max": (4, {"x": 1, "y": 0}),
    "sum-times-z": (-12, {"x": -4, "y": -4, "z": 3}),
    "sigmoid-neuron": (0.73, {"w0": -0.20, "x0": 0.39, "w1": -0.39, "x1": -0.59, "w2": 0.20}),
    "quotient": (1.5456448841066441, {"x": 2.0595697955721652, "y": 1.5922327514838093}),
    "tricky": (1.5456448841066441, {"x": 2.0595697955721652, "y": 1.5922327514838093}),
    "branch": (4, {"x": 2, "y": 2, "z": 2}),
    "colah": (6, {"a": 2, "b": 5}),
    "nine-paths": (9, {"x": 9, **dict.fromkeys(["alpha", "beta", "gamma"], 1.5),
                       **dict.fromkeys(["delta", "epsilon", "zeta"], 6)}),
    "one-hidden-unit": (0.5, {"w1": 1.5, "x": 0.375, "b1": 0.75, "w2": 0.5, "b2": 1, "y": -1}),
}  # fmt: skip


def of(name):
    one = bundled(name)
    return evaluate(parse(one.expression), one.inputs)


def test_every_bundled_circuit_has_expected_numbers():
    assert set(EXPECTED) == {one.name for one in BUNDLED}


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("how", [lambda c: c, fold, unfold], ids=["as written", "folded", "unfolded"])
def test_the_numbers_of_the_slides(name, how):
    value, gradients = EXPECTED[name]
    one = bundled(name)
    found = evaluate(how(parse(one.expression)), one.inputs)
    digits = 2 if name == "sigmoid-neuron" else 12
    assert round(found.output, digits) == round(value, digits)
    assert {n: round(found.gradient(n), digits) for n in gradients} == {
        n: round(g, digits) for n, g in gradients.items()
    }


def test_the_sigmoid_neuron_gate_by_gate():
    """The slides' numbers: forward 1, -1, 0.37, 1.37, 0.73, backward 1, -0.53, -0.53, -0.20, 0.20."""
    found = of("sigmoid-neuron")
    gates = found.circuit.gates[-4:]
    assert [label(found.circuit, i) for i in range(len(found.circuit.gates) - 4, len(found.circuit.gates))] == [
        "*-1", "exp", "+1", "1/x"
    ]  # fmt: skip
    assert [gate.operation for gate in gates] == ["multiply", "exp", "add", "divide"]
    assert [number(value) for value in found.values[-5:]] == ["1", "-1", "0.37", "1.37", "0.73"]
    assert [number(gradient) for gradient in found.gradients[-5:][::-1]] == ["1", "-0.53", "-0.53", "-0.20", "0.20"]


def test_the_folded_sigmoid_gate():
    """0.73 forward; its local gradient is (1 - 0.73) 0.73 = 0.20, as the slide says."""
    one = bundled("sigmoid-neuron")
    found = evaluate(fold(parse(one.expression)), one.inputs)
    assert found.circuit.gates[-1].operation == "sigmoid"
    assert number(found.output) == "0.73"
    assert number(found.slopes[-1][0]) == "0.20"


def test_folding_keeps_what_else_uses_a_part():
    kept = parse("e1 = exp(-x); 1 / (1 + e1) + e1")
    assert [g.operation for g in fold(kept).gates] == [g.operation for g in kept.gates]
    assert [g.operation for g in fold(parse("log(1 + exp(x)) + max(0, y)")).plain] == [
        "input", "softplus", "input", "relu", "add"
    ]  # fmt: skip
    assert fold(unfold(parse("s(x) + softplus(y) + relu(x * y)"))).plain == parse(
        "s(x) + softplus(y) + relu(x * y)"
    ).plain  # fmt: skip


def test_patterns_are_named():
    found = {}
    for text in ("x + y", "max(x, y)", "x * y", "x * x"):
        circuit = parse(text)
        found[text] = [pattern(circuit, i).split(":")[0] for i in range(len(circuit.gates))]
    assert found["x + y"][-1] == "distributes"
    assert found["max(x, y)"][-1] == "routes"
    assert found["x * y"][-1] == "switches"
    assert found["x * x"] == ["", "copies add up", "switches"]


def test_steps_write_the_chain_rule_out():
    lines = [line for step in steps(of("sum-times-z")) for line in step.lines]
    assert lines == [
        "q1 = x + y = (-2) + 5 = 3",
        "f = q1 * z = 3 * (-4) = -12",
        "df/df = 1: the way back starts here",
        "df/dq1 = z * 1 = (-4) * 1 = -4",
        "df/dz = q1 * 1 = 3 * 1 = 3",
        "df/dx = dq1/dx * df/dq1 = 1 * (-4) = -4",
        "df/dy = dq1/dy * df/dq1 = 1 * (-4) = -4",
    ]
    branch = [line for step in steps(of("branch")) for line in step.lines]
    assert branch[-1] == "df/dx = 3 + (-1) = 2"
    assert "df/dx (copy 2) = dq2/dx * df/dq2 = z * 1 = (-1) * 1 = -1" in branch


NUMPY = {
    "s": graph.sigmoid, "softplus": graph.softplus, "tanh": np.tanh, "sin": np.sin, "cos": np.cos, "abs": np.abs,
    "square": np.square, "log1p": np.log1p, "max": np.maximum, "min": np.minimum,
}  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_random_expressions_against_the_graph_and_both_modes(seed, random_expression):
    text, inputs = random_expression(seed)
    circuit = parse(text)
    inputs = {name: inputs[name] for name in circuit.inputs}
    found = evaluate(circuit, inputs)
    nodes = {name: graph.variable(value) for name, value in inputs.items()}
    output = eval(text, {"__builtins__": {}}, {**NUMPY, **nodes})
    assert found.output == pytest.approx(float(output.value), rel=1e-12)
    expected = dict(zip(nodes, map(float, graph.gradients(output, list(nodes.values()))), strict=True))
    back, _ = reverse_mode(found, circuit.inputs)
    forward, _ = forward_mode(found, circuit.inputs)
    for name in circuit.inputs:
        assert found.gradient(name) == pytest.approx(expected[name], rel=1e-9, abs=1e-12)
        assert back[name] == pytest.approx(expected[name], rel=1e-9, abs=1e-12)
        assert forward[name][-1] == pytest.approx(expected[name], rel=1e-9, abs=1e-12)
        ways = paths(found, name)
        if len(ways) < 50:
            total = sum(math.prod(slope for _, slope in way) for way in ways)
            assert total == pytest.approx(expected[name], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_gate_against_a_centred_difference_and_its_own_formula_in_words(name):
    word = next(word for word, (operation, _, _) in {**FUNCTIONS, **dict.fromkeys("+-*/^", ("", 2, 2))}.items()
                if operation == name or OPERATIONS[name].label == word)  # fmt: skip
    two = len(OPERATIONS[name].formulas) == 2
    text = (f"x {word} y" if word in "+-*/^" else f"{word}(x, y)") if two else f"{word}(x)"
    circuit = parse(text)
    for x, y in ((0.7, 1.9), (1.8, 0.6)):
        inputs = {"x": x, "y": y} if two else {"x": x}
        found = evaluate(circuit, inputs)
        for one in inputs:
            h = 1e-6
            above = evaluate(circuit, {**inputs, one: inputs[one] + h}).output
            below = evaluate(circuit, {**inputs, one: inputs[one] - h}).output
            assert found.gradient(one) == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=1e-8)
    assert all(step.lines and all(step.lines) for step in steps(found))


def test_nine_paths_are_six_edges_on_the_way_back():
    found = of("nine-paths")
    assert len(paths(found, "x")) == 9
    assert sum(math.prod(slope for _, slope in way) for way in paths(found, "x")) == 9
    factors = [gate for gate in found.circuit.gates if gate.operation == "multiply"]
    assert len(factors) == 6


def test_counts_of_both_modes():
    """(x + y) z has four edges. Reverse: one multiplication each. Forward: x and y pass two edges each, z one."""
    found = of("sum-times-z")
    assert reverse_mode(found, ["x", "y", "z"])[1].multiplications == 4
    assert forward_mode(found, ["x", "y", "z"])[1].multiplications == 5
    assert forward_mode(found, ["z"])[1].multiplications == reverse_mode(found, ["z"])[1].multiplications == 1
    # A dot product of 50 pairs: 100 inputs. Forward mode passes a path of edges for each, reverse every edge once.
    text = " + ".join(f"a{i} * b{i}" for i in range(50))
    wide = evaluate(parse(text), {f"{n}{i}": 1.0 for i in range(50) for n in "ab"})
    assert reverse_mode(wide, wide.circuit.inputs)[1].multiplications == 100 + 98
    assert forward_mode(wide, wide.circuit.inputs)[1].multiplications == 100 + 2 * (49 + sum(range(1, 50)))
    # One input used three times: two additions, wherever the derivatives meet.
    cube = evaluate(parse("x * x * x"), {"x": 2.0})
    assert cube.gradient("x") == 12
    assert forward_mode(cube, ["x"])[1].additions == reverse_mode(cube, ["x"])[1].additions == 2


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("x + foo(y)", 5, "unknown function 'foo'"),
        ("maxx(x, 1)", 1, "Did you mean 'max'"),
        ("x.real", 1, "a dot after a name"),
        ("x[0]", 2, "'[' has no meaning"),
        ("x y", 3, "operator missing"),
        ("x + ", 4, "ends too early"),
        ("w * x +* b", 8, "a number, a name or ( belongs before this"),
        ("(x + ) * y", 6, "a number, a name or ( belongs before this"),
        ("(x + y", 1, "never closed"),
        ("x + y)", 6, "unmatched"),
        ("exp(x, y)", 1, "exp takes 1 argument"),
        ("max(x)", 1, "max takes 2 or more"),
        ("exp", 1, "'exp' is a function"),
        ("__import__", 1, "not a valid name"),
        ("x // y", 3, "// has no meaning"),
        ("x, y", 1, "a list with commas"),
        ("x^2^1000^1000", 9, "not a finite number"),
        ("1e999 * x", 1, "not a finite number"),
        ("x / (2 - 2) + log(-1)", 15, "not a finite number"),
        ("q = x + y; x", 1, "'q' is never used"),
        ("q = x; q = y; q", 8, "already has a value"),
        ("q = q + 1; q", 1, "own definition"),
        ("x + y; x", 1, "give this one a name"),
        ("x = ", 4, "ends too early"),
        ("1if x", 1, "invalid decimal literal"),
        ("lambda x", 8, "operator missing"),
        ("  x $ y", 5, "'$' has no meaning"),
        ("x^2 + yy zz", 10, "operator missing"),
    ],
)
def test_errors_name_the_column(text, column, message):
    with pytest.raises(CircuitError) as caught:
        parse(text)
    assert message in caught.value.message
    assert caught.value.column == column, caught.value
    assert "^" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        (" ; ", "empty"),
        ("2 + 3", "is the number 5"),
        ("x" * 5000, "at most 4000"),
        ("(" * 80 + "x" + ")" * 80, "nested parentheses"),
        ("-" * 200 + "x", "signs in a row"),
        ("+".join(["x"] * (MOST_GATES + 2)), "more than 500 gates"),
        ("exp(" * 59 + "x" + ")" * 59, None),
        ("+".join(["x"] * 400), None),
        ("x*(" * 59 + "x" + ")" * 59, None),
    ],
)
def test_caps(text, message):
    if message is None:
        parse(text)
        return
    with pytest.raises(CircuitError, match=message):
        parse(text)


def test_power_is_that_of_mathematics():
    """In Python x + y ^ 2 would be (x + y) xor 2."""
    assert evaluate(parse("x + y^2"), {"x": 1, "y": 3}).output == 10
    assert evaluate(parse("-x^2"), {"x": 3}).output == -9
    assert evaluate(parse("2^x^2"), {"x": 2}).output == 16


def test_values_that_are_not_finite_name_the_gate():
    with pytest.raises(CircuitError, match=r"column 5: 'log' of -1 is not a finite number"):
        evaluate(parse("x + log(x)"), {"x": -1})
    with pytest.raises(CircuitError, match="2 inputs need values; add for example x=1 y=1"):
        evaluate(parse("x + y"), {})
    with pytest.raises(CircuitError, match=r"line 2, column 9: 'log' of -1"):
        evaluate(parse("q = x + 1\nq * x + log(x)"), {"x": -1})
    with pytest.raises(CircuitError, match="no input 'Y'"):
        evaluate(parse("x + y"), {"x": 1, "y": 1, "Y": 1})


def test_numbers_are_read_and_written():
    assert parse_number("-1/3") == -1 / 3
    assert parse_number("2*pi") == 2 * math.pi
    for text in ("x", "", "1/0", "__import__('os')"):
        with pytest.raises(CircuitError):
            parse_number(text)
    found = [number(v) for v in (0, -2, 0.731, -0.0, 1.5, 1e-4, -3e-7, 123456.789, 12345678.9, float("inf"))]
    assert found == ["0", "-2", "0.73", "0", "1.50", "1.0e-4", "-3.0e-7", "123456.79", "1.2e7", "inf"]


PIECES = st.sampled_from(
    [*"xyz01.+-*/^(),; =\n", "**", "exp(", "max(", "s(", "q=", "lambda ", "__class__", "import os", "e9", "[", "'", "é",
     "if ", " and ", ":=", "0x1", "1j", "True", "None", "f'", "\\", "\x00", "print(", "_"]
)  # fmt: skip


@settings(derandomize="TUI_NN_FUZZ" not in os.environ, deadline=None, max_examples=EXAMPLES)
@given(st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=30)))
def test_whatever_is_typed_gives_a_circuit_or_a_circuit_error(text):
    try:
        circuit = parse(text)
        found = evaluate(circuit, dict.fromkeys(circuit.inputs, 0.5))
    except CircuitError as caught:
        error = caught
    else:
        assert len(found.values) == len(circuit.gates)
        assert steps(found) is not None
        for other in (fold(circuit), unfold(circuit)):
            assert evaluate(other, found.inputs).output == pytest.approx(found.output, rel=1e-9)
        return
    assert 0 <= error.column <= len(text) + 1
    assert error.message
