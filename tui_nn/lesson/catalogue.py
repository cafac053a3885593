"""The lessons that there are: the bundled ones, in the order of their names, and those of installed packages.

A package gives lessons by an entry point of the group `tui_nn_lessons` that names the package their files are in.
Lessons are no code: a package that has nothing else is found without being imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.lesson.source import SUFFIX, Lesson, read_lesson
from tui_nn.plugin.loading import OWN, SWITCH

GROUP = "tui_nn_lessons"


@dataclass(frozen=True)
class Listed:
    """A lesson's file. origin: the distribution that it came with. problem: why there is none, and "" otherwise."""

    name: str
    path: Path
    origin: str
    problem: str = ""


def lessons() -> list[Listed]:
    """The bundled ones first, then those of packages by name. What a package promises and lacks is listed too."""
    folder = Path(str(files("tui_nn.lesson") / "bundled"))
    found = list(_in_folder(folder, OWN))
    wanted = os.environ.get(SWITCH)
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        if wanted is None or point.name in wanted.split(","):
            found += _of_package(point)
    return found


def lesson_names() -> list[str]:
    """Names of the bundled lessons such as 06-chain-rule, sorted."""
    return [one.name for one in lessons() if one.origin == OWN]


def lesson_at(name_or_path: str) -> tuple[Lesson, Path]:
    """A lesson by its name, by its number or from a file, and the folder that its paths are relative to.

    One of a package is found as ORIGIN/NAME too. Raises ExperimentError.
    """
    path = Path(name_or_path)
    if path.name.endswith(".md"):
        if not path.is_file():
            near = did_you_mean(path.name, [one.name for one in path.parent.glob(f"*{SUFFIX}")])
            raise ExperimentError(f"{path}: there is no such lesson file.{near}")
        return read_lesson(path), path.parent
    known = [one for one in lessons() if not one.problem]
    one = next((one for one in known if name_or_path in _names(one)), None)
    if one is None:
        raise ExperimentError(f"'{name_or_path}' is neither a lesson file nor an installed lesson."
                              f"{did_you_mean(name_or_path, [one.name for one in known])}"
                              " `tui-nn lesson` lists them.")  # fmt: skip
    return read_lesson(one.path), one.path.parent


def _names(one: Listed) -> Sequence[str]:
    number, _, rest = one.name.partition("-")
    return one.name, f"{one.origin}/{one.name}", *((number, rest) if number.isdecimal() else ())


def _in_folder(folder: Path, origin: str) -> Iterator[Listed]:
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        yield Listed(path.name.removesuffix(SUFFIX), path, origin)


def _of_package(point: EntryPoint) -> list[Listed]:
    origin = point.dist.name if point.dist else point.value
    try:
        spec = find_spec(point.value)
        folders = list(spec.submodule_search_locations or ()) if spec is not None else []
        found = [one for folder in folders for one in _in_folder(Path(folder), origin)]
        problem = "" if found else f"there is no file *{SUFFIX} in the package '{point.value}'"
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        found, problem = [], f"the package '{point.value}' cannot be looked at: {error}"
    return found or [Listed(point.name, Path(), origin, problem)]
