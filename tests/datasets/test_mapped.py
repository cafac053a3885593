"""Data larger than the memory that there is: a file of numpy is mapped, and no copy of all its rows is made."""

from __future__ import annotations

import os
import struct
import subprocess
import sys

import numpy as np
import pytest

from tui_nn.datasets import load_path, scale, split
from tui_nn.datasets.archive import read_npz
from tui_nn.datasets.digest import digest
from tui_nn.engine.data import Part
from tui_nn.errors import DataError

LIMIT = 2**20 * 220  # bytes that the process may allocate: less than the rows have
TRAIN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]),) * 2)
from tui_nn.cli.main import main
main(["train", *sys.argv[2:]])
"""


def rows_in(path, samples, columns, dtype=np.float32):
    """Rows whose last column says whether the first is positive."""
    array = np.lib.format.open_memmap(path, "w+", dtype, (samples, columns))
    block = np.random.default_rng(0).normal(size=(1000, columns)).astype(dtype)
    block[:, -1] = block[:, 0] > 0
    for start in range(0, samples, len(block)):
        array[start : start + len(block)] = block[: samples - start]
    array.flush()
    return array


def npy32(folder):
    rows_in(folder / "d.npy", 500_000, 128)
    return folder / "d.npy"


def npy64(folder):
    rows_in(folder / "d.npy", 250_000, 128, np.float64)
    return folder / "d.npy"


def npz(folder):
    """Arrays that are not compressed: how `np.savez` writes them."""
    rows_in(folder / "d.npy", 500_000, 128)
    rows = np.load(folder / "d.npy", mmap_mode="r")
    np.savez(folder / "d.npz", x=rows, y=rows[:, -1].astype(np.int8))
    (folder / "d.npy").unlink()
    return folder / "d.npz"


def idx(folder):
    """A quarter of a million pictures."""
    random = np.random.default_rng(0)
    for part, count in (("train", 260_000), ("t10k", 100)):
        labels = random.integers(0, 10, count).astype(np.uint8)
        with (folder / f"{part}-images-idx3-ubyte").open("wb") as file:
            file.write(struct.pack(">HBB3I", 0, 8, 3, count, 32, 32))
            for start in range(0, count, 1000):
                many = labels[start : start + 1000]
                file.write(np.broadcast_to(25 * many[:, None, None], (len(many), 32, 32)).astype(np.uint8).tobytes())
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">HBBI", 0, 8, 1, count) + labels.tobytes())
    return folder


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the limit on what a process allocates is Linux's")
@pytest.mark.parametrize("made", [npy32, npy64, npz, idx])
def test_a_file_larger_than_what_may_be_allocated_trains(tmp_path, made):
    (tmp_path / "data").mkdir()
    path = made(tmp_path / "data")
    assert sum(one.stat().st_size for one in (tmp_path / "data").iterdir()) > LIMIT
    command = [sys.executable, "-c", TRAIN, str(LIMIT), "--max-steps", "50", "--quiet"]
    command += ["digits", "--set", f"data.source={path}"] if path.is_dir() else [str(path)]
    done = subprocess.run(
        [*command, "--run-dir", str(tmp_path / "run")], capture_output=True, text=True, timeout=300,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture
def all_is_large(monkeypatch):
    """As if what these tests write were what they stand for."""
    monkeypatch.setattr("tui_nn.datasets.archive.MAPPED", 100)
    monkeypatch.setattr("tui_nn.datasets.scaling.LARGE", 100)


@pytest.mark.usefixtures("all_is_large")
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_an_archive_that_is_not_compressed_is_mapped_and_says_the_same(tmp_path, dtype):
    x = (np.random.default_rng(0).random((300, 7)) * 200).astype(dtype)
    y = np.arange(300) % 3
    np.savez(tmp_path / "plain.npz", x=np.asfortranarray(x) if dtype == np.uint8 else x, y=y)
    np.savez_compressed(tmp_path / "packed.npz", x=x, y=y)
    plain, packed = (load_path(tmp_path / f"{name}.npz") for name in ("plain", "packed"))
    assert isinstance(plain.x, np.memmap)
    assert not isinstance(packed.x, np.memmap)
    assert plain.x.tolist() == packed.x.tolist() == x.tolist()
    one, other = (scale(split(data, 0.2, 0.0, 1), "unit") for data in (plain, packed))
    assert one.train.x.tobytes() == other.train.x.tobytes()


@pytest.mark.usefixtures("all_is_large")
def test_a_damaged_archive_is_refused_though_it_is_mapped(tmp_path):
    path = tmp_path / "d.npz"
    np.savez(path, x=np.arange(600.0).reshape(300, 2), y=np.arange(300) % 3)
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"d\.npz: not a readable \.npz archive: Bad CRC"):
        load_path(path)


@pytest.mark.usefixtures("all_is_large")
def test_a_mapped_array_of_float64_is_not_copied_and_trains_on_the_same_bits(tmp_path, monkeypatch):
    rows_in(tmp_path / "d.npy", 300, 5, np.float64)
    parts = scale(split(load_path(tmp_path / "d.npy"), 0.2, 0.0, 1), "unit")
    assert parts.train.source.dtype == np.float64
    assert np.shares_memory(parts.train.source, parts.validation.source)
    monkeypatch.setattr("tui_nn.datasets.scaling.LARGE", 2**40)
    copied = scale(split(load_path(tmp_path / "d.npy"), 0.2, 0.0, 1), "unit")
    assert copied.train.source.dtype == np.float32
    assert parts.train.x.tobytes() == copied.train.x.tobytes()


def test_what_is_mapped_or_read_in_blocks_may_be_of_any_size(tmp_path, monkeypatch):
    """Two gigabytes are the limit of what is held as a whole."""
    monkeypatch.setattr("tui_nn.datasets.limits.opened.__defaults__", (1000,))
    monkeypatch.setattr("tui_nn.datasets.archive.LARGEST", 1000)
    rows_in(tmp_path / "d.npy", 300, 5)
    rows = np.load(tmp_path / "d.npy")
    np.savez(tmp_path / "d.npz", x=rows, y=rows[:, -1].astype(int))
    np.savetxt(tmp_path / "d.csv", rows, delimiter=",")
    assert all(path.stat().st_size > 5000 for path in tmp_path.iterdir())
    assert [len(load_path(tmp_path / name).x) for name in ("d.npy", "d.npz", "d.csv")] == [300, 300, 300]
    with pytest.raises(DataError, match="at most 1,000"):
        read_npz(tmp_path / "d.npz", lambda names: names)


def test_what_is_measured_of_pieces_is_what_is_measured_of_all(tmp_path, monkeypatch):
    rows = rows_in(tmp_path / "d.npy", 900, 7)
    monkeypatch.setattr("tui_nn.engine.data.PIECE", 1000)
    monkeypatch.setattr("tui_nn.datasets.scaling.LARGE", 1000)
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
