"""The view of accuracy against angle and shift: its numbers are those of `evaluate`, and of a plain count."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from click.testing import CliRunner
from recording import train

from tui_nn.cli.main import main
from tui_nn.errors import ExperimentError
from tui_nn.render import Look
from tui_nn.runs import open_run
from tui_nn.training import recorded_network
from tui_nn.views import Knobs, Missing, Subject, find

NET = (
    'network.layers=[{kind="dense",units=25,activation="sigmoid"},{kind="dense",units=10,activation="sigmoid"}]',
    "training.loss=one_vs_all",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory, registry):
    return train(tmp_path_factory.mktemp("runs") / "digits", registry, "digits", "training.epochs=4", "data.test=0.2")


@pytest.fixture
def subject(run, registry):
    return Subject(open_run(run), lambda reader: recorded_network(reader, registry))


def called(*arguments):
    found = CliRunner().invoke(main, [*map(str, arguments), "--json"])
    if found.exception:
        raise found.exception
    return json.loads(found.stdout)


def test_its_numbers_are_those_of_evaluate(run):
    numbers = called("show", run, "--view", "robustness")
    assert (numbers["part"], numbers["pictures"], numbers["of"]) == ("test", 359, 359)
    assert numbers["angle"] == list(range(-90, 91, 15))
    assert numbers["shift"] == list(range(-4, 5))
    shifted = np.array(numbers["accuracy_at_shift"])
    for angle in (-45, 90):
        turned = called("evaluate", run, "--rotate", angle)["metrics"]["test"]["accuracy"]
        assert numbers["accuracy_at_angle"][numbers["angle"].index(angle)] == turned
    for right, down in ((0, 0), (2, 0), (-1, 3)):
        moved = called("evaluate", run, f"--shift={right},{down}")["metrics"]["test"]["accuracy"]
        assert shifted[down + 4, right + 4] == moved
    assert shifted[4, 4] > 0.8 > shifted[4, 6]


def test_a_plain_count_gives_the_same(run, subject, registry):
    numbers = called("show", run, "--view", "robustness")
    recorded = recorded_network(open_run(run), registry)
    test = recorded.study.splits.test
    pictures = test.source[test.rows].reshape(-1, 8, 8)
    net = recorded.net.with_thetas(subject.weights().thetas)
    turned = np.rot90(pictures, -1, axes=(1, 2)).reshape(-1, 64)
    assert numbers["accuracy_at_angle"][0] == (net.predict(turned).labels == test.y).mean()
    right = np.zeros_like(pictures)
    right[:, 1:, 2:] = pictures[:, :-1, :-2]  # two to the right, one down
    assert numbers["accuracy_at_shift"][5][6] == (net.predict(right.reshape(-1, 64)).labels == test.y).mean()


@pytest.mark.slow
@pytest.mark.parametrize("box", [(12, 3), (30, 10), (46, 18), (60, 20), (80, 24), (120, 12), (200, 60)])
@pytest.mark.parametrize("look", [Look("none"), Look("truecolor"), Look("16", ascii=True)])
def test_it_is_drawn_in_its_box(subject, box, look):
    view = find("robustness")
    with pytest.raises(Missing):
        view.draw(subject, Knobs(), box, look)
    subject.work()
    lines = view.draw(subject, Knobs(), box, look).plain.split("\n")
    assert len(lines) <= box[1]
    assert max(map(len, lines)) <= box[0]
    assert not look.ascii or "\n".join(lines).isascii()
    if box[0] >= 46 and box[1] >= 12:
        assert "359 pictures" in lines[0]
        assert any(line.split()[:2] == ["0", "1"] or line.startswith("   0") for line in lines)


def test_it_is_of_some_pictures_while_weights_change(run, registry, monkeypatch):
    reader = open_run(run)
    subject = Subject(reader, lambda reader: recorded_network(reader, registry))
    reader.refresh()
    monkeypatch.setattr(reader.history, "ended", None)
    monkeypatch.setattr(type(reader), "state", lambda self: "live")
    monkeypatch.setattr("tui_nn.views.robustness.MEANWHILE", 100)
    with pytest.raises(Missing):
        find("robustness").draw(subject, Knobs(), (80, 24), Look("none"))
    subject.work()
    assert "100 of 359 pictures" in find("robustness").draw(subject, Knobs(), (80, 24), Look("none")).plain


def test_what_are_no_pictures_says_so(tmp_path, registry):
    run = train(tmp_path / "iris", registry, "iris", "training.epochs=1")
    with pytest.raises(ExperimentError, match="The inputs are not pictures"):
        called("show", run, "--view", "robustness")


@pytest.mark.slow
def test_the_whole_test_part_of_mnist(reference, tmp_path, registry):
    run = train(
        tmp_path / "mnist", registry, "digits", f"data.source={reference / 'mnist'}", "training.epochs=1", *NET,
        "training.batch=100", "data.validation=0",
    )  # fmt: skip
    began = time.monotonic()
    numbers = called("show", run, "--view", "robustness")
    print(f"{time.monotonic() - began:.1f} s", numbers)
    assert (numbers["part"], numbers["pictures"], numbers["of"]) == ("test", 10_000, 10_000)
    accuracy = np.array(numbers["accuracy_at_shift"])
    assert accuracy[4, 4] == called("evaluate", run)["metrics"]["test"]["accuracy"] > 0.85
    assert accuracy.argmax() == 40
    assert np.argmax(numbers["accuracy_at_angle"]) in (5, 6, 7)
