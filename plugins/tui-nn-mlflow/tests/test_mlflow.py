"""Runs in MLflow's own store on disk, asked back by MLflow's own client; and without MLflow, one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

HERE = "from tui_nn_mlflow import tui_nn_listeners\n"


@pytest.fixture
def tui_nn(tmp_path):
    (tmp_path / "here.py").write_text(HERE)

    def call(*words, **environment):
        command = [sys.executable, "-m", "tui_nn", *words, "--plugin", "here.py"]
        environment = {**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true", **environment}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return call


def client_of(folder):
    mlflow = pytest.importorskip("mlflow", reason="mlflow is not installed")
    return mlflow.MlflowClient(tracking_uri=f"file://{folder}/store")


def listen(folder):
    return f'{{ kind = "mlflow", uri = "file://{folder}/store", experiment = "mine" }}'


def test_a_run_is_there_epoch_by_epoch_and_goes_on_where_it_was(tmp_path, tui_nn, monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    client = client_of(tmp_path)
    base = ["train", "xor", "--run-dir", "run", "--quiet", "--listen", listen(tmp_path)]
    done = tui_nn(*base, "--set", "training.epochs=3")
    assert done.returncode == 0, done.stderr
    (run,) = client.search_runs([client.get_experiment_by_name("mine").experiment_id])
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert run.info.status == "FINISHED"
    assert run.data.params["training.epochs"] == "3"
    for part, metrics in summary["metrics"].items():
        for name in ("loss", "accuracy"):
            if name in metrics:
                assert run.data.metrics[f"{part}.{name}"] == pytest.approx(metrics[name])
    again = tui_nn("train", "--resume", "run", "--quiet", "--listen", listen(tmp_path), "--set", "training.epochs=5")
    assert again.returncode == 0, again.stderr
    (run,) = client.search_runs([client.get_experiment_by_name("mine").experiment_id])
    steps = {one.step for one in client.get_metric_history(run.info.run_id, "train.loss")}
    assert steps == set(range(6)) or steps == set(range(1, 6))


def test_without_mlflow_nothing_is_trained_and_one_sentence_says_why(tmp_path, tui_nn):
    (tmp_path / "mlflow.py").write_text("raise ImportError('none')\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = tui_nn("train", "xor", "--run-dir", "run", "--listen", "mlflow", PYTHONPATH=path)
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1] == "tui-nn: error: needs mlflow: pip install mlflow."
    assert not (tmp_path / "run" / "summary.json").exists()
