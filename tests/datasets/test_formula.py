"""Data by formula: numbers by plain Python, errors by name, and nothing that is executed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_nn.datasets.formula import from_formula
from tui_nn.errors import ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.data import load_data
from tui_nn.experiment.values import is_formula


def test_answers_are_those_of_the_formula():
    data = from_formula("y = sin(3*a) + b^2/2; a in [-2, 2]; b in [1, 1 + 2*pi]; n = 50", seed=4)
    assert data.x.shape == (50, 2)
    assert (data.features, data.targets, data.classes) == (("a", "b"), ("y",), ())
    for (a, b), (y,) in zip(data.x.tolist(), data.y.tolist(), strict=True):
        assert -2 <= a <= 2
        assert 1 <= b <= 1 + 2 * math.pi
        assert y == pytest.approx(math.sin(3 * a) + b**2 / 2, rel=1e-12)


def test_noise_is_standard_normal_and_its_own_for_each_answer():
    data = from_formula("y = 2*x + 3*noise\nz = noise\nx in [0, 1]\nn = 20000")
    noise = np.column_stack([(data.y[:, 0] - 2 * data.x[:, 0]) / 3, data.y[:, 1]])
    assert noise.mean(axis=0) == pytest.approx([0, 0], abs=0.03)
    assert noise.std(axis=0) == pytest.approx([1, 1], abs=0.03)
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.03
    assert data.function(data.x) == pytest.approx(np.column_stack([2 * data.x[:, 0], np.zeros(20000)]))


def test_results_that_others_use_are_no_answers():
    data = from_formula("r = x^2 + y^2; wave = sin(r); bell = exp(-r); x in [0, 1]; y in [0, 1]")
    assert data.targets == ("wave", "bell")
    r = np.square(data.x).sum(axis=1)
    assert data.y == pytest.approx(np.column_stack([np.sin(r), np.exp(-r)]))
    assert len(data.x) == 200


@pytest.mark.parametrize(("sign", "inside"), [("<", True), ("<=", True), (">", False), (">=", False)])
def test_a_comparison_makes_classes(sign, inside):
    data = from_formula(f"q = x1^2; inside = q + x2^2 {sign} 1; x1 in [-2, 2]; x2 in [-2, 2]; n = 300")
    assert data.classes == ("no", "yes")
    assert data.y.tolist() == [int((a * a + b * b < 1) == inside) for a, b in data.x.tolist()]


def test_the_seed_decides_and_one_input_more_moves_no_other():
    text = "y = x; x in [0, 1]"
    assert np.array_equal(from_formula(text, 1).x, from_formula(text, 1).x)
    assert not np.array_equal(from_formula(text, 1).x, from_formula(text, 2).x)
    assert np.array_equal(from_formula(text, 1).x[:, 0], from_formula("y = x; w in [0, 5]; x in [0, 1]", 1).x[:, 1])


def test_a_constant_and_an_input_that_does_not_count():
    data = from_formula("y = 0*x + 2; x in [0, 1]; n = 5")
    assert data.y.tolist() == [[2.0]] * 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("y = 2*x + nois; x in [0, 1]", "'nois' has no range, such as x in [-2, 2]. Did you mean 'noise'?"),
        ("y = sin(3*x; x in [0, 1]", "y = sin(3*x: column 4: '(' was never closed."),
        ("y = log(x); x in [-1, 0]", "'y' is no finite number at x = -"),
        ("x in [0, 1]; n = 9 = 3", "'9 = 3' is no number"),
        ("x in [0, 1]; x in [0, 2]; y = x", "'x' is given twice"),
        ("y = x; x in [2, 1]", "x in [2, 1]: expected the smaller end first."),
        ("y = x; x in [0, 1]; n = 1", "n = 1: expected a whole number from 2 to 1,000,000."),
        ("y = x; x in [0, 1]; n = 2.5", "n = 2.5: expected a whole number"),
        ("y = x; x in [0, 1]; many", "'many' is neither a formula nor a range: expected such as y = "),
        ("n = 5; x in [0, 1]", "there is no formula: expected such as y = "),
        ("noise = x; x in [0, 1]", "'noise' is drawn for each sample"),
        ("a = b + x; b = a; y = a; x in [0, 1]", "'a' is made of itself."),
        ("y = 0 < x < 1; x in [0, 1]", "y = 0 < x < 1: expected one comparison."),
        ("y = x < 1; z = x; x in [0, 1]", "'y' makes classes: expected one answer; found y, z."),
        ("y = __import__(x); x in [0, 1]", "unknown function '__import__'"),
        ("y = x.real; x in [0, 1]", "a dot after a name has no meaning here"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(text, words):
    with pytest.raises(ExperimentError) as found:
        from_formula(text)
    assert words in str(found.value)


def test_an_experiment_takes_it_wherever_it_comes_from(registry, tmp_path):
    """A slash and a dot make it no path."""
    text = "y = x/2 + 0.5; x in [0, 1]; n = 20"
    assert is_formula(text)
    assert not is_formula("a=b/c.csv")
    (tmp_path / "made.toml").write_text(f'[data]\nsource = "{text}"\n')
    for experiment in (load_experiment(str(tmp_path / "made.toml")), load_experiment("sine", [f"data.source={text}"])):
        data = load_data(experiment, registry)
        assert data.y == pytest.approx(data.x / 2 + 0.5)
    broken = load_experiment("sine", ["data.source=y = w; x in [0, 1]"])
    with pytest.raises(ExperimentError, match=r"sine.toml, data.source: y = w: 'w' has no range"):
        load_data(broken, registry)


def test_it_is_described(tui_nn, tmp_path):
    found = tui_nn("data", "describe", "y = 2*x; x in [0, 1]; n = 30", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert found.stdout.startswith("formula: 30 samples, 1 input\n")
    wrong = tui_nn("data", "describe", "y = 2*w; x in [0, 1]", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "'w' has no range" in wrong.stderr
