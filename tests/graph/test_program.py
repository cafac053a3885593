"""A circuit as a program: a fresh interpreter runs it, and every line gives the circuit's number, to the last bit."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys

import pytest

from tui_nn.graph.circuits import (
    BUNDLED,
    bundled,
    code,
    evaluate,
    fold,
    in_a_line,
    number,
    parse,
    program,
    unfold,
)

# Runs each program line by line in a scope of its own: (what is printed, the number after each line that assigns one).
RUNNER = """
import contextlib, io, json, sys
found = []
for text in json.load(sys.stdin):
    scope, after, printed = {}, [], io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, "circuit.py", "exec"), {})
    for line in text.splitlines():
        exec("" if line.startswith("print(") else line, scope)
        name = line.partition(" ")[0]
        if name in scope:
            after.append(repr(float(scope[name])))
    found.append((printed.getvalue(), after))
json.dump(found, sys.stdout)
"""


def executed(texts):
    """In a fresh interpreter that has nothing of ours: without site-packages and without the environment."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", RUNNER], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    return [(printed, [float(one) for one in after]) for printed, after in json.loads(done.stdout)]


def same(found, expected):
    return found == expected or (math.isnan(found) and math.isnan(expected))


def check(evaluations):
    texts = [code(evaluation) for evaluation in evaluations]
    for evaluation, text, (printed, after) in zip(evaluations, texts, executed(texts), strict=True):
        inputs = list(evaluation.inputs)
        wanted = [evaluation.output, *(evaluation.gradient(name) for name in inputs)]
        shown = [float(line.partition(" = ")[2]) for line in printed.splitlines()]
        assert len(shown) == len(wanted)
        assert all(map(same, shown, wanted)), (text, printed, wanted)
        lines = program(evaluation)
        values = [*map(float, evaluation.inputs.values()), *(line.value for line in lines if line.name)]
        assert len(after) == len(values)
        assert all(map(same, after, values)), text
        # What stands behind a line is the number of a gate, as everywhere, and the one that running it gives.
        behind = re.findall(r"# (?:\(\d+\) )?(-?[\d.]+(?:e[+-]?\d+)?|-?inf|undefined)$", text, re.MULTILINE)
        assert behind == [number(one, 4) for one in after[len(inputs) :]]
        for line in lines:
            if line.phase == "forward":
                assert line.value == evaluation.values[line.gate]
        for index, gate in enumerate(evaluation.circuit.gates):
            ends = [line.value for line in lines if line.phase == "backward" and line.name == f"d{gate.name}"]
            if ends and gate.operation != "branch":
                assert same(ends[-1], evaluation.gradients[index])


@pytest.mark.slow
@pytest.mark.parametrize("how", [lambda circuit: circuit, fold, unfold], ids=["as written", "folded", "unfolded"])
def test_every_bundled_circuit_runs_and_gives_its_numbers(how):
    check([evaluate(how(parse(one.expression)), one.inputs) for one in BUNDLED])


@pytest.mark.slow
def test_generated_circuits_run_and_give_their_numbers(random_expression):
    found = []
    for seed in range(120):
        text, values = random_expression(seed)
        circuit = parse(f"{text} / {0.37 + seed} + x^3 * {values['x']:.3f} - 2^(-w) + exp(z * {seed % 5})")
        scale = 10.0 ** (seed % 5 - 2)
        inputs = {name: values[name] * scale for name in circuit.inputs}
        found += [evaluate(one, inputs) for one in (circuit, fold(circuit), unfold(circuit))]
    check(found)


SPECIAL = [
    *((f"{name}(x)", {"x": x}) for name in ("s", "softplus", "tanh", "relu", "abs", "square")
      for x in (-800.0, -40.0, -2.5, 0.0, 2.5, 40.0, 700.0)),
    *((text, {"x": x}) for text in ("1 / x", "3 / x", "-2 / x + x", "log(x)", "log1p(x)", "sqrt(x)")
      for x in (1e-200, 0.3, 1e200)),
    ("sqrt(x)", {"x": 0}),
    ("sqrt(x)^2", {"x": 0}),
    ("x / y", {"x": 1e-300, "y": 1e-200}),
    ("a^b", {"a": -2, "b": -3}),
    ("a^b", {"a": 0, "b": 0}),
    ("a^b", {"a": 0, "b": 2}),
    ("a^b", {"a": 2, "b": 0}),
    ("(-2)^b", {"b": 2}),
    ("0^b", {"b": 2}),
    ("a^0.5", {"a": 0}),
    ("a^0", {"a": 0}),
    ("a^(-3)", {"a": -2}),
    ("max(x, y) + min(x, y)", {"x": 1, "y": 1}),
    ("max(0, x) + max(x, 0) + min(3, x) - min(x, -3)", {"x": 0}),
    ("max(x, 999999)^5 * 1e-20", {"x": 3}),
    ("x", {"x": 3}),
    ("q = x; q * x * q", {"x": -0.0}),
    ("x * dx + dx_ * math + print * dmath", {"x": 2, "dx": 3, "dx_": 5, "math": 7, "print": 11, "dmath": 13}),
    ("x - 3 - (-2) * x + 1e299 * x * 1e-299", {"x": 0.1}),
]  # fmt: skip


@pytest.mark.slow
def test_it_runs_also_where_numbers_are_extreme_or_a_derivative_does_not_exist():
    check([evaluate(parse(text), inputs) for text, inputs in SPECIAL])


def test_the_tricky_example_has_the_names_and_the_order_of_the_slide():
    one = bundled("tricky")
    lines = [line.source for line in program(evaluate(parse(one.expression), one.inputs)) if line.name]
    assert [" ".join(line.split()[:2]) for line in lines] == [
        "sigy =", "num =", "sigx =", "xpy =", "xpysqr =", "den =", "invden =", "f =",
        "df =", "dnum =", "dinvden =", "dden =", "dsigx =", "dxpysqr =", "dxpy =", "dx =", "dy =",
        "dx +=", "dx +=", "dsigy =", "dy +=",
    ]  # fmt: skip
    assert "invden = 1 / den" in lines
    assert "dden = (-1 / den**2) * dinvden" in lines
    assert "dxpy = (2 * xpy) * dxpysqr" in lines
    assert "dx += ((1 - sigx) * sigx) * dsigx" in lines


def test_a_gradient_never_takes_the_name_of_something_else():
    inputs = {"x": 2, "dx": 3, "dx_": 5, "math": 7, "print": 11, "dmath": 13}
    text = code(evaluate(parse("x * dx + dx_ * math + print * dmath"), inputs))
    assigned = re.findall(r"^(\w+) =", text, re.MULTILINE)
    assert len(assigned) == len(set(assigned))
    assert not {"math", "print"} & set(assigned)


LINES = [
    ("q = x + y;\nr = q * y;\nr / 2", "q = x + y; r = q * y; r / 2"),
    ("q = x + y\r\nr = q * y\r\n\r\nr / 2\n", "q = x + y; r = q * y; r / 2"),
    ("(x + y)\n* z", "(x + y) * z"),
    ("(x +\n   y) * z", "(x + y) * z"),
    ("max(x,\n    y\n)", "max(x, y )"),
    ("x * y\n+ z", "x * y + z"),
    ("q = x + y\n  - z\nq * q", "q = x + y - z; q * q"),
    ("q = x + y\n-q * x", "q = x + y; -q * x"),
    ("\n\nx\n+\ny\n\n", "x + y"),
    ("f =\n  x\n  / 3", "f = x / 3"),
]


@pytest.mark.parametrize(("text", "line"), LINES)
def test_several_lines_are_one_expression(text, line):
    assert in_a_line(text) == line
    found, expected = parse(text), parse(line)
    assert [(gate.operation, gate.operands, gate.name) for gate in found.gates] == [
        (gate.operation, gate.operands, gate.name) for gate in expected.gates
    ]
    assert "\n" not in found.title
    assert in_a_line(line) == line
