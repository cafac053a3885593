"""Start a plugin or a lesson from a template: a file, or a small package with entry point, test and README."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from tui_nn.errors import ExperimentError, StorageError, refused_by_disk
from tui_nn.plugin.kinds import KINDS
from tui_nn.spelling import preferred

TEMPLATES = files("tui_nn.plugin") / "templates"


def start_plugin(kind: str, name: str, folder: Path, *, single_file: bool = False) -> list[Path]:
    """Write a plugin of this kind below `folder` and return its files. Existing files are not overwritten.

    Raises ExperimentError for a name that cannot be one, StorageError where the files cannot be written.
    """
    _check(name)
    kind = preferred(kind)
    if kind not in KINDS:
        raise ExperimentError(f"unknown kind '{kind}'. Known: {', '.join(KINDS)}.")
    words = {**_words(name), "kind": kind}
    module, root = words["module"], folder / words["package"]
    if single_file:
        return _written({folder / f"{name}.py": KINDS[kind].template}, words, folder)
    wanted = {
        root / "pyproject.toml": "pyproject.toml.txt",
        root / "README.md": "README.md.txt",
        root / f"{module}.py": KINDS[kind].template,
        root / "tests" / f"test_{name}.py": "test.py.txt",
    }
    return _written(wanted, words, folder)


def start_lesson(name: str, folder: Path, *, package: bool = False) -> list[Path]:
    """Write a complete lesson, or a package with one. Existing files are not overwritten.

    Raises ExperimentError for a name that cannot be one, StorageError where the files cannot be written.
    """
    _check(name)
    words = _words(name)
    root = folder / words["package"]
    if not package:
        return _written({folder / f"{name}.lesson.md": "lesson.md.txt"}, words, folder)
    wanted = {
        root / words["module"] / f"{name}.lesson.md": "lesson.md.txt",
        root / "pyproject.toml": "lesson_pyproject.toml.txt",
        root / "README.md": "lesson_README.md.txt",
        root / "tests" / f"test_{name}.py": "lesson_test.py.txt",
    }
    return _written(wanted, words, folder)


def _check(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise ExperimentError(
            f"'{name}' is not a valid name: use lowercase letters, digits and _, such as 'soft_step'."
        )


def _words(name: str) -> dict[str, str]:
    return {
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "class_name": "".join(part.capitalize() for part in name.split("_")),
        "module": f"tui_nn_{name}",
        "package": f"tui-nn-{name.replace('_', '-')}",
    }


def _written(wanted: Mapping[Path, str], words: Mapping[str, str], folder: Path) -> list[Path]:
    """Write the files, each from its template."""
    for path in wanted:
        if path.exists():
            raise StorageError(f"{path} already exists. Choose another name, or --out FOLDER.")
    with refused_by_disk(folder):
        for path, template in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            text = (TEMPLATES / template).read_text("utf-8")
            path.write_text(Template(text).substitute(words), "utf-8")
    return list(wanted)
