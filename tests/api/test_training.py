"""Training from a program comes to the bits of the command line, leaves a run like any other, and meets no other."""

from __future__ import annotations

import gc
import json
import pickle
import threading
from pathlib import Path

import numpy as np
import pytest

import tui_nn
from tui_nn.engine.events import Ended, EpochFinished, Reason, Started, StepsFinished
from tui_nn.engine.stepper import Stepper
from tui_nn.runs import open_run

IRIS = {"epochs": 3, "seed": 1}


@pytest.fixture(scope="module")
def arrays():
    random = np.random.default_rng(0)
    x = random.normal(size=(120, 4)).round(3)
    return x, (x[:, 0] + x[:, 1] > 0).astype(int) + (x[:, 2] > 1)


def events(run):
    """What a run has recorded, but for the clock."""
    lines = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    return [{key: value for key, value in line.items() if key != "seconds"} for line in lines]


def same(one, other):
    weights = [json.loads((run / "summary.json").read_text())["hashes"]["parameters"] for run in (one, other)]
    assert weights[0] == weights[1]
    assert events(one) == events(other)


# The same bits as the command line


def test_an_example_is_trained_as_by_the_command_line(tmp_path, command):
    tui_nn.train("iris", run=tmp_path / "here", **IRIS)
    command("train", "iris", "--run-dir", "there", "--set", "training.epochs=3", "--seed", "1", cwd=tmp_path)
    same(tmp_path / "here", tmp_path / "there")


def test_arrays_are_trained_as_the_archive_of_them(tmp_path, command, arrays):
    tui_nn.train(*arrays, run=tmp_path / "here", **IRIS)
    np.savez(tmp_path / "arrays.npz", x=arrays[0], y=arrays[1])
    command("train", "arrays.npz", "--run-dir", "there", "--set", "training.epochs=3", "--seed", "1", cwd=tmp_path)
    same(tmp_path / "here", tmp_path / "there")


TABLE = {
    "age": [31, 45, None, 22, 67, 38, 51, 29, 40, 33] * 3,
    "town": ["Ulm", "Bonn", "Ulm", None, "Köln", "Bonn", "Ulm", "Köln", "Bonn", 'a "b", c'] * 3,
    "member": [True, False, True, True, False, True, False, False, True, True] * 3,
    "paid": ["yes", "no", "yes", "no", "no", "yes", "yes", "no", "no", "yes"] * 3,
}


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame_is_trained_as_the_table_that_it_is_saved_as(library, tmp_path, command):
    frame = pytest.importorskip(library).DataFrame(TABLE)
    table = tmp_path / "frame.csv"
    if library == "pandas":
        frame.to_csv(table, index=False)
    else:
        frame.write_csv(table)
    net = tui_nn.train(frame, target="paid", run=tmp_path / "here", **IRIS)
    command("train", "frame.csv", "--run-dir", "there", "--set", "training.epochs=3", "--seed", "1",
            "--set", "data.target=paid", cwd=tmp_path)  # fmt: skip
    same(tmp_path / "here", tmp_path / "there")
    assert net.predict(frame).tolist() == net.predict(table).tolist()
    assert set(net.predict(frame)) <= {"yes", "no"}


def test_answers_given_apart_are_a_column():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(TABLE)
    x, y = frame.drop(columns="paid"), frame["paid"]
    whole, apart = tui_nn.train(frame, target="paid", **IRIS), tui_nn.train(x, y, **IRIS)
    assert (whole.net.parameters == apart.net.parameters).all()
    with pytest.raises(tui_nn.TuiNNError, match="has a column 'paid' already"):
        tui_nn.train(frame, y)


def test_the_name_of_a_data_set_a_formula_and_a_path_are_data(tmp_path, arrays):
    np.savez(tmp_path / "data.npz", x=arrays[0], y=arrays[1])
    from_file = tui_nn.train(tmp_path / "data.npz", **IRIS)
    assert (from_file.net.parameters == tui_nn.train(*arrays, **IRIS).net.parameters).all()
    assert (
        tui_nn.train("spiral", epochs=1).classes.tolist() == tui_nn.train({"kind": "spiral"}, epochs=1).classes.tolist()
    )
    curve = tui_nn.train("y = sin(x); x in [0, 6]", epochs=1)
    assert curve.predict([[1.0], [2.0]]).shape == (2,)


@pytest.mark.slow
def test_bits_do_not_depend_on_the_threads_that_the_library_has(tmp_path, command):
    import os
    import subprocess
    import sys

    call = "import tui_nn; tui_nn.train('digits', layers=['300 relu', '10 softmax'], batch=512, epochs=2, run='many')"
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-c", call], cwd=tmp_path, env=environment, check=True)
    layers = '[{kind="dense", units=300, activation="relu"}, {kind="dense", units=10, activation="softmax"}]'
    settings = ("training.batch=512", "training.epochs=2", f"network.layers={layers}")
    loss = "training.loss=softmax_cross_entropy"
    command("train", "digits", "--run-dir", "one", *(w for s in (*settings, loss) for w in ("--set", s)), cwd=tmp_path)
    same(tmp_path / "many", tmp_path / "one")


# A run like any other


def test_a_run_can_be_verified_shown_and_predicted_with(tmp_path, command, arrays):
    net = tui_nn.train(*arrays, run=tmp_path / "run", **IRIS)
    assert "the same, bit for bit" in command("verify", "run", cwd=tmp_path)
    assert "loss" in command("show", "run", "--view", "loss", cwd=tmp_path)
    moved = tmp_path / "elsewhere" / "run"
    moved.parent.mkdir()
    (tmp_path / "run").rename(moved)
    assert "the same, bit for bit" in command("verify", moved, cwd=tmp_path)
    opened = tui_nn.open(moved)
    assert (opened.net.predict(arrays[0]) == net.predict(arrays[0])).all()
    assert opened.state == "finished"
    assert opened.summary.hashes["parameters"]


def test_a_training_that_is_left_can_be_resumed(tmp_path, command, arrays):
    tui_nn.train(*arrays, run=tmp_path / "whole", **IRIS)
    for event in tui_nn.training(*arrays, run=tmp_path / "left", **IRIS):
        if isinstance(event, EpochFinished) and event.epoch == 2:
            break
    del event
    gc.collect()
    assert open_run(tmp_path / "left").history.ended.reason == Reason.INTERRUPTED
    command("train", "--resume", "left", cwd=tmp_path)
    weights = [tui_nn.open(tmp_path / name).net.net.parameters for name in ("whole", "left")]
    assert (weights[0] == weights[1]).all()


def test_what_somebody_breaks_off_in_the_middle_of_a_step_goes_on_from_its_checkpoint(
    tmp_path, command, arrays, monkeypatch
):
    tui_nn.train(*arrays, run=tmp_path / "whole", **IRIS)
    run, left = Stepper.run, iter([False, False, True])

    def broken(self, *arguments):
        if next(left, False):
            self.network.parameters.values[...] = np.nan  # half a step
            raise KeyboardInterrupt
        return run(self, *arguments)

    monkeypatch.setattr(Stepper, "run", broken)
    with pytest.raises(KeyboardInterrupt):
        tui_nn.train(*arrays, run=tmp_path / "broken", **IRIS)
    assert tui_nn.open(tmp_path / "broken").summary.exit_code == 130
    command("train", "--resume", "broken", cwd=tmp_path)
    weights = [tui_nn.open(tmp_path / name).net.net.parameters for name in ("whole", "broken")]
    assert (weights[0] == weights[1]).all()


def test_what_a_plugin_raises_is_kept_in_the_run(tmp_path, arrays):
    plugin = tmp_path / "late.py"
    plugin.write_text(
        "from tui_nn.plugin import schedule, hookimpl\n\n@schedule\ndef late(progress):\n"
        "    if progress > 0.5:\n        raise ValueError('enough')\n    return 1.0\n\n"
        "@hookimpl\ndef tui_nn_schedules():\n    return [late]\n"
    )
    with pytest.raises(tui_nn.TuiNNError, match="plugin 'late' raised ValueError: enough"):
        tui_nn.train(*arrays, schedule="late", plugins=[plugin], run=tmp_path / "run", **IRIS)
    assert tui_nn.open(tmp_path / "run", plugins=[str(plugin)]).summary.reason == "crashed"


def test_runs_are_kept_under_their_names_and_the_newest_is_found(tmp_path, monkeypatch, arrays):
    monkeypatch.chdir(tmp_path)
    net = tui_nn.train(*arrays, run=True, **IRIS)
    run = tui_nn.open("latest")
    assert run.path.parent.name == "runs"
    assert run.path.samefile(net.run)
    assert run.epochs == [0, 1, 2, 3]
    assert run.at(0).predict(arrays[0]).shape == (120,)
    assert (run.at(3).net.parameters == net.net.parameters).all()
    assert (run.at(0).net.parameters != net.net.parameters).any()
    assert list(run.history.epochs) == [0, 1, 2, 3]
    with pytest.raises(tui_nn.TuiNNError, match="already holds a run"):
        tui_nn.train(*arrays, run=run.path)


# Event by event


def test_events_come_in_order_and_the_network_of_a_moment_stays(arrays):
    training = tui_nn.training(*arrays, **IRIS)
    first = next(training)
    assert isinstance(first, Started)
    before = training.net
    weights = before.net.parameters.copy()
    kinds = [type(event) for event in training]
    assert kinds[0] is EpochFinished
    assert kinds[-1] is Ended
    assert StepsFinished in kinds
    assert (before.net.parameters == weights).all()
    assert before.history.last_epoch == 0
    assert (training.net.net.parameters == tui_nn.train(*arrays, **IRIS).net.parameters).all()
    assert list(training.history.epochs) == [0, 1, 2, 3]


def test_two_trainings_take_turns_and_do_not_meet(arrays):
    alone = [tui_nn.train(*arrays, epochs=3, seed=seed).net.parameters for seed in (1, 2)]
    both = [tui_nn.training(*arrays, epochs=3, seed=seed) for seed in (1, 2)]
    going = list(both)
    while going:
        going = [one for one in going if next(one, None) is not None]
    for one, parameters in zip(both, alone, strict=True):
        assert (one.net.net.parameters == parameters).all()


def test_trainings_in_threads_do_not_meet(arrays, capsys):
    alone = {seed: tui_nn.train(*arrays, epochs=5, seed=seed).net.parameters for seed in range(4)}
    found = {}

    def train(seed):
        found[seed] = tui_nn.train(*arrays, epochs=5, seed=seed).net.parameters

    threads = [threading.Thread(target=train, args=[seed]) for seed in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((found[seed] == alone[seed]).all() for seed in alone)
    print("stdout is whose it was")
    assert "whose it was" in capsys.readouterr().out


def test_the_library_of_products_has_the_threads_of_the_experiment_while_it_trains_and_then_its_own(arrays):
    from threadpoolctl import ThreadpoolController

    controller, seen = ThreadpoolController(), []

    def threads():
        found = [info for info in controller.info() if info["user_api"] == "blas"]
        # SciPy has one of its own, in a folder of its own, which may have been loaded later than ours was looked for.
        return {info["num_threads"] for info in found if "scipy" not in str(Path(info["filepath"]).parent)}

    def watched(progress):  # noqa: ARG001
        seen.append(threads())
        return 1.0

    with controller.limit(limits=2, user_api="blas"):
        for event in tui_nn.training(*arrays, schedule=watched, **IRIS):
            assert threads() == {2}, event
    assert seen
    assert all(one == {1} for one in seen)


def test_numpy_warns_the_program_as_before(arrays):
    training = tui_nn.training(*arrays, **IRIS)
    next(training)
    assert np.geterr()["over"] == "warn"


# Processes


def test_a_network_is_pickled_with_its_history_and_without_its_data(arrays):
    net = tui_nn.train(*arrays, layers=["5 tanh", "softmax"], **IRIS)
    again = pickle.loads(pickle.dumps(net))
    assert (again.predict(arrays[0]) == net.predict(arrays[0])).all()
    assert again.metrics == net.metrics
    assert str(tui_nn.show(again, "loss")) == str(tui_nn.show(net, "loss"))
    with pytest.raises(tui_nn.TuiNNError, match="did not come with it"):
        tui_nn.show(again, "mistakes")


@pytest.mark.slow
def test_joblib_trains_in_processes(arrays):
    joblib = pytest.importorskip("joblib")
    jobs = [joblib.delayed(tui_nn.train)(*arrays, epochs=2, seed=seed) for seed in (1, 2)]
    nets = joblib.Parallel(n_jobs=2)(jobs)
    for seed, net in zip((1, 2), nets, strict=True):
        assert (net.net.parameters == tui_nn.train(*arrays, epochs=2, seed=seed).net.parameters).all()


# What is said


def test_a_line_goes_with_the_training_where_somebody_sees_it(arrays, capsys, monkeypatch):
    tui_nn.train(*arrays, **IRIS)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    tui_nn.train(*arrays, **IRIS)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("epoch 0/3  loss")
    last = err.rstrip("\n").rpartition("\r")[2]
    assert last.startswith("epoch 3/3  loss")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert "\x1b" not in err


def test_what_was_made_of_a_table_is_said_where_somebody_sees_it(capsys):
    frame = pytest.importorskip("pandas").DataFrame(TABLE)
    tui_nn.train(frame, target="paid", progress=True, **IRIS)
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("tui-nn: frame.csv: 30 rows, target 'paid' (2 classes: no 15, yes 15)")
    assert said[-1].startswith("epoch 3/3")


def test_a_line_that_is_wanted_in_a_log_is_one(arrays, capsys):
    stopping = {"metric": "loss@train", "patience": 1, "min_change": 9.0}
    tui_nn.train(*arrays, progress=True, early_stopping=stopping, **IRIS)
    err = capsys.readouterr().err
    assert [line.partition(" ")[0] for line in err.splitlines()] == ["epoch", "tui-nn:"]
    assert "has not improved for 1 epoch" in err


def test_a_network_that_diverged_is_not_handed_back(arrays):
    with pytest.raises(tui_nn.Diverged, match="loss became"):
        tui_nn.train(*arrays, optimizer={"kind": "sgd", "rate": 1e30}, layers=["5 relu", "softmax"], epochs=30)
