"""`python -m docsite --pictures` draws the screens of README and docs anew: docs/images, all but growth.svg."""

from __future__ import annotations

import tempfile
from pathlib import Path

from docsite.runs import TRAININGS, Training
from docsite.screens import drawn

# Folders of runs: `compare` names a run after its folder.
RUNS = {
    "digits": TRAININGS["digits"],
    "digits slower": Training("`tui-nn train digits --set training.optimizer.rate=0.02`", "digits", {"rate": 0.02}),
    "spiral": TRAININGS["spiral"],
    "xnor": Training("`tui-nn train xnor-by-hand`", "xnor-by-hand"),
}
# A picture: the run that is opened, and the keys that lead on from there.
PICTURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "workbench": ("digits", ()),
    "workbench-spiral": ("spiral", ("tab", "tab", *["comma"] * 100)),
    "workbench-network": ("spiral", ("tab", "left", "left")),
    "workbench-by-hand": ("xnor", ("tab", "V", *"truth", "enter")),
    "workbench-compare": ("digits", ("C",)),
    "circuit": ("digits", ("G", "o", *"sigmoid-neuron", "enter", *["space"] * 12)),
}


def draw(folder: Path) -> None:
    """Write every picture into the folder."""
    with tempfile.TemporaryDirectory() as runs:
        for name, training in RUNS.items():
            training.into(Path(runs) / name)
        for name, (run, keys) in PICTURES.items():
            (folder / f"{name}.svg").write_text(drawn(Path(runs) / run, keys, "dark"), "utf-8")
