"""Every view of the table, on real runs of each kind of data, at several moments; numbers against numpy."""

from __future__ import annotations

import csv
import io
import shutil

import numpy as np
import pytest
from recording import train

from tui_nn.engine.network import with_ones
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.render import Look
from tui_nn.runs import open_run
from tui_nn.training import recorded_network
from tui_nn.views import Knobs, Missing, Subject, find, suitable, views_of
from tui_nn.views.matrices import WEIGHT_READINGS
from tui_nn.views.numbers import numbers_as_csv


@pytest.fixture(scope="module")
def runs(tmp_path_factory, registry):
    base = tmp_path_factory.mktemp("runs")
    line = base / "line.csv"
    random = np.random.default_rng(0)
    x = random.uniform(-1, 1, (60, 3))
    rows = np.column_stack([x, x @ [1.0, -2.0, 0.5] + 0.25])
    line.write_text("a,b,c,y\n" + "\n".join(",".join(f"{v:.6f}" for v in row) for row in rows))
    toml = base / "line.toml"
    toml.write_text(
        '[data]\nsource = "line.csv"\ntarget = "y"\nscale = "none"\n'
        '[network]\nlayers = [{ kind = "dense", units = 1 }]\n'
        '[training]\nloss = "mean_squared_error"\nepochs = 40\nbatch = 8\n'
    )
    return {
        "digits": train(base / "digits", registry, "digits", "training.epochs=4"),
        "spiral": train(base / "spiral", registry, "spiral", "training.epochs=3"),
        "iris": train(base / "iris", registry, "iris", "training.epochs=5"),
        "line": train(base / "line", registry, str(toml)),
    }


def subject_of(runs, name, registry):
    return Subject(open_run(runs[name]), lambda reader: recorded_network(reader, registry))


def answered(subject, look):
    """What `look` gives once all is known."""
    for _ in range(2):
        try:
            found = look()
        except Missing as missing:
            if not subject.waiting:
                raise
            if not missing.waiting:
                raise
        else:
            if not subject.waiting:
                return found
        subject.work()
    return look()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["digits", "spiral", "iris", "line"])
@pytest.mark.parametrize("look", [Look("truecolor"), Look("none", ascii=True)], ids=["truecolor", "ascii"])
def test_every_fitting_view_is_drawn_in_its_box_now_and_then(runs, registry, name, look):
    subject = subject_of(runs, name, registry)
    for epoch in (None, 1):
        subject.go(epoch)
        for view in suitable(subject):
            for reading in range(max(1, len(view.readings_of(subject)))):
                for width, height in ((100, 24), (40, 14)):
                    knobs = Knobs(reading=reading, smoothing=0.9, log=True)
                    try:
                        text = answered(subject, lambda: view.draw(subject, knobs, (width, height), look))  # noqa: B023
                    except Missing as missing:
                        if view.name != "weights":
                            raise AssertionError(view.name) from missing
                        continue
                    lines = text.plain.split("\n")
                    assert len(lines) <= height, view.name
                    assert max(len(line) for line in lines) <= width, view.name
                    assert text.plain.strip(), view.name
                    if look.ascii:
                        assert text.plain.isascii(), (view.name, text.plain)


def test_views_that_cannot_be_are_not_offered(runs, registry):
    offered = {name: {view.name for view in suitable(subject_of(runs, name, registry))} for name in runs}
    assert "boundary" in offered["spiral"]
    assert "units" in offered["digits"]
    assert "fit" in offered["line"]
    assert not offered["digits"] & {"boundary", "neurons", "fit"}
    assert not offered["line"] & {"accuracy", "confusion", "mistakes", "votes", "boundary", "units"}


def test_numbers_of_every_view_become_a_table(runs, registry):
    for name in runs:
        subject = subject_of(runs, name, registry)
        for view in suitable(subject):
            numbers = answered(subject, lambda: view.numbers(subject, Knobs()))  # noqa: B023
            rows = list(csv.reader(io.StringIO(numbers_as_csv(numbers))))
            assert len(rows) > 1 or view.name in ("mistakes", "output", "verdict"), view.name
            assert len({len(row) for row in rows}) == 1, view.name


def test_the_past_is_confused_as_it_was(runs, registry):
    """At a snapshot the network is asked again; at the last one that must give what the trainer counted."""
    subject = subject_of(runs, "digits", registry)
    recorded = np.array(find("confusion").numbers(subject, Knobs())["confusion"])
    subject.go(4)
    assert subject.epoch == 4
    asked = np.array(answered(subject, lambda: find("confusion").numbers(subject, Knobs()))["confusion"])
    assert (asked == recorded).all()
    subject.go(0)
    before = np.array(answered(subject, lambda: find("confusion").numbers(subject, Knobs()))["confusion"])
    assert before.sum() == recorded.sum()
    assert np.trace(before) < np.trace(recorded)


def test_readings_of_the_weights(runs, registry):
    subject = subject_of(runs, "digits", registry)
    records = subject.snapshots()
    first, last = records.values(0), records.values(-1)

    def theta(reading):
        knobs = Knobs(layer=1, reading=WEIGHT_READINGS.index(reading))
        return np.array(answered(subject, lambda: find("weights").numbers(subject, knobs))["theta"])

    second = slice(25 * 65, None)
    subject.go(4)
    np.testing.assert_allclose(theta("W"), last[second].reshape(10, 26), rtol=1e-6)
    np.testing.assert_allclose(theta("W - W0"), (last - first)[second].reshape(10, 26), rtol=1e-5, atol=1e-6)
    update = (last - records.values(-2))[second].reshape(10, 26)
    np.testing.assert_allclose(theta("update"), update, rtol=1e-4, atol=1e-6)
    # The gradient, by centred differences of J in float64.
    gradient = theta("gradient")
    setup = build(load_experiment("digits", ["training.dtype=float64"]), registry)
    network, trainer = setup.network, setup.trainer
    part = setup.splits.train.head(500)
    x, y = with_ones(part.x, np.float64).T, trainer.targets.encode(part.y, np.float64).T
    values = network.parameters.values
    values[...] = last

    def cost():
        return trainer.loss.value(network.forward(x), y) + network.penalty(trainer.penalty.decay)

    for index in (25 * 65, 25 * 65 + 30, 25 * 65 + 259):
        kept, step = values[index], 1e-5
        values[index] = kept + step
        above = cost()
        values[index] = kept - step
        slope = (above - cost()) / (2 * step)
        values[index] = kept
        assert gradient.reshape(-1)[index - 25 * 65] == pytest.approx(slope, rel=2e-2, abs=2e-5)


def test_the_boundary_is_what_the_network_says(runs, registry):
    subject = subject_of(runs, "spiral", registry)
    answered(subject, lambda: find("boundary").numbers(subject, Knobs()))
    plane, weights = subject.plane(), subject.weights()
    signal = plane.inputs[:, 10, 20]
    for theta in weights.thetas[:-1]:
        signal = np.tanh(theta[:, 0] + theta[:, 1:] @ signal)
    last = weights.thetas[-1]
    output = 1 / (1 + np.exp(-(last[:, 0] + last[:, 1:] @ signal)))
    assert plane.field[10, 20] == pytest.approx(2 * output[0] - 1, abs=1e-4)
    np.testing.assert_allclose(plane.layers[1][:, 10, 20], signal, atol=1e-4)


def test_a_fitted_line_has_r2_near_one(runs, registry):
    subject = subject_of(runs, "line", registry)
    numbers = answered(subject, lambda: find("fit").numbers(subject, Knobs()))
    true, predicted = np.array(numbers["true"]), np.array(numbers["predicted"])
    r2 = 1 - ((true - predicted) ** 2).sum() / ((true - true.mean()) ** 2).sum()
    assert r2 > 0.99
    text = answered(subject, lambda: find("fit").draw(subject, Knobs(), (60, 16), Look())).plain
    assert f"R2 {r2:.4f}" in text


def test_time_goes_back_and_forth(runs, registry):
    subject = subject_of(runs, "digits", registry)
    assert subject.epoch is None
    seen = []
    for by in (-1, -1, -1, -1, -1, 1, 1, 1, 1, 1):
        subject.move(by)
        seen.append(subject.epoch)
    assert seen == [3, 2, 1, 0, 0, 1, 2, 3, None, None]
    subject.go(2)
    legend = find("loss").draw(subject, Knobs(), (80, 12), Look()).plain.split("\n")[0]
    assert "epoch 2" in legend
    assert f"{subject.history.train['loss'][2]:.4g}" in legend


def test_the_view_names_are_those_of_show():
    assert len({view.name for view in views_of()}) == len(views_of())
    assert all(view.description.endswith(".") for view in views_of())


def test_an_answer_of_another_moment_is_not_shown_as_that_of_this_one(runs, registry):
    """Until the network of then has been asked there is nothing, going back and coming again."""
    subject = subject_of(runs, "digits", registry)
    answered(subject, lambda: find("mistakes").numbers(subject, Knobs()))
    for epoch in (1, 2, None):
        subject.go(epoch)
        with pytest.raises(Missing, match="Evaluating"):
            find("mistakes").numbers(subject, Knobs())
        subject.work()
        wrong = len(find("mistakes").numbers(subject, Knobs())["sample"])
        at = -1 if epoch is None else epoch
        accuracy = subject.history.validation["accuracy"][at]
        assert 1 - wrong / subject.started.samples["validation"] == pytest.approx(accuracy)


def test_an_update_of_several_steps_says_so(runs, registry):
    subject = subject_of(runs, "digits", registry)
    knobs = Knobs(reading=WEIGHT_READINGS.index("update"))
    subject.go(2)
    batches = subject.started.batches
    of = answered(subject, lambda: find("weights").numbers(subject, knobs))["of"]
    assert of == f"update of {batches} steps: step {2 * batches} minus step {batches}"


@pytest.mark.parametrize(("before", "words"), [(6, "last update"), (4, "update of 3 steps")])
def test_the_last_update_is_one_step(before, words):
    from tui_nn.views.matrices import update_words

    assert update_words(7, before) == words


@pytest.mark.parametrize("box", [(28, 8), (40, 12), (120, 40)])
def test_without_output_the_view_says_what_would_stand_there_and_output_takes_its_place(runs, box, tmp_path):
    run = shutil.copytree(runs["iris"], tmp_path / "iris")

    def shown():
        return find("output").draw(Subject(open_run(run)), Knobs(), box, Look("none")).plain

    said = " ".join(shown().split())
    assert "what a plugin prints" in said
    assert said.endswith("terminal."), "whole sentences"
    (run / "log").write_text("cost 0.5\n")
    assert shown() == "cost 0.5"
