"""A run that came by mail may hold links: whoever resumes it writes its own files, and nothing else of yours."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from recording import train

from tui_nn.runs import layout

pytestmark = pytest.mark.slow  # each resumes a run

WRITTEN = (*layout.MOST, "checkpoint.1")  # but what only a branch has, and a hang
TEMPORARY = [f"{name}.new" for name in (layout.CHECKPOINT, layout.BEST, layout.SUMMARY, layout.SNAPSHOTS)]
PRECIOUS = b"PRECIOUS\n" * 400


@pytest.fixture(scope="module")
def cut_short(registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was killed before it ended: it can be resumed."""
    run = train(tmp_path_factory.mktemp("whole") / "run", registry, "iris", "training.epochs=3")
    events = (run / layout.EVENTS).read_bytes().splitlines(keepends=True)
    (run / layout.EVENTS).write_bytes(b"".join(events[:-1]))
    (run / layout.SUMMARY).unlink()
    return run


def everything(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Name -> kind, inode and content, or where it points."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            path.lstat().st_ino,
            os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
        if stat.S_IFMT(path.lstat().st_mode) != stat.S_IFSOCK
    }


def symbolic(mine: Path, run: Path, name: str) -> None:
    kept = (run / name).read_bytes() if (run / name).exists() else PRECIOUS
    (run / name).unlink(missing_ok=True)
    mine.write_bytes(kept)
    (run / name).symlink_to(mine)


def hard(mine: Path, run: Path, name: str) -> None:
    if not (run / name).exists():
        (run / name).write_bytes(PRECIOUS)
    os.link(run / name, mine)


def dangling(mine: Path, run: Path, name: str) -> None:
    (run / name).unlink(missing_ok=True)
    (run / name).symlink_to(mine)


@pytest.mark.parametrize("plant", [symbolic, hard, dangling])
@pytest.mark.parametrize("name", WRITTEN)
def test_a_run_with_a_link_is_not_resumed_and_nothing_is_touched(
    cut_short: Path, tmp_path: Path, tui_nn: Callable, plant: Callable[[Path, Path, str], None], name: str
) -> None:
    shutil.copytree(cut_short, tmp_path / "mailed")
    plant(tmp_path / "mine", tmp_path / "mailed", name)
    before = everything(tmp_path)
    done = tui_nn("train", "--resume", "mailed", "--quiet", cwd=tmp_path)
    assert done.returncode in ((2, 6) if name == layout.EXPERIMENT else (6,)), done.stderr
    assert name in done.stderr
    assert "link" in done.stderr or "no such" in done.stderr or "not a run directory" in done.stderr
    assert everything(tmp_path) == before


@pytest.mark.parametrize("plant", [symbolic, hard, dangling])
@pytest.mark.parametrize("name", TEMPORARY)
def test_a_temporary_that_somebody_planted_is_replaced_and_not_followed(
    cut_short: Path, tmp_path: Path, tui_nn: Callable, plant: Callable[[Path, Path, str], None], name: str
) -> None:
    shutil.copytree(cut_short, tmp_path / "mailed")
    plant(tmp_path / "mine", tmp_path / "mailed", name)
    done = tui_nn("train", "--resume", "mailed", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mine").exists() == (plant is not dangling)
    assert plant is dangling or (tmp_path / "mine").read_bytes() == PRECIOUS
    assert (tmp_path / "mailed" / layout.SUMMARY).is_file()


@pytest.mark.parametrize("name", [*layout.MOST, *TEMPORARY])
def test_a_new_run_in_a_folder_with_links_writes_its_own_files(tmp_path: Path, tui_nn: Callable, name: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).symlink_to(tmp_path / "mine")
    done = tui_nn("train", "iris", "--set", "training.epochs=2", "--run-dir", "run", "--quiet", cwd=tmp_path)
    assert done.returncode in (0, 6), done.stderr
    assert not (tmp_path / "mine").exists()


def test_a_run_directory_that_is_reached_through_a_link_is_its_users_own_doing(
    cut_short: Path, tmp_path: Path, tui_nn: Callable
) -> None:
    shutil.copytree(cut_short, tmp_path / "disk" / "run")
    (tmp_path / "run").symlink_to(tmp_path / "disk" / "run")
    assert tui_nn("train", "--resume", "run", "--quiet", cwd=tmp_path).returncode == 0
