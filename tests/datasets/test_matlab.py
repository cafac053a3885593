"""Files of MATLAB: read to the last bit, written the same each time; what is none of them is refused with why."""

from __future__ import annotations

import itertools
import struct
import zlib

import numpy as np
import pytest
from oracles import Oracle

from tui_nn.datasets.matlab import COMPRESSED, MATRIX, by_columns, mat_bytes, read_mat
from tui_nn.errors import DataError, ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.portable import read_initial

io = Oracle("scipy.io")

RANDOM = np.random.default_rng(0)
THETAS = {"Theta1": RANDOM.normal(size=(4, 3)), "Theta2": RANDOM.normal(size=(1, 5))}


def everything(names):
    return names


def saved(path, arrays, **options):
    io.savemat(path, arrays, **options)
    return path


@pytest.mark.parametrize("compressed", [False, True])
def test_every_type_of_number_is_what_scipy_says(tmp_path, compressed):
    types = ["f8", "f4", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]
    arrays = {f"m_{kind}": RANDOM.integers(0, 100, (3, 5)).astype(kind) for kind in types}
    arrays |= {"small": np.array([[7.0]]), "empty": np.zeros((0, 3)), "cube": RANDOM.normal(size=(2, 3, 4))}
    path = saved(tmp_path / "w.mat", arrays, do_compression=compressed)
    found, expected = read_mat(path, everything), io.loadmat(path)
    assert list(found) == list(arrays)
    for name, array in found.items():
        np.testing.assert_array_equal(array, expected[name])
        assert array.dtype == arrays[name].dtype


@pytest.mark.parametrize("compressed", [False, True])
def test_matrices_of_numbers_are_read_to_the_last_bit(tmp_path, compressed):
    more = {"title": "a text", "cells": np.array([[1], ["a"]], object), "count": np.array([[3]], np.uint8)}
    found = read_mat(saved(tmp_path / "w.mat", {**THETAS, **more}, do_compression=compressed), everything)
    assert list(found) == ["Theta1", "Theta2", "count"]
    for name, theta in THETAS.items():
        np.testing.assert_array_equal(found[name], theta)


def test_what_is_written_is_the_same_each_time_and_read_by_scipy(tmp_path):
    content = mat_bytes({**THETAS, "net": "{}"})
    assert content == mat_bytes({**THETAS, "net": "{}"})
    (tmp_path / "w.mat").write_bytes(content)
    found = io.loadmat(tmp_path / "w.mat")
    np.testing.assert_array_equal(found["Theta1"], THETAS["Theta1"])
    assert found["net"].tolist() == ["{}"]


def bomb(path):
    """A compressed matrix that says it has 2^27 numbers, all of them 0."""
    head = struct.pack("<IIIIIIIIII", MATRIX, 1 << 30, 6, 8, 6, 0, 5, 8, 1, 1 << 27)
    inner = zlib.compress(head + struct.pack("<HH4sII", 1, 4, b"Thet", 9, 1 << 30) + bytes(1 << 22))
    path.write_bytes(mat_bytes({}) + struct.pack("<II", COMPRESSED, len(inner)) + inner)


def test_what_is_no_such_file_is_refused_with_the_reason(tmp_path):
    path = tmp_path / "w.mat"
    whole = mat_bytes(THETAS)
    for content, words in (
        (b"", "not a readable .mat file"),
        (b"Theta1 = 3", "not a readable .mat file"),
        (whole[:200], "not a readable .mat file"),
        (
            b"# Created by Octave 8.4.0\n# name: Theta1\n".ljust(300),
            "no .mat file of level 5; expected what",
        ),
        (b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM".ljust(400) + b"\x89HDF\r\n", "no .mat file of level 5"),
    ):
        path.write_bytes(content)
        with pytest.raises(DataError, match=words):
            read_mat(path, everything)
    with pytest.raises(DataError, match="No such file"):
        read_mat(tmp_path / "none.mat", everything)
    bomb(path)
    with pytest.raises(DataError, match="would expand"):
        read_mat(path, everything)


@pytest.mark.slow
@pytest.mark.parametrize("compressed", [False, True])
def test_every_damage_is_a_clear_error(tmp_path, compressed):
    path = saved(tmp_path / "w.mat", THETAS, do_compression=compressed)
    whole = path.read_bytes()
    for at, bit in itertools.product(range(116, len(whole)), (0, 3, 7)):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << bit
        path.write_bytes(bytes(damaged))
        try:
            found = read_mat(path, everything)
        except DataError as error:
            assert str(path) in str(error)  # noqa: PT017
        else:
            assert all(array.dtype.kind in "iufc" for array in found.values())


def test_pixels_column_by_column_and_back():
    theta = RANDOM.normal(size=(3, 7))
    upright = by_columns(theta, 2, 3)
    for row in range(3):
        np.testing.assert_array_equal(upright[row, 1:].reshape(2, 3), theta[row, 1:].reshape(2, 3, order="F"))
    np.testing.assert_array_equal(by_columns(upright, 3, 2), theta)
    np.testing.assert_array_equal(upright[:, 0], theta[:, 0])


def test_an_experiment_begins_with_them(tmp_path, registry):
    path = saved(tmp_path / "w.mat", THETAS)
    experiment = load_experiment("xor", [f"network.weights={path}", "training.dtype=float64"])
    for theta, expected in zip(build(experiment, registry).network.parameters.thetas, THETAS.values(), strict=True):
        np.testing.assert_array_equal(theta, expected)
    assert read_initial(experiment) == read_initial(experiment)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["network.weights_by_columns=[3, 3]"], "3 x 3 pixels and the bias are 10 columns; the first matrix of w.mat"),
        (["network.weights_by_columns=[-1, -2]"], "rows and columns of a picture"),
        (["network.layers[0].units=5"], "found 4 x 3; expected 5 x 3"),
    ],
)
def test_sizes_that_do_not_fit_are_said(tmp_path, registry, overrides, words):
    path = saved(tmp_path / "w.mat", THETAS)
    with pytest.raises(ExperimentError, match=words):
        build(load_experiment("xor", [f"network.weights={path}", *overrides]), registry)


def test_the_order_of_pixels_is_for_such_a_file_alone(registry):
    with pytest.raises(ExperimentError, match=r"is for a \.mat file in network\.weights alone"):
        build(load_experiment("xnor-by-hand", ["network.weights_by_columns=[1, 2]"]), registry)
