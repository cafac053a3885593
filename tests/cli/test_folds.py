"""`tui-nn train --folds N`: every sample validates once, and all folds are judged together."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

import numpy as np
import pytest

from tui_nn.runs import open_run
from tui_nn.sweep.trial import digest_of_run
from tui_nn.training.reopening import opened_run


@pytest.fixture(scope="module")
def three(tmp_path_factory, tui_nn):
    folder = tmp_path_factory.mktemp("folds")
    done = tui_nn(
        "train", "iris", "--folds", "3", "--seed", "4", "--run-dir", "group", "--set", "training.epochs=8",
        "--require", "accuracy:mean >= 0.1", "--require", "accuracy >= 2", cwd=folder,
    )  # fmt: skip
    return folder, done


def test_means_and_spread_are_over_the_folds(three):
    folder, done = three
    assert done.returncode == 5, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["fold 1", "fold 2", "fold 3", "group"]
    values = [open_run(folder / "group" / f"fold-{fold}").history.validation["accuracy"][-1] for fold in (1, 2, 3)]
    mean, deviation = statistics.fmean(values), statistics.stdev(values)
    said = f"3 folds: accuracy@validation {mean:.4f} +- {deviation:.4f}, from {min(values):.4f} to {max(values):.4f}"
    assert f"tui-nn: {said}\n" in done.stderr
    summary = json.loads((folder / "group" / "summary.json").read_text())
    assert summary["message"] == said
    assert [check["value"] for check in summary["requirements"]] == pytest.approx([mean, min(values)])
    assert [check["met"] for check in summary["requirements"]] == [True, False]


def test_every_sample_validates_once_and_all_have_one_seed(three):
    folder, _ = three
    validated = []
    for fold in (1, 2, 3):
        with opened_run(open_run(folder / "group" / f"fold-{fold}")) as session:
            splits = session.setup().splits
            assert session.experiment.data.fold == f"{fold}/3"
            assert session.experiment.training.seed == 4
            assert np.bincount(splits.validation.y).tolist() in ([17, 17, 16], [17, 16, 17], [16, 17, 17])
        validated += splits.validation.rows.tolist()
    assert sorted(validated) == list(range(150))


def test_a_fold_alone_is_the_same(three, tui_nn):
    folder, _ = three
    words = ("--seed", "4", "--set", "training.epochs=8", "--set", "data.fold=2/3")
    alone = tui_nn("train", "iris", *words, "--run-dir", "alone", "--quiet", cwd=folder)
    assert alone.returncode == 0, alone.stderr
    both = [open_run(folder / name).history.validation for name in ("alone", "group/fold-2")]
    assert both[0] == both[1]


EXPERIMENT = """
[data]
source = "iris"
[network]
layers = [{ kind = "dense", units = 3 }]
[training]
loss = "softmax_cross_entropy"
epochs = 4
[validation]
folds = 3
"""


def test_an_experiment_may_ask_for_folds_itself(tmp_path, tui_nn):
    (tmp_path / "e.toml").write_text(EXPERIMENT)
    done = tui_nn("train", "e.toml", "--run-dir", "own", cwd=tmp_path)
    assert [line.split("  ")[0] for line in done.stdout.splitlines()] == ["fold 1", "fold 2", "fold 3", "own"]
    plain = EXPERIMENT.partition("[validation]")[0]
    (tmp_path / "e.toml").write_text(plain)
    assert (
        tui_nn("train", "e.toml", "--folds", "3", "--workers", "2", "--run-dir", "said", cwd=tmp_path).returncode == 0
    )
    both = [[digest_of_run(tmp_path / name / f"fold-{fold}") for fold in (1, 2, 3)] for name in ("own", "said")]
    assert both[0] == both[1]
    (tmp_path / "e.toml").write_text(EXPERIMENT)  # one fold of it is a single run
    assert (
        tui_nn("train", "e.toml", "--set", "data.fold=2/3", "--run-dir", "one", "--quiet", cwd=tmp_path).returncode == 0
    )
    assert digest_of_run(tmp_path / "one") == both[0][1]


def test_a_sweep_ranks_settings_by_the_mean_over_folds(tmp_path, tui_nn):
    (tmp_path / "e.toml").write_text(EXPERIMENT)
    done = tui_nn("sweep", "e.toml", "--grid", "training.rate=0.01,0.1", "--json", "--csv", "t.csv", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert [(one["settings"], one["fold"]) for one in found["trials"]] == [
        ({"rate": rate}, f"{fold}/3") for rate in (0.01, 0.1) for fold in (1, 2, 3)
    ]
    for one in found["ranking"]:
        values = [
            trial["metrics"]["validation"]["accuracy"] for trial in found["trials"]
            if trial["settings"] == one["settings"]
        ]  # fmt: skip
        assert (one["n"], one["mean"]) == (3, pytest.approx(statistics.fmean(values)))
    assert (tmp_path / "t.csv").read_text().startswith("rate,seed,fold,state,")


def test_stdin_is_read_once(tmp_path):
    rows = "a,y\n" + "".join(f"{n},{n % 2}\n" for n in range(40))
    done = subprocess.run(
        [sys.executable, "-m", "tui_nn", "train", "-", "--folds", "3"], input=rows, capture_output=True, text=True,
        cwd=tmp_path, timeout=60,
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.endswith('error: data.source = "-": stdin can be read once; several trainings need a file.\n')


def test_the_report_of_all_names_folds(three, tui_nn):
    folder, _ = three
    page = tui_nn("report", "group", cwd=folder).stdout
    assert "### Means over the folds" in page
    assert "| 3 |" in page
    assert "`group/fold-3`" in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--seeds", "2"), "--folds 3: trains with one seed; remove --seeds 2."),
        (("--set", "data.fold=1/3"), '--folds 3: trains every fold; remove data.fold = "1/3".'),
        (("--paused",), "--paused works for a single run; remove it, or --folds 3."),
        (("--set", "data.split={kind='first', samples=100}"), "data.fold: 'first' says which samples validate"),
        (("--set", "validation.folds=1"), "validation.folds: found 1; expected from 2 to 1,000."),
        (("--set", "validation.fold=3"), "validation.fold: unknown key. Did you mean 'folds'? There is data.fold."),
    ],
)
def test_what_excludes_folds_is_said_before_anything_is_trained(tmp_path, tui_nn, words, said):
    done = tui_nn("train", "iris", "--folds", "3", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert not (tmp_path / "runs").exists()
