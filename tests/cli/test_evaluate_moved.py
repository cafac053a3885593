"""`evaluate --rotate --shift --scale --noise`: pictures are moved before the network sees them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from recording import train

from tui_nn.cli.main import main


@pytest.fixture(scope="module")
def run(tmp_path_factory, registry):
    return train(tmp_path_factory.mktemp("runs") / "digits", registry, "digits", "training.epochs=3")


def evaluate(*arguments):
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


def test_its_own_data_moved(run):
    plain = json.loads(evaluate(run, "--json").stdout)
    same = json.loads(evaluate(run, "--rotate", "0", "--shift", "0,0", "--json").stdout)
    assert same == plain
    shifted = json.loads(evaluate(run, "--shift", "2,0", "--json").stdout)
    assert shifted["move"] == {"right": 2, "down": 0, "angle": 0, "scale": 1, "noise": 0, "seed": 0}
    parts = ("train", "validation")
    assert all(shifted["metrics"][part]["accuracy"] < plain["metrics"][part]["accuracy"] - 0.2 for part in parts)
    shown = evaluate(run, "--rotate", "15", "--scale", "0.9", "--noise", "0.05")
    assert shown.stdout.split()[:3] == ["metric", "train", "validation"]
    assert shown.stderr == "tui-nn: pictures turned by 15, scaled by 0.9, noise 0.05\n"


def test_other_data_moved_as_if_they_had_been_so_in_the_file(run, tmp_path):
    from tui_nn.datasets import load_path

    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 17, (50, 8, 8)), np.arange(50) % 10
    np.savez(tmp_path / "new.npz", x=x, y=y)
    np.savez(tmp_path / "turned.npz", x=np.rot90(x, 1, axes=(1, 2)), y=y)
    assert load_path(tmp_path / "new.npz").picture == (8, 8)
    ours = json.loads(evaluate(run, tmp_path / "new.npz", "--rotate", "90", "--json").stdout)["metrics"]["new"]
    theirs = json.loads(evaluate(run, tmp_path / "turned.npz", "--json").stdout)["metrics"]["turned"]
    assert ours == theirs


def test_what_is_no_picture_is_refused(tmp_path, registry):
    iris = train(tmp_path / "iris", registry, "iris", "training.epochs=1")
    found = evaluate(iris, "--rotate", "15")
    assert "the 4 inputs of the network are not pictures" in str(found.exception)
    assert evaluate(iris, "--rotate", "0").exit_code == 0


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--shift", "2", "found '2'; expected two numbers, pixels to the right and down, such as 2,0."),
        ("--shift", "2,nan", "found '2,nan'; expected two numbers"),
        ("--rotate", "inf", "found 'inf'; expected a number."),
        ("--rotate", "left", "found 'left'; expected a number."),
        ("--scale", "0", "found '0'; expected a number above 0."),
        ("--noise", "-1", "found '-1'; expected a number from 0."),
    ],
)
def test_what_is_no_move_is_one_error(run, option, value, says):
    found = evaluate(run, option, value)
    assert found.exit_code == 2
    assert says in found.output
