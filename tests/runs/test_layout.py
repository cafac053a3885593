"""Run directories: each training gets one of its own, and the latest run is the one that was begun last."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tui_nn.errors import StorageError
from tui_nn.experiment.portable import relative_to
from tui_nn.runs import layout
from tui_nn.runs.catalogue import catalogue


def test_trainings_that_begin_in_one_second_get_a_directory_each(tmp_path, monkeypatch):
    monkeypatch.setattr(layout.time, "strftime", lambda form: "20260101-120000")
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: layout.make_new_run("digits", "", tmp_path / "runs"), range(100)))
    assert len(set(made)) == 100
    assert all(path.is_dir() for path in made)
    assert sorted(made, key=lambda path: len(path.name))[0].name == f"20260101-120000-{layout.run_label('digits', '')}"


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"):
        layout.make_new_run("digits", "", tmp_path / "file")


def run_of(base: Path, name: str, begun: float, ended: float) -> Path:
    run = base / name
    run.mkdir()
    for file, moment in ((layout.ENVIRONMENT, begun), (layout.EVENTS, ended)):
        (run / file).write_text("")
        os.utime(run / file, (moment, moment))
    return run


def test_the_latest_run_is_the_one_begun_last(tmp_path):
    """Not the one written last: a long run ends after a short one that began later."""
    at = time.mktime((2026, 1, 1, 12, 0, 0, 0, 0, -1))
    long = run_of(tmp_path, "20260101-120000-long-1", at, at + 900)
    short = run_of(tmp_path, "20260101-120500-short-1", at + 300, at + 310)
    assert layout.latest_run(tmp_path) == short
    named = run_of(tmp_path, "mine", at + 400, at + 410)
    assert layout.latest_run(tmp_path) == named
    assert [info.path for info in catalogue(tmp_path)] == [named, short, long]
    # In one second the files decide.
    second = run_of(tmp_path, "20260101-130000-b-1", at + 3600.2, at + 3700)
    first = run_of(tmp_path, "20260101-130000-c-1", at + 3600.1, at + 3800)
    assert layout.latest_run(tmp_path) == second
    assert [info.path for info in catalogue(tmp_path)][:2] == [second, first]
    # A copy has new times, and its name.
    for file in (layout.ENVIRONMENT, layout.EVENTS):
        os.utime(long / file)
    assert layout.latest_run(tmp_path) == second


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("digits", "digits"),
        ("größe 2.5", "größe 2.5"),
        ("../../elsewhere", "elsewhere"),
        ("/etc/passwd", "etc-passwd"),
        ("C:\\Windows\\x", "C-Windows-x"),
        ("what? <is> it|\n", "what- -is- it"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("con", "con-"),
        ("LPT1.toml", "LPT1.toml-"),
        ("console", "console"),
        ("ends in a dot. ", "ends in a dot"),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_name_becomes_that_of_one_folder_on_every_system(tmp_path, name, folder):
    assert layout.folder_name(name) == folder
    (tmp_path / folder).mkdir()
    assert [path.name for path in tmp_path.iterdir()] == [folder]


def test_a_file_on_another_drive_is_named_in_full(tmp_path, monkeypatch):
    """Windows has no way there from a run directory; and what is relative has slashes, as every system reads them."""
    assert relative_to(tmp_path / "run", tmp_path / "data" / "rows.csv") == "../data/rows.csv"
    assert relative_to(tmp_path, tmp_path / "rows.csv") == "./rows.csv"

    def relpath(*_):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr("os.path.relpath", relpath)
    assert relative_to(tmp_path / "run", tmp_path / "rows.csv") == (tmp_path / "rows.csv").as_posix()
