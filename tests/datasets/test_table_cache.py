"""Large tables are kept: the second start reads none of the text; and whatever lies in the cache, no table is wrong."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
from click.testing import CliRunner

from tui_nn.cli.data import command
from tui_nn.datasets import load_path, table_cache
from tui_nn.datasets.choice import TableSettings
from tui_nn.datasets.from_path import read_table
from tui_nn.datasets.source import Source
from tui_nn.datasets.text.reading import Reading
from tui_nn.errors import DataError

ROWS = "".join(
    f"{n / 7!r},{2**60 + n},{'' if n % 9 == 0 else n % 5},{'xyz'[n % 3]} {n % 2},{n % 4:03}\n" for n in range(400)
)
TEXT = "a,b,c,word,label\n" + ROWS


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.setenv("TUI_NN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(table_cache, "SMALLEST", 100)
    (tmp_path / "t.csv").write_text(TEXT)
    return tmp_path / "t.csv"


@pytest.fixture
def reads(monkeypatch):
    """The readings that were begun."""
    found = []
    read = Reading.read
    monkeypatch.setattr(Reading, "read", lambda self: (found.append(self), read(self))[1])
    return found


def same(one, other):
    assert (one.names, one.notes, one.has_names, one.numbers) == (
        other.names,
        other.notes,
        other.has_names,
        other.numbers,
    )
    assert one.lines.tolist() == other.lines.tolist()
    for at, (mine, theirs) in enumerate(zip(one.columns, other.columns, strict=True)):
        assert (mine.kind, mine.words, mine.values.dtype) == (theirs.kind, theirs.words, theirs.values.dtype)
        assert mine.values.tobytes() == theirs.values.tobytes()
        assert (mine.missing is None) == (theirs.missing is None)
        assert mine.missing is None or mine.missing.tolist() == theirs.missing.tolist()
        assert one.texts(at).texts() == other.texts(at).texts()


def read(path, **reading):
    return read_table(Source(path), TableSettings(reading=reading))


def test_the_second_reading_is_the_first(table, reads):
    first = read(table)
    moved = table.with_name("moved.csv")
    moved.write_bytes(table.read_bytes())
    again = read(moved)
    assert len(reads) == 1
    assert (first.name, again.name) == (str(table), str(moved))
    labels = again.texts(4)
    assert labels.words == ("000", "001", "002", "003")
    assert len(reads) == 1, "the names of classes are at hand"
    same(first, again)
    data = load_path(moved, settings=TableSettings(ignore=["c"]))
    assert data.classes == ("000", "001", "002", "003")


@pytest.mark.parametrize("change", ["bytes", "option", "suffix", "small", "off"])
def test_another_file_or_another_question_is_another_entry(table, reads, monkeypatch, change):
    read(table)
    options = {}
    if change == "bytes":
        table.write_text(TEXT.replace("x 0", "w 0", 1))
    elif change == "option":
        options = {"decimal": "."}
    elif change == "suffix":
        table = table.rename(table.with_suffix(".tsv"))
    elif change == "small":
        monkeypatch.setattr(table_cache, "SMALLEST", 10**6)
    else:
        monkeypatch.setenv("TUI_NN_TABLE_CACHE", "off")
    read(table, **options)
    assert len(reads) == 2


def entry():
    ((path, _),) = table_cache.entries()
    return path


def spoilt(path, change):
    with np.load(path) as kept:
        arrays = dict(kept)
    facts = json.loads(arrays["facts"].tobytes())
    change(arrays, facts)
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    np.savez(path, **arrays)


LIES = {
    "fewer rows": lambda arrays, facts: facts.update(rows=399),
    "codes of no word": lambda arrays, facts: arrays.update(values3=arrays["values3"] + 9),
    "codes below": lambda arrays, facts: arrays.update(values3=arrays["values3"] - 9),
    "no lines": lambda arrays, facts: arrays.pop("lines"),
    "numbers as texts": lambda arrays, facts: arrays.update(block=arrays["block"].astype("S8")),
    "objects": lambda arrays, facts: arrays.update(block=np.array([{}] * 400)),
    "a kind": lambda arrays, facts: facts["columns"][0].update(kind="picture"),
    "words that are none": lambda arrays, facts: facts["columns"][3].update(words=[1, 2, 3, 4, 5, 6]),
    "a place": lambda arrays, facts: facts["columns"][0].update(place=99),
    "no columns": lambda arrays, facts: facts.update(columns=[]),
}


@pytest.mark.parametrize("name", LIES)
def test_an_entry_that_lies_is_removed_and_the_file_read(table, reads, name):
    first = read(table)
    spoilt(entry(), LIES[name])
    again = read(table)
    assert len(reads) == 2
    kept = read(table)
    assert len(reads) == 2, "which made an entry again"
    same(first, again)
    same(first, kept)


@pytest.mark.slow
def test_bytes_that_were_changed_are_seen(table):
    first = read(table)
    path, sound = entry(), entry().read_bytes()
    for at in range(0, len(sound), max(1, len(sound) // 60)):
        changed = bytearray(sound)
        changed[at] ^= 0x10
        path.write_bytes(changed)
        same(first, read(table))
    path.write_bytes(sound[: len(sound) // 2])
    same(first, read(table))


def test_errors_are_told_every_time_and_nothing_is_kept(table):
    table.write_text(TEXT + "1,2,3\n")
    for _ in range(2):
        with pytest.raises(DataError, match=r"t\.csv:402:4: has 3 cells; expected 5"):
            read(table)
    assert table_cache.entries() == []


def test_it_does_not_grow_beyond_its_bound(table, monkeypatch):
    read(table)
    size = entry().stat().st_size
    monkeypatch.setattr(table_cache, "MOST", int(3.5 * size))
    for number in range(6):
        table.write_text(TEXT + f"{number},2,3,x,001\n")
        read(table)
        newest = table_cache.entries()[-1][0]
        os.utime(newest, (number + 10**9, number + 10**9))
    assert len(table_cache.entries()) == 3
    monkeypatch.setattr(table_cache, "MOST", size)
    table.write_text(TEXT + "9,2,3,x,002\n")
    read(table)
    assert len(table_cache.entries()) == 3, "what takes half of it is not kept"


def test_a_cache_that_cannot_be_written_changes_nothing(table, monkeypatch, reads):
    blocked = table.with_name("blocked")
    blocked.write_text("a file")
    monkeypatch.setenv("TUI_NN_CACHE", str(blocked))
    same(read(table), read(table))
    assert len(reads) == 2


def test_the_command_shows_and_clears_it(table):
    read(table)
    told = CliRunner().invoke(command, ["cache"]).output
    assert f"{table.parent / 'cache' / 'tables'}: 1 table, " in told
    assert ", removed" in CliRunner().invoke(command, ["cache", "--clear"]).output
    assert table_cache.entries() == []
