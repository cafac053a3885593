"""How far the reading of a large file is: on a person's terminal alone, after a while, and nothing of it stays."""

from __future__ import annotations

import pytest

from tui_nn.cli import reading_line
from tui_nn.cli.reading_line import ERASED, ReadingLine
from tui_nn.datasets import load_path
from tui_nn.datasets.text import cursor, pieces
from tui_nn.errors import DataError
from tui_nn.waiting import watched


@pytest.fixture
def terminal(monkeypatch, capsys):
    """What is written on stderr, since it was last asked."""
    monkeypatch.setattr("tui_nn.cli.progress.wants_bar", lambda *_: True)
    clock = iter(range(1000))
    monkeypatch.setattr(reading_line.time, "monotonic", lambda: float(next(clock)))
    return lambda: capsys.readouterr().err


def test_it_is_drawn_after_a_while_and_erased(terminal):
    line = ReadingLine()
    line("t.csv", 0.0)
    assert terminal() == ""
    line("t\x1b.csv", 0.25)
    drawn = terminal()
    assert drawn.startswith(f"{ERASED}tui-nn: reading t")
    assert drawn.count("\x1b") == 1
    assert drawn.endswith(".csv: 25%")
    line("t.csv", 1.0)
    assert terminal() == ERASED
    line("t.csv", 1.0)
    assert terminal() == ""


def test_a_small_file_is_read_without_it(terminal, tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 20)
    with watched(ReadingLine()):
        load_path(tmp_path / "t.csv")
    assert terminal() == ""


@pytest.mark.parametrize("last", ["1,2\n", "1\n"])
def test_a_file_of_many_blocks_is_told_of_to_its_end(tmp_path, monkeypatch, last):
    monkeypatch.setattr(cursor, "BLOCK", 100)
    monkeypatch.setattr(pieces, "PIECE", 100)
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 1000 + last)
    told = []
    with watched(lambda what, share: told.append((what, share))):
        try:
            load_path(tmp_path / "t.csv")
        except DataError:
            assert last == "1\n"
    assert {what for what, _ in told} == {str(tmp_path / "t.csv")}
    assert told[-1][1] == 1.0
    first = [share for _, share in told[: [share for _, share in told].index(1.0)]]
    assert first == sorted(first)
    assert len(first) > 20


def test_nobody_is_told_within_nobody(tmp_path):
    told = []
    (tmp_path / "t.csv").write_text("a,b\n1,2\n2,2\n")
    with watched(lambda *given: told.append(given)), watched(None):
        load_path(tmp_path / "t.csv")
    assert told == []
