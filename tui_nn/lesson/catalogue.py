"""The lessons that are bundled: files in `bundled/`, in the order of their names."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.lesson.source import SUFFIX, Lesson, read_lesson


def lesson_names() -> list[str]:
    """Names such as 06-chain-rule, sorted."""
    folder = files("tui_nn.lesson") / "bundled"
    return sorted(entry.name.removesuffix(SUFFIX) for entry in folder.iterdir() if entry.name.endswith(SUFFIX))


def lesson_at(name_or_path: str) -> tuple[Lesson, Path]:
    """A lesson by its name, by its number or from a file, and the folder that its paths are relative to.

    Raises ExperimentError.
    """
    path = Path(name_or_path)
    if path.name.endswith(".md"):
        if not path.is_file():
            near = did_you_mean(path.name, [one.name for one in path.parent.glob(f"*{SUFFIX}")])
            raise ExperimentError(f"{path}: there is no such lesson file.{near}")
        return read_lesson(path), path.parent
    names = lesson_names()
    name = next((one for one in names if name_or_path in (one, one.partition("-")[2], one.partition("-")[0])), None)
    if name is None:
        raise ExperimentError(f"'{name_or_path}' is neither a lesson file nor a bundled lesson."
                              f"{did_you_mean(name_or_path, names)} `tui-nn lesson` lists them.")  # fmt: skip
    with as_file(files("tui_nn.lesson") / "bundled" / f"{name}{SUFFIX}") as file:
        return read_lesson(file), file.parent
