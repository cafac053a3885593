"""Whatever is in a file, reading it ends in a typed error or in sound data: never in another exception, never in a
large allocation.

A quick pass by default; `TUI_NN_FUZZ=100000 python3 run.py test tests/test_fuzz.py` tries so many inputs a reader.
"""

from __future__ import annotations

import gzip
import io
import os
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tui_nn.datasets import load_path
from tui_nn.datasets.idx import read_idx
from tui_nn.errors import DataError, TuiNNError
from tui_nn.experiment import Experiment, dump_experiment, example_text, load_experiment
from tui_nn.experiment.places import places

EXAMPLES = int(os.environ.get("TUI_NN_FUZZ", "40"))
MOST_MEMORY = 64 * 2**20  # bytes, for inputs of a few kilobytes

fuzz = settings(
    derandomize="TUI_NN_FUZZ" not in os.environ,
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "file"


def read(reader, path):
    """What the reader makes of it, None for a typed error. Anything else, or much memory, fails the test."""
    found, message = None, "none"
    tracemalloc.start()
    try:
        found = reader(path)
    except TuiNNError as error:
        message = str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MOST_MEMORY, f"{peak} bytes"
    assert message
    assert "\n" not in message.replace(f"\n{path}", ""), "one line, or one a place in the file"
    return found


def sound(data):
    """A data set that can be trained on: finite inputs, and answers within the classes."""
    assert len(data.x) == len(data.y) > 0
    assert np.isfinite(data.x).all()
    if data.classes:
        assert 0 <= data.y.min() <= data.y.max() < len(data.classes)
    else:
        assert np.isfinite(data.y).all()


def mutations(content):
    """`content` with some bytes replaced, cut out or put in."""
    edit = st.tuples(st.integers(0, max(len(content) - 1, 0)), st.integers(0, 4), st.binary(max_size=4))

    def apply(edits):
        changed = bytearray(content)
        for at, length, new in edits:
            changed[at : at + length] = new
        return bytes(changed)

    return st.lists(edit, max_size=6).map(apply)


# Experiments

keys = st.sampled_from(
    ["name", "data", "network", "training", "require", "source", "layers", "kind", "units", "batch", "epochs", "scale"]
) | st.text(max_size=5)
leaves = (
    st.none().map(lambda _: "") | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["digits", "dense", "sgd", "full", "unit", ">= 0.9"])
)  # fmt: skip
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)


@fuzz
@given(st.text() | mutations(example_text("digits").encode()).map(lambda raw: raw.decode("utf-8", "replace")))
@example("[data\n")
@example('a = """')
@example("[[a]]\n[a.b]\n[[a]]\nb.c = [{d = 1}]\n")
def test_experiments_of_any_text(file, text):
    path = file.with_suffix(".toml")
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    experiment = read(lambda one: load_experiment(str(one)), path)
    if experiment is not None:
        path.write_text(dump_experiment(experiment), encoding="utf-8")
        assert load_experiment(str(path)).training == experiment.training


@fuzz
@given(st.dictionaries(keys, trees, max_size=5))
def test_experiments_of_any_tree(file, tree):
    """Valid TOML with anything in it; every key of it is found in the text."""
    from tui_nn.experiment.toml import _key, toml_value

    text = "".join(f"{_key(key)} = {toml_value(value)}\n" for key, value in tree.items())
    assert set(tree) <= set(places(text))
    path = file.with_suffix(".toml")
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    read(lambda one: load_experiment(str(one)), path)


words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12)


@fuzz
@given(st.lists(words | st.builds("{}={}".format, keys, words), max_size=4))
def test_overrides_of_any_text(overrides):
    read(lambda given: load_experiment("digits", given), overrides)


# Data files

TABLE = b"a,b,kind\n1,2,x\n3,4,y\n5.5,-6e1,x\n"


@fuzz
@given(st.binary(max_size=200) | mutations(TABLE) | mutations(b'"a";"b"\n"1";"2"\n'))
@example(b"")
@example(b"\xef\xbb\xbf")
@example(b"a,b\n" + b'"' * 5)
@example(b"1,2\n" + b"9" * 400 + b",1\n")
def test_tables_of_any_bytes(file, content):
    path = file.with_suffix(".csv")
    path.write_bytes(content)
    data = read(load_path, path)
    if data is not None:
        sound(data)


def idx(shape, body):
    return b"\0\0\x08" + bytes([len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + body


@fuzz
@given(
    st.binary(max_size=64)
    | mutations(idx((3, 2, 2), bytes(12)))
    | st.builds(idx, st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=3), st.binary(max_size=64)),
    st.booleans(),
)
@example(idx((2**32 - 1, 2**32 - 1, 2**32 - 1), b""), False)
@example(gzip.compress(idx((5,), bytes(5)))[:-6], True)
def test_idx_files_of_any_bytes(file, content, packed):
    path = file.with_suffix(".gz") if packed else file
    path.write_bytes(gzip.compress(content) if packed and content[:2] != b"\x1f\x8b" else content)
    array = read(read_idx, path)
    assert array is None or (array.dtype == np.uint8 and 1 <= array.ndim <= 3)


def npz(**arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def npy(header, body=b""):
    text = header.encode("latin-1", "replace") + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body


SOUND = npz(x=np.arange(12.0).reshape(3, 2, 2), y=np.array([5, 7, 5]))
HUGE = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 100000), }"


@fuzz
@given(
    st.binary(max_size=64)
    | mutations(SOUND)
    | st.builds(zipped, x=st.binary(max_size=80) | st.text(max_size=80).map(npy), y=st.binary(max_size=80))
)
@example(zipped(x=npy(HUGE), y=npy("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", bytes(24))))
@example(zipped(x=npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"\x80\x04N."), y=b""))
@example(zipped(x=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"), y=b""))
@example(zipped(x=npy("[" * 200), y=b""))
def test_npz_files_of_any_bytes(file, content):
    path = file.with_suffix(".npz")
    path.write_bytes(content)
    data = read(load_path, path)
    if data is not None:
        sound(data)


def test_an_archive_that_expands_is_refused_before_it_is_read(file):
    path = file.with_suffix(".npz")
    path.write_bytes(npz(x=np.zeros((4000, 1000)), y=np.zeros(4000, int)))
    tracemalloc.start()
    with pytest.raises(DataError, match="more than 200 times its size"):
        load_path(path)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_the_default_experiment_is_sound(file):
    path = file.with_suffix(".toml")
    path.write_text(dump_experiment(Experiment()))
    assert load_experiment(str(path)).training == Experiment().training
