"""Experiments of somebody who wishes ill: one line, exit code 2 or 3, before memory or time is spent on them."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tui_nn import memory
from tui_nn.errors import LONGEST_LINE, DataError, ExperimentError, did_you_mean
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build, check
from tui_nn.experiment.ranges import MOST_LAYERS
from tui_nn.experiment.require import Vocabulary, parse
from tui_nn.plugin.registry import load_registry
from tui_nn.sweep.plan import Axis, make_plan

MOST_MEMORY = 64 * 2**20
DENSE = "{kind = 'dense', units = 3, activation = 'tanh'}"
DIGITS = "9" * 5000
BIG = "1" + "0" * 30

TEXTS = {
    "lists within lists": "a = " + "[" * 100_000 + "]" * 100_000,
    "some lists within lists": "a = " + "[" * 200 + "]" * 200,
    "lists in a layer": "[network]\nlayers = [{kind = 'dense', units = " + "[" * 90 + "]" * 90 + "}]",
    "tables within tables": "a = " + "{b = " * 2000 + "1" + "}" * 2000,
    "a key of parts": "a" + ".b" * 50_000 + " = 1",
    "a key of spaced parts": "a" + " . b" * 50_000 + " = 1",
    "a key of quoted parts": "'a'" + ".'b'" * 50_000 + " = 1",
    "a table of parts": "[a" + ".b" * 50_000 + "]\nx = 1",
    "very many keys": "".join(f"k{number} = {number}\n" for number in range(200_000)),
    "very long": "name = '" + "x" * 10**7 + "'",
    "a long comment": "# " + "x" * 10**7,
    "a long key": "k" * 10**6 + " = 1",
    "a long key of a section": "[training]\n" + "k" * 10**6 + " = 1",
    "a long key of an option": "[training.optimizer]\nkind = 'sgd'\n" + "k" * 10**6 + " = 1",
    "a long name": "[training]\nloss = '" + "k" * 10**6 + "'",
    "a long path": "[data]\nsource = '/" + "k" * 5000 + "'",
    "a long word": "[data]\nscale = '" + "k" * 10**6 + "'",
    "many layers": "[network]\nlayers = [" + f"{DENSE}," * (MOST_LAYERS + 1) + "]",
    "digits without end": f"[training]\nseed = {DIGITS}",
    "a NUL in a name": 'name = "a\\u0000b"',
    "a NUL in a path": '[data]\nsource = "a/\\u0000.csv"',
    "a NUL in a file of weights": '[network]\nweights = "\\u0000"',
    "a NUL in a plugin": 'plugins = ["\\u0000"]',
    "a date": "[training]\nepochs = 2020-01-01",
    "a time for an option": "[training]\noptimizer = {kind = 'sgd', rate = 12:00:00}",
    "a date for a data set": "[data]\nsource = {kind = 'xor', a = 2020-01-01T00:00:00Z}",
    "a list of a list of lists": "[network]\nweights = [[[[1]]]]",
    "a table for text": "name = {a = 1}",
}


def refused(act, kind=ExperimentError):
    tracemalloc.start()
    try:
        with pytest.raises(kind) as error:
            act()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY, peak
    said = str(error.value)
    assert "\n" not in said
    assert len(said) <= LONGEST_LINE
    return said


@pytest.fixture(scope="module")
def registry():
    return load_registry()


@pytest.mark.slow
@pytest.mark.parametrize("name", TEXTS)
def test_texts(tmp_path, name):
    path = tmp_path / "e.toml"
    path.write_text(TEXTS[name])
    refused(lambda: load_experiment(str(path)))


@pytest.mark.parametrize("name", ["a.toml", "folder.toml", "zero.toml", "k" * 5000, "a\0.toml"])
def test_what_is_no_file(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("a.toml")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    refused(lambda: load_experiment(name))


SETTINGS = [
    *(f"training.{key}={BIG}" for key in ("seed", "epochs", "batch", "max_steps", "threads", "optimizer.rate")),
    *(f"training.{key}=nan" for key in ("lambda", "l1", "clip_norm", "clip_value", "max_seconds", "optimizer.rate")),
    *(f"training.{key}=-inf" for key in ("lambda", "l1", "clip_norm", "clip_value", "max_seconds", "optimizer.rate")),
    *(f"training.{rule}={{min_change=nan}}" for rule in ("early_stopping", "plateau")),
    *(f"training.{rule}={{patience={BIG}}}" for rule in ("early_stopping", "plateau")),
    "data.validation=nan",
    "data.test=inf",
    "training.seed=-1",
    "training.epochs=1000000000000000",
    "training.optimizer.rate=1e400",
    "training.optimizer.rate=1" + "0" * 400,
    f"training.seed={DIGITS}",
    "training.optimizer.rate=" + "[" * 50_000,
    "training.optimizer.rate=" + "[" * 50_000 + "]" * 50_000,
    "a" + ".b" * 30_000 + "=1",
    f"network.layers[{DIGITS}].units=1",
    "network.layers[99999999999].units=1",
    "network.layers[0].units=true",
    "k" * 10**5 + "=1",
    "training.loss=" + "k" * 10**5,
    "training.loss=\x1b[31m",
    "network.layers[0].units=1000000000",
    "network.layers[0].units=1000000000000000000",
    f"network.layers[0].units={BIG}",
]  # fmt: skip


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda text: text[:40])
def test_settings(registry, setting):
    refused(lambda: build(load_experiment("iris", [setting]), registry))


@pytest.mark.parametrize("words", [["network.layers[0].units=100000", "network.layers[1].units=100000"]])
def test_sweeps_ask_as_well(registry, words):
    layers = [f"network.layers=[{DENSE},{DENSE},{{kind='dense',units=3,activation='sigmoid'}}]", *words]
    said = refused(lambda: check(load_experiment("iris", layers), registry))
    # 100,000 x 100,001 in layer 1; 4 bytes, six copies of 10,000,900,003 parameters, and the outputs of 150 samples
    assert "network.layers[1]: a network of 10,000,900,003 parameters takes about 240" in said
    assert "Most is for this: 100,000 inputs and 100,000 outputs, 10,000,100,000 parameters." in said


def test_what_fits_is_not_refused(registry, monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 2**21)
    assert check(load_experiment("iris"), registry).parameters
    monkeypatch.setattr(memory, "available", lambda: 2**10)
    with pytest.raises(ExperimentError, match=r"this machine has 0\.0 GB free"):
        check(load_experiment("iris"), registry)


def npy(shape, kind="<f8", body=b""):
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body


WEIGHTS = {
    "lies": (npy((10**9, 10**9)), DataError),
    "nested": (npy("(" * 3000 + ")" * 3000), DataError),
    "objects": (npy((1,), "|O", b"\x80\x04N."), DataError),
    "nothing": (b"", DataError),
    "a number": (npy("()", "<f8", bytes(8)), ExperimentError),
    "text": (npy((3, 5), "<U1", bytes(60)), ExperimentError),
    "complex": (npy((3, 5), "<c16", bytes(240)), ExperimentError),
    "nan": (npy((3, 5), "<f8", np.full(15, np.nan).tobytes()), ExperimentError),
    "too large": (npy((3, 5), "<f8", np.full(15, 1e300).tobytes()), ExperimentError),
    "other sizes": (npy((5, 3), "<f8", bytes(120)), ExperimentError),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights(tmp_path, registry, name):
    content, kind = WEIGHTS[name]
    path = tmp_path / "w.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("theta_1.npy", content)
    words = ["network.layers=[{kind='dense',units=3,activation='sigmoid'}]", f"network.weights={path}"]
    refused(lambda: build(load_experiment("iris", words), registry), kind)


@pytest.mark.posix("has no pipes and devices that are files")
@pytest.mark.parametrize("make", [lambda path: os.mkfifo(path), lambda path: path.symlink_to("/dev/zero"), Path.mkdir])
def test_weights_and_data_that_are_no_files(tmp_path, registry, make):
    for key in ("network.weights", "data.source"):
        path = tmp_path / f"{key}.npz"
        make(path)
        refused(lambda key=key, path=path: build(load_experiment("iris", [f"{key}={path}"]), registry), DataError)


@pytest.mark.parametrize(
    ("axes", "seeds"),
    [
        ([f"training.{key}=" + ",".join(map(str, range(1, 1001))) for key in ("rate", "lambda", "l1")], 1),
        (["training.seed=" + ",".join(map(str, range(15_000)))], 1),
        (["training.rate=0.1"], 10**18),
    ],
)
def test_sweeps_that_never_end(axes, seeds):
    assert "a sweep has at most 10,000" in refused(lambda: make_plan("iris", [Axis.parse(one) for one in axes], seeds))


@pytest.mark.parametrize(
    "value",
    ["[" * 60_000, "[" * 60_000 + "]" * 60_000, DIGITS, "nan", "2020-01-01", '"\\u0000"', "k" * 10**5],
    ids=lambda text: text[:10],
)
def test_values_of_a_grid(value):
    refused(lambda: make_plan("iris", [Axis.parse(f"training.epochs=1,{value}")]))


KNOWN = Vocabulary(["accuracy", "loss"], {"validation": 10}, ("a", "b"))


@pytest.mark.parametrize(
    "text",
    [
        "accuracy >= " + "9" * 10**5, "accuracy " + " " * 10**5 + "@", "a" * 10**5 + " >= 1", "confusion" + "[" * 10**5,
        "confusion[" + "]" * 10**5, "base >= base" + " " * 10**5 + "x", "accuracy" + " " * 900 + "!", "accuracy >= nan",
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_requirements(text):
    refused(lambda: parse(text, KNOWN))


def test_a_list_of_names_ends():
    assert did_you_mean("x" * 10**6, [f"name {number}" for number in range(10**5)]).endswith("and 99,960 more.")
    assert did_you_mean("tanhh", ["tanh", "relu"]) == " Did you mean 'tanh'?"
