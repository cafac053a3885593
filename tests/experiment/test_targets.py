"""Targets of a regression in units of any size: learnt as others are, and told in their own."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest
from asking import settled, subject_of
from click.testing import CliRunner
from recording import train

from tui_nn.cli.main import main
from tui_nn.datasets import scale_of_targets
from tui_nn.engine.events import EpochFinished
from tui_nn.engine.random import stream
from tui_nn.engine.targets import Targets
from tui_nn.errors import ExperimentError, StorageError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.data import shape_named_by
from tui_nn.experiment.default import default_for
from tui_nn.experiment.schema import DataSection, Experiment
from tui_nn.model.curve import curve_of
from tui_nn.model.form import from_bytes, net_of, plain, to_bytes
from tui_nn.plugin.knobs import Knobs
from tui_nn.render import Look
from tui_nn.render.amount import amount
from tui_nn.render.scatter import short
from tui_nn.runs import open_run
from tui_nn.training import recorded_network
from tui_nn.training.reopening import opened_run
from tui_nn.tui.bench.branch import at_hand
from tui_nn.views import find
from tui_nn.views.trace.asked import PART

NET = (
    "training.loss=mean_squared_error",
    "network.layers=[{kind='dense', units=8, activation='tanh'}, {kind='dense', units=1}]",
    "training.epochs=5",
)


def write(path, size, input_size=1.0, columns=1, samples=400):
    """A smooth function of three inputs of sizes that are a million apart, with noise of 2 % of its spread."""
    random = stream(3, "made")
    x = random.uniform(-1, 1, (samples, 3))
    f = np.sin(3 * x[:, 0]) + x[:, 1] * x[:, 2] - 0.5 * x[:, 1]
    y = size * (2 + 0.3 * (f + 0.02 * random.normal(size=samples)))
    x = x * np.array([input_size, input_size * 1e-3, input_size * 1e3]) + np.array([0, input_size, 0])
    names = ["a", "b", "c", *(f"y{column}" for column in range(columns))]
    table = np.column_stack([x, *[y * 10**column for column in range(columns)]])
    np.savetxt(path, table, "%.17g", ",", header=",".join(names), comments="")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("size", [0.01, 300, 300_000])
@pytest.mark.parametrize("input_size", [1e-4, 1.0, 1e5])
def test_the_default_experiment_learns_whatever_the_units_are(registry, tmp_path, size, input_size):
    data = DataSection(source=str(write(tmp_path / "made.csv", size, input_size)))
    shape = shape_named_by(Experiment(data=data), registry)
    events = build(default_for("made", data, shape), registry).trainer.events()
    last = [event for event in events if isinstance(event, EpochFinished)][-1]
    assert last.validation["r2"] >= 0.9
    # Noise alone leaves 0.02 x 0.3 of the size: the error is told in the same units.
    assert 0.005 * size < last.validation["rmse"] < 0.07 * size


@pytest.mark.slow
@pytest.mark.parametrize("size", ["0.01", "300", "300000"])
def test_regressions_by_formula_are_learnt_with_every_seed(registry, size):
    """Inputs a million million times as large as each other; five seeds, of data, parts and weights alike."""
    shape = "sin(3 * u / 1e-6) + v * w / 1e6 - 0.5 * v + 0.05 * noise"
    formula = f"y = {size} * (2 + 0.3 * ({shape})); u in [-1e-6, 1e-6]; v in [-1, 1]; w in [-1e6, 1e6]; n = 400"
    data = DataSection(source=formula)
    experiment = default_for("made", data, shape_named_by(Experiment(data=data), registry))
    reached = []
    for seed in range(5):
        training = msgspec.structs.replace(experiment.training, seed=seed)
        events = build(msgspec.structs.replace(experiment, training=training), registry).trainer.events()
        reached.append([event for event in events if isinstance(event, EpochFinished)][-1].validation["r2"])
    print(f"targets around {size}: R2 {', '.join(f'{one:.4f}' for one in reached)}")
    assert min(reached) >= 0.9


def test_the_default_experiment_suits_classes_too(registry):
    for source in ("iris", "xor", "digits"):
        data = DataSection(source=source)
        experiment = default_for(source, data, shape_named_by(Experiment(data=data), registry))
        assert build(experiment, registry).trainer.epochs == experiment.training.epochs


@pytest.mark.parametrize(
    ("how", "offset", "spread"),
    [("standard", lambda y: y.mean(axis=0), lambda y: y.std(axis=0)), ("unit", lambda y: y.min(axis=0), np.ptp)],
)
def test_what_goes_in_comes_out(how, offset, spread):
    y = stream(1, "y").normal(size=(50, 2)) * [1e-4, 1e7] + [3, -1e9]
    targets = Targets(0, 2, 0, 1, 0.5, *scale_of_targets(y, how))
    assert targets.offset == pytest.approx(offset(y), rel=1e-12)
    encoded = targets.encode(y, np.float64)
    expected = (y - offset(y)) / (spread(y, axis=0) if spread is np.ptp else spread(y))
    assert encoded == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert targets.decode(encoded) == pytest.approx(y, rel=1e-12)


def test_a_constant_column_is_shifted_only_and_far_ones_keep_their_digits():
    y = np.column_stack([np.full(3, 0.1), [1.7e9, 1.7e9 + 1, 1.7e9 + 2], [1e200, 2e200, 3e200]])
    offset, factor = scale_of_targets(y, "standard")
    assert (offset[0], factor[0]) == (0.1, 1)
    encoded = Targets(0, 3, 0, 1, 0.5, offset, factor).encode(y, np.float32)
    root = np.sqrt(1.5)
    assert encoded == pytest.approx(np.column_stack([np.zeros(3), [-root, 0, root], [-root, 0, root]]), rel=1e-6)


@pytest.mark.parametrize(
    ("overrides", "scaled"),
    [
        ((), True),
        (("data.scale_target=none",), False),
        (("data.scale_target=unit",), True),
        (("network.layers[1].activation=sigmoid",), False),
        (("network.layers[1].activation=sigmoid", "data.scale_target=unit"), True),
        (("network.weights=[[[0, 1, 1, 1]], [[0, 1]]]", "network.layers[0].units=1"), False),
        (("network.weights=made.npz", "network.layers[0].units=1"), True),
    ],
)
def test_when_targets_are_scaled(registry, tmp_path, monkeypatch, overrides, scaled):
    """Bounds of an output, and weights that a person writes, are meant for the data's own units."""
    monkeypatch.chdir(tmp_path)
    np.savez("made.npz", theta_1=np.ones((1, 4)), theta_2=np.ones((1, 2)))
    file = write(tmp_path / "made.csv", 0.1)
    experiment = load_experiment("xor", [f"data.source={file}", *NET, *overrides])
    targets = build(experiment, registry).net.head.targets
    assert targets.are_scaled is scaled


def test_classes_are_never_scaled(registry):
    for how in ("standard", "unit", "none"):
        targets = build(load_experiment("iris", [f"data.scale_target={how}"]), registry).net.head.targets
        assert not targets.are_scaled


def test_an_unknown_way_names_the_nearest():
    with pytest.raises(ExperimentError, match=r"data.scale_target: found 'standart'. Did you mean 'standard'\?"):
        load_experiment("sine", ["data.scale_target=standart"])


@pytest.fixture
def run(tmp_path, registry):
    file = write(tmp_path / "made.csv", 300_000, columns=1)
    return file, train(tmp_path / "run", registry, "xor", f"data.source={file}", "data.validation=0.2", *NET)


def test_predict_and_evaluate_speak_the_datas_units(run):
    file, folder = run
    rows = np.loadtxt(file, delimiter=",", skiprows=1)
    printed = CliRunner().invoke(main, ["predict", str(folder), str(file)]).stdout.splitlines()
    assert printed[0] == "y0"
    answers = np.array([float(line) for line in printed[1:]])
    evaluated = json.loads(CliRunner().invoke(main, ["evaluate", str(folder), str(file), "--json"]).stdout)
    found = evaluated["metrics"]["made"]
    assert found["rmse"] == pytest.approx(np.sqrt(np.square(answers - rows[:, 3]).mean()), rel=1e-6)
    assert found["mae"] == pytest.approx(np.abs(answers - rows[:, 3]).mean(), rel=1e-6)
    assert 400_000 < answers.mean() < 800_000
    with opened_run(open_run(folder)) as session:
        recorded, thetas = session.recorded, open_run(folder).weights().thetas
        study = recorded.study.answers(thetas)
        assert np.array_equal(np.sort(study.true[:, 0]), np.sort(rows[recorded.study.splits.validation.rows, 3]))
        net = recorded.net.with_thetas(thetas)
        assert net.activations(rows[:, :3])[-1] == pytest.approx(answers[:, None])


def test_a_net_that_scales_targets_is_read_back_and_a_damaged_one_refused(run, registry):
    file, _ = run
    experiment = load_experiment("xor", [f"data.source={file}", *NET])
    net = build(experiment, registry).net
    data = plain(net, {}, {})
    again = net_of(from_bytes(to_bytes(data), "made"), registry)
    assert again.head.targets == net.head.targets
    assert data.form.schema == 2
    for wrong in ({"factor": (0.0,)}, {"factor": ()}, {"offset": (1.0, 2.0), "factor": (1.0, 2.0)}):
        broken = msgspec.structs.replace(data.form, **wrong)
        with pytest.raises(StorageError, match="scales"):
            from_bytes(to_bytes(type(data)(broken, data.arrays)), "made")


def test_a_run_of_before_keeps_its_targets_as_they_were(tmp_path, registry, monkeypatch):
    """Its experiment does not say how they are scaled, and its net says that they are not."""
    from tui_nn.experiment import build as module

    file = write(tmp_path / "made.csv", 1.0)
    with monkeypatch.context() as before:
        before.setattr(module, "scale_target_of", lambda *_: "none")
        folder = train(tmp_path / "run", registry, "xor", f"data.source={file}", *NET)
    assert "scale_target" not in (folder / "experiment.toml").read_text()
    with opened_run(open_run(folder)) as session:
        assert not session.recorded.net.head.targets.are_scaled
        assert not session.setup().net.head.targets.are_scaled
    verified = CliRunner().invoke(main, ["verify", str(folder)])
    assert verified.exit_code == 0, verified.output
    assert at_hand(open_run(folder)).data.scale_target == "none", "a branch of it goes on so"


def test_a_new_run_repeats_itself(run):
    _, folder = run
    assert at_hand(open_run(folder)).data.scale_target is None
    verified = CliRunner().invoke(main, ["verify", str(folder)])
    assert verified.exit_code == 0, verified.output


def test_what_units_add_is_told_in_the_datas_units(registry, tmp_path):
    """Along one input: the line of the last layer, its bias and every unit's part, sums up to the answer."""
    x = np.linspace(-1, 1, 50)
    np.savetxt(tmp_path / "made.csv", np.column_stack([x, 5e5 + 1e5 * x**2]), "%.17g", ",", header="x,y", comments="")
    net = build(load_experiment("xor", [f"data.source={tmp_path / 'made.csv'}", *NET]), registry).net
    assert net.head.targets.are_scaled
    curve = curve_of(net)
    assert curve.outputs == pytest.approx(net.predict(curve.x[:, None]).outputs)
    assert pytest.approx(curve.outputs, rel=1e-6) == (curve.theta @ curve.hidden).T
    assert abs(curve.theta[0, 0]) > 1e5


def test_views_say_which_units_they_speak(run, registry):
    """The network's own numbers are called scaled, and beside a target stands what it is in the data."""
    _, folder = run
    subject = subject_of(folder, registry)
    study = recorded_network(open_run(folder), registry).study
    inside = study.glance(subject.weights().thetas, 0)
    own, targets = float(study.splits.train.y.reshape(-1)[0]), study.net.head.targets
    assert inside.wanted[0, 0] == pytest.approx(own)
    assert inside.targets[0, 0] == pytest.approx((own - targets.offset[0]) * targets.factor[0], rel=1e-6)
    first = study.splits.train.source[study.splits.train.rows[:1]]
    net = study.net.with_thetas(subject.weights().thetas)
    assert inside.answers[0, 0] == pytest.approx(net.predict(first).outputs[0, 0], rel=1e-6)
    traced = settled(subject, lambda: find("sample").drawing(subject, Knobs(), (100, 40), Look("none"))).text.plain
    assert "y scaled" in traced
    knobs = Knobs(sample=0, own={PART.name: "training"})
    traced = settled(subject, lambda: find("sample").drawing(subject, knobs, (100, 40), Look("none"))).text.plain
    assert f"answer {amount(inside.answers[0, 0])} for {amount(own)}" in traced, "in the data's own units"


@pytest.mark.parametrize(
    ("value", "text"),
    [(470786, "470786"), (4.70786e7, "47.08M"), (-113770.0, "-114k"), (0.0123456, "0.0123"), (9999, "9999")],
)
def test_a_number_at_an_axis_is_never_cut(value, text):
    assert short(value, 6) == text
    assert float(text.replace("M", "e6").replace("k", "e3")) == pytest.approx(value, rel=0.005)
