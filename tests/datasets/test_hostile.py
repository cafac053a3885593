"""Data files of somebody who wishes ill: each is refused in one line, without waiting and before memory is spent."""

from __future__ import annotations

import io
import os
import socket
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from parts import ALL

from tui_nn import memory
from tui_nn.datasets import load_path, load_rows
from tui_nn.datasets.archive import read_npz
from tui_nn.datasets.idx import read_idx
from tui_nn.errors import LONGEST_LINE, DataError

MOST_MEMORY = 48 * 2**20  # bytes
SUFFIXES = (".csv", ".tsv", ".npz")


def refused(read, path):
    """The message, one line of bounded length, or one a place."""
    tracemalloc.start()
    try:
        with pytest.raises(DataError) as error:
            read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY, peak
    for line in str(error.value).splitlines():
        assert line.startswith(str(path))
        assert len(line) <= LONGEST_LINE
    return str(error.value)


def pipe(path):
    os.mkfifo(path)


def listening(path):
    with socket.socket(socket.AF_UNIX) as one:
        os.chdir(path.parent)  # addresses of sockets are short
        one.bind(path.name)


def device(path):
    path.symlink_to("/dev/zero")


def link_to_itself(path):
    path.symlink_to(path)


@pytest.mark.posix("has no pipes, sockets and devices that are files")
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("make", [pipe, listening, device, link_to_itself])
def test_what_is_no_file(tmp_path, monkeypatch, make, suffix):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"d{suffix}"
    make(path)
    for read in (load_path, lambda one: load_rows(one, ("a", "b"), 2)):
        said = refused(read, path)
        if make is not link_to_itself:
            assert "expected a regular file" in said


@pytest.mark.posix("has no pipes and devices that are files")
@pytest.mark.parametrize("make", [pipe, device])
def test_idx_files_that_are_none(tmp_path, make):
    for name in ("train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"):
        make(tmp_path / name)
        assert "expected a regular file" in refused(read_idx, tmp_path / name)


@pytest.mark.parametrize("name", ["a\0b.csv", "k" * 5000 + ".csv", "\udcff.csv"])
def test_names_that_no_file_has(tmp_path, name):
    with pytest.raises(DataError):
        load_path(tmp_path / name)


# Text

LONG, ROWS = 2**25, b"1,2,x\n" * 30_000
TEXTS = {
    "a quote that is never closed": (b'a,b,c\n1,2,x\n3,"4,y\n' + b"1,2,x\n" * 9, (3, 2), "never closed"),
    "one in the header": (b'a,"b,c\n' + b"1,2,x\n" * 9, (1, 2), "never closed"),
    "one in a long header": (b'a,"b,c\n' + ROWS, (1, 2), "not closed within"),
    "one far below": (b"a,b,c\n" + ROWS + b'3,4,"y\n' + ROWS, (30_002, 3), "not closed within"),
    "below empty lines": (b'\n\na,b,c\n\n1,2,x\n\n3,"4,y\n' + b"1,2,x\n" * 9, (7, 2), "never closed"),
    "below a cell of two lines": (b'a,b\n"1\n",x\n"2,x\n', (4, 1), "never closed"),
    "a cell that is too long": (b"a,b\n1,x\n2," + b"y" * 200_000 + b"\n", (3, 2), "more than 131,072 characters"),
    "one line": (b"a" * LONG, (1, 1), "a line of more than"),
    "one line of many cells": (b"1," * (LONG // 2), (1, 1), "a line of more than"),
    "one long line below": (b"a,b\n1,x\n" + b"1," * (LONG // 2), (3, 1), "a line of more than"),
    "cells without end": (b"1," * 2**22, (1, 1), "has 4,194,305 cells"),
    "below a header": (b"a,b\n" + b"1," * 2**22, (2, 1), "has 4,194,305 cells"),
    "no answer at all": (b"a,b,kind\n1,2,", (2, 3), 'column "kind": is empty'),
    "too many cells": (b"," * 1_000_001 + b"\n", (1, 1), "at most 1,000,000 inputs"),
    "empty lines": (b"\n" * 10**6, (1, 1), "is empty"),
    "empty lines of two characters": (b"\r\n" * 10**6, (1, 1), "is empty"),
    "UTF-32": ("a,b\n1,x\n".encode("utf-32"), (1, 1), "Save it as UTF-8"),
    "UTF-32 the other way": (b"\0\0\xfe\xff" + "a,b\n".encode("utf-32-be"), (1, 1), "Save it as UTF-8"),
    "a surrogate": (b"a,b\n1,x\n2,\xed\xb3\xbf\n", (3, 2), "is not UTF-8"),
    "an overlong slash": (b"a,b\n\xc0\xaf,x\n", (2, 1), "is not UTF-8"),
    "cut within a character": ("a,b\n1,ö".encode()[:-1], (2, 2), "is not UTF-8"),
    "NUL": (b"a,b\n1,x\n\0,y\n", (3, 1), "is not UTF-8 text: byte 0x00"),
    "a long word": (b"a,b\n1,x\n" + b"9x" * 60_000 + b",y\n", (3, 1), "is not a number"),
    "a long name twice": (b"a" * 10**5 + b"," + b"a" * 10**5 + b",b\n1,1,x\n", (1, 2), "two columns"),
    "a long number": (b"a,b\n1,x\n" + b"9" * 10**5 + b",y\n", (3, 1), "too large"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", TEXTS)
def test_tables(tmp_path, name):
    content, (line, column), message = TEXTS[name]
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    del content
    said = refused(load_path, path)
    assert said.startswith(f"{path}:{line}:{column}: ")
    assert message in said


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("answers", ["01", "xy"])
def test_a_wide_table(tmp_path, quote, answers):
    """Both readers take as many columns as there may be pixels; nothing in them is quadratic."""
    columns = 20_000 if ALL else 5_000
    path = tmp_path / "wide.csv"
    rows = [",".join(["1.5"] * (columns - 1)) + f",{quote}{answers[number % 2]}{quote}\n" for number in range(4)]
    path.write_text(",".join(f"c{number}" for number in range(columns)) + "\n" + "".join(rows))
    data = load_path(path)
    assert data.x.shape == (4, columns - 1)
    assert data.y.tolist() == [0, 1, 0, 1]
    assert load_rows(path, data.features[::-1], columns - 1).shape == data.x.shape


def test_a_table_that_does_not_fit(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1,2\n" * 1000)
    monkeypatch.setattr(memory, "available", lambda: 2 * 8 * 2000)
    with pytest.raises(DataError, match=r"1,002 samples of 1 input: to hold them takes about .* GB; this machine has"):
        load_path(path)


# Archives


def npy(shape, kind="<f8", body=b""):
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)


Y = npy((2,), "<i8", bytes(16))
ARRAYS = {
    "lies": {"x": npy((10**9, 10**9)), "y": Y},
    "no rows of 10^18": {"x": npy((0, 10**18)), "y": npy((0,), "<i8")},
    "rows of nothing": {"x": npy((2, 0)), "y": Y},
    "nested": {"x": npy("(" * 3000 + ")" * 3000), "y": Y},
    "nested lists": {"x": npy("[" * 3000 + "]" * 3000), "y": Y},
    "a huge item": {"x": npy((1,), "V1000000000"), "y": Y},
    "complex": {"x": npy((2, 1), "<c16", bytes(32)), "y": Y},
    "too large for float32": {"x": npy((2, 1), "<f8", np.array([1e300, 1]).tobytes()), "y": Y},
    "no numbers": {"x": npy((2, 1), "<U1", bytes(8)), "y": Y},
    "dates": {"x": npy((2, 1), "<M8[s]", bytes(16)), "y": Y},
    "labels in two columns": {"x": npy((2, 1), "<f8", bytes(16)), "y": npy((2, 2), "<i8", b"\2" * 32)},
    "a single number": {"x": npy("()", "<f8", bytes(8)), "y": npy("()", "<f8", bytes(8))},
    "a wrong name": {"z" * 60_000: Y},
    "negative": {"x": npy((-1, -2), "<f8", bytes(16)), "y": Y},
    "words for sizes": {"x": npy("('a', True)"), "y": Y},
}


@pytest.mark.parametrize("name", ARRAYS)
def test_archives(tmp_path, name):
    path = tmp_path / "d.npz"
    zipped(path, **ARRAYS[name])
    refused(load_path, path)


@pytest.mark.slow
@pytest.mark.parametrize("count", [5000, 70_000])
def test_an_archive_of_very_many_arrays(tmp_path, count):
    path = tmp_path / "d.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            archive.writestr(str(number), b"")
    assert "4096" in refused(load_path, path)


def test_an_archive_with_too_many_inputs(tmp_path):
    np.savez(
        tmp_path / "d.npz", x=np.random.default_rng(0).integers(0, 255, (1, 1_000_001), np.uint8), y=np.zeros(1, int)
    )
    assert "1,000,001 inputs" in refused(load_path, tmp_path / "d.npz")


def test_an_archive_that_does_not_fit(tmp_path, monkeypatch):
    path = tmp_path / "d.npz"
    np.savez(path, x=np.ones((100, 100)), y=np.zeros(100, int))
    monkeypatch.setattr(memory, "available", lambda: 100_000)
    assert "to hold its arrays takes about" in refused(load_path, path)
    assert set(read_npz(path, lambda names: names[1:])) == {"y"}, "what is not asked for needs no room"


def test_an_archive_in_which_something_else_lies(tmp_path):
    path = tmp_path / "d.npz"
    for content in (b"", npy((10**9, 10**9)), b"PK\5\6" + b"\xff" * 18, io.BytesIO(b"x" * 70_000).getvalue()):
        path.write_bytes(content)
        refused(load_path, path)


def test_pictures_of_very_many_pixels(tmp_path):
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(b"\0\0\x08\x03" + struct.pack(">III", 1, 40_000, 40_000))
    assert "1,600,000,000 inputs" in refused(read_idx, path)


def test_what_is_free_is_the_least_of_all_limits(monkeypatch):
    assert 0 < memory.available() < 2**62
    for name in ("free_memory", "memory_left_to_process"):
        with monkeypatch.context() as patch:
            patch.setattr(memory, name, lambda: 1_500_000_000)
            assert memory.available() <= 1_500_000_000
            assert memory.lacking(10**18).startswith("takes about 1,000,000,000 GB; this machine has ")
            assert memory.lacking(1) == ""
