"""A .mat file as data: variables by name, by shape, or as they are named; files are written by scipy."""

from __future__ import annotations

import re

import numpy as np
import pytest
from oracles import Oracle

from tui_nn.datasets import load_path
from tui_nn.datasets.settings import TableSettings
from tui_nn.errors import DataError

scipy_io = Oracle("scipy.io")

X = np.random.default_rng(0).normal(size=(60, 4))
Y = np.arange(60) % 3 + 1.0
CLASSES = ("1", "2", "3")


def saved(tmp_path, arrays, **how):
    scipy_io.savemat(tmp_path / "d.mat", arrays, **how)
    return tmp_path / "d.mat"


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(
    "arrays",
    [
        {"X": X, "y": Y},  # scipy writes y as a row
        {"x": X, "y": Y.reshape(-1, 1), "note": "of a friend", "scale": 3.0},
        {"features": X, "labels": Y.reshape(-1, 1), "k": 2.0},  # by their shapes
        {"labels": Y.astype(np.uint8), "table": X.astype(np.float32)},
    ],
)
def test_inputs_and_answers_are_found(tmp_path, arrays, compressed):
    data = load_path(saved(tmp_path, arrays, do_compression=compressed))
    np.testing.assert_allclose(data.x, X, rtol=1e-6)
    assert (data.classes, data.y.tolist(), data.test) == (CLASSES, (np.arange(60) % 3).tolist(), None)


@pytest.mark.parametrize(
    ("answers", "task", "classes", "y"),
    [
        (X.sum(axis=1), None, (), X.sum(axis=1)[:, None]),
        (Y, "regression", (), Y[:, None]),
        (np.eye(3)[Y.astype(int) - 1], None, ("0", "1", "2"), np.arange(60) % 3),
        (X[:, :3] > 0, None, (), (X[:, :3] > 0).astype(float)),
        (X[:, :2], None, (), X[:, :2]),
    ],
)
def test_what_answers_are(tmp_path, answers, task, classes, y):
    data = load_path(saved(tmp_path, {"X": X, "Y": answers, "y": answers}), settings=TableSettings(task=task))
    assert data.classes == classes
    np.testing.assert_array_equal(data.y, y)
    assert data.multi_label == (answers.dtype == bool)


def test_variables_are_named_where_it_is_not_clear(tmp_path):
    path = saved(tmp_path, {"A": X, "B": X * 2, "c": Y.reshape(-1, 1), "At": X[:9], "ct": Y[:9].reshape(-1, 1)})
    found = "A (60 x 4), B (60 x 4), c (60 x 1), At (9 x 4), ct (9 x 1)."
    with pytest.raises(DataError, match=re.escape(f"Found, of matrices of real numbers: {found}")):
        load_path(path)
    np.testing.assert_array_equal(load_path(path, settings=TableSettings(variables=["B", "c"])).x, X * 2)
    x, y = load_path(path, settings=TableSettings(variables=["A", "c", "At", "ct"])).test
    np.testing.assert_array_equal(x, X[:9])
    assert y.tolist() == [n % 3 for n in range(9)]
    for names, said in (
        (["BB", "c"], "has no variable 'BB'. Did you mean 'B'?"),
        (["A"], "2 or 4 names"),
        (["A", "At"], "A has shape (60, 4) and At (9, 4); expected (m, n) and (m,) or (m, q)."),
    ):
        with pytest.raises(DataError, match=re.escape(said)):
            load_path(path, settings=TableSettings(variables=names))


def test_archives_of_numpy_take_the_same_key(tmp_path):
    np.savez(tmp_path / "d.npz", inputs=X, answers=Y.astype(int))
    with pytest.raises(DataError, match=re.escape('Found: inputs, answers. data.variables = ["x", "y"] names others.')):
        load_path(tmp_path / "d.npz")
    data = load_path(tmp_path / "d.npz", settings=TableSettings(variables=["inputs", "answers"]))
    assert (data.classes, len(data.x)) == (CLASSES, 60)


def test_a_table_has_no_variables(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(DataError, match=r"data\.variables: .*t\.csv is no archive of arrays"):
        load_path(tmp_path / "t.csv", settings=TableSettings(variables=["a", "b"]))


def test_pictures_are_stacked_as_matlab_stacks_them(tmp_path):
    pictures = np.random.default_rng(0).integers(0, 255, (40, 5, 6)).astype(np.uint8)
    data = load_path(saved(tmp_path, {"X": np.moveaxis(pictures, 0, 2), "y": np.arange(40) % 2}))
    assert data.picture == (5, 6)
    np.testing.assert_array_equal(data.x, pictures.reshape(40, 30))


def test_what_cannot_be_read_is_said(tmp_path):
    with pytest.raises(DataError, match="is not clear"):
        load_path(saved(tmp_path, {"X": X, "y": np.array(["a", "b"] * 30, dtype=object)}))
    with pytest.raises(DataError, match=r"no \.mat file of level 5; expected what `save -v7` writes"):
        load_path(saved(tmp_path, {"X": X, "y": Y}, format="4"))
    with pytest.raises(DataError, match="X holds values that are not finite numbers"):
        load_path(saved(tmp_path, {"X": np.where(X > 2, np.nan, X), "y": Y}))
