"""Data larger than the memory that there is: a file of numpy is mapped, and no copy of all its rows is made."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from tui_nn.datasets import load_path, scale, split
from tui_nn.datasets.digest import digest
from tui_nn.engine.data import Part

LIMIT = 2**20 * 220  # bytes that the process may allocate: less than the rows have
TRAIN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]),) * 2)
from tui_nn.cli.main import main
main(["train", *sys.argv[2:]])
"""


def rows_in(path, samples, columns):
    """float32 rows whose last column says whether the first is positive."""
    array = np.lib.format.open_memmap(path, "w+", np.float32, (samples, columns))
    block = np.random.default_rng(0).normal(size=(1000, columns)).astype(np.float32)
    block[:, -1] = block[:, 0] > 0
    for start in range(0, samples, len(block)):
        array[start : start + len(block)] = block[: samples - start]
    array.flush()
    return array


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the limit on what a process allocates is Linux's")
def test_a_file_larger_than_what_may_be_allocated_trains(tmp_path):
    assert rows_in(tmp_path / "d.npy", 500_000, 128).nbytes > LIMIT
    command = [sys.executable, "-c", TRAIN, str(LIMIT), str(tmp_path / "d.npy"), "--max-steps", "50", "--quiet"]
    done = subprocess.run(
        [*command, "--run-dir", str(tmp_path / "run")], capture_output=True, text=True, timeout=300,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


def test_what_is_measured_of_pieces_is_what_is_measured_of_all(tmp_path, monkeypatch):
    rows = rows_in(tmp_path / "d.npy", 900, 7)
    monkeypatch.setattr("tui_nn.engine.data.PIECE", 1000)
    data = load_path(tmp_path / "d.npy")
    assert isinstance(data.x, np.memmap)
    parts = scale(split(data, 0.2, 0.0, 1), "standard")
    train = np.asarray(rows)[parts.train.rows, :-1].astype(np.float64)
    np.testing.assert_allclose(parts.train.offset, train.mean(axis=0), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(1 / parts.train.factor, train.std(axis=0), rtol=1e-6)


def test_the_digest_is_of_all_rows(tmp_path, monkeypatch):
    rows_in(tmp_path / "d.npy", 900, 7)
    data = load_path(tmp_path / "d.npy")
    whole = digest(data)
    monkeypatch.setattr("tui_nn.datasets.digest.BLOCK", 100)
    assert digest(data) == whole


def test_rows_that_lie_apart_are_read():
    whole = np.arange(60.0).reshape(10, 6)
    part = Part(whole[:, :4], np.zeros(3), np.array([3, 1, 2]), dtype=np.dtype(np.float64))
    assert part.x.tolist() == whole[[3, 1, 2], :4].tolist()
    assert [piece.tolist() for piece in part.pieces()] == [whole[[3, 1, 2], :4].tolist()]
