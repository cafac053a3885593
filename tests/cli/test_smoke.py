"""`train --dry-run` and `train --overfit N`: what they say, and that they write nothing."""

from __future__ import annotations

import json
import tracemalloc
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from tui_nn.cli.train import command
from tui_nn.engine.events import EpochFinished, StepsFinished
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.training.by_heart import by_heart
from tui_nn.training.dry_run import estimated


@pytest.fixture(autouse=True)
def nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    assert list(tmp_path.iterdir()) == []


def train(*arguments):
    done = CliRunner().invoke(command, arguments)
    return done.exit_code, done.output


def test_dry_run_gives_shapes_and_estimates():
    code, text = train("digits", "--dry-run")
    assert code == 0
    for part in (
        "25 x 65",
        "1625",
        "10 x 26",
        "35 neurons, 1,850 weights + 35 biases = 1,885 parameters",
        "1438 train, 359 validation",
        "25 x 32",
        "45 an epoch",
    ):
        assert part in text
    found = json.loads(train("digits", "--dry-run", "--json")[1])
    assert found["parameters"] == 1885
    assert found["loss"] == pytest.approx(7.11, abs=1), "ten outputs near one half: 10 ln 2 and a little"
    assert found["bytes"]["data"] >= 1797 * 64 * 4
    # 1350 steps and 31 measurements.
    assert found["seconds"] == pytest.approx(1350 * found["seconds_a_step"] + 31 * found["seconds_a_measurement"])


def test_what_is_wrong_already_is_said_before_training(tmp_path_factory):
    words = ["wine", "--set", "data.scale=none", "--set", "training.epochs=1"]
    said = 'unscaled inputs: column "proline" has a root mean square of '
    assert f"\n{said}" in train(*words, "--dry-run")[1]
    assert json.loads(train(*words, "--dry-run", "--json")[1])["verdicts"][0]["name"] == "unscaled_inputs"
    run = str(tmp_path_factory.mktemp("runs") / "run")
    assert f"tui-nn: {said}" in train(*words, "--run-dir", run)[1]
    assert "unscaled" not in train("wine", "--dry-run")[1]


@pytest.mark.parametrize("settings", [(), ("training.batch=full", "training.epochs=5")], ids=["batches", "full"])
def test_the_estimate_of_time_counts_what_a_training_does(registry, monkeypatch, settings):
    """On a clock on which a step takes 0.5 s and a measurement 3 s: the estimate is what this training takes there."""
    setup = build(load_experiment("digits", list(settings)), registry)
    events, clock = list(setup.trainer.events()), SimpleNamespace(now=0.0)
    clock.perf_counter = lambda: clock.now

    def at_this_speed(_):
        for event in events:
            clock.now += 0.5 * len(event.losses) if isinstance(event, StepsFinished) else 0
            clock.now += 3 if isinstance(event, EpochFinished) else 0
            yield event

    monkeypatch.setattr("tui_nn.training.dry_run.time", clock)
    monkeypatch.setattr(type(setup.trainer), "events", at_this_speed)
    found = estimated(setup)
    assert (found.seconds_a_step, found.seconds_a_measurement, found.seconds) == (0.5, 3, clock.now)


@pytest.mark.parametrize(
    "settings",
    [
        ("network.layers[0].units=1000", "training.batch=512"),
        ("network.layers[0].units=1000", "training.dtype=float64", "training.optimizer={kind='adam'}"),
        ("network.layers[0]={kind='maxout', units=300, pieces=4}",),
    ],
    ids=["batches", "float64", "maxout"],
)
def test_the_estimate_of_memory_is_what_is_allocated(registry, settings):
    """By Python's own count of what numpy asked for: of a network that is built, and at most while it trains."""
    experiment = load_experiment("digits", ["training.epochs=1", *settings])
    setup = build(experiment, registry)
    list(setup.trainer.events())  # what is kept from a first time on is not counted
    found = estimated(setup).bytes
    tracemalloc.start()
    try:
        setup = build(experiment, registry)
        built, _ = tracemalloc.get_traced_memory()
        list(setup.trainer.events())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found["data"] + found["parameters"] == pytest.approx(built, rel=0.1)
    assert 0.75 * most < sum(found.values()) < 1.05 * most, "but for what lives for a moment"


@pytest.mark.parametrize("name", ["digits", "xor", "iris"])
def test_a_sound_net_learns_a_few_samples_by_heart(name):
    code, text = train(name, "--overfit", "20")
    assert (code, "samples memorized after" in text) == (0, True)


def test_what_keeps_it_from_learning_by_heart_is_taken_away():
    hidden = "{kind='dense', units=40, activation='relu'}, {kind='dropout', rate=0.9}"
    layers = f"network.layers=[{hidden}, {{kind='dense', units=10}}]"
    code, _ = train(
        "digits", "--overfit", "10", "--set", layers, "--set", "training.loss=softmax_cross_entropy",
        "--set", "training.lambda=1000", "--set", "training.early_stopping={patience=1}",
    )  # fmt: skip
    assert code == 0


NOISE = """
from dataclasses import dataclass
from typing import ClassVar
from tui_nn.plugin import Layer, hookimpl
@dataclass(frozen=True)
class Noise(Layer):
    "Each input times a number that may be 0."
    name: ClassVar[str] = "noise"
    is_random: ClassVar[bool] = True
    off: ClassVar[dict] = {"share": 0.0}
    share: float = 0.97
    def output_size(self, inputs): return inputs
    def theta_shape(self, inputs): return None
    def forward(self, slot):
        slot.z[...] = slot.random.random(slot.a.shape) >= self.share if slot.training else 1
        slot.a[...] = slot.x[1:] * slot.z
    def backward(self, slot): slot.input_gradient[...] = slot.upstream * slot.z
@hookimpl
def tui_nn_layers(): return [Noise]
"""


@pytest.mark.parametrize(("declared", "expected"), [('{"share": 0.0}', 0), ("{}", 5)])
def test_chance_that_a_plugin_brings_is_taken_away_as_it_declares(tmp_path_factory, declared, expected):
    path = tmp_path_factory.mktemp("plugin") / "noise.py"
    path.write_text(NOISE.replace('{"share": 0.0}', declared))
    layers = "network.layers=[{kind='dense', units=30, activation='relu'}, {kind='noise'}, {kind='dense', units=10}]"
    code, _ = train(
        "digits", "--overfit", "10", "--plugin", str(path), "--set", layers, "--max-steps", "600",
        "--set", "training.loss=softmax_cross_entropy",
    )  # fmt: skip
    assert code == expected


def test_what_is_wrong_is_said():
    code, text = train("digits", "--overfit", "20", "--set", "training.optimizer.rate=1e-6", "--max-steps", "600")
    assert code == 5
    assert "20 samples not memorized after 600 steps" in text
    assert "learning rate too low" in text
    code, text = train(
        "digits", "--overfit", "20", "--json", "--max-steps", "600", "--set", "training.optimizer.rate=1e-6"
    )
    assert code == 5
    assert [one["name"] for one in json.loads(text)["verdicts"]] == ["rate_too_low"]


def test_the_samples_are_spread_over_the_classes(registry):
    setup = build(load_experiment("iris"), registry)
    few = by_heart(setup, 15).splits.train
    assert len(few) == 15
    assert set(few.y) == {0, 1, 2}
    assert few.x[7].tolist() == setup.splits.train.x[7 * len(setup.splits.train) // 15].tolist()


def test_what_cannot_be_built_is_an_error(tmp_path):  # noqa: ARG001
    done = CliRunner().invoke(command, ["digits", "--dry-run", "--set", "network.layers[1].units=9"])
    assert "the data has 10 classes" in str(done.exception)


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("1.5h", 5400)])
def test_lengths_of_time(text, seconds):
    from tui_nn.cli.duration import Duration

    assert Duration().convert(text, None, None) == seconds
    assert train("digits", "--max-time", "soon")[0] == 2
