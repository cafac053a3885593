"""Steps that need data which are not bundled: these lie in a folder that an environment variable names."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from tui_nn.lesson.schema import Show

FOLDER = "TUI_NN_REFERENCE"  # the environment variable
PLACE = "{reference}"  # stands for the folder in the settings of a step


def provided(show: Show) -> tuple[Show, str]:
    """What the step shows, with the folder put in; and what is missing for it, a sentence, "" for nothing."""
    if not show.needs:
        return show, ""
    folder = os.environ.get(FOLDER, "")
    missing = [name for name in show.needs if not folder or not (Path(folder) / name).exists()]
    if missing:
        where = f"in {folder}" if folder else f"in the folder that {FOLDER} names"
        return show, f"Skipped: it needs {' and '.join(missing)} {where}."
    settings = [one.replace(PLACE, str(Path(folder).absolute())) for one in show.set]
    return msgspec.structs.replace(show, set=settings), ""
