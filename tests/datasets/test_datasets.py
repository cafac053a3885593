"""Data sets against published counts, splits and scaling by their properties, loaders on good and bad files."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_nn.datasets import load_path, scale, split
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError


def test_digits_have_their_published_counts(registry):
    data = registry.get("dataset", "digits").load()
    assert data.x.shape == (1797, 64)
    assert np.bincount(data.y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (data.x.min(), data.x.max()) == (0, 16)


@pytest.mark.parametrize(("name", "counts"), [("iris", [50, 50, 50]), ("wine", [59, 71, 48])])
def test_tables_have_their_published_counts(registry, name, counts):
    assert np.bincount(registry.get("dataset", name).load().y).tolist() == counts


@pytest.mark.parametrize("name", ["digits", "iris", "wine"])
def test_equal_to_scikit_learns_copy(registry, name):
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    theirs = getattr(datasets, f"load_{name}")()
    ours = registry.get("dataset", name).load()
    assert np.array_equal(ours.x, theirs.data.astype(np.float32))
    assert np.array_equal(ours.y, theirs.target)


@pytest.mark.parametrize(
    ("name", "answers"), [("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("xor", [0, 1, 1, 0]), ("xnor", [1, 0, 0, 1])]
)
def test_truth_tables(registry, name, answers):
    data = registry.get("dataset", name).load()
    assert data.x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert data.y.tolist() == answers


def test_three_pixels_are_small_enough_to_compute_by_hand(registry):
    data = registry.get("dataset", "three_pixels").load()
    assert data.x.tolist() == [[0.1, 0.5, 0.9], [0.8, 0.2, 0.4], [0.3, 0.9, 0.6], [1.0, 0.7, 0.0], [0.0, 0.4, 1.0]]
    assert data.y.tolist() == [1, 0, 1, 0, 1], "whether the last is brighter than the first"


def test_playground_sets_follow_their_formulas(registry):
    data = {name: registry.get("dataset", name).load(3) for name in ("circle", "exclusive_or", "gauss", "spiral")}
    assert all(one.x.shape == (500, 2) for one in data.values())
    radius = np.hypot(*data["circle"].x.T)
    assert ((radius < 2.5) == (data["circle"].y == 1)).all()
    assert not ((radius > 2.5) & (radius < 3.5 - 1e-6)).any()
    x = data["exclusive_or"].x
    assert ((x[:, 0] * x[:, 1] > 0) == (data["exclusive_or"].y == 1)).all()
    assert (abs(x) >= 0.3 - 1e-6).all()
    means = [data["gauss"].x[data["gauss"].y == label].mean() for label in (0, 1)]
    assert means == pytest.approx([-2, 2], abs=0.15)
    spiral = data["spiral"].x
    # The second arm is the first one turned by half a turn; its radius grows evenly from 0 to 5.
    assert np.allclose(spiral[250:], -spiral[:250], atol=1e-5)
    assert np.allclose(np.hypot(*spiral[:250].T), 5 * np.arange(250) / 250, atol=1e-5)


def test_noise_in_a_circle_flips_labels_and_leaves_points(registry):
    clean, noisy = (registry.create("dataset", {"kind": "circle", "noise": n}).load(1) for n in (0.0, 0.5))
    assert np.array_equal(clean.x, noisy.x)
    assert 0 < (clean.y != noisy.y).mean() < 0.5


def made(sizes):
    y = np.repeat(np.arange(len(sizes)), sizes)
    return Dataset("made", np.arange(len(y), dtype=np.float32)[:, None], y, tuple(map(str, range(len(sizes)))))


@settings(derandomize=True, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.floats(0, 0.6), st.floats(0, 0.39), st.integers(0, 5))
def test_a_split_loses_no_sample_and_keeps_proportions(sizes, validation, test, seed):
    data = made(sizes)
    splits = split(data, validation, test, seed)
    parts = [splits.train, splits.validation, *([splits.test] if splits.test else [])]
    together = np.sort(np.concatenate([part.x[:, 0] for part in parts]))
    assert np.array_equal(together, data.x[:, 0])
    counts = np.bincount(splits.train.y, minlength=len(sizes))
    assert (counts >= 1).all(), "what is not trained on cannot be learnt"
    for label, size in enumerate(sizes):
        if min(sizes) > 5:
            share = (splits.validation.y == label).sum() / size
            assert abs(share - validation) < 0.1 + 1.5 / size
    same = split(data, validation, test, seed)
    assert np.array_equal(same.train.x, splits.train.x)


def test_shares_are_met_exactly():
    splits = split(made([50, 50, 50]), 0.2, 0.1, 0)
    assert np.bincount(splits.validation.y).tolist() == [10, 10, 10]
    assert np.bincount(splits.test.y).tolist() == [5, 5, 5]


def test_scaling_measures_the_training_part_only():
    x = np.array([[0.0, 5], [10, 5], [20, 5], [40, 5]], np.float32)
    data = Dataset("made", x, np.zeros(4, int), ("a",))
    splits = split(data, 0.25, 0, 0)
    standard = scale(splits, "standard")
    assert standard.train.x[:, 0].mean() == pytest.approx(0, abs=1e-6)
    assert standard.train.x[:, 0].std() == pytest.approx(1, abs=1e-6)
    assert not standard.train.x[:, 1].any(), "a constant column becomes 0, not NaN"
    unit = scale(splits, "unit")
    assert (unit.train.x[:, 0].min(), unit.train.x[:, 0].max()) == (0, 1)
    assert scale(splits, "unit", 20.0).train.x.max() == splits.train.x.max() / 20
    assert unit.train.x.dtype == np.float32


def idx(array, magic=None):
    head = magic if magic is not None else bytes([0, 0, 8, array.ndim])
    return head + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write_mnist(folder, pack=lambda content: content, suffix=""):
    pictures = np.arange(3 * 4, dtype=np.uint8).reshape(3, 2, 2)
    for part in ("train", "t10k"):
        (folder / f"{part}-images-idx3-ubyte{suffix}").write_bytes(pack(idx(pictures)))
        (folder / f"{part}-labels-idx1-ubyte{suffix}").write_bytes(pack(idx(np.array([2, 0, 1], np.uint8))))


@pytest.mark.parametrize(("pack", "suffix"), [(lambda content: content, ""), (gzip.compress, ".gz")])
def test_a_folder_of_idx_files(tmp_path, pack, suffix):
    write_mnist(tmp_path, pack, suffix)
    data = load_path(tmp_path)
    assert data.x.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert data.x.dtype == np.uint8
    assert data.y.tolist() == [2, 0, 1]
    assert data.picture == (2, 2)
    assert len(split(data, 0.0, 0.0, 0).test) == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "starts with nothing"),
        (b"\x89PNG", "an IDX file"),
        (b"\0\0\x08\x03\0\0", "ends within its header"),
        (idx(np.zeros((3, 2, 2), np.uint8))[:-1], "found 11"),
        (idx(np.zeros((3, 2, 2), np.uint8)) + b"x", "found more"),
        (b"\0\0\x08\x03" + struct.pack(">3I", 2**31, 2**20, 2**20), "at most"),
    ],
)
def test_malformed_idx_files_are_named(tmp_path, content, message):
    write_mnist(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(DataError, match=message) as error:
        load_path(tmp_path)
    assert "train-images-idx3-ubyte" in str(error.value)


def test_mnist_itself(reference):
    data = load_path(reference / "mnist")
    assert data.x.shape == (60000, 784)
    assert np.bincount(data.y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert data.x.mean(dtype=np.float64) / 255 == pytest.approx(0.13066, abs=1e-5)
    assert len(data.test[0]) == 10000


def test_a_table_with_a_header_and_names_as_classes(tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_bytes(b'\xef\xbb\xbfa,"kind, of flower",b\r\n1,rose,2.5\r\n3,"lily, white",4\r\n5,rose,-6e1\r\n')
    data = load_path(path, "kind, of flower")
    assert data.x.tolist() == [[1, 2.5], [3, 4], [5, -60]]
    assert data.classes == ("lily, white", "rose")
    assert data.y.tolist() == [1, 0, 1]
    assert data.features == ("a", "b")


def test_a_table_of_numbers(tmp_path):
    path = tmp_path / "numbers.csv"
    path.write_text("1,2,7\n3,4,9\n")
    data = load_path(path)
    assert (data.y.tolist(), data.classes) == ([0, 1], ("7", "9"))
    path.write_text("x,y\n1,2.5\n3,4\n")
    data = load_path(path)
    assert not data.is_classification
    assert data.y.tolist() == [[2.5], [4]]


def test_unknown_columns_and_paths_name_the_nearest(tmp_path):
    (tmp_path / "table.csv").write_text("price,size\n1,2\n")
    with pytest.raises(DataError, match="Did you mean 'price'"):
        load_path(tmp_path / "table.csv", "prize")
    with pytest.raises(DataError, match=r"Did you mean 'table\.csv'"):
        load_path(tmp_path / "tabel.csv")


def test_npz(tmp_path):
    np.savez(tmp_path / "d.npz", x=np.arange(12.0).reshape(3, 2, 2), y=np.array([5, 7, 5]))
    data = load_path(tmp_path / "d.npz")
    assert (data.picture, data.classes, data.y.tolist()) == ((2, 2), ("5", "7"), [0, 1, 0])
    np.savez_compressed(tmp_path / "bomb.npz", x=np.zeros((4000, 1000)), y=np.zeros(4000, int))
    with pytest.raises(DataError, match="more than 200 times its size"):
        load_path(tmp_path / "bomb.npz")
    np.savez(tmp_path / "evil.npz", x=np.array([{}], object), y=np.zeros(1))
    with pytest.raises(DataError, match="not a readable"):
        load_path(tmp_path / "evil.npz")
