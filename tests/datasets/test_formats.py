"""Formats besides text: each gives the table or the pictures that it holds, or says what is wrong with it."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from tui_nn.datasets import load_path
from tui_nn.datasets.choice import TableSettings
from tui_nn.datasets.formats.arff import SAMPLE
from tui_nn.errors import DataError


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_arff(tmp_path):
    data = load_path(written(tmp_path, "t.arff", SAMPLE + b"0.5,'a lily'\n"), settings=TableSettings(missing="mean"))
    assert (data.features, data.classes) == (("width",), ("a lily", "rose"))
    assert (data.x.ravel().tolist()[::2], data.y.tolist()) == ([0.2, 0.5], [1, 0, 0])
    assert str(data.table.place(2, 1)).endswith("t.arff:8:2")


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (SAMPLE + b"0.1,tulip\n", "8:2", '"tulip" is none of its declared values'),
        (SAMPLE + b"x,rose\n" + b"0.1,rose\n" * 9, "8:1", '"x" is not a number'),
        (SAMPLE + b"1,rose,2\n", "8:3", "has 3 cells; expected 2"),
        (SAMPLE.replace(b"numeric", b"relational"), "3:1", '"relational" is not a type'),
        (SAMPLE.replace(b"kind", b"width"), "5:1", 'two columns are called "width"'),
        (b"a,b\n1,2\n", "1:1", "expected @attribute or @data"),
        (SAMPLE[:47], "1:1", "expected @attribute for two columns"),
    ],
)
def test_arff_that_is_wrong(tmp_path, content, place, words):
    with pytest.raises(DataError) as error:
        load_path(written(tmp_path, "t.arff", content), missing="mean")
    assert f"t.arff:{place}: " in str(error.value)
    assert words in str(error.value)


def test_an_array_is_mapped_and_its_last_column_the_target(tmp_path):
    np.save(tmp_path / "t.npy", np.array([[1.5, 0], [2.5, 1], [3.5, 0]]))
    data = load_path(tmp_path / "t.npy")
    assert (data.x.ravel().tolist(), data.classes) == ([1.5, 2.5, 3.5], ("0", "1"))
    assert isinstance(data.table.columns[0].values, np.memmap)
    content = (tmp_path / "t.npy").read_bytes()
    for damaged in (content[:-1], content[:20], content.replace(b"(3, 2)", b"(9, 2)"), content + b"x"):
        with pytest.raises(DataError):
            load_path(written(tmp_path, "d.npy", damaged))


# Archives as other programs write them (case 06)


def test_answers_of_archives(tmp_path):
    x, labels = np.arange(12.0).reshape(6, 2), np.array([2, 0, 1, 1, 0, 2])
    for arrays, classes, y in (
        ({"x": x, "y": np.eye(3, dtype=int)[labels]}, ("0", "1", "2"), labels),
        ({"X": x, "y": labels == 1}, ("False", "True"), (labels == 1).astype(int)),
        ({"x_train": x, "y_train": labels, "x_test": x[:2], "y_test": labels[:2]}, ("0", "1", "2"), labels),
    ):
        np.savez(tmp_path / "d.npz", **arrays)
        data = load_path(tmp_path / "d.npz")
        assert (data.classes, data.y.tolist()) == (classes, y.tolist())
        assert (data.test is not None) == ("x_test" in arrays)
    np.savez(tmp_path / "d.npz", x=x, y=np.full((6, 3), 2))
    with pytest.raises(DataError, match=r"y has shape \(6, 3\)"):
        load_path(tmp_path / "d.npz")


# CIFAR-10


def record(label, value):
    return bytes([label]) + bytes([value]) * 3072


def test_cifar(tmp_path):
    written(tmp_path, "data_batch_1.bin", record(0, 5) + record(1, 250))
    written(tmp_path, "data_batch_2.bin", record(1, 7))
    written(tmp_path, "test_batch.bin", record(0, 9))
    written(tmp_path, "batches.meta.txt", b"airplane\nautomobile\n")
    data = load_path(tmp_path)
    assert (data.x.shape, data.x.dtype, data.y.tolist()) == ((3, 3072), np.uint8, [0, 1, 1])
    assert data.classes == ("airplane", "automobile")
    assert (data.test[0].shape, data.unit_scale) == ((1, 3072), 255.0)
    written(tmp_path, "test_batch.bin", record(0, 9)[:-1])
    with pytest.raises(DataError, match=r"test_batch.bin: has 3,072 bytes; expected records of 3,073"):
        load_path(tmp_path)
    written(tmp_path, "test_batch.bin", record(77, 9))
    with pytest.raises(DataError, match="record 1 has the label 77"):
        load_path(tmp_path)


# Pictures


def drawn(path, size, value=100, kind="PNG"):
    image = pytest.importorskip("PIL.Image")
    path.parent.mkdir(parents=True, exist_ok=True)
    image.new("RGB", size, (value, value, value)).save(path, kind)


def test_a_folder_of_pictures(tmp_path):
    drawn(tmp_path / "cat" / "1.png", (4, 3), 10)
    drawn(tmp_path / "dog" / "1.jpg", (4, 3), 200, "JPEG")
    data = load_path(tmp_path)
    assert (data.classes, data.y.tolist(), data.picture) == (("cat", "dog"), [0, 1], (3, 4))
    assert set(data.x[0].tolist()) == {10}
    drawn(tmp_path / "dog" / "2.png", (5, 5))
    with pytest.raises(DataError, match=r"2\.png: is 5 x 5 pixels wide and high, 1\.png 4 x 3: set data\.picture"):
        load_path(tmp_path)
    assert load_path(tmp_path, settings=TableSettings(picture=(2, 2))).x.shape == (3, 4)
    written(tmp_path / "cat", "3.png", b"\x89PNG\r\n\x1a\nxx")
    with pytest.raises(DataError, match=r"3\.png: not a readable picture"):
        load_path(tmp_path)


def test_pictures_in_two_parts(tmp_path):
    for part in ("train", "test"):
        for name in ("cat", "dog"):
            drawn(tmp_path / part / name / "1.png", (2, 2))
    data = load_path(tmp_path)
    assert (len(data.x), data.test[1].tolist()) == (2, [0, 1])


# Parquet and zstd


def test_parquet(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pyarrow.table({
        "big": [2**60 + 1, None, 3], "half": [0.5, 1.5, None], "wet": [True, False, True], "kind": ["a", "b", "a"],
    })  # fmt: skip
    parquet.write_table(table, tmp_path / "t.parquet")
    data = load_path(tmp_path / "t.parquet", missing="mean")
    assert (data.features, data.classes) == (("big", "half", "wet"), ("a", "b"))
    assert data.table.columns[0].values.tolist() == [2**60 + 1, 0, 3]
    content = (tmp_path / "t.parquet").read_bytes()
    with pytest.raises(DataError, match="not a readable Parquet file"):
        load_path(written(tmp_path, "d.parquet", content[:-9]))


def test_zstd(tmp_path):
    zstandard = pytest.importorskip("zstandard")
    content = zstandard.ZstdCompressor().compress(b"a,b\n1,x\n2,y\n")
    assert load_path(written(tmp_path, "t.csv.zst", content)).x.tolist() == [[1], [2]]
    with pytest.raises(DataError, match="cannot be unpacked"):
        load_path(written(tmp_path, "d.csv.zst", content[:4] + b"\xff" * 20))


@pytest.mark.parametrize(
    ("name", "content", "module", "extra"),
    [
        ("t.parquet", b"PAR1", "pyarrow", "parquet"),
        ("t.csv.zst", b"\x28\xb5\x2f\xfd", "zstandard", "zstd"),
        ("cat/1.png", b"x", "PIL", "images"),
    ],
)
def test_a_missing_library_is_named(tmp_path, monkeypatch, name, content, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    path = written(tmp_path, name, content)
    with pytest.raises(DataError, match=rf"pip install 'tui-nn\[{extra}\]'"):
        load_path(tmp_path if extra == "images" else path)
