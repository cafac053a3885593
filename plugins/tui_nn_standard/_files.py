"""The bundled data files: inside the package in an installed wheel, beside `plugins/` in a checkout."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDERS = (HERE / "data", HERE.parents[1] / "data")


def data_file(name: str) -> Path:
    """The path of a bundled data file. Raises FileNotFoundError naming every place searched."""
    for folder in FOLDERS:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name} is neither in {FOLDERS[0]} nor in {FOLDERS[1]}: reinstall tui-nn.")
